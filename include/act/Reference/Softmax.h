//===- Softmax.h - Softmax of a row in any number ---------------*- C++ -*-===//
//
// The reference for kernels of the softmax family: plain sums in the order of
// the row, in a number wide enough. With m = max z,
//
//   e_i = exp((z_i - m) / T),  S = sum e_i,  p_i = e_i / S
//
// Rows are not empty and 0 < T < inf. A NaN or +inf among the logits makes all
// of the row NaN, as the formula does. A logit of -inf has probability 0; a
// row of nothing else has none, and is NaN too.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REFERENCE_SOFTMAX_H
#define ACT_REFERENCE_SOFTMAX_H

#include "act/Reference/Interpreter.h"
#include "llvm/ADT/ArrayRef.h"
#include <vector>

namespace act {

/// Softmax of one row.
template <class Number> struct Softmax {
  /// p_i, which sum to 1.
  std::vector<Number> probabilities;
  /// log p_i = (z_i - m) / T - log S.
  std::vector<Number> logProbabilities;
  /// T log sum exp(z_i / T) = m + T log S.
  Number logSumExp;
  /// -sum p_i log p_i in nats, 0 log 0 = 0.
  Number entropy;
};

template <class Number>
Softmax<Number> softmaxOf(llvm::ArrayRef<Number> logits,
                          const Number &temperature) {
  using Traits = NumberTraits<Number>;
  Number zero = Traits::fromDouble(0);
  Number most = logits.front();
  size_t top = 0;
  for (size_t i = 1; i < logits.size(); ++i) {
    most = maximumOf(most, logits[i]);
    if (logits[i] > logits[top])
      top = i;
  }
  // S - 1 keeps the digits of small probabilities.
  Softmax<Number> row{{}, {}, zero, zero};
  Number others = zero;
  std::vector<Number> exponents;
  for (size_t i = 0; i < logits.size(); ++i) {
    exponents.push_back((logits[i] - most) / temperature);
    row.probabilities.push_back(Traits::exp(exponents[i]));
    if (i != top)
      others = others + row.probabilities[i];
  }
  Number sum = row.probabilities[top] + others;
  Number logSum = Traits::log1p(others);
  row.logSumExp = most + temperature * logSum;
  for (size_t i = 0; i < logits.size(); ++i) {
    Number &p = row.probabilities[i];
    p = p / sum;
    row.logProbabilities.push_back(exponents[i] - logSum);
    if (p != zero)
      row.entropy = row.entropy - p * row.logProbabilities[i];
  }
  return row;
}

/// Row i of the Jacobian, dp_i / dz_j = (delta_ij p_i - p_i p_j) / T. On the
/// diagonal 1 - p_i is the sum of the others, which keeps its digits.
template <class Number>
std::vector<Number> softmaxJacobianRow(llvm::ArrayRef<Number> probabilities,
                                       const Number &temperature, size_t i) {
  std::vector<Number> row;
  Number others = NumberTraits<Number>::fromDouble(0);
  for (size_t j = 0; j < probabilities.size(); ++j) {
    if (j != i)
      others = others + probabilities[j];
    row.push_back(-(probabilities[i] * probabilities[j]) / temperature);
  }
  row[i] = probabilities[i] * others / temperature;
  return row;
}

} // namespace act

#endif // ACT_REFERENCE_SOFTMAX_H

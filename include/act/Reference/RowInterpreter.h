//===- RowInterpreter.h - Functions of a row in any number ------*- C++ -*-===//
//
// The reference for kernels of rows: every step of the tape for all elements
// of a row, in a number wide enough, and beside it how wrong a plain
// evaluation in the compute type may be, to first order: each operation adds 2
// ulp of its result, or what its model says of functions, and a sum of n terms
// log2(n) + 16 half ulp of the sum of their magnitudes. An exponential may be
// one of the difference from the largest exponent of the row, which is rounded.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REFERENCE_ROWINTERPRETER_H
#define ACT_REFERENCE_ROWINTERPRETER_H

#include "act/Reference/ErrorBound.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <vector>

namespace act {

/// Evaluates a function of a row many times. One thread at a time.
template <class Number> class RowInterpreter {
public:
  using Traits = NumberTraits<Number>;
  using Row = std::vector<Number>;

  /// `model` is what the kernel computes in.
  RowInterpreter(Tape steps, const ComputeModel &model)
      : tape(std::move(steps)), compute(model.type),
        functionUlps(model.functionUlps), values(tape.getNumSlots()),
        errors(tape.getNumSlots()) {}

  const Tape &getTape() const { return tape; }

  /// Evaluates a row of `count` elements. Arguments are the inputs, each of
  /// `count` elements or of one, then the first parameters.
  void evaluate(llvm::ArrayRef<Row> arguments, size_t count);

  /// Element `i` of result `k` of the last evaluation.
  const Number &result(unsigned k, size_t i) const {
    return at(values[tape.results[k]], i);
  }
  /// A bound of the error of a plain evaluation of it in the compute type.
  const Number &error(unsigned k, size_t i) const {
    return at(errors[tape.results[k]], i);
  }
  /// The bound of its error, in ulp of `storage`.
  double bound(unsigned k, size_t i, DType storage) const {
    return boundOf(result(k, i), error(k, i), storage);
  }
  /// The same of a sum of results of several rows.
  double boundOf(const Number &exact, const Number &wrong,
                 DType storage) const {
    if (!isFinite(exact))
      return 0;
    if (!isFinite(wrong))
      return std::numeric_limits<double>::infinity();
    return Traits::toDouble(
               Traits::scale(wrong, -ulpExponent(exact, storage))) +
           (storage == compute ? 0 : 0.5);
  }

private:
  static Number number(double x) { return Traits::fromDouble(x); }
  static bool isFinite(const Number &x) {
    return !Traits::isNaN(x) && !Traits::isInfinite(x);
  }
  static const Number &at(const Row &row, size_t i) {
    return row[row.size() == 1 ? 0 : i];
  }
  Number ulps(double n, const Number &at) const {
    return Traits::scale(number(n), ulpExponent(at, compute));
  }
  /// The largest finite number, or 0 of none.
  static Number largestOfRow(const Row &row) {
    Number top = number(0);
    bool isFirst = true;
    for (const Number &x : row)
      if (isFinite(x) && (isFirst || x > top)) {
        top = x;
        isFirst = false;
      }
    return top;
  }
  void evaluateStep(const TapeStep &step, unsigned slot);
  void combine(const TapeStep &step, unsigned slot);
  /// The threshold of a sparse vector, from its largest elements on.
  void findThreshold(const TapeStep &step, unsigned slot);

  Tape tape;
  DType compute;
  double functionUlps;
  size_t count = 0;
  std::vector<Row> values, errors;
};

template <class Number>
void RowInterpreter<Number>::evaluate(llvm::ArrayRef<Row> arguments,
                                      size_t elements) {
  count = elements;
  for (unsigned i = 0; i < tape.numArgs; ++i) {
    values[i] = i < arguments.size()
                    ? arguments[i]
                    : Row{Traits::fromText(tape.defaults[i - tape.numInputs])};
    errors[i] = {number(0)};
  }
  for (auto [i, step] : llvm::enumerate(tape.steps)) {
    unsigned slot = tape.numArgs + i;
    if (step.op.opcode == Opcode::Constant) {
      values[slot] = {Traits::fromText(step.text)};
      errors[slot] = {number(0)};
      if (isFinite(values[slot][0]) &&
          number(roundTo(values[slot][0], compute)) != values[slot][0])
        errors[slot] = {ulps(0.5, values[slot][0])};
    } else if (step.op.opcode == Opcode::RowThreshold ||
               step.op.opcode == Opcode::RowThresholdSquared) {
      findThreshold(step, slot);
    } else if (combinesRow(step.op.opcode)) {
      combine(step, slot);
    } else {
      evaluateStep(step, slot);
    }
  }
}

template <class Number>
void RowInterpreter<Number>::evaluateStep(const TapeStep &step, unsigned slot) {
  size_t length = 1;
  for (unsigned k = 0; k < step.op.numOperands; ++k)
    if (values[step.operands[k]].size() != 1)
      length = count;
  // A row without elements has no values, not even those of one.
  for (unsigned k = 0; k < step.op.numOperands; ++k)
    if (values[step.operands[k]].empty())
      length = 0;
  Row result(length, number(0)), error(length, number(0));
  // Where it is 0, it has been subtracted already, or need not be.
  Number top = step.op.opcode == Opcode::Exp
                   ? largestOfRow(values[step.operands[0]])
                   : number(0);
  double ownUlps = isArithmetic(step.op.opcode) ? 2 : functionUlps;
  for (size_t i = 0; i < length; ++i) {
    const Number &a = at(values[step.operands[0]], i);
    const Number &b = at(values[step.operands[1]], i);
    const Number &c = at(values[step.operands[2]], i);
    result[i] = evaluateScalar<Number>(step.op, a, b, c);
    if (!isFinite(result[i]))
      continue;
    auto slopes = partialsOf<Number>(step.op, a, b, c, result[i]);
    for (unsigned k = 0; k < step.op.numOperands; ++k) {
      const Number &operand = at(errors[step.operands[k]], i);
      // Of what a selection leaves out the error may be infinite.
      if (operand != number(0) && slopes[k] != number(0))
        error[i] = error[i] + slopes[k] * operand;
    }
    if (!isExactOperation(step.op.opcode))
      error[i] = error[i] + ulps(ownUlps, result[i]);
    if (top != number(0))
      error[i] = error[i] + result[i] * ulps(0.5, top - a);
  }
  values[slot] = std::move(result);
  errors[slot] = std::move(error);
}

template <class Number>
void RowInterpreter<Number>::combine(const TapeStep &step, unsigned slot) {
  const Row &row = values[step.operands[0]], &mask = values[step.operands[1]];
  const Row &wrong = errors[step.operands[0]];
  bool isSum = step.op.opcode == Opcode::RowSum;
  double infinity = std::numeric_limits<double>::infinity();
  Number total =
      number(isSum                                 ? 0
             : step.op.opcode == Opcode::RowMaxNum ? -largestOf(compute)
                                                   : -infinity);
  Number error = number(0), magnitude = number(0);
  for (size_t i = 0; i < count; ++i) {
    if (at(mask, i) == number(0))
      continue;
    const Number &x = at(row, i);
    if (isSum) {
      total = total + x;
      magnitude = magnitude + Traits::abs(x);
      error = error + at(wrong, i);
    } else if (x > total ||
               (step.op.opcode == Opcode::RowMax && Traits::isNaN(x))) {
      total = x;
      error = at(wrong, i);
      if (Traits::isNaN(x))
        break;
    }
  }
  if (isSum && isFinite(magnitude) && magnitude != number(0))
    error = error + ulps((std::log2(double(count)) + 16) / 2, magnitude);
  values[slot] = {total};
  errors[slot] = {error};
}

/// With the k largest elements alone, t is their mean less 1 / k, or less
/// sqrt((1 - s) / k) with s the sum of their squared distances from the mean;
/// right is the last k whose smallest element is not below its t.
template <class Number>
void RowInterpreter<Number>::findThreshold(const TapeStep &step,
                                           unsigned slot) {
  const Row &row = values[step.operands[0]], &mask = values[step.operands[1]];
  const Row &wrong = errors[step.operands[0]];
  bool isSquared = step.op.opcode == Opcode::RowThresholdSquared;
  double infinity = std::numeric_limits<double>::infinity();
  std::vector<std::pair<Number, Number>> sorted;
  values[slot] = {number(std::numeric_limits<double>::quiet_NaN())};
  errors[slot] = {number(0)};
  for (size_t i = 0; i < count; ++i) {
    if (at(mask, i) == number(0))
      continue;
    if (Traits::isNaN(at(row, i)))
      return;
    if (isFinite(at(row, i)))
      sorted.push_back({at(row, i), at(wrong, i)});
  }
  llvm::sort(sorted, [](auto &a, auto &b) { return a.first > b.first; });
  Number t = number(infinity), sum = number(0), squares = number(0);
  size_t support = 0;
  for (size_t k = 1; k <= sorted.size(); ++k) {
    const Number &z = sorted[k - 1].first;
    sum = sum + z;
    squares = squares + z * z;
    Number n = number(double(k)), mean = sum / n, next = mean - number(1) / n;
    if (isSquared) {
      Number rest = (number(1) - (squares - sum * mean)) / n;
      if (rest < number(0))
        break;
      next = mean - Traits::sqrt(rest);
    }
    if (next > z)
      break;
    t = next;
    support = k;
  }
  values[slot] = {t};
  if (support == 0)
    return;
  // What the sums in the kernel are wrong by moves t by less where more
  // elements, or larger ones, are above it.
  Number weights = number(0), error = number(0);
  for (size_t i = 0; i < support; ++i) {
    Number weight = isSquared ? sorted[i].first - t : number(1);
    weights = weights + weight;
    error = error + weight * sorted[i].second;
  }
  Number sums = ulps((std::log2(double(count)) + 16) / 2, number(1));
  errors[slot] = {error / weights + sums / weights + ulps(4, t)};
}

} // namespace act

#endif // ACT_REFERENCE_ROWINTERPRETER_H

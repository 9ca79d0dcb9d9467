//===- CompensatedSum.h - Sums as unevaluated pairs of doubles --*- C++ -*-===//
//
// A sum is high + low. Terms are added as in Sum2 of Ogita, Rump and Oishi,
// "Accurate Sum and Dot Product" (2005): high is the sum as doubles round it,
// low collects the exact error of each addition (Knuth's TwoSum). With
// u = 2^-53, the error of d terms is below (d u)^2 sum|terms|. Sums are added
// to one another as double-doubles, each addition within 3 u^2 of the
// magnitudes it adds, so that m of them cost at most 3 m u^2 sum|terms|.
//
// Needs the compiler not to contract or reassociate, which holds project-wide.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_RUNTIME_COMPENSATEDSUM_H
#define ACT_LIB_RUNTIME_COMPENSATEDSUM_H

#include "act/Tensor.h"

namespace act {

/// The neutral element of addition: unlike 0, it keeps a sum of negative zeros
/// negative.
inline constexpr double kEmptySum = -0.0;

/// Adds one term. Once `high` is not finite, `low` means nothing.
inline void addTerm(double &high, double &low, double term) {
  double sum = high + term;
  double part = sum - high;
  low += (high - (sum - part)) + (term - part);
  high = sum;
}

/// Adds another sum.
inline void addSum(double &high, double &low, double otherHigh,
                   double otherLow) {
  double rest = low + otherLow;
  addTerm(high, rest, otherHigh);
  // An infinity stays one though `rest` is NaN, and a zero keeps its sign.
  bool done = !(high - high == 0) || rest == 0;
  double sum = done ? high : high + rest;
  low = done ? 0 : rest - (sum - high);
  high = sum;
}

/// Writes high + low, rounded once to nearest even, to `to`, an element of
/// `type` (not `Bit`). Infinite and NaN sums are those of `high`. If `flushes`,
/// subnormal sums become zeros of their sign, whatever FTZ says.
void storeSum(double high, double low, DType type, bool flushes, void *to);

} // namespace act

#endif // ACT_LIB_RUNTIME_COMPENSATEDSUM_H

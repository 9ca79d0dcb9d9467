//===- SignTable.h - Where a function is positive and negative --*- C++ -*-===//
#ifndef ACT_ANALYSIS_SIGNTABLE_H
#define ACT_ANALYSIS_SIGNTABLE_H

#include "act/Analysis/Breaks.h"

namespace act {

/// An open interval on which a function has one sign; Unknown where it is not
/// defined. Outer stretches end at -inf and +inf.
template <class Number> struct Stretch {
  Number lo, hi;
  Sign sign;
};

/// Finds the stretches of one order of a curve.
template <class Number> class SignTableBuilder {
public:
  using Traits = NumberTraits<Number>;

  SignTableBuilder(const Curve<Number> &curve, llvm::ArrayRef<Cell> cells,
                   llvm::ArrayRef<Break<Number>> breaks, unsigned order)
      : curve(curve), cells(cells), breaks(breaks), order(order) {}

  /// Stretches in order, which touch at roots and at breaks. Every sign is
  /// proven or that of a point of its cell, and signs that differ between
  /// points meet at a root.
  std::vector<Stretch<Number>> build() {
    for (size_t i = 0; i <= breaks.size(); ++i)
      addBetween(i == 0 ? nullptr : &breaks[i - 1],
                 i == breaks.size() ? nullptr : &breaks[i]);
    return std::move(stretches);
  }

private:
  struct Sample {
    Number x;
    Sign sign;
    bool isProven;
  };

  std::vector<Sample> samplesBetween(const Break<Number> *lo,
                                     const Break<Number> *hi);
  void addBetween(const Break<Number> *lo, const Break<Number> *hi);

  const Curve<Number> &curve;
  llvm::ArrayRef<Cell> cells;
  llvm::ArrayRef<Break<Number>> breaks;
  unsigned order;
  std::vector<Stretch<Number>> stretches;
};

template <class Number>
std::vector<typename SignTableBuilder<Number>::Sample>
SignTableBuilder<Number>::samplesBetween(const Break<Number> *lo,
                                         const Break<Number> *hi) {
  std::vector<Sample> samples;
  if (lo)
    samples.push_back(
        {lo->x + besideOf(lo->x), signOf(lo->above[order]), false});
  for (const Cell &cell : cells) {
    Number begin = Traits::fromDouble(cell.lo),
           end = Traits::fromDouble(cell.hi);
    if ((lo && begin < lo->x) || (hi && end > hi->x))
      continue;
    Number middle = (begin + end) * Traits::fromDouble(0.5);
    Sign sign = cell.signs.orders[order];
    bool isProven = sign != Sign::Unknown;
    samples.push_back({middle,
                       isProven ? sign : signOf(curve.value(middle, order)),
                       isProven});
  }
  if (hi)
    samples.push_back(
        {hi->x - besideOf(hi->x), signOf(hi->below[order]), false});
  return samples;
}

template <class Number>
void SignTableBuilder<Number>::addBetween(const Break<Number> *lo,
                                          const Break<Number> *hi) {
  Number begin = lo ? lo->x : Traits::fromText("-inf");
  Number end = hi ? hi->x : Traits::fromText("inf");
  // An analytic piece is 0 throughout or at points only: a 0 that is not
  // proven is what underflow or a root has left of another sign.
  const Sample *before = nullptr;
  bool isZero = false, isUndefined = true;
  std::vector<Sample> samples = samplesBetween(lo, hi);
  for (const Sample &sample : samples) {
    isUndefined &= sample.sign == Sign::Unknown;
    isZero |= sample.sign == Sign::Zero;
    if (sample.sign == Sign::Zero || sample.sign == Sign::Unknown)
      continue;
    if (before && before->sign != sample.sign) {
      Number root = findSignChange<Number>(
          [&](const Number &x) { return curve.value(x, order); }, before->x,
          sample.x);
      stretches.push_back({begin, root, before->sign});
      begin = root;
    }
    before = &sample;
  }
  Sign sign = before        ? before->sign
              : isUndefined ? Sign::Unknown
              : isZero      ? Sign::Zero
                            : Sign::Unknown;
  stretches.push_back({begin, end, sign});
}

/// Neighbours of the same sign joined, whatever breaks lie between.
template <class Number>
std::vector<Stretch<Number>> joined(llvm::ArrayRef<Stretch<Number>> table) {
  std::vector<Stretch<Number>> result;
  for (const Stretch<Number> &stretch : table)
    if (!result.empty() && result.back().sign == stretch.sign)
      result.back().hi = stretch.hi;
    else
      result.push_back(stretch);
  return result;
}

} // namespace act

#endif // ACT_ANALYSIS_SIGNTABLE_H

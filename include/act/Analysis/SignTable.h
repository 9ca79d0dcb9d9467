//===- SignTable.h - Where a function is positive and negative --*- C++ -*-===//
#ifndef ACT_ANALYSIS_SIGNTABLE_H
#define ACT_ANALYSIS_SIGNTABLE_H

#include "act/Analysis/Breaks.h"

namespace act {

/// An open interval on which a function has one sign; Unknown where it is not
/// defined.
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

  /// Where the outer stretches end; infinite unless set.
  Number lo = Traits::fromText("-inf"), hi = Traits::fromText("inf");

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

  Sample sampleAt(const Number &x) const {
    return {x, signOf(curve.roughly(x)[order]), false};
  }
  /// Samples between two breaks; null stands for an outer end.
  std::vector<Sample> samplesBetween(const Break<Number> *first,
                                     const Break<Number> *last);
  void addBetween(const Break<Number> *first, const Break<Number> *last);

  const Curve<Number> &curve;
  llvm::ArrayRef<Cell> cells;
  llvm::ArrayRef<Break<Number>> breaks;
  unsigned order;
  std::vector<Stretch<Number>> stretches;
};

template <class Number>
std::vector<typename SignTableBuilder<Number>::Sample>
SignTableBuilder<Number>::samplesBetween(const Break<Number> *first,
                                         const Break<Number> *last) {
  std::vector<Sample> samples;
  if (first)
    samples.push_back(sampleAt(first->x + besideOf(first->x)));
  for (const Cell &cell : cells) {
    Number begin = Traits::fromDouble(cell.lo),
           end = Traits::fromDouble(cell.hi);
    if ((first && begin < first->x) || (last && end > last->x))
      continue;
    Number middle = (begin + end) * Traits::fromDouble(0.5);
    Sign sign = cell.signs.orders[order];
    if (sign == Sign::Unknown)
      samples.push_back(sampleAt(middle));
    else
      samples.push_back({middle, sign, true});
  }
  if (last)
    samples.push_back(sampleAt(last->x - besideOf(last->x)));
  return samples;
}

template <class Number>
void SignTableBuilder<Number>::addBetween(const Break<Number> *first,
                                          const Break<Number> *last) {
  Number begin = first ? first->x : lo, end = last ? last->x : hi;
  // An analytic piece is 0 throughout or at points only: a 0 that is not
  // proven is what underflow or a root has left of another sign.
  const Sample *before = nullptr;
  bool isZero = false, isUndefined = true;
  std::vector<Sample> samples = samplesBetween(first, last);
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

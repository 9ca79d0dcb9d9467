//===- Breaks.h - Kinks, jumps and poles of a function ----------*- C++ -*-===//
#ifndef ACT_ANALYSIS_BREAKS_H
#define ACT_ANALYSIS_BREAKS_H

#include "act/Analysis/Limits.h"
#include "act/Analysis/Partition.h"

namespace act {

/// A point at which a function or one of its derivatives jumps, has a pole or
/// ceases to be defined.
template <class Number> struct Break {
  Number x;
  /// The lowest order that differs on the two sides: 0 is a jump of f itself.
  unsigned order = 0;
  /// Limits of f, f', ... from below, values at x, limits from above.
  std::vector<Number> below, at, above;
};

/// The distance from a break at which its sides are looked at: far below any
/// format's spacing, far above the curve's error.
template <class Number> Number besideOf(const Number &x) {
  using Traits = NumberTraits<Number>;
  Number one = Traits::fromDouble(1), size = Traits::abs(x);
  return Traits::scale(size > one ? size : one, -90);
}

/// Limits of all orders as x goes to a break from below (side -1) or above;
/// infinite at poles, NaN where there is none.
template <class Number>
std::vector<Number> limitsBeside(const Curve<Number> &curve, const Number &x,
                                 int side) {
  using Traits = NumberTraits<Number>;
  Number one = Traits::fromDouble(1), size = Traits::abs(x);
  Number unit = (size > one ? size : one) * Traits::fromDouble(side);
  std::vector<std::vector<Number>> values(curve.highestOrder + 1);
  for (long exponent : {-40, -80, -160})
    for (auto [k, value] :
         llvm::enumerate(curve.at(x + Traits::scale(unit, exponent))))
      values[k].push_back(value);
  std::vector<Number> limits;
  for (const std::vector<Number> &ofOrder : values) {
    std::optional<Number> limit = limitOf<Number>(ofOrder);
    limits.push_back(limit ? *limit : Traits::fromText("nan"));
  }
  return limits;
}

/// The lowest order at which the two sides differ, or the number of orders. A
/// pole is a difference.
template <class Number>
unsigned lowestJump(llvm::ArrayRef<Number> below,
                    llvm::ArrayRef<Number> above) {
  using Traits = NumberTraits<Number>;
  for (unsigned k = 0; k < below.size(); ++k) {
    if (Traits::isNaN(below[k]) && Traits::isNaN(above[k]))
      continue;
    Number size =
        Traits::abs(below[k]) + Traits::abs(above[k]) + Traits::fromDouble(1);
    if (Traits::isInfinite(size) ||
        !(Traits::abs(below[k] - above[k]) < Traits::scale(size, -50)))
      return k;
  }
  return below.size();
}

/// Breaks of a curve whose cells these are, in order: places where a switch
/// changes its sign and a value or a derivative jumps. At most `limit` of
/// them, those nearest to 0 (the floor of x has one at each integer).
template <class Number>
std::vector<Break<Number>> findBreaks(const Curve<Number> &curve,
                                      llvm::ArrayRef<Cell> cells,
                                      size_t limit = 128) {
  using Traits = NumberTraits<Number>;
  std::vector<Number> places;
  for (const Cell &cell : cells)
    for (auto [s, sign] : llvm::enumerate(cell.signs.switches)) {
      if (sign != Sign::Unknown)
        continue;
      auto valueAt = [&, s = s](const Number &x) {
        return curve.switchesAt(x)[s];
      };
      Number lo = Traits::fromDouble(cell.lo), hi = Traits::fromDouble(cell.hi);
      Sign below = signOf(valueAt(lo)), above = signOf(valueAt(hi));
      if (below == above || below == Sign::Unknown || above == Sign::Unknown)
        continue;
      places.push_back(below == Sign::Zero ? lo
                       : above == Sign::Zero
                           ? hi
                           : findSignChange<Number>(valueAt, lo, hi));
    }
  auto isNearer = [](const Number &a, const Number &b) {
    return Traits::abs(a) < Traits::abs(b);
  };
  llvm::sort(places, isNearer);
  if (places.size() > limit)
    places.resize(limit);
  llvm::sort(places);
  std::vector<Break<Number>> breaks;
  for (const Number &x : places) {
    if (!breaks.empty() && !(breaks.back().x + besideOf(x) < x))
      continue;
    Break<Number> found{x, 0, limitsBeside(curve, x, -1), curve.at(x),
                        limitsBeside(curve, x, 1)};
    found.order = lowestJump<Number>(found.below, found.above);
    if (found.order <= curve.highestOrder)
      breaks.push_back(std::move(found));
  }
  return breaks;
}

template <class Number>
std::vector<Number> placesOf(llvm::ArrayRef<Break<Number>> breaks) {
  std::vector<Number> places;
  for (const Break<Number> &at : breaks)
    places.push_back(at.x);
  return places;
}

/// The places of all breaks of a curve, for who needs nothing else of it.
template <class Number>
std::vector<Number> breakPlaces(const Curve<Number> &curve) {
  return placesOf<Number>(
      findBreaks<Number>(curve, partition(curve.signsOver, 0)));
}

} // namespace act

#endif // ACT_ANALYSIS_BREAKS_H

//===- Saturation.h - Where a function hardly reacts ------------*- C++ -*-===//
#ifndef ACT_ANALYSIS_SATURATION_H
#define ACT_ANALYSIS_SATURATION_H

#include "act/Analysis/Shape.h"

namespace act {

/// An interval; outer ones end at an infinity.
template <class Number> struct Interval { Number lo, hi; };

/// The intervals on which |f'| < bound: where hardly any gradient passes. Ends
/// are found to 2^-bits; intervals that hold no cell of the shape's partition
/// may be missed.
template <class Number>
std::vector<Interval<Number>>
whereSlopeIsBelow(const Curve<Number> &curve, const Shape<Number> &shape,
                  const Number &bound, long bits = 60) {
  using Traits = NumberTraits<Number>;
  auto excess = [&](const Number &x) {
    return Traits::abs(curve.roughly(x)[1]) - bound;
  };
  std::vector<Number> places;
  for (const Cell &cell : shape.cells)
    places.push_back(Traits::fromDouble(cell.lo / 2 + cell.hi / 2));
  for (const Break<Number> &at : shape.breaks)
    for (int side : {-1, 1})
      places.push_back(at.x + Traits::fromDouble(side) * besideOf(at.x));
  llvm::sort(places);
  std::vector<Interval<Number>> intervals;
  std::optional<Number> before;
  bool wasBelow = false;
  Number begin = Traits::fromText("-inf");
  for (const Number &x : places) {
    Sign sign = signOf(excess(x));
    if (sign == Sign::Unknown)
      continue;
    bool isBelow = sign == Sign::Negative;
    if (before && isBelow != wasBelow) {
      Number end = findSignChange<Number>(excess, *before, x, bits);
      if (wasBelow)
        intervals.push_back({begin, end});
      begin = end;
    }
    before = x;
    wasBelow = isBelow;
  }
  if (wasBelow)
    intervals.push_back({begin, Traits::fromText("inf")});
  return intervals;
}

} // namespace act

#endif // ACT_ANALYSIS_SATURATION_H

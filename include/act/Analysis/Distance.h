//===- Distance.h - How far apart two functions are -------------*- C++ -*-===//
#ifndef ACT_ANALYSIS_DISTANCE_H
#define ACT_ANALYSIS_DISTANCE_H

#include "act/Analysis/Breaks.h"
#include "act/Analysis/Root.h"

namespace act {

/// The largest |f - g| of one order, and where.
template <class Number> struct Distance {
  Number value;
  /// Every place where it is reached, in order; an infinite distance is
  /// reached at infinity.
  std::vector<Number> places;
};

/// The largest difference of two curves of order `order` over lo..hi: the best
/// of a dense sample, of both sides of the breaks, and of the roots of the
/// difference's derivative between samples, where it has one. Needs
/// derivatives of order + 1.
template <class Number>
Distance<Number>
largestDifference(const Curve<Number> &f, const Curve<Number> &g,
                  unsigned order, double lo, double hi,
                  llvm::ArrayRef<Number> breaks, unsigned numSamples = 512) {
  using Traits = NumberTraits<Number>;
  auto difference = [&](const Number &x, unsigned k) {
    return f.value(x, k) - g.value(x, k);
  };
  std::vector<Number> places;
  for (unsigned i = 0; i <= numSamples; ++i)
    places.push_back(Traits::fromDouble(lo + (hi - lo) * i / numSamples));
  for (const Number &x : breaks)
    if (x > Traits::fromDouble(lo) && x < Traits::fromDouble(hi)) {
      places.push_back(x - besideOf(x));
      places.push_back(x);
      places.push_back(x + besideOf(x));
    }
  llvm::sort(places);
  size_t numPlaces = places.size();
  for (size_t i = 0; i + 1 < numPlaces; ++i) {
    Number a = places[i], b = places[i + 1];
    Sign atA = signOf(difference(a, order + 1));
    Sign atB = signOf(difference(b, order + 1));
    bool changes = (atA == Sign::Positive && atB == Sign::Negative) ||
                   (atA == Sign::Negative && atB == Sign::Positive);
    if (changes)
      places.push_back(findSignChange<Number>(
          [&](const Number &x) { return difference(x, order + 1); }, a, b));
  }
  Distance<Number> distance{Traits::fromDouble(0), {}};
  for (const Number &x : places) {
    Number size = Traits::abs(difference(x, order));
    Number margin = Traits::scale(distance.value, -60);
    if (size > distance.value + margin)
      distance = {size, {x}};
    else if (size > distance.value - margin && !distance.places.empty())
      distance.places.push_back(x);
  }
  llvm::sort(distance.places);
  return distance;
}

} // namespace act

#endif // ACT_ANALYSIS_DISTANCE_H

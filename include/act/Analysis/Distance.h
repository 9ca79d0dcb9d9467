//===- Distance.h - How far apart two functions are -------------*- C++ -*-===//
#ifndef ACT_ANALYSIS_DISTANCE_H
#define ACT_ANALYSIS_DISTANCE_H

#include "act/Analysis/Breaks.h"

namespace act {

/// The largest |f - g| of one order, and every place where it is reached, in
/// order; none for 0.
template <class Number> struct Distance {
  Number value;
  std::vector<Number> places;
};

/// The largest difference of the derivatives of order `order` of two curves
/// over lo..hi: the best of a sample, of both sides of the breaks of both, and
/// of the roots of the difference's derivative between these. Both curves have
/// derivatives of order + 1. Places where either has no value are left out.
template <class Number> class LargestDifference {
public:
  using Traits = NumberTraits<Number>;

  LargestDifference(const Curve<Number> &f, const Curve<Number> &g,
                    unsigned order)
      : f(f), g(g), order(order) {}

  /// Nothing where the two nowhere have finite values together.
  std::optional<Distance<Number>> over(double lo, double hi,
                                       llvm::ArrayRef<Number> breaks,
                                       unsigned numSamples = 128);

private:
  struct Sample {
    Number x, value, slope;
  };
  /// At x, which stands for `place` where it is beside a break.
  Sample sampleAt(const Number &x, const Number &place) const {
    std::vector<Number> ofF = f.at(x), ofG = g.at(x);
    return {place, ofF[order] - ofG[order], ofF[order + 1] - ofG[order + 1]};
  }
  void take(const Sample &sample);
  /// Both sides of a break are one place.
  bool isKnown(const Number &x) const {
    return llvm::any_of(best.places, [&](const Number &place) {
      return Traits::abs(place - x) < besideOf(x) * Traits::fromDouble(3);
    });
  }

  const Curve<Number> &f, &g;
  unsigned order;
  Distance<Number> best;
};

template <class Number>
void LargestDifference<Number>::take(const Sample &sample) {
  Number size = Traits::abs(sample.value);
  if (Traits::isNaN(size) || Traits::isInfinite(size))
    return;
  Number margin = Traits::scale(best.value, -60);
  if (best.places.empty() || size > best.value + margin)
    best = {size, {sample.x}};
  else if (size > best.value - margin && !isKnown(sample.x))
    best.places.push_back(sample.x);
}

template <class Number>
std::optional<Distance<Number>> LargestDifference<Number>::over(
    double lo, double hi, llvm::ArrayRef<Number> breaks, unsigned numSamples) {
  best = {Traits::fromDouble(0), {}};
  // Where to look, and the place that this stands for.
  std::vector<std::pair<Number, Number>> places;
  for (unsigned i = 0; i <= numSamples; ++i) {
    Number x = Traits::fromDouble(lo + (hi - lo) * i / numSamples);
    places.push_back({x, x});
  }
  for (const Number &x : breaks)
    if (x > Traits::fromDouble(lo) && x < Traits::fromDouble(hi))
      for (int side : {-1, 0, 1})
        places.push_back({x + Traits::fromDouble(side) * besideOf(x), x});
  llvm::sort(places, llvm::less_first());
  std::optional<Sample> before;
  for (const auto &[x, place] : places) {
    Sample sample = sampleAt(x, place);
    take(sample);
    bool turns = before && ((signOf(before->slope) == Sign::Positive &&
                             signOf(sample.slope) == Sign::Negative) ||
                            (signOf(before->slope) == Sign::Negative &&
                             signOf(sample.slope) == Sign::Positive));
    if (turns && before->x != place) {
      Number top = findSignChange<Number>(
          [&](const Number &y) { return sampleAt(y, y).slope; }, before->x,
          place, /*bits=*/100);
      take(sampleAt(top, top));
    }
    before = sample;
  }
  if (best.places.empty())
    return std::nullopt;
  // Equal functions are so everywhere.
  if (best.value == Traits::fromDouble(0))
    best.places.clear();
  llvm::sort(best.places);
  return best;
}

} // namespace act

#endif // ACT_ANALYSIS_DISTANCE_H

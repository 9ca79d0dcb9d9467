//===- MeanField.h - Signals and gradients through many layers --*- C++ -*-===//
//
// In a wide network with weights of variance V / fan-in and no biases, the
// pre-activations of a layer are normal with a variance q that the next layer
// maps to V * E f(sqrt(q) z)^2 (Poole et al., arXiv:1606.05340), and the
// backward pass multiplies the variance of gradients by
// chi = V * E f'(sqrt(q) z)^2 (Schoenholz et al., arXiv:1611.01232), z being
// standard normal.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_ANALYSIS_MEANFIELD_H
#define ACT_ANALYSIS_MEANFIELD_H

#include "act/Analysis/Moments.h"
#include <limits>
#include <map>

namespace act {

/// A variance that a layer keeps.
struct FixedPoint {
  double q;
  /// Factor of the gradients' variance at q, by layer.
  double chi;
  /// Derivative of the map at q: below 1 in magnitude, and the variances near
  /// q approach it.
  double slope;
};

/// What several layers do.
struct Layers {
  /// Variance of the signal after the last one; infinite once it has been
  /// beyond MeanField::kInfiniteVariance.
  double q;
  /// Variance of the gradient that comes back through all of them, relative to
  /// where it started; NaN beside an infinite q.
  double gradient;
};

/// A root of a function between two points where its signs differ, by the
/// Illinois method, to the rounding of what it is a root of.
template <class Function>
double findRoot(Function f, double a, double atA, double b, double atB) {
  constexpr unsigned kMaxSteps = 100;
  for (unsigned step = 0; step < kMaxSteps; ++step) {
    // An infinite value says no more than its sign.
    bool areFinite = std::isfinite(atA) && std::isfinite(atB);
    double c = areFinite ? b - atB * (b - a) / (atB - atA) : (a + b) / 2;
    double atC = f(c);
    if (atC == 0 || std::fabs(c - b) < 1e-14)
      return c;
    if ((atC < 0) != (atB < 0))
      a = b, atA = atB;
    else
      atA /= 2;
    b = c, atB = atC;
  }
  return b;
}

/// The map of variances of one function, to about 12 digits. One thread.
template <class Number> class MeanField {
public:
  using Traits = NumberTraits<Number>;

  /// Fixed points are looked for in between, and at 0; for weights of V > 1 up
  /// to V times as far.
  static constexpr double kMinVariance = 0x1p-30, kMaxVariance = 0x1p20;
  /// A variance beyond this is taken for infinite.
  static constexpr double kInfiniteVariance = 0x1p100;
  /// How exact the moments are, relative to their size.
  static constexpr double kTolerance = 1e-12;

  /// `breaks` as for GaussianIntegrator. The curve must outlive this.
  MeanField(const Curve<Number> &curve, llvm::ArrayRef<Number> breaks)
      : curve(curve), integrator(curve, breaks, kTolerance) {}

  /// E f(sqrt(q) z)^2 and E f'(sqrt(q) z)^2; at q = 0 their limits.
  std::pair<double, double> meanSquares(double q) {
    q = std::max(q, kTiny);
    auto [at, isNew] = known.try_emplace(q);
    if (isNew) {
      Moments<Number> m = integrator.moments(Traits::fromDouble(q));
      at->second = {Traits::toDouble(m.meanF2), Traits::toDouble(m.meanDf2)};
    }
    return at->second;
  }

  /// The factor that one layer multiplies a variance by, weights of V = 1.
  double factor(double q) { return meanSquares(q).first / q; }

  /// `count` layers from a variance on, for weights of a variance. A step
  /// that is not larger than the moments' error is none.
  Layers run(double weightVariance, double q, unsigned count) {
    Layers result = {q, 1};
    for (unsigned layer = 0; layer < count; ++layer) {
      double &at = result.q;
      auto [f2, df2] = meanSquares(at);
      result.gradient *= weightVariance * df2;
      // Below, the map is linear or has left 0.
      double next = weightVariance * (at < kTiny ? f2 / kTiny * at : f2);
      if (std::fabs(next - at) > kStill * at)
        at = next;
      if (!(at <= kInfiniteVariance))
        return {std::numeric_limits<double>::infinity(),
                std::numeric_limits<double>::quiet_NaN()};
    }
    return result;
  }

  /// Fixed points in ascending order; none where every variance is one.
  std::vector<FixedPoint> fixedPoints(double weightVariance);

  /// True if a layer multiplies every variance by the same.
  bool isLinear() {
    return llvm::all_of(grid(), [&](double q) {
      return std::fabs(factor(q) - factor(1)) <= kStill * factor(1);
    });
  }

  /// True if every variance is kept.
  bool keepsAll(double weightVariance) {
    return isLinear() && std::fabs(weightVariance * factor(1) - 1) <= kStill;
  }

private:
  static constexpr double kStill = 1e-10;
  /// Stands for 0 where the map is asked for its slope.
  static constexpr double kTiny = 0x1p-200;

  FixedPoint fixedPointAt(double weightVariance, double q);

  /// One point an octave, since factors change slowly with the variance, and
  /// one near 0.
  static std::vector<double> grid(double weightVariance = 1) {
    std::vector<double> points = {kTiny};
    double last = kMaxVariance * std::max(weightVariance, 1.0);
    for (double q = kMinVariance; q <= last; q *= 2)
      points.push_back(q);
    return points;
  }

  const Curve<Number> &curve;
  GaussianIntegrator<Number> integrator;
  std::map<double, std::pair<double, double>> known;
};

template <class Number>
FixedPoint MeanField<Number>::fixedPointAt(double weightVariance, double q) {
  if (q == 0) {
    // What is this small goes to 0 with q.
    auto limit = [&](double x) { return x < 1e-20 ? 0 : weightVariance * x; };
    return {0, limit(meanSquares(0).second), limit(factor(kTiny))};
  }
  const double step = 1e-4;
  auto [below, above] = std::pair(q * (1 - step), q * (1 + step));
  double rise = meanSquares(above).first - meanSquares(below).first;
  return {q, weightVariance * meanSquares(q).second,
          weightVariance * rise / (above - below)};
}

template <class Number>
std::vector<FixedPoint> MeanField<Number>::fixedPoints(double weightVariance) {
  std::vector<FixedPoint> points;
  if (keepsAll(weightVariance))
    return points;
  // f(0) is 0.
  if (meanSquares(0).first < 1e-20)
    points.push_back(fixedPointAt(weightVariance, 0));
  auto growth = [&](double logQ) {
    return std::log(weightVariance * factor(std::exp(logQ)));
  };
  // The last point that is clearly not fixed, and the growth there. Both in
  // logarithms, where the map is smooth.
  double from = 0, growthFrom = 0;
  for (double q : grid(weightVariance)) {
    double to = std::log(q), growthTo = growth(to);
    if (!(std::fabs(growthTo) > kStill))
      continue;
    if (growthFrom * growthTo < 0)
      points.push_back(fixedPointAt(
          weightVariance,
          std::exp(findRoot(growth, from, growthFrom, to, growthTo))));
    from = to, growthFrom = growthTo;
  }
  return points;
}

} // namespace act

#endif // ACT_ANALYSIS_MEANFIELD_H

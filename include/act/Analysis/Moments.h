//===- Moments.h - What a function makes of a Gaussian ----------*- C++ -*-===//
//
// E f(z), E f(z)^2, E f'(z), E f'(z)^2 for a normal z: what decides whether
// signals and gradients keep their size from layer to layer.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_ANALYSIS_MOMENTS_H
#define ACT_ANALYSIS_MOMENTS_H

#include "act/Analysis/Curve.h"
#include "act/Analysis/Quadrature.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace act {

/// Moments of f and of f' where it has one; a jump adds nothing to those of
/// f'. One that diverges is infinite; NaN where f has no value on a set that
/// has a weight.
template <class Number> struct Moments {
  Number meanF, meanF2, meanDf, meanDf2;
  /// Absolute estimates, in the order above; meaningless beside a moment that
  /// is not finite.
  std::array<Number, 4> error;
  /// Of the curve.
  unsigned evaluations = 0;
};

/// Integrates over a Gaussian, panel by panel from the middle outwards. Keeps
/// nodes between calls; one thread at a time, one precision.
template <class Number> class GaussianIntegrator {
public:
  using Traits = NumberTraits<Number>;

  /// `breaks` are where f or f' has a kink, a jump or a pole, in any order,
  /// exact to the precision of the number. One that is left out costs digits,
  /// and `Moments::error` says how many. The curve must outlive this.
  GaussianIntegrator(const Curve<Number> &curve, llvm::ArrayRef<Number> breaks,
                     double tolerance)
      : curve(curve), breaks(breaks.begin(), breaks.end()), rule(tolerance),
        tolerance(Traits::fromDouble(tolerance)),
        closest(epsilonOf<Number>() * number(256)) {
    llvm::sort(this->breaks);
  }

  /// For z ~ N(0, variance). Precondition: the variance is positive.
  Moments<Number> moments(const Number &variance) {
    sigma = Traits::sqrt(variance);
    Number two = number(2);
    exponent = -number(1) / (two * variance);
    density = number(1) / (sigma * Traits::sqrt(two * Traits::fromText("pi")));
    value.fill(number(0)), error = value, magnitude = value;
    evaluations = 0;
    addBoth(0, kAlways);
    double reach = findReach();
    for (double from = kAlways; from < reach && !isSettled(); from *= 2)
      addBoth(from, 2 * from);
    return {value[0], value[1], value[2], value[3], error, evaluations};
  }

private:
  using Values = std::array<Number, 4>;

  static Number number(double x) { return Traits::fromDouble(x); }

  /// Standard deviations: always covered, and how far a tail is followed.
  static constexpr double kAlways = 13, kFarthest = kAlways * 1024;

  /// The weighted integrands.
  Values integrand(const Number &x) {
    Values values;
    Number weight = density * Traits::exp(exponent * x * x);
    // Nothing can be said where the weight is below the number's range.
    if (weight == number(0)) {
      values.fill(weight);
      return values;
    }
    std::vector<Number> at = curve.at(x);
    // The formula of f' may have a value where f has none: log(x), x < 0.
    if (Traits::isNaN(at[0]))
      at[1] = at[0];
    values = {at[0] * weight, at[0] * at[0] * weight, at[1] * weight,
              at[1] * at[1] * weight};
    return values;
  }

  /// True if no moment has a finite value any more.
  bool isSettled() const {
    return llvm::all_of(value, [](const Number &x) {
      return Traits::isNaN(x) || Traits::isInfinite(x);
    });
  }

  void addBoth(double from, double to) {
    addPanel(-number(to) * sigma, -number(from) * sigma);
    addPanel(number(from) * sigma, number(to) * sigma);
  }

  /// Adds the integrals from `a` to `b`, split at the breaks in between.
  void addPanel(Number a, const Number &b) {
    for (const Number &at : breaks)
      if (isApart(a, at) && isApart(at, b)) {
        addPiece(a, at);
        a = at;
      }
    addPiece(a, b);
  }

  /// True if a < b and rounding leaves something between them.
  bool isApart(const Number &a, const Number &b) const {
    Number size = std::max(Traits::abs(a), Traits::abs(b));
    return b - a > size * closest;
  }

  void addPiece(const Number &a, const Number &b) {
    auto integrals = rule.integrate(
        [&](const Number &x) { return integrand(x); }, a, b, magnitude);
    evaluations += integrals.evaluations;
    for (unsigned i = 0; i < 4; ++i) {
      value[i] = value[i] + integrals.value[i];
      error[i] = error[i] + integrals.error[i];
      magnitude[i] = magnitude[i] + integrals.magnitude[i];
    }
  }

  /// How many standard deviations out the integrands still matter. Those that
  /// do as far as this looks are infinite.
  double findReach() {
    double reach = 0;
    Values infinity;
    infinity.fill(number(0));
    for (double at = kAlways; at <= kFarthest; at *= 2)
      for (double side : {-1.0, 1.0}) {
        Number x = number(side * at) * sigma;
        Values values = integrand(x);
        ++evaluations;
        for (unsigned i = 0; i < 4; ++i) {
          Number size = Traits::abs(values[i] * x);
          if (!(size > tolerance * number(0x1p-10) * magnitude[i]))
            continue;
          reach = 2 * at;
          if (at == kFarthest || Traits::isInfinite(size))
            infinity[i] = infinity[i] + values[i] * number(INFINITY);
        }
      }
    for (unsigned i = 0; i < 4; ++i)
      value[i] = value[i] + infinity[i];
    return reach;
  }

  const Curve<Number> &curve;
  std::vector<Number> breaks;
  TanhSinh<Number> rule;
  Number tolerance;
  /// Relative distance of breaks that are told apart.
  Number closest;
  Number sigma, exponent, density;
  Values value, error, magnitude;
  unsigned evaluations = 0;
};

/// The relative tolerance of moments in numbers of more than a double's bits.
inline constexpr double kMomentTolerance = 1e-26;

/// The moments for z ~ N(0, variance); see GaussianIntegrator.
template <class Number>
Moments<Number> gaussianMoments(const Curve<Number> &curve,
                                const Number &variance,
                                llvm::ArrayRef<Number> breaks,
                                double tolerance = kMomentTolerance) {
  return GaussianIntegrator<Number>(curve, breaks, tolerance).moments(variance);
}

} // namespace act

#endif // ACT_ANALYSIS_MOMENTS_H

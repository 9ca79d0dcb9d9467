//===- Symmetry.h - Odd, even and periodic functions ------------*- C++ -*-===//
#ifndef ACT_ANALYSIS_SYMMETRY_H
#define ACT_ANALYSIS_SYMMETRY_H

#include "act/Analysis/Shape.h"

namespace act {

/// f(-x) = -f(x), f(-x) = f(x), f(x) - f(-x) = x (as of silu and gelu), or
/// none of them.
enum class Symmetry { None, Odd, Even, Identity };

/// Points at which symmetries are tried: without relation to each other and
/// from all scales.
inline constexpr double kTrialPoints[] = {0.0371, 0.2903, 0.7781, 1.4142,
                                          2.7317, 3.9021, 5.8113, 9.7701,
                                          16.907, 41.731};

/// The symmetry that holds at all trial points to 2^-100.
template <class Number> Symmetry findSymmetry(const Curve<Number> &curve) {
  using Traits = NumberTraits<Number>;
  bool isOdd = true, isEven = true, isIdentity = true;
  for (double point : kTrialPoints) {
    Number x = Traits::fromDouble(point);
    Number above = curve.value(x), below = curve.value(-x);
    Number size =
        Traits::scale(Traits::abs(above) + Traits::abs(below) + x, -100);
    auto isZero = [&](const Number &y) {
      return Traits::abs(y) < size || y == Traits::fromDouble(0);
    };
    isOdd &= isZero(above + below);
    isEven &= isZero(above - below);
    isIdentity &= isZero(above - below - x);
  }
  return isOdd        ? Symmetry::Odd
         : isEven     ? Symmetry::Even
         : isIdentity ? Symmetry::Identity
                      : Symmetry::None;
}

/// f(x + period) = f(x) + drift.
template <class Number> struct Period { Number period, drift; };

/// The period of an oscillating curve, from the zeros of its curvature.
template <class Number>
std::optional<Period<Number>> findPeriod(const Curve<Number> &curve,
                                         const Shape<Number> &shape) {
  using Traits = NumberTraits<Number>;
  auto stretches = joined<Number>(shape.signs[2]);
  if (!shape.isOscillating || stretches.size() < 5)
    return std::nullopt;
  Number period = stretches[3].lo - stretches[1].lo;
  std::optional<Number> drift;
  for (double point : kTrialPoints) {
    Number x = Traits::fromDouble(point);
    Number difference = curve.value(x + period) - curve.value(x);
    if (drift &&
        !(Traits::abs(difference - *drift) < Traits::scale(x + period, -80)))
      return std::nullopt;
    drift = difference;
  }
  Number tiny = Traits::scale(period, -80);
  if (Traits::abs(*drift) < tiny)
    drift = Traits::fromDouble(0);
  return Period<Number>{period, *drift};
}

} // namespace act

#endif // ACT_ANALYSIS_SYMMETRY_H

//===- Limits.h - Behaviour at infinity -------------------------*- C++ -*-===//
#ifndef ACT_ANALYSIS_LIMITS_H
#define ACT_ANALYSIS_LIMITS_H

#include "act/Analysis/Root.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include <optional>

namespace act {

/// f as x goes to one of the infinities.
template <class Number> struct Tail {
  /// Limits of f, f', ...: finite, infinite, or nothing where there is none or
  /// it was not found.
  std::vector<std::optional<Number>> limits;
  /// f - (slope x + intercept) goes to 0, for a slope that is not 0.
  std::optional<Number> slope, intercept;

  /// Of an oscillating function values far out show growth and nothing else.
  void keepGrowthOnly() {
    for (auto [order, limit] : llvm::enumerate(limits))
      if (order > 0 || (limit && !NumberTraits<Number>::isInfinite(*limit)))
        limit = std::nullopt;
    slope = intercept = std::nullopt;
  }
};

/// The limit of the values of a sequence each of whose steps goes a given part
/// of the way on a logarithmic scale; nothing where they neither settle nor
/// grow nor vanish. Uses the last three that are defined.
template <class Number>
std::optional<Number> limitOf(llvm::ArrayRef<Number> values) {
  using Traits = NumberTraits<Number>;
  llvm::SmallVector<Number, 8> defined;
  for (const Number &value : values)
    if (!Traits::isNaN(value))
      defined.push_back(value);
  if (defined.size() < 3)
    return std::nullopt;
  Number last = defined.back(), middle = defined[defined.size() - 2],
         first = defined[defined.size() - 3], zero = Traits::fromDouble(0);
  auto size = [](const Number &x) { return Traits::abs(x); };
  if (Traits::isInfinite(last))
    return Traits::isInfinite(middle) && last != middle
               ? std::nullopt
               : std::optional<Number>(last);
  if (last == zero)
    return last;
  if (size(last - middle) < Traits::scale(size(last), -36))
    return snapped(last);
  auto isMuchMore = [&](const Number &a, const Number &b) {
    return size(a) > size(b) * Traits::fromDouble(1.4);
  };
  if (isMuchMore(last, middle) && isMuchMore(middle, first))
    return Traits::fromText(Traits::isNegative(last) ? "-inf" : "inf");
  if (isMuchMore(first, middle) && isMuchMore(middle, last))
    return Traits::isNegative(last) ? -zero : zero;
  return std::nullopt;
}

/// What a curve does at the infinity of this sign, from its values at powers
/// of 2 far out.
template <class Number>
Tail<Number> findTail(const Curve<Number> &curve, int side) {
  using Traits = NumberTraits<Number>;
  std::vector<std::vector<Number>> values(curve.highestOrder + 1);
  std::vector<Number> places;
  for (long exponent : {12, 16, 20, 40, 80, 160, 320}) {
    places.push_back(Traits::scale(Traits::fromDouble(side), exponent));
    for (auto [k, value] : llvm::enumerate(curve.at(places.back())))
      values[k].push_back(value);
  }
  Tail<Number> tail;
  for (const std::vector<Number> &ofOrder : values)
    tail.limits.push_back(limitOf<Number>(ofOrder));
  if (curve.highestOrder == 0 || !tail.limits[1] ||
      Traits::isInfinite(*tail.limits[1]) ||
      *tail.limits[1] == Traits::fromDouble(0))
    return tail;
  tail.slope = snapped(*tail.limits[1]);
  // Beyond 2^160 the rest drowns in the error of f; exp may overflow before.
  std::vector<Number> rest;
  for (auto [x, y] : llvm::zip(places, values[0])) {
    if (Traits::exponentOf(x) > 160 || Traits::isInfinite(y))
      continue;
    Number difference = y - *tail.slope * x;
    bool isNoise =
        Traits::abs(difference) < Traits::scale(Traits::abs(y), -250);
    rest.push_back(isNoise ? Traits::fromDouble(0) : difference);
  }
  tail.intercept = limitOf<Number>(rest);
  if (!tail.intercept || Traits::isInfinite(*tail.intercept))
    tail.slope = tail.intercept = std::nullopt;
  return tail;
}

} // namespace act

#endif // ACT_ANALYSIS_LIMITS_H

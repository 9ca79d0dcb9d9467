//===- FormatLimits.h - Where a format can no longer tell -------*- C++ -*-===//
#ifndef ACT_ANALYSIS_FORMATLIMITS_H
#define ACT_ANALYSIS_FORMATLIMITS_H

#include "act/Analysis/Shape.h"
#include "act/Reference/Ulp.h"

namespace act {

/// From where on, away from 0, a property holds for all elements of a format.
/// Nothing where it holds nowhere far out.
template <class Number> struct FormatLimits {
  /// f rounds to infinity; to 0; is below the normal numbers; rounds to its
  /// finite limit, which is not 0; rounds to x.
  std::optional<Number> overflow, zero, subnormal, limit, identity;
  /// f' rounds to 0.
  std::optional<Number> zeroSlope;
};

/// Finds the limits of a curve in formats, on one side of 0. Values of the
/// curve are shared by all formats.
template <class Number> class FormatLimitsFinder {
public:
  using Traits = NumberTraits<Number>;
  /// Negative where a property holds, and continuous within a factor.
  using Property = llvm::function_ref<Number(const Number &x, const Number &f,
                                             const Number &slope)>;

  /// `side` is -1 or 1.
  FormatLimitsFinder(const Curve<Number> &curve, const Shape<Number> &shape,
                     int side);

  FormatLimits<Number> find(DType type) const;

private:
  struct Sample {
    Number x;
    std::vector<Number> values;
  };

  /// Walks inwards until the property is lost, and finds where.
  std::optional<Number> holdsFrom(DType type, Property excess) const;

  const Curve<Number> &curve;
  std::optional<Number> limit;
  bool tendsToIdentity;
  /// Outermost first; the last is 0.
  std::vector<Sample> samples;
};

template <class Number>
FormatLimitsFinder<Number>::FormatLimitsFinder(const Curve<Number> &curve,
                                               const Shape<Number> &shape,
                                               int side)
    : curve(curve) {
  const Tail<Number> &tail = side < 0 ? shape.atMinusInf : shape.atPlusInf;
  Number one = Traits::fromDouble(1), zero = Traits::fromDouble(0);
  limit = tail.limits[0];
  tendsToIdentity = tail.slope && *tail.slope == one && *tail.intercept == zero;
  auto add = [&](const Number &x) { samples.push_back({x, curve.roughly(x)}); };
  // Few where only overflow happens, many where functions have their shape.
  for (DType type : {DType::F64, DType::F32, DType::BF16, DType::F16})
    add(Traits::fromDouble(side * largestOf(type)));
  for (double exponent = 1008; exponent > -30;
       exponent -= exponent > 16 ? 16 : 0.25)
    add(Traits::fromDouble(side * std::exp2(exponent)));
  for (const Break<Number> &at : shape.breaks)
    if (side < 0 ? at.x < zero : at.x > zero) {
      add(at.x - besideOf(at.x));
      add(at.x + besideOf(at.x));
    }
  add(zero);
  llvm::sort(samples, [](const Sample &a, const Sample &b) {
    return Traits::abs(a.x) > Traits::abs(b.x);
  });
  // What is infinite but for a part of the formula that has left the number's
  // range, as exp in log1p(exp(x)), says nothing. A function that really grows
  // so far is huge long before.
  auto finite = llvm::find_if(samples, [](const Sample &sample) {
    return !Traits::isInfinite(sample.values[0]);
  });
  bool grows = finite != samples.end() && finite->values[0] != zero &&
               !Traits::isNaN(finite->values[0]) &&
               Traits::exponentOf(finite->values[0]) > (1 << 20);
  if (!grows)
    samples.erase(samples.begin(), finite);
}

template <class Number>
std::optional<Number>
FormatLimitsFinder<Number>::holdsFrom(DType type, Property excess) const {
  Number largest = Traits::fromDouble(largestOf(type));
  auto excessAt = [&](const Number &x) {
    std::vector<Number> values = curve.roughly(x);
    return excess(x, values[0], values[1]);
  };
  std::optional<Number> outside;
  for (const Sample &sample : samples) {
    if (Traits::abs(sample.x) > largest)
      continue;
    Number here = excess(sample.x, sample.values[0], sample.values[1]);
    if (signOf(here) == Sign::Negative) {
      outside = sample.x;
      continue;
    }
    if (!outside)
      return std::nullopt;
    return findSignChange<Number>(excessAt, *outside, sample.x, /*bits=*/44);
  }
  return outside;
}

template <class Number>
FormatLimits<Number> FormatLimitsFinder<Number>::find(DType type) const {
  const FormatInfo &format = formatOf(type);
  Number zero = Traits::fromDouble(0), one = Traits::fromDouble(1);
  auto power = [&](long exponent) { return Traits::scale(one, exponent); };
  // log(size / bound): a size that falls exponentially is nearly linear then,
  // and a size of 0 is far below.
  auto excess = [&](const Number &size, const Number &bound) {
    return size == zero ? -power(20) : Traits::log(size / bound);
  };
  auto below = [&](const Number &bound, bool ofSlope = false) {
    return holdsFrom(type,
                     [&](const Number &, const Number &f, const Number &slope) {
                       return excess(Traits::abs(ofSlope ? slope : f), bound);
                     });
  };
  long lowest = format.spacingExponent(format.minExponent);
  FormatLimits<Number> limits;
  limits.zero = below(power(lowest - 1));
  limits.subnormal = below(power(format.minExponent));
  limits.zeroSlope = below(power(lowest - 1), /*ofSlope=*/true);
  // Half a spacing beyond the largest.
  Number overflow = power(format.maxExponent + 1) -
                    power(format.maxExponent - format.precision);
  limits.overflow =
      holdsFrom(type, [&](const Number &, const Number &f, const Number &) {
        return Traits::isNaN(f) ? one : -excess(Traits::abs(f), overflow);
      });
  if (limit && !Traits::isInfinite(*limit) && *limit != zero)
    limits.limit =
        holdsFrom(type, [&](const Number &, const Number &f, const Number &) {
          // From the midpoint on, towards the element that the limit is.
          Number rounded = Traits::fromDouble(roundTo(*limit, type));
          bool isNearer = Traits::abs(f) < Traits::abs(rounded);
          long ulp = ulpExponent(isNearer ? f : rounded, type);
          return excess(Traits::abs(f - rounded), power(ulp - 1));
        });
  if (tendsToIdentity)
    limits.identity =
        holdsFrom(type, [&](const Number &x, const Number &f, const Number &) {
          return excess(Traits::abs(f - x), power(ulpExponent(x, type) - 1));
        });
  return limits;
}

} // namespace act

#endif // ACT_ANALYSIS_FORMATLIMITS_H

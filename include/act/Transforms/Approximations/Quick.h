//===- Quick.h - Primitives for a relative 2^-15 ----------------*- C++ -*-===//
//
// The fast class of f32, and f16 results of the default class, ask for far
// fewer bits than an f32 has: polynomials are short, no argument needs a low
// word, and what is below the normal numbers is 0. Every function here has a
// relative error below 2^-15 where its result is a normal f32. f32 only.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_QUICK_H
#define ACT_TRANSFORMS_APPROXIMATIONS_QUICK_H

#include "act/Transforms/Approximations/ErrorFunction.h"

namespace act::approx {

/// The exponential of the first is about 2^-124, of the second the largest
/// number.
constexpr double quickLowest = -85.75, quickHighest = 88.72;

/// exp(z) = 4 quarter (1 + rest), quarter a power of 2^(1/8): four times that
/// need not be a number where exp(z) is.
template <class B> struct QuickExponential { typename B::F quarter, rest; };

/// For z from quickLowest to quickHighest; NaN in the rest for NaN. Where the
/// rest is not added to 1, one more term keeps its relative error small.
template <class B, size_t N>
QuickExponential<B> quickExponential(B &b, typename B::F z,
                                     const double (&polynomial)[N]) {
  using F = typename B::F;
  F magic = b.constant(roundingMagic(b));
  F t = b.fma(z, b.constant(0x1.715476p3), magic);
  F r = b.fma(b.sub(t, magic), b.constant(-0x1.62e430p-4), z);
  typename B::I index = b.isub(b.bits(t), b.integer(roundingMagicBits(b)));
  F entry = b.table("exp2_eighths", coefficients::kExp2EighthsF32, 8,
                    b.iand(index, b.integer(7)));
  F p = horner(b, r, polynomial);
  // Entries are halves. Both factors and the product are normal numbers.
  typename B::I k = b.isub(b.ashr(index, 3), b.integer(1));
  return {b.mul(entry, powerOfTwo(b, k)),
          b.fma(b.mul(p, r), r, r)};
}

/// exp(z); 0 below 2^-124.
template <class B> typename B::F quickExp(B &b, typename B::F z) {
  using F = typename B::F;
  F lowest = b.constant(quickLowest), highest = b.constant(quickHighest);
  auto isLow = b.lt(z, lowest), isHigh = b.gt(z, highest);
  QuickExponential<B> e =
      quickExponential(b, b.select(isLow, lowest, b.select(isHigh, highest, z)),
                       coefficients::kQuickExpRestF32);
  F y = b.mul(b.constant(4.0), b.fma(e.quarter, e.rest, e.quarter));
  F infinity = b.constant(std::numeric_limits<double>::infinity());
  return b.select(isLow, b.constant(0.0), b.select(isHigh, infinity, y));
}

/// exp(-|z|); 0 below 2^-124.
template <class B> typename B::F quickDecay(B &b, typename B::F z) {
  using F = typename B::F;
  F lowest = b.constant(quickLowest), below = b.neg(b.abs(z));
  auto isLow = b.lt(below, lowest);
  QuickExponential<B> e = quickExponential(b, b.select(isLow, lowest, below),
                                           coefficients::kQuickExpRestF32);
  F y = b.mul(b.constant(4.0), b.fma(e.quarter, e.rest, e.quarter));
  return b.select(isLow, b.constant(0.0), y);
}

/// exp(z) - 1 for z <= 88; near 0 the scale is 1 and the rest is all there is.
template <class B> typename B::F quickExpm1Below(B &b, typename B::F z) {
  typename B::F lowest = b.constant(-20.0);
  QuickExponential<B> e =
      quickExponential(b, b.select(b.lt(z, lowest), lowest, z),
                       coefficients::kQuickExpm1RestF32);
  typename B::F y =
      b.fma(e.quarter, e.rest, b.sub(e.quarter, b.constant(0.25)));
  return b.mul(b.constant(4.0), y);
}

/// exp(z) - 1; -0 stays.
template <class B> typename B::F quickExpm1(B &b, typename B::F z) {
  using F = typename B::F;
  F highest = b.constant(quickHighest);
  auto isHigh = b.gt(z, highest);
  F y = quickExpm1Below(b, b.select(isHigh, highest, z));
  F infinity = b.constant(std::numeric_limits<double>::infinity());
  return b.copysign(b.select(isHigh, infinity, y), z);
}

/// 1 / (1 + e) and, for negative z, e / (1 + e), e = exp(-|z|).
template <class B> typename B::F quickSigmoid(B &b, typename B::F z) {
  typename B::F e = quickDecay(b, z), one = b.constant(1.0);
  typename B::F numerator = b.select(b.lt(z, b.constant(0.0)), e, one);
  return b.div(numerator, b.add(one, e));
}

/// max(z, 0) + log1p(e), e = exp(-|z|).
template <class B> typename B::F quickSoftplus(B &b, typename B::F z) {
  using F = typename B::F;
  F e = quickDecay(b, z), zero = b.constant(0.0);
  F rest = b.mul(e, horner(b, e, coefficients::kQuickLog1pRestF32));
  return b.add(b.select(b.gt(z, zero), z, zero), b.fma(e, rest, e));
}

/// -em / (2 + em), em = expm1(-2 |x|), with the sign of x.
template <class B> typename B::F quickTanh(B &b, typename B::F x) {
  using F = typename B::F;
  F t = b.abs(x);
  F em = quickExpm1Below(b, b.neg(b.add(t, t)));
  return b.copysign(b.div(em, b.add(b.constant(2.0), em)), x);
}

/// exp(-a^2) erfcx(a) for a = |z|, and 2 minus that for negative z; see
/// erfcPositive.
template <class B> typename B::F quickErfc(B &b, typename B::F z) {
  using F = typename B::F;
  F a = b.abs(z), square = b.mul(a, a), one = b.constant(1.0);
  F q = b.div(one, b.add(a, b.constant(erfcCentre)));
  F s = b.fma(q, b.constant(-2 * erfcCentre), one);
  F tail = b.mul(b.mul(q, horner(b, s, coefficients::kQuickErfcxF32)),
                 quickDecay(b, square));
  auto isNegative = b.lt(z, b.constant(0.0));
  return b.select(isNegative, b.sub(b.constant(2.0), tail), tail);
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_QUICK_H

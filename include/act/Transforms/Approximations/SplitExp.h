//===- SplitExp.h - exp as an exact power times 1 + w -----------*- C++ -*-===//
//
// Composite approximations of whole activations multiply exp of something at
// most 0 by a smooth factor A. They do not form exp first: A + A w is rounded
// once, and the power of two is exact.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_SPLITEXP_H
#define ACT_TRANSFORMS_APPROXIMATIONS_SPLITEXP_H

#include "act/Transforms/Approximations/Nv.h"

namespace act::approx {

/// exp(z) = 2^-lift * lifted * (1 + w) with lifted a power of two and
/// |w| < 0.42. The lift keeps the power normal where the exponential itself is
/// far below the range, so that a product is rounded once when it is lowered.
template <class B> struct SplitExp { typename B::F w, lifted; };

/// The lift as an exponent: exp(z) may be as small as 2^-246 and 2^-2022.
template <class B> int liftExponent(const B &b) {
  return b.isDouble() ? 1000 : 120;
}

/// 2^-lift: the factor that takes the lift away.
template <class B> typename B::F lowering(B &b) {
  return b.constant(b.isDouble() ? 0x1p-1000 : 0x1p-120);
}

/// exp(z + lo) = 2^-lift * lifted * exp(r) with |r| <= ln2 / 2.
template <class B> struct ReducedExp { typename B::F r, lifted; };

/// For z from -170 (f32) or -1400 (f64) to 0; NaN stays in r.
///
/// The rounding constant of the reduction holds the bias and the lift too, so
/// that one shift makes the power.
template <class B>
ReducedExp<B> reducedExp(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  bool isDouble = b.isDouble();
  F magic =
      b.constant(roundingMagic(b) + double(exponentBias(b) + liftExponent(b)));
  F t = b.fma(z, b.constant(0x1.71547652b82fep0), magic);
  F n = b.sub(t, magic);
  F r = b.fma(n, b.constant(isDouble ? -ln2HighF64 : -ln2HighF32), z);
  F lowTerm = b.constant(isDouble ? -ln2LowF64 : -ln2LowF32);
  r = lo ? b.add(r, b.fma(n, lowTerm, *lo)) : b.fma(n, lowTerm, r);
  return {r, b.fromBits(b.shl(b.bits(t), mantissaBits(b)))};
}

/// exp(z + lo) for z from -170 (f32) or -1400 (f64) to 0; NaN stays in w. The
/// relative error of 1 + w is 2^-27.5 (f32) and 2^-60 (f64) before rounding.
template <class B>
SplitExp<B> splitExp(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  ReducedExp<B> e = reducedExp(b, z, lo);
  typename B::F w = b.fma(
      b.mul(e.r, e.r),
      horner(b, e.r, coefficients::kExpRestF32, coefficients::kExpRestF64),
      e.r);
  return {w, e.lifted};
}

/// The exponent n of exp(z) = 2^n (1 + w).
template <class B> typename B::I exponentOf(B &b, SplitExp<B> e) {
  return b.isub(b.lshr(b.bits(e.lifted), mantissaBits(b)),
                b.integer(exponentBias(b) + liftExponent(b)));
}

/// a * exp(...) 2^lift, rounded once.
template <class B>
typename B::F timesLifted(B &b, typename B::F a, SplitExp<B> e) {
  return b.mul(b.fma(a, e.w, a), e.lifted);
}

/// min(x, bound); NaN stays.
template <class B> typename B::F atMost(B &b, typename B::F x, double bound) {
  typename B::F limit = b.constant(bound);
  if (isNv(b))
    return b.lesser(x, limit);
  return b.select(b.gt(x, limit), limit, x);
}

/// exp(z) for z <= 0, subnormal results included.
template <class B> typename B::F expBelow(B &b, typename B::F z) {
  typename B::F lowest = b.constant(b.isDouble() ? -1400.0 : -170.0);
  SplitExp<B> e = splitExp(b, b.select(b.lt(z, lowest), lowest, z));
  return b.mul(b.fma(e.lifted, e.w, e.lifted), lowering(b));
}

/// exp(z) for z <= 0 with a relative error of 2^-23 before rounding, for
/// exponentials of which many are added: one term less. f32 only.
template <class B> typename B::F expTerm(B &b, typename B::F z) {
  using F = typename B::F;
  F lowest = b.constant(-170.0);
  ReducedExp<B> e = reducedExp(b, b.select(b.lt(z, lowest), lowest, z));
  F slope = horner(b, e.r, coefficients::kExpSlopeF32);
  return b.mul(b.fma(b.mul(e.lifted, e.r), slope, e.lifted), lowering(b));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_SPLITEXP_H

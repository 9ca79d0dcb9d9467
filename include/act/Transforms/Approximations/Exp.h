//===- Exp.h - exp, expm1, sigmoid and softplus -----------------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_EXP_H
#define ACT_TRANSFORMS_APPROXIMATIONS_EXP_H

#include "act/Transforms/Approximations/Builder.h"

namespace act::approx {

/// Bounds outside which a scaled exponential is 0 or infinite for good: the
/// least exponent is twice that of the least normal number, so that a factor
/// of up to 2^100 still finds the bits of a result far below the range.
template <class B> double expLowest(const B &b) {
  return b.isDouble() ? -1416.0 : -174.0;
}
template <class B> double expHighest(const B &b) {
  return b.isDouble() ? 710.5 : 89.5;
}

/// exp(z + lo) as m * 2^n, m in [0.35, 1).
///
/// Cody-Waite reduction by ln2 (f64) or ln2 / 8 (f32) in two constants; the
/// eighths of an octave come from a table of 8 entries. m is 0 below
/// expLowest, n is large enough for infinity above expHighest; NaN stays in m.
/// f32: 0.9 ulp, f64: 0.6 ulp after scaling.
template <class B>
Scaled<B> expScaled(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  F lowest = b.constant(expLowest(b)), highest = b.constant(expHighest(b));
  F clamped = b.select(b.lt(z, lowest), lowest,
                       b.select(b.gt(z, highest), highest, z));
  F magic = b.constant(roundingMagic(b));
  bool isDouble = b.isDouble();
  F t = b.fma(clamped, b.constant(isDouble ? 0x1.71547652b82fep0
                                           : 0x1.715476p3),
              magic);
  F k = b.sub(t, magic);
  F r = b.fma(k, b.constant(isDouble ? -0x1.62e42fefa38p-1 : -0x1.62e4p-4),
              clamped);
  r = b.fma(k, b.constant(isDouble ? -0x1.ef35793c7673p-45 : -0x1.7f7d1cp-23),
            r);
  if (lo)
    r = b.add(r, b.select(b.eq(clamped, z), *lo, b.constant(0.0)));
  typename B::I index = b.isub(b.bits(t), b.integer(roundingMagicBits(b)));
  Scaled<B> result;
  if (isDouble) {
    F p = b.fma(b.mul(r, r), horner(b, r, coefficients::kExpRestF64), r);
    result.m = b.fma(b.constant(0.5), p, b.constant(0.5));
    result.n = b.iadd(index, b.integer(1));
  } else {
    F p = b.fma(b.mul(r, r), horner(b, r, coefficients::kExpEighthRestF32), r);
    F entry = b.table("exp2_eighths", coefficients::kExp2EighthsF32, 8,
                      b.iand(index, b.integer(7)));
    result.m = b.fma(entry, p, entry);
    result.n = b.iadd(b.ashr(index, 3), b.integer(1));
  }
  result.m = b.select(b.lt(z, lowest), b.constant(0.0), result.m);
  return result;
}

/// exp(z + lo), subnormal results included. f32: 0.9 ulp, f64: 0.6 ulp.
template <class B>
typename B::F exp(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  return materialize(b, expScaled(b, z, lo));
}

/// exp(z + lo) - 1 = 2^n p + (2^n - 1) with exp(r) = 1 + p, which is p itself
/// near 0. Half of it is formed, since 2^1024 does not exist. 1 ulp.
template <class B>
typename B::F expm1(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  bool isDouble = b.isDouble();
  F lowest = b.constant(-60.0), highest = b.constant(isDouble ? 709.9 : 88.9);
  F clamped = b.select(b.lt(z, lowest), lowest,
                       b.select(b.gt(z, highest), highest, z));
  F magic = b.constant(roundingMagic(b));
  F t = b.fma(clamped, b.constant(0x1.71547652b82fep0), magic);
  F n = b.sub(t, magic);
  F r = b.fma(n, b.constant(isDouble ? -0x1.62e42fefa38p-1 : -0x1.62e4p-1),
              clamped);
  r = b.fma(n, b.constant(isDouble ? -0x1.ef35793c7673p-45 : -0x1.7f7d1cp-20),
            r);
  if (lo)
    r = b.add(r, b.select(b.eq(clamped, z), *lo, b.constant(0.0)));
  F p = b.fma(b.mul(r, r),
              horner(b, r, coefficients::kExpRestF32,
                     coefficients::kExpRestF64),
              r);
  F half = powerOfTwo(b, b.isub(b.bits(t),
                                b.integer(roundingMagicBits(b) + 1)));
  F y = b.fma(half, p, b.sub(half, b.constant(0.5)));
  y = b.add(y, y);
  // Below this z^2 / 2 is less than half an ulp; keeps -0 and subnormals.
  F tiny = b.constant(isDouble ? 0x1p-54 : 0x1p-25);
  return b.select(b.lt(b.abs(z), tiny), z, y);
}

/// 1 / (1 + exp(-z)) as m * 2^n, |m| <= 1: exp(-|z|) keeps its exponent for
/// z < 0. f32: 2 ulp, f64: 2 ulp.
template <class B>
Scaled<B> sigmoidScaled(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  auto isNegative = b.lt(z, b.constant(0.0));
  if (lo)
    lo = b.select(isNegative, *lo, b.neg(*lo));
  Scaled<B> e = expScaled(b, b.neg(b.abs(z)), lo);
  F one = b.constant(1.0);
  F denominator = b.add(one, materializeCoarse(b, e));
  Scaled<B> result;
  result.m = b.div(b.select(isNegative, e.m, one), denominator);
  result.n = b.selectI(isNegative, e.n, b.integer(0));
  return result;
}

/// log(1 + exp(z)) as m * 2^n: with e = exp(-|z|) it is log1p(e) for z < 0
/// and z + log1p(e) else, log1p(e) = 2 atanh(e / (2 + e)). The mantissa is z
/// itself where z > 0. f32: 2 ulp, f64: 2 ulp.
template <class B>
Scaled<B> softplusScaled(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  F zero = b.constant(0.0);
  auto isNegative = b.lt(z, zero);
  Low<B> low = guarded(b, z, lo, 2 * expHighest(b));
  Low<B> signedLow = low;
  if (low)
    signedLow = b.select(isNegative, *low, b.neg(*low));
  Scaled<B> e = expScaled(b, b.neg(b.abs(z)), signedLow);
  F scale = materializeCoarse(b, Scaled<B>{b.constant(1.0), e.n});
  F ratio = b.div(e.m, b.add(b.constant(2.0), b.mul(e.m, scale)));
  F s = b.mul(ratio, scale);
  F y = b.mul(s, s);
  F rest = horner(b, y, coefficients::kAtanhRestF32,
                  coefficients::kAtanhRestF64);
  F factor = b.fma(y, rest, b.constant(2.0));
  F logarithm = b.mul(s, factor);
  if (low)
    logarithm = b.add(logarithm, *low);
  Scaled<B> result;
  result.m = b.select(isNegative, b.mul(ratio, factor), b.add(z, logarithm));
  result.n = b.selectI(isNegative, e.n, b.integer(0));
  return result;
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_EXP_H

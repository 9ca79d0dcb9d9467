//===- Exp.h - exp, expm1 and softplus --------------------------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_EXP_H
#define ACT_TRANSFORMS_APPROXIMATIONS_EXP_H

#include "act/Transforms/Approximations/Nv.h"

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

/// The second step of a reduction, r + k * low + lo, rounded once at the size
/// of r. lo counts where isInside: elsewhere it may be NaN.
template <class B>
typename B::F reduceLow(B &b, typename B::F k, double low, typename B::F r,
                        typename B::C isInside, Low<B> lo) {
  if (!lo)
    return b.fma(k, b.constant(low), r);
  typename B::F inside = b.select(isInside, *lo, b.constant(0.0));
  return b.add(r, b.fma(k, b.constant(low), inside));
}

/// z between two bounds; NaN stays.
template <class B>
typename B::F clampedTo(B &b, typename B::F z, typename B::F lowest,
                        typename B::F highest) {
  if (isNv(b))
    return b.lesser(b.greater(z, lowest), highest);
  auto isLow = b.lt(z, lowest);
  return b.select(isLow, lowest, b.select(b.gt(z, highest), highest, z));
}

/// exp(z + lo) as m * 2^n, m in [0.35, 1) or 0; n in [-252, 130] for f32 and
/// [-2044, 1026] for f64.
///
/// Cody-Waite reduction by ln2 (f64, and f32 on a GPU) or ln2 / 8 (f32) in two
/// constants; the eighths of an octave come from a table of 8 entries. m is 0
/// below expLowest, n is large enough for infinity above expHighest; NaN stays
/// in m. After scaling f32: 0.92 ulp, f64: 0.98 ulp.
template <class B>
Scaled<B> expScaled(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  F lowest = b.constant(expLowest(b)), highest = b.constant(expHighest(b));
  F clamped = clampedTo(b, z, lowest, highest);
  F magic = b.constant(roundingMagic(b));
  bool isDouble = b.isDouble(), isWhole = isDouble || isNv(b);
  double steps = isWhole ? 1 : 8;
  F t =
      b.fma(clamped,
            b.constant(steps * (isDouble ? 0x1.71547652b82fep0 : 0x1.715476p0)),
            magic);
  F k = b.sub(t, magic);
  F r = b.fma(k, b.constant((isDouble ? -ln2HighF64 : -ln2HighF32) / steps),
              clamped);
  r = reduceLow(b, k, (isDouble ? -ln2LowF64 : -ln2LowF32) / steps, r,
                b.eq(clamped, z), lo);
  typename B::I index = b.isub(b.bits(t), b.integer(roundingMagicBits(b)));
  Scaled<B> result;
  if (isWhole) {
    F p = b.fma(
        b.mul(r, r),
        horner(b, r, coefficients::kExpRestF32, coefficients::kExpRestF64), r);
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

/// exp(z + lo), subnormal results included. f32: 0.92 ulp, f64: 0.98 ulp.
template <class B>
typename B::F exp(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  return materialize(b, expScaled(b, z, lo));
}

/// exp(z + lo) - 1 = (2^n - 1 + 2^n r) + 2^n w with exp(r) = 1 + r + w. The
/// sum in parentheses is exact or nearly so for |n| <= 1, where it cancels, and
/// just r near 0. Half of it is formed, since 2^1024 does not exist.
/// f32: 1.50 ulp, f64: 1.45 ulp; -0 stays.
template <class B>
typename B::F expm1(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  bool isDouble = b.isDouble();
  F lowest = b.constant(-60.0), highest = b.constant(isDouble ? 709.9 : 88.9);
  F clamped = clampedTo(b, z, lowest, highest);
  F magic = b.constant(roundingMagic(b));
  F t = b.fma(clamped, b.constant(0x1.71547652b82fep0), magic);
  F n = b.sub(t, magic);
  F r = b.fma(n, b.constant(isDouble ? -ln2HighF64 : -ln2HighF32), clamped);
  r = reduceLow(b, n, isDouble ? -ln2LowF64 : -ln2LowF32, r, b.eq(clamped, z),
                lo);
  F w = b.mul(b.mul(r, r), horner(b, r, coefficients::kExpRestF32,
                                  coefficients::kExpRestF64));
  F half =
      powerOfTwo(b, b.isub(b.bits(t), b.integer(roundingMagicBits(b) + 1)));
  F y = b.fma(half, w, b.fma(half, r, b.sub(half, b.constant(0.5))));
  y = b.add(y, y);
  // Below this z^2 / 2 is less than half an ulp; keeps -0 and subnormals.
  F tiny = b.constant(isDouble ? 0x1p-54 : 0x1p-25);
  return b.select(b.lt(b.abs(z), tiny), z, y);
}

/// log(1 + exp(z + lo)) as m * 2^n, n <= 0: with e = exp(-|z|) it is log1p(e)
/// for z < 0 and z + log1p(e) else. The mantissa is about z itself for z > 0.
///
/// f32: log1p(e) = e + e (e Q(e)). f64, where Q would need degree 20: it is
/// 2 atanh(u / 2) = u + u^3 P(u^2) with u = e / (1 + e / 2). Either way the
/// first factor, e or u, has the exponent that may stay apart.
/// f32: 1.83 ulp, f64: 2.53 ulp.
/// `rounding` receives what is missing of a result for z >= 0, 0 for others.
template <class B>
Scaled<B> softplusScaled(B &b, typename B::F z, Low<B> lo = std::nullopt,
                         typename B::F *rounding = nullptr) {
  using F = typename B::F;
  auto isNegative = b.lt(z, b.constant(0.0));
  Low<B> low = guarded(b, z, lo, 2 * expHighest(b));
  Low<B> signedLow = low;
  if (low)
    signedLow = b.select(isNegative, *low, b.neg(*low));
  Scaled<B> e = expScaled(b, b.neg(b.abs(z)), signedLow);
  F mantissa = e.m, rest, u;
  if (b.isDouble()) {
    F scale = materializeCoarse(b, Scaled<B>{b.constant(1.0), e.n});
    F half = b.mul(b.constant(0.5), b.mul(e.m, scale));
    mantissa = b.div(e.m, b.add(b.constant(1.0), half));
    u = b.mul(mantissa, scale);
    F y = b.mul(u, u);
    rest = b.mul(y, horner(b, y, coefficients::kAtanhRestF64));
  } else {
    u = materializeCoarse(b, e);
    rest = b.mul(u, horner(b, u, coefficients::kLog1pRestF32));
  }
  auto isScaled = b.land(isNegative, isDeep(b, e));
  u = b.select(isScaled, mantissa, u);
  F logarithm = b.fma(u, rest, u);
  F correction = low ? b.add(logarithm, *low) : logarithm;
  F sum = b.add(z, correction);
  if (rounding) {
    Pair<B> exact = twoSum(b, z, correction);
    auto isFinite = b.lt(b.abs(z), b.constant(0x1p120));
    *rounding = b.select(b.land(b.lnot(isNegative), isFinite), exact.lo,
                         b.constant(0.0));
  }
  return {b.select(isNegative, logarithm, sum),
          b.selectI(isScaled, e.n, b.integer(0))};
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_EXP_H

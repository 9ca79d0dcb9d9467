//===- ErrorFunction.h - erf and erfc ---------------------------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_ERRORFUNCTION_H
#define ACT_TRANSFORMS_APPROXIMATIONS_ERRORFUNCTION_H

#include "act/Transforms/Approximations/Exp.h"

namespace act::approx {

/// The a of the variable below; its constant coefficient erfcx(a) 2 a is
/// nearly a float and nearly a double.
constexpr double erfcCentre = 0x1.d6p0;

/// erfc of this and more is 0, times any finite number.
constexpr double erfcBound = 64.0;

/// erfc(z + lo) for z >= 0.49 as m * 2^n: exp(-z^2) erfcx(z), where the square
/// is split exactly by fma and erfcx(z) (z + a) is a polynomial in
/// s = (z - a) / (z + a) = 1 - 2 a / (z + a).
///
/// The quotient enters twice, in s and as the last factor, with errors of the
/// same sign; the residual of its division takes them away, of the factor as a
/// part of the exponent.
template <class B> Scaled<B> erfcPositive(B &b, typename B::F z, Low<B> lo) {
  using F = typename B::F;
  // Beyond, the result is 0 however it is scaled; NaN stays.
  F bound = b.constant(erfcBound);
  z = b.select(b.gt(z, bound), bound, z);
  F square = b.mul(z, z);
  F squareLow = b.fma(z, z, b.neg(square));
  if (lo)
    squareLow = b.fma(b.add(z, z), *lo, squareLow);
  F one = b.constant(1.0), centre = b.constant(erfcCentre);
  // The centre has few bits, so that sum - centre is exact.
  F sum = b.add(z, centre), sumLow = b.sub(z, b.sub(sum, centre));
  F q = roughReciprocal(b, sum), minusQ = b.neg(q);
  F residual = b.fma(minusQ, sumLow, b.fma(minusQ, sum, one));
  F slope = b.mul(q, b.constant(-2 * erfcCentre));
  F s = b.fma(slope, residual, b.add(slope, one));
  F g =
      b.mul(q, horner(b, s, coefficients::kErfcxF32, coefficients::kErfcxF64));
  Scaled<B> e = expScaled(b, b.neg(square), Low<B>(b.sub(residual, squareLow)));
  return {b.mul(e.m, g), e.n};
}

/// erf(x) for |x| < 0.8437 as x + x P(x^2): the small part is rounded, not the
/// factor 2 / sqrt(pi).
template <class B> typename B::F erfSmall(B &b, typename B::F x) {
  return b.fma(x,
               horner(b, b.mul(x, x), coefficients::kErfRestF32,
                      coefficients::kErfRestF64),
               x);
}

/// erfc(z + lo) as m * 2^n, |m| <= 2: 1 - erf near 0, the tail form for larger
/// z with its exponent apart, and 2 minus it for negative z.
/// n <= 0. f32: 3.48 ulp, f64: 3.66 ulp.
template <class B>
Scaled<B> erfcScaled(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  F zero = b.constant(0.0);
  auto isNegative = b.lt(z, zero);
  F a = b.abs(z);
  Low<B> low = guarded(b, z, lo, erfcBound);
  if (low)
    low = b.select(isNegative, b.neg(*low), *low);
  Scaled<B> tail = erfcPositive(b, a, low);
  F coarse = materializeCoarse(b, tail);
  auto isScaled = b.land(b.lnot(isNegative), isDeep(b, tail));
  F m = b.select(isScaled, tail.m, coarse);
  m = b.select(isNegative, b.sub(b.constant(2.0), coarse), m);
  F nearZero = erfSmall(b, z);
  if (low)
    // The derivative of erf, 1.128 exp(-z^2), to a few parts in a hundred.
    nearZero = b.fma(
        *lo, b.fma(b.mul(z, z), b.constant(-1.0), b.constant(1.125)), nearZero);
  m = b.select(b.lt(a, b.constant(0.5)), b.sub(b.constant(1.0), nearZero), m);
  return {m, b.selectI(isScaled, tail.n, b.integer(0))};
}

/// Error function: x + x P(x^2) near 0, 1 - erfc(|x|) beyond; odd, -0 stays.
/// f32: 1.15 ulp, f64: 1.08 ulp.
template <class B> typename B::F erf(B &b, typename B::F x) {
  using F = typename B::F;
  F a = b.abs(x);
  F tail = materializeCoarse(b, erfcPositive<B>(b, a, std::nullopt));
  F large = b.copysign(b.sub(b.constant(1.0), tail), x);
  return b.select(b.lt(a, b.constant(0.84375)), erfSmall(b, x), large);
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_ERRORFUNCTION_H

//===- ErrorFunction.h - erf and erfc ---------------------------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_ERRORFUNCTION_H
#define ACT_TRANSFORMS_APPROXIMATIONS_ERRORFUNCTION_H

#include "act/Transforms/Approximations/Exp.h"

namespace act::approx {

/// erfc(a + lo) for a >= 0 as m * 2^n: exp(-a^2) erfcx(a), where the square is
/// split exactly by fma and erfcx(a) (a + c) is a polynomial in
/// (a - c) / (a + c).
template <class B>
Scaled<B> erfcPositive(B &b, typename B::F a, Low<B> lo) {
  using F = typename B::F;
  F square = b.mul(a, a);
  F squareLow = b.fma(a, a, b.neg(square));
  if (lo)
    squareLow = b.fma(b.add(a, a), *lo, squareLow);
  Scaled<B> e = expScaled(b, b.neg(square), Low<B>(b.neg(squareLow)));
  F q = b.div(b.constant(1.0), b.add(a, b.constant(2.125)));
  F s = b.fma(b.constant(-4.25), q, b.constant(1.0));
  F rest = horner(b, s, coefficients::kErfcxF32, coefficients::kErfcxF64);
  return {b.mul(e.m, b.mul(q, rest)), e.n};
}

/// x P(x^2) for |x| < 0.87.
template <class B> typename B::F erfSmall(B &b, typename B::F x) {
  return b.mul(x, horner(b, b.mul(x, x), coefficients::kErfRatioF32,
                         coefficients::kErfRatioF64));
}

/// erfc(z + lo) as m * 2^n, |m| <= 2: 1 - erf near 0, the tail form for larger
/// z with its exponent apart, and 2 minus it for negative z.
/// f32: 3 ulp, f64: 3 ulp.
template <class B>
Scaled<B> erfcScaled(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  F zero = b.constant(0.0);
  auto isNegative = b.lt(z, zero);
  F a = b.abs(z);
  Low<B> low = guarded(b, z, lo, 64.0);
  if (low)
    low = b.select(isNegative, b.neg(*low), *low);
  Scaled<B> tail = erfcPositive(b, a, low);
  F reflected = b.sub(b.constant(2.0), materializeCoarse(b, tail));
  F nearZero = b.sub(b.constant(1.0), erfSmall(b, z));
  auto isSmall = b.lt(a, b.constant(0.5));
  Scaled<B> result;
  result.m = b.select(isSmall, nearZero,
                      b.select(isNegative, reflected, tail.m));
  auto isPlain = b.lor(isSmall, isNegative);
  result.n = b.selectI(isPlain, b.integer(0), tail.n);
  return result;
}

/// Error function: x P(x^2) near 0, 1 - erfc(|x|) beyond. 2 ulp.
template <class B> typename B::F erf(B &b, typename B::F x) {
  using F = typename B::F;
  F a = b.abs(x);
  F tail = materializeCoarse(b, erfcPositive<B>(b, a, std::nullopt));
  F large = b.copysign(b.sub(b.constant(1.0), tail), x);
  return b.select(b.lt(a, b.constant(0.84375)), erfSmall(b, x), large);
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_ERRORFUNCTION_H

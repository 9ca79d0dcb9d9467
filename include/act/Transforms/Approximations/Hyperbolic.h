//===- Hyperbolic.h - tanh, sinh and cosh -----------------------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_HYPERBOLIC_H
#define ACT_TRANSFORMS_APPROXIMATIONS_HYPERBOLIC_H

#include "act/Transforms/Approximations/Exp.h"

namespace act::approx {

/// tanh(x + lo): x + x^3 P(x^2) for |x| < 0.6 and 1 - 2 e / (1 + e) with
/// e = exp(-2 |x|) beyond; at most 1 in magnitude, and -0 stays.
/// f32: 1.58 ulp, f64: 1.45 ulp.
template <class B>
typename B::F tanh(B &b, typename B::F x, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  F t = b.abs(x);
  F minusTwo = b.constant(-2.0), one = b.constant(1.0);
  Low<B> low = guarded(b, x, lo, 64.0), twice;
  if (low) {
    low = b.select(b.lt(x, b.constant(0.0)), b.neg(*low), *low);
    twice = b.mul(minusTwo, *low);
  }
  F e = materializeCoarse(b, expScaled(b, b.mul(minusTwo, t), twice));
  F large = b.sub(one, ratio(b, b.add(e, e), b.add(one, e)));
  F y = b.mul(t, t);
  F rest = b.mul(
      y, horner(b, y, coefficients::kTanhRestF32, coefficients::kTanhRestF64));
  F correction = b.mul(t, rest);
  if (low)
    // The derivative 1 - tanh(t)^2 is nearly 1 - t^2 here.
    correction = b.add(correction, b.fma(b.neg(y), *low, *low));
  F small = b.add(t, correction);
  return b.copysign(b.select(b.lt(t, b.constant(0.6)), small, large), x);
}

/// Where exp(-2 t) is below half an ulp of 1.
template <class B> typename B::F largeArgument(B &b) {
  return b.constant(b.isDouble() ? 20.0 : 10.0);
}

/// sinh(x) = (E + E / (E + 1)) / 2 with E = expm1(|x|), and exp(|x|) / 2,
/// which overflows later than exp, where |x| is large.
/// f32: 2.36 ulp, f64: 2.19 ulp; -0 stays.
template <class B> typename B::F sinh(B &b, typename B::F x) {
  using F = typename B::F;
  F t = b.abs(x);
  F e = expm1(b, t);
  F small =
      b.mul(b.constant(0.5), b.add(e, ratio(b, e, b.add(e, b.constant(1.0)))));
  Scaled<B> grown = expScaled(b, t);
  grown.n = b.isub(grown.n, b.integer(1));
  F y = b.select(b.gt(t, largeArgument(b)), materialize(b, grown), small);
  // A NaN compares false above and is carried by the small form.
  return b.copysign(y, x);
}

/// cosh(x) = h + 1 / (4 h) with h = exp(|x|) / 2.
/// f32: 1.37 ulp, f64: 1.39 ulp.
template <class B> typename B::F cosh(B &b, typename B::F x) {
  using F = typename B::F;
  Scaled<B> half = expScaled(b, b.abs(x));
  half.n = b.isub(half.n, b.integer(1));
  F h = materialize(b, half);
  return b.add(h, ratio(b, b.constant(0.25), h));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_HYPERBOLIC_H

//===- Hyperbolic.h - tanh, sinh and cosh -----------------------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_HYPERBOLIC_H
#define ACT_TRANSFORMS_APPROXIMATIONS_HYPERBOLIC_H

#include "act/Transforms/Approximations/Exp.h"

namespace act::approx {

/// tanh(x) = -E / (2 + E) with E = expm1(-2 |x|). 2.5 ulp; never above 1.
template <class B>
typename B::F tanh(B &b, typename B::F x, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  F minusTwo = b.constant(-2.0);
  if (lo)
    lo = b.mul(minusTwo, b.select(b.lt(x, b.constant(0.0)), b.neg(*lo), *lo));
  F e = expm1(b, b.mul(minusTwo, b.abs(x)), lo);
  F y = b.div(b.neg(e), b.add(b.constant(2.0), e));
  return b.copysign(y, x);
}

/// Where exp(-2 t) is below half an ulp of 1.
template <class B> typename B::F largeArgument(B &b) {
  return b.constant(b.isDouble() ? 20.0 : 10.0);
}

/// sinh(x) = (E + E / (E + 1)) / 2 with E = expm1(|x|), and exp(|x|) / 2,
/// which overflows later than exp, where |x| is large. 2.5 ulp.
template <class B> typename B::F sinh(B &b, typename B::F x) {
  using F = typename B::F;
  F t = b.abs(x);
  F e = expm1(b, t);
  F small = b.mul(b.constant(0.5),
                  b.add(e, b.div(e, b.add(e, b.constant(1.0)))));
  Scaled<B> grown = expScaled(b, t);
  grown.n = b.isub(grown.n, b.integer(1));
  F y = b.select(b.gt(t, largeArgument(b)), materialize(b, grown), small);
  // A NaN compares false above and is carried by the small form.
  return b.copysign(y, x);
}

/// cosh(x) = h + 1 / (4 h) with h = exp(|x|) / 2. 2 ulp.
template <class B> typename B::F cosh(B &b, typename B::F x) {
  using F = typename B::F;
  Scaled<B> half = expScaled(b, b.abs(x));
  half.n = b.isub(half.n, b.integer(1));
  F h = materialize(b, half);
  return b.add(h, b.div(b.constant(0.25), h));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_HYPERBOLIC_H

//===- Gelu.h - gelu and its derivatives ------------------------*- C++ -*-===//
//
// With t = |x|, Phi the normal distribution function and phi its density,
// gelu(x) = max(x, 0) - t Phi(-t), where t Phi(-t) = exp(-t^2 / 2) times a
// smooth function of t (Mills' ratio). The square of t is split exactly.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_GELU_H
#define ACT_TRANSFORMS_APPROXIMATIONS_GELU_H

#include "act/Transforms/Approximations/SplitExp.h"

namespace act::approx {

/// min(|x|, a bound from which on Phi(-t) is 0 however it is multiplied).
template <class B> typename B::F geluArgument(B &b, typename B::F x) {
  return atMost(b, b.abs(x), b.isDouble() ? 39.5 : 15.5);
}

/// exp(-t^2 / 2).
template <class B> SplitExp<B> gaussianSplit(B &b, typename B::F t) {
  typename B::F u = b.mul(t, b.constant(-0.5));
  typename B::F z = b.mul(u, t);
  return splitExp(b, z, Low<B>(b.fma(u, t, b.neg(z))));
}

/// (t - a) / (t + a), which maps t >= 0 to [-1, 1).
template <class B>
typename B::F halfLine(B &b, typename B::F t, double centre) {
  typename B::F a = b.constant(centre);
  return ratio(b, b.sub(t, a), b.add(t, a));
}

/// x (1 / 2 + x Q(x^2)) near 0, else with t Phi(-t) = exp(-t^2 / 2) G(s),
/// s = (t - a) / (t + a). a is chosen so that G(0) is nearly a float and nearly
/// a double.
/// f32: 2.35 ulp (all 2^32), f64: 1.53 ulp.
template <class B> typename B::F gelu(B &b, typename B::F x) {
  using F = typename B::F;
  F t = geluArgument(b, x);
  F s = halfLine(b, t, 2.609375);
  F g = horner(b, s, coefficients::kGeluTailF32, coefficients::kGeluTailF64);
  F tail = b.mul(timesLifted(b, g, gaussianSplit(b, t)), lowering(b));
  F large = b.select(b.lt(x, b.constant(0.0)), b.neg(tail), b.sub(x, tail));
  F q = horner(b, b.mul(x, x), coefficients::kPhiRestF32,
               coefficients::kPhiRestF64);
  F small = b.mul(x, b.fma(x, q, b.constant(0.5)));
  return b.select(b.lt(t, b.constant(0.75)), small, large);
}

/// gelu'(-t) = exp(-t^2 / 2) (t0 - t) H(s) with the root t0 in two words, and
/// gelu'(t) = 1 - gelu'(-t).
/// f32: 2.27 ulp, f64: 1.75 ulp.
template <class B> typename B::F geluSlope(B &b, typename B::F x) {
  using F = typename B::F;
  F t = geluArgument(b, x);
  bool isDouble = b.isDouble();
  F s = halfLine(b, t, 3.1875);
  // H = c0 + s P(s) in two words; c0 - h is exact, as the two are within a
  // factor of two.
  const double *c =
      isDouble ? coefficients::kGeluSlopeF64 : coefficients::kGeluSlopeF32;
  size_t size = isDouble ? std::size(coefficients::kGeluSlopeF64)
                         : std::size(coefficients::kGeluSlopeF32);
  F p = b.constant(c[size - 1]), c0 = b.constant(c[0]);
  for (size_t k = size - 1; k-- > 1;)
    p = b.fma(p, s, b.constant(c[k]));
  F h = b.fma(s, p, c0), hLow = b.fma(s, p, b.sub(c0, h));
  const double *root =
      isDouble ? coefficients::kGeluRootF64 : coefficients::kGeluRootF32;
  F d = b.sub(b.constant(root[0]), t);
  SplitExp<B> e = gaussianSplit(b, t);
  // The low word of the root counts near it only: a constant will do.
  F rest = b.fma(d, b.fma(h, e.w, hLow), b.constant(root[1]));
  F lifted = b.mul(b.fma(d, h, rest), e.lifted);
  F left = b.mul(lifted, lowering(b));
  return b.select(b.lt(x, b.constant(0.0)), left, b.sub(b.constant(1.0), left));
}

/// phi(t) (2 - t^2); the fma is exact where that cancels.
/// f32: 2.53 ulp, f64: 2.55 ulp.
template <class B> typename B::F geluCurvature(B &b, typename B::F x) {
  using F = typename B::F;
  F t = geluArgument(b, x);
  F factor = b.mul(b.fma(b.neg(t), t, b.constant(2.0)),
                   b.constant(0x1.9884533d43651p-2));
  return b.mul(timesLifted(b, factor, gaussianSplit(b, t)), lowering(b));
}

/// gelu(x) below 10 and 10 from there on, and its slope. As gelu and geluSlope.
template <class B> typename B::F gelu10(B &b, typename B::F x) {
  typename B::F ten = b.constant(10.0);
  return b.select(b.ge(x, ten), ten, gelu(b, x));
}
template <class B> typename B::F gelu10Slope(B &b, typename B::F x) {
  return b.select(b.ge(x, b.constant(10.0)), b.constant(0.0), geluSlope(b, x));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_GELU_H

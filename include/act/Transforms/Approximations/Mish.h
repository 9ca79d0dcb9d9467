//===- Mish.h - mish and its derivative -------------------------*- C++ -*-===//
//
// x tanh(softplus(x)) is a quotient in e = exp(-|x|), which neither overflows
// nor cancels:
//   x e (2 + e) / (2 + e (2 + e)) for x < 0
//   x (1 + 2 e) / (1 + 2 e (1 + e)) for x >= 0
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_MISH_H
#define ACT_TRANSFORMS_APPROXIMATIONS_MISH_H

#include "act/Transforms/Approximations/Logistic.h"

namespace act::approx {

/// What both quotients are made of: with f = e and c = 2 for x < 0, else
/// f = 2 e and c = 1, the divisor is c + f (c + e). w is 0 for x >= 0.
template <class B> struct MishParts {
  typename B::C isNegative;
  typename B::F t, e, f, c, w;
  Pair<B> divisor;
  typename B::F lifted;
};

template <class B> MishParts<B> mishParts(B &b, typename B::F x) {
  using F = typename B::F;
  auto isNegative = b.lt(x, b.constant(0.0));
  F t = atMost(b, b.abs(x), logisticBound(b)), one = b.constant(1.0);
  SplitExp<B> split = splitExp(b, b.neg(t));
  F power = b.mul(split.lifted, lowering(b));
  F e = b.fma(power, split.w, power);
  F f = b.select(isNegative, e, b.add(e, e));
  F c = b.select(isNegative, b.constant(2.0), one);
  F sum = b.add(c, e), divisor = b.fma(f, sum, c);
  F low = b.fma(f, sum, b.sub(c, divisor));
  F w = b.select(isNegative, split.w, b.constant(0.0));
  return {isNegative, t, e, f, c, w, {divisor, low}, split.lifted};
}

/// mish(x).
/// f32: 2.21 ulp (all 2^32), f64: 1.51 ulp.
template <class B> typename B::F mish(B &b, typename B::F x) {
  using F = typename B::F;
  MishParts<B> parts = mishParts(b, x);
  F t = parts.t, twice = b.mul(t, parts.c), n = b.fma(t, parts.f, twice);
  Low<B> low(b.fma(t, parts.f, b.sub(twice, n)));
  F y = quotient(b, n, parts.divisor, parts.w, low);
  F left = b.mul(b.mul(y, parts.lifted), lowering(b));
  F right = b.select(b.gt(x, t), x, y);
  return b.copysign(b.select(parts.isNegative, left, right), x);
}

/// mish'(x), around its root as in Logistic.h, else
///   e (4 (1 + x) + e (6 + 4 x + e (4 + e))) / divisor^2 for x < 0
///   (1 + e (4 + e (6 + 4 x + 4 e (1 + x)))) / divisor^2 for x >= 0
/// f32: 3.06 ulp, f64: 2.64 ulp.
template <class B> typename B::F mishSlope(B &b, typename B::F x) {
  using F = typename B::F;
  MishParts<B> parts = mishParts(b, x);
  F e = parts.e, t = parts.t, four = b.constant(4.0);
  F signedT = b.copysign(t, x), one = b.constant(1.0);
  F fourPlus = b.fma(four, signedT, four);
  F sixPlus = b.fma(four, signedT, b.constant(6.0));
  F inner =
      b.fma(e, b.select(parts.isNegative, b.add(e, four), fourPlus), sixPlus);
  F n = b.select(parts.isNegative, b.fma(e, inner, fourPlus),
                 b.fma(e, b.fma(e, inner, four), one));
  F y = overSquare(b, n, parts.divisor, parts.w);
  F left = b.mul(b.mul(y, parts.lifted), lowering(b));
  SlopeRoot<B> root =
      slopeRoot(b, coefficients::kMishRootF32, coefficients::kMishRootF64);
  F k = horner(b, b.sub(t, root.middle), coefficients::kMishSlopeF32,
               coefficients::kMishSlopeF64);
  left = b.select(b.lt(b.abs(b.sub(t, root.middle)), b.constant(0.5)),
                  b.fma(b.sub(root.root, t), k, root.correction), left);
  return b.select(parts.isNegative, left, y);
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_MISH_H

//===- Logish.h - The slopes of logish and serf -----------------*- C++ -*-===//
//
// With t = |x| and e = exp(-t), log(1 + sigmoid(x)) is smooth in e on either
// side, and so is erf(softplus(x)) for x < 0.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_LOGISH_H
#define ACT_TRANSFORMS_APPROXIMATIONS_LOGISH_H

#include "act/Transforms/Approximations/Logistic.h"

namespace act::approx {

/// `near` within 1 / 2 of the middle of a root, else `left`, of functions of t.
template <class B, size_t N>
typename B::F orNearRoot(B &b, typename B::F t, const SlopeRoot<B> &root,
                         const double (&quotient)[N], typename B::F left) {
  typename B::F u = b.sub(t, root.middle), k = horner(b, u, quotient);
  return b.select(b.lt(b.abs(u), b.constant(0.5)),
                  b.fma(b.sub(root.root, t), k, root.correction), left);
}

/// logish'(x) in f32, around its root as in Logistic.h, else
///   e (P(e) - t) / (1 + 3 e + 2 e^2) for x < 0
///   (Q(e) + t e) / (2 + 3 e + e^2) for x >= 0
/// f32: 2.68 ulp.
template <class B> typename B::F logishSlope(B &b, typename B::F x) {
  using F = typename B::F;
  auto isNegative = b.lt(x, b.constant(0.0));
  F t = atMost(b, b.abs(x), logisticBound(b));
  SplitExp<B> split = splitExp(b, b.neg(t));
  F power = b.mul(split.lifted, lowering(b));
  F e = b.fma(power, split.w, power);
  F c = b.select(isNegative, b.constant(1.0), b.constant(2.0));
  F sum = b.add(b.constant(3.0), b.select(isNegative, b.add(e, e), e));
  F divisor = b.fma(e, sum, c), low = b.fma(e, sum, b.sub(c, divisor));
  F n =
      b.select(isNegative, b.sub(horner(b, e, coefficients::kLogishLeftF32), t),
               b.fma(t, e, horner(b, e, coefficients::kLogishRightF32)));
  F w = b.select(isNegative, split.w, b.constant(0.0));
  F y = quotient(b, n, Pair<B>{divisor, low}, w);
  F left = b.mul(b.mul(y, split.lifted), lowering(b));
  left = orNearRoot(
      b, t,
      slopeRoot(b, coefficients::kLogishRootF32, coefficients::kLogishRootF64),
      coefficients::kLogishSlopeF32, left);
  return b.select(isNegative, left, y);
}

/// serf'(x) in f32. For x < -5/16 it is e H(e) (R(e) - t), H the slope
/// of erf(log1p(e)), and around its root as in Logistic.h; else it is
/// 1 - exp(-x^2) T(x).
/// f32: 3.5 ulp.
template <class B> typename B::F serfSlope(B &b, typename B::F x) {
  using F = typename B::F;
  auto isLeft = b.lt(x, b.constant(-0.3125));
  F t = atMost(b, b.abs(x), logisticBound(b));
  F s = atMost(b, t, 13.0);
  SplitExp<B> split = splitExp(b, b.neg(b.select(isLeft, t, b.mul(s, s))));
  F power = b.mul(split.lifted, lowering(b));
  F e = b.fma(power, split.w, power);
  F n = b.mul(b.sub(horner(b, e, coefficients::kSerfPartF32), t),
              horner(b, e, coefficients::kSerfFactorF32));
  // H has a float for 2 / sqrt(pi).
  F w = b.add(split.w, b.constant(-0x1.be5e99bbf8f73p-25));
  F left = b.mul(b.mul(b.fma(n, w, n), split.lifted), lowering(b));
  left = orNearRoot(
      b, t,
      slopeRoot(b, coefficients::kSerfRootF32, coefficients::kSerfRootF64),
      coefficients::kSerfSlopeF32, left);
  F rest = horner(b, b.sub(atMost(b, x, 4.5), b.constant(0.25)),
                  coefficients::kSerfRightF32);
  return b.select(isLeft, left, b.fma(b.neg(e), rest, b.constant(1.0)));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_LOGISH_H

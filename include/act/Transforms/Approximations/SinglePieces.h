//===- SinglePieces.h - Functions in pieces for f32 results -----*- C++ -*-===//
//
// f64 arithmetic for f32 results of functions that cost so little that each
// operation counts. Only what has to be exact is computed in f64: arguments
// are bounded and pieces chosen in f32, in half as many vectors.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_SINGLEPIECES_H
#define ACT_TRANSFORMS_APPROXIMATIONS_SINGLEPIECES_H

#include "act/Transforms/Approximations/Nearest.h"
#include "act/Transforms/Approximations/Single.h"

namespace act::approx {

/// `y` rounded between -bound and bound, `left` and `right` beyond; NaN stays.
template <class B, class Narrow, class Single>
typename B::F singleBetween(B &b, Narrow &n, Single x, double bound,
                            Single left, typename B::F y, Single right) {
  Single inside = b.narrowed(y);
  Single upper = n.select(n.ge(x, n.constant(bound)), right, inside);
  return b.widened(n.select(n.le(x, n.constant(-bound)), left, upper));
}

/// Where the second factor of hard_gelu is 0 and 1: plus and minus 3 / 1.702.
constexpr double hardGeluBound = 3 / 1.702;

/// x (1.702 x + 3) / 6 between the bounds.
template <class B> typename B::F singleHardGelu(B &b, typename B::F x) {
  auto &&n = b.narrow();
  auto t = b.narrowed(x);
  typename B::F s = b.fma(x, b.constant(1.702 / 6), b.constant(0.5));
  return singleBetween(b, n, t, hardGeluBound, n.constant(-0.0), b.mul(x, s),
                       t);
}

/// (1.702 x + 1.5) / 3 between the bounds.
template <class B> typename B::F singleHardGeluSlope(B &b, typename B::F x) {
  auto &&n = b.narrow();
  typename B::F y = b.fma(x, b.constant(1.702 / 3), b.constant(0.5));
  return singleBetween(b, n, b.narrowed(x), hardGeluBound, n.constant(0.0), y,
                       n.constant(1.0));
}

/// x (x + 3) / 6 between -3 and 3.
template <class B> typename B::F singleHardSwish(B &b, typename B::F x) {
  auto &&n = b.narrow();
  auto t = b.narrowed(x);
  typename B::F y = b.mul(b.mul(x, b.constant(0x1.5555555555555p-3)),
                          b.add(x, b.constant(3.0)));
  return singleBetween(b, n, t, 3, n.constant(-0.0), y, t);
}

/// (x + 1.5) / 3 between -3 and 3, in a form that is 0 at its root.
template <class B> typename B::F singleHardSwishSlope(B &b, typename B::F x) {
  auto &&n = b.narrow();
  typename B::F y =
      b.mul(b.add(x, b.constant(1.5)), b.constant(0x1.5555555555555p-2));
  return singleBetween(b, n, b.narrowed(x), 3, n.constant(0.0), y,
                       n.constant(1.0));
}

/// s max(x, 0)^2 + b of star_relu, b = -s / 2: the square is exact.
template <class B> typename B::F singleStarRelu(B &b, typename B::F x) {
  typename B::F zero = b.constant(0.0);
  typename B::F t = b.select(b.lt(x, zero), zero, x);
  return b.fma(b.constant(0.8944), b.mul(t, t), b.constant(-0.4472));
}

/// Its slope, 2 s max(x, 0).
template <class B> typename B::F singleStarReluSlope(B &b, typename B::F x) {
  auto &&n = b.narrow();
  auto zero = n.constant(0.0), y = b.narrowed(b.mul(x, b.constant(1.7888)));
  return b.widened(n.select(n.le(b.narrowed(x), zero), zero, y));
}

/// scale (exp(x) - 1) for x <= 0; near 0 the power is 1 and the rest is all
/// there is.
template <class B>
typename B::F singleExpm1Below(B &b, typename B::F x, double scale) {
  using F = typename B::F;
  auto &&n = b.narrow();
  // There it is -scale.
  F z = b.widened(atLeast(n, b.narrowed(x), -40));
  WideExponential<B> e =
      singleExponential(b, z, coefficients::kSingleExpm1RestF64);
  F power = scale == 1 ? e.scale : b.mul(e.scale, b.constant(scale));
  return b.fma(power, e.rest, b.sub(power, b.constant(scale)));
}

/// elu(x) and celu(x) for alpha = 1. -0 stays.
template <class B> typename B::F singleElu(B &b, typename B::F x) {
  auto &&n = b.narrow();
  auto t = b.narrowed(x), left = b.narrowed(singleExpm1Below(b, x, 1));
  return b.widened(n.select(n.ge(t, n.constant(0.0)), t, left));
}

/// selu(x). -0 stays.
template <class B> typename B::F singleSelu(B &b, typename B::F x) {
  typename B::F left = singleExpm1Below(b, x, 0x1.c212cc640f031p0);
  typename B::F right = b.mul(x, b.constant(0x1.0cfabd6a91132p0));
  return b.select(b.ge(x, b.constant(0.0)), right, left);
}

/// x - tanh(x): x^3 P(x^2) near 0 and |x| + em / (2 + em), em = expm1(-2 |x|),
/// beyond.
template <class B> typename B::F singleTanhshrink(B &b, typename B::F x) {
  using F = typename B::F;
  auto &&n = b.narrow();
  auto t = n.abs(b.narrowed(x)), inside = atMost(n, t, 20);
  F y = b.mul(x, x);
  F near = b.mul(b.mul(b.widened(t), y),
                 horner(b, y, coefficients::kSingleTanhshrinkF64));
  F z = b.widened(n.mul(inside, n.constant(-2.0)));
  WideExponential<B> e =
      singleExponential(b, z, coefficients::kSingleExpm1RestF64);
  F em = b.fma(e.scale, e.rest, b.sub(e.scale, b.constant(1.0)));
  F far = b.add(b.widened(t), b.div(em, b.add(em, b.constant(2.0))));
  auto single = b.narrowed(b.select(b.lt(y, b.constant(0.25)), near, far));
  return b.widened(n.copysign(single, b.narrowed(x)));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_SINGLEPIECES_H

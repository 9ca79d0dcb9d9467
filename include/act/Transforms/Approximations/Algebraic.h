//===- Algebraic.h - Activations with a square root -------------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_ALGEBRAIC_H
#define ACT_TRANSFORMS_APPROXIMATIONS_ALGEBRAIC_H

#include "act/Transforms/Approximations/SplitExp.h"

namespace act::approx {

/// isru(x) = x / sqrt(1 + x^2) for alpha = 1; the errors of the sum, the square
/// and the root are taken away from the quotient.
/// f32: 1.00 ulp, f64: 1.00 ulp.
template <class B> typename B::F isru(B &b, typename B::F x) {
  using F = typename B::F;
  // Beyond the bound the result is 1.
  F t = atMost(b, b.abs(x), b.isDouble() ? 0x1p500 : 0x1p60);
  F one = b.constant(1.0), square = b.mul(t, t);
  F squareLow = b.fma(t, t, b.neg(square));
  Pair<B> s = twoSum(b, one, square);
  F root = b.sqrt(s.hi), y = ratio(b, t, root);
  F rest = b.add(b.fma(b.neg(root), root, s.hi), b.add(s.lo, squareLow));
  F half = roughRatio(b, b.constant(0.5), s.hi);
  return b.copysign(b.fma(b.neg(b.mul(y, half)), rest, y), x);
}

/// isru'(x) = (1 + x^2)^(-3/2) for alpha = 1. With s + low = 1 + x^2 it is
/// 1 / s / sqrt(s), corrected by 1 - 3/2 low / s; no power of s overflows.
/// f32: 2.78 ulp, f64: 2.25 ulp.
template <class B> typename B::F isruSlope(B &b, typename B::F x) {
  using F = typename B::F;
  // Beyond the bound the result is 0.
  F t = atMost(b, b.abs(x), b.isDouble() ? 0x1p500 : 0x1p60);
  F one = b.constant(1.0), square = b.mul(t, t);
  F squareLow = b.fma(t, t, b.neg(square)), s = b.add(one, square);
  F low = b.add(b.sub(square, b.sub(s, one)), squareLow);
  F inverse = ratio(b, one, s);
  F y = ratio(b, inverse, b.sqrt(s));
  return b.fma(y, b.mul(b.mul(b.constant(-1.5), low), inverse), y);
}

/// isru''(x) = -3 x (1 + x^2)^(-5/2) for alpha = 1, likewise.
/// f32: 3.19 ulp, f64: 2.85 ulp.
template <class B> typename B::F isruCurvature(B &b, typename B::F x) {
  using F = typename B::F;
  F t = atMost(b, b.abs(x), b.isDouble() ? 0x1p500 : 0x1p60);
  F one = b.constant(1.0), square = b.mul(t, t);
  F squareLow = b.fma(t, t, b.neg(square)), s = b.add(one, square);
  F low = b.add(b.sub(square, b.sub(s, one)), squareLow);
  F inverse = ratio(b, one, s);
  F factor = b.mul(b.mul(b.constant(3.0), t), inverse);
  F y = b.mul(factor, ratio(b, inverse, b.sqrt(s)));
  // The reciprocal is there twice; its residual takes its error away.
  F residual = b.fma(b.neg(inverse), s, one);
  F slope = b.mul(b.mul(b.constant(-2.5), low), inverse);
  y = b.fma(y, b.fma(b.constant(2.0), residual, slope), y);
  return b.neg(b.copysign(y, x));
}

/// squareplus'(x) for b = 4: with t = |x| and r = sqrt(t^2 + 4) it is
/// 2 / (r (r + t)) on the left, with r^2 + t r as one sum, and 1 minus that on
/// the right. Where squares may overflow it is 1 / t^2.
/// f32: 2.34 ulp, f64: 2.23 ulp.
template <class B> typename B::F squareplusSlope(B &b, typename B::F x) {
  using F = typename B::F;
  F t = b.abs(x), one = b.constant(1.0), two = b.constant(2.0);
  F s = b.fma(t, t, b.constant(4.0));
  auto isFar = b.gt(t, b.constant(0x1p30));
  F divisor = b.select(isFar, t, b.fma(t, b.sqrt(s), s));
  F q = b.div(b.select(isFar, one, two), divisor);
  F left = b.mul(q, b.select(isFar, q, one));
  return b.select(b.lt(x, b.constant(0.0)), left, b.sub(one, left));
}

/// squareplus''(x) for b = 4 is isru'(x / 2) / 4.
/// f32: 2.17 ulp, f64: 2.21 ulp.
template <class B> typename B::F squareplusCurvature(B &b, typename B::F x) {
  return b.mul(b.constant(0.25), isruSlope(b, b.mul(b.constant(0.5), x)));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_ALGEBRAIC_H

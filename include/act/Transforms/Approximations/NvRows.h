//===- NvRows.h - More rows on a GPU for 16-bit results ---------*- C++ -*-===//
//
// Rows that are neither of the logistic kin nor of gelu; see NvQuick.h.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_NVROWS_H
#define ACT_TRANSFORMS_APPROXIMATIONS_NVROWS_H

#include "act/Transforms/Approximations/NvQuick.h"

namespace act::approx {

/// x / sqrt(1 + x^2), which is 1 in magnitude beyond 2^60. 2^-20.
template <class B> typename B::F nvQuickIsru(B &b, typename B::F x) {
  x = b.greater(b.constant(-0x1p60), b.lesser(b.constant(0x1p60), x));
  return b.mul(x, b.rsqrt(b.fma(x, x, b.constant(1.0))));
}

/// (1 + x^2)^(-3/2). 2^-19.
template <class B> typename B::F nvQuickIsruSlope(B &b, typename B::F x) {
  typename B::F t = b.lesser(b.abs(x), b.constant(0x1p60));
  typename B::F r = b.rsqrt(b.fma(t, t, b.constant(1.0)));
  return b.mul(b.mul(r, r), r);
}

/// t = |x|, sqrt(t^2 + 4), which is t far out, and 1 over that where it is not.
template <class B> struct NvHyperbola {
  typename B::C isFar;
  typename B::F t, root, inverse;
};
template <class B> NvHyperbola<B> nvHyperbola(B &b, typename B::F x) {
  typename B::F t = b.abs(x), s = b.fma(t, t, b.constant(4.0));
  auto isFar = b.gt(t, b.constant(0x1p30));
  typename B::F r = b.rsqrt(s);
  return {isFar, t, b.select(isFar, t, b.mul(s, r)), r};
}

/// squareplus(x) for b = 4: (t + root) / 2 on the right and 2 / (t + root) on
/// the left. A sum of up to 2^128 is made small for rcp. 2^-20.
template <class B> typename B::F nvQuickSquareplus(B &b, typename B::F x) {
  using F = typename B::F;
  NvHyperbola<B> h = nvHyperbola(b, x);
  F half = b.constant(0.5);
  F right = b.fma(h.root, half, b.mul(h.t, half));
  F part = b.constant(0.125), left = b.mul(b.rcp(b.mul(right, part)), part);
  return b.select(b.lt(x, b.constant(0.0)), left, right);
}

/// squareplus'(x): 2 / (root (root + t)) on the left and 1 minus that on the
/// right. 2^-19.
template <class B> typename B::F nvQuickSquareplusSlope(B &b, typename B::F x) {
  using F = typename B::F;
  NvHyperbola<B> h = nvHyperbola(b, x);
  F half = b.constant(0.5);
  F q = b.rcp(b.fma(h.root, half, b.mul(h.t, half)));
  F left = b.mul(q, b.select(h.isFar, q, h.inverse));
  return b.select(b.lt(x, b.constant(0.0)), left, b.sub(b.constant(1.0), left));
}

/// x log1p(sigmoid(x)). 2^-15.
template <class B> typename B::F nvQuickLogish(B &b, typename B::F x) {
  using F = typename B::F;
  x = b.greater(x, b.constant(-200.0));
  F s = nvQuickSigmoid(b, x);
  F rest = b.mul(s, horner(b, s, coefficients::kQuickLog1pRestF32));
  return b.mul(x, b.fma(s, rest, s));
}

/// x - tanh(x): x^3 P(x^2) for |x| < 1 and |x| - (1 - e) / (1 + e) with
/// e = exp(-2 |x|) beyond. 2^-15; -0 stays.
template <class B> typename B::F nvQuickTanhshrink(B &b, typename B::F x) {
  using F = typename B::F;
  F t = b.abs(x), one = b.constant(1.0), y = b.mul(x, x);
  F e = b.ex2(b.mul(t, b.constant(-4 * halfLog2E)));
  F large = b.fma(b.sub(e, one), b.rcp(b.add(one, e)), t);
  F small = b.mul(b.mul(x, y), horner(b, y, coefficients::kNvTanhshrinkF32));
  return b.select(b.lt(t, one), small, b.copysign(large, x));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_NVROWS_H

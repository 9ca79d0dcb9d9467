//===- SingleSlopes.h - Slopes of mish, logish, serf for f32 ----*- C++ -*-===//
//
// f64 arithmetic for f32 results, in e = exp(-|x|). f64 resolves the slopes up
// to near their roots; there they are d K(r - d), d = r - t the distance of
// t = -x from the root r, which has a low word.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_SINGLESLOPES_H
#define ACT_TRANSFORMS_APPROXIMATIONS_SINGLESLOPES_H

#include "act/Transforms/Approximations/Single.h"

namespace act::approx {

/// exp(z) for -250 <= z <= 0 by a polynomial of exp.
template <class B, size_t N>
typename B::F singleDecay(B &b, typename B::F z,
                          const double (&polynomial)[N]) {
  WideExponential<B> e = singleExponential(b, z, polynomial);
  return b.fma(e.scale, e.rest, e.scale);
}

/// `left`, a function of t, or its polynomial within `width` of the root.
template <class B, size_t N>
typename B::F orAtRoot(B &b, typename B::F t, const double (&root)[3],
                       const double (&quotient)[N], double width,
                       typename B::F left) {
  using F = typename B::F;
  F d = b.sub(b.constant(root[0]), t);
  F near = b.fma(d, horner(b, b.neg(d), quotient), b.constant(root[2]));
  return b.select(b.lt(b.abs(d), b.constant(width)), near, left);
}

/// mish'(x) with the quotients of Mish.h.
template <class B> typename B::F singleMishSlope(B &b, typename B::F x) {
  using F = typename B::F;
  using namespace coefficients;
  auto isNegative = b.lt(x, b.constant(0.0));
  F t = atMost(b, b.abs(x), 250), signedT = b.copysign(t, x);
  F e = singleDecay(b, b.neg(t), kWideExpRestF64), four = b.constant(4.0);
  F one = b.constant(1.0), two = b.constant(2.0), zero = b.constant(0.0);
  F fourPlus = b.fma(four, signedT, four);
  F inner = b.fma(e, b.select(isNegative, b.add(e, four), fourPlus),
                  b.add(fourPlus, two));
  F outer = b.fma(e, inner, b.select(isNegative, fourPlus, four));
  F n = b.fma(e, outer, b.select(isNegative, zero, one));
  F c = b.select(isNegative, two, one);
  F f = b.select(isNegative, e, b.add(e, e));
  F divisor = b.fma(f, b.add(c, e), c);
  F y = b.div(n, b.mul(divisor, divisor));
  F left = orAtRoot(b, t, kMishRootF64, kSingleMishSlopeF64, 0x1p-7, y);
  return b.select(isNegative, left, y);
}

/// 2 atanh(z), 0 <= z <= 1 / 3.
template <class B> typename B::F twiceAtanh(B &b, typename B::F z) {
  typename B::F y = b.mul(z, z);
  typename B::F rest = b.mul(y, horner(b, y, coefficients::kWideAtanhRestF64));
  return b.fma(z, rest, b.add(z, z));
}

/// logish'(x) = log(1 + s) + x s' / (1 + s), s = sigmoid(x), by one division:
///   2 atanh(e / (2 + 3 e)) - t e / (1 + 3 e + 2 e^2) for x < 0
///   2 atanh(1 / (3 + 2 e)) + t e / (2 + 3 e + e^2) for x >= 0
template <class B> typename B::F singleLogishSlope(B &b, typename B::F x) {
  using F = typename B::F;
  using namespace coefficients;
  auto isNegative = b.lt(x, b.constant(0.0));
  F t = atMost(b, b.abs(x), 250), e = singleDecay(b, b.neg(t), kWideExpRestF64);
  F one = b.constant(1.0), two = b.constant(2.0), three = b.constant(3.0);
  F twice = b.add(e, e);
  F of = b.add(b.select(isNegative, b.add(e, two), three), twice);
  F under = b.fma(e, b.add(three, b.select(isNegative, twice, e)),
                  b.select(isNegative, one, two));
  F inverse = b.div(one, b.mul(of, under));
  F z = b.mul(b.select(isNegative, e, one), b.mul(under, inverse));
  F share = b.mul(e, b.mul(of, inverse));
  F y = b.fma(b.copysign(t, x), share, twiceAtanh(b, z));
  F left = orAtRoot(b, t, kLogishRootF64, kSingleLogishSlopeF64, 0x1p-7, y);
  return b.select(isNegative, left, y);
}

/// serf'(x): for x < -5/16 it is e (P(e) - t P'(e)) with the gate
/// erf(log1p(e)) = e P and its slope P', else 1 - exp(-x^2) T(x).
template <class B> typename B::F singleSerfSlope(B &b, typename B::F x) {
  using F = typename B::F;
  using namespace coefficients;
  auto isLeft = b.lt(x, b.constant(-0.3125));
  F t = atMost(b, b.abs(x), 250), s = atMost(b, x, 5);
  F z = b.neg(b.select(isLeft, t, b.mul(s, s)));
  F e = singleDecay(b, z, kSingleExpRestF64);
  F gate = evenOdd(b, e, kSingleSerfGateF64);
  F slope = evenOdd(b, e, kSingleSerfGateSlopeF64);
  F left = b.mul(e, b.fma(b.neg(t), slope, gate));
  left = orAtRoot(b, t, kSerfRootF64, kSingleSerfSlopeF64, 0x1p-3, left);
  F rest = evenOdd(b, b.sub(s, b.constant(0.25)), kSingleSerfRightF64);
  return b.select(isLeft, left, b.fma(b.neg(e), rest, b.constant(1.0)));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_SINGLESLOPES_H

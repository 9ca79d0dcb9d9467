//===- Nearest.h - The nearest number by its own arithmetic -----*- C++ -*-===//
//
// What the strict class computes in the type of its results: of x + c, what is
// rounded away is a number, too, and is multiplied or divided with the rest.
// Each method ends in one rounding of a sum whose other terms are some 2^-24
// (f32) of it. For rows that cost so little that f64 would cost most.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_NEAREST_H
#define ACT_TRANSFORMS_APPROXIMATIONS_NEAREST_H

#include "act/Transforms/Approximations/Pairs.h"
#include "act/Transforms/Approximations/SplitExp.h"

namespace act::approx {

/// max(x, bound); NaN stays.
template <class B> typename B::F atLeast(B &b, typename B::F x, double bound) {
  typename B::F limit = b.constant(bound);
  return b.select(b.lt(x, limit), limit, x);
}

/// x + c in two words, |x| <= c; also for x = -0, where the low word is -0.
template <class B> Pair<B> plus(B &b, typename B::F x, double c) {
  return fastTwoSum(b, b.constant(c), x);
}

/// x (x + 2) / 2 between -2 and 0.
/// f32: 0.50 ulp, f64: 0.50 ulp; -0 stays.
template <class B> typename B::F hardMish(B &b, typename B::F x) {
  using F = typename B::F;
  F inside = atLeast(b, x, -2);
  Pair<B> s = plus(b, inside, 2);
  F product = b.fma(inside, s.hi, b.mul(inside, s.lo));
  // Of x < 2^-126, too: the product is exact there.
  return b.select(b.lt(x, b.constant(0.0)), b.mul(b.constant(0.5), product), x);
}

/// (x + 5/2) / 5 between -5/2 and 5/2.
/// f32: 0.50 ulp, f64: 0.50 ulp.
template <class B> typename B::F hardSigmoidOnnx(B &b, typename B::F x) {
  using F = typename B::F;
  Pair<B> s = plus(b, atMost(b, atLeast(b, x, -2.5), 2.5), 2.5);
  bool isDouble = b.isDouble();
  F fifth = b.constant(isDouble ? 0x1.999999999999ap-3 : 0x1.99999ap-3);
  F fifthLow = b.constant(isDouble ? -0x1.999999999999ap-57 : -0x1.99999ap-29);
  return b.fma(s.hi, fifth, b.fma(s.hi, fifthLow, b.mul(s.lo, fifth)));
}

/// (x + c)^2 / (4 c) between -c and c, for a power of two c.
template <class B>
typename B::F squareBetween(B &b, typename B::F x, double c) {
  using F = typename B::F;
  Pair<B> s = plus(b, atLeast(b, x, -c), c);
  F part = b.mul(s.hi, b.constant(0.25 / c));
  F y = b.fma(part, s.hi, b.mul(b.add(part, part), s.lo));
  return b.select(b.ge(x, b.constant(c)), x, y);
}

/// (x + c) / (2 c) between -c and c.
template <class B> typename B::F slopeBetween(B &b, typename B::F x, double c) {
  typename B::F inside = atMost(b, atLeast(b, x, -c), c);
  return b.mul(b.add(inside, b.constant(c)), b.constant(0.5 / c));
}

/// sparse_plus(x) and its derivative, and smelu(x) for beta = 2.
/// f32: 0.50 ulp, f64: 0.50 ulp.
template <class B> typename B::F sparsePlus(B &b, typename B::F x) {
  return squareBetween(b, x, 1);
}
template <class B> typename B::F sparsePlusSlope(B &b, typename B::F x) {
  return slopeBetween(b, x, 1);
}
template <class B> typename B::F smelu(B &b, typename B::F x) {
  return squareBetween(b, x, 2);
}
template <class B> typename B::F smeluSlope(B &b, typename B::F x) {
  return slopeBetween(b, x, 2);
}

/// min(|x|, bound) = t, 1 + t in two words and the inverse of the first.
template <class B> struct Share {
  typename B::F t;
  Pair<B> divisor;
  typename B::F inverse;
};

template <class B> Share<B> share(B &b, typename B::F x, double bound) {
  typename B::F t = atMost(b, b.abs(x), bound), one = b.constant(1.0);
  Pair<B> divisor = twoSum(b, one, t);
  return {t, divisor, b.div(one, divisor.hi)};
}

/// What 1 - q d leaves: q (1 + that) is 1 / d.
template <class B>
typename B::F restOfInverse(B &b, typename B::F q, Pair<B> d) {
  typename B::F minusQ = b.neg(q);
  return b.fma(minusQ, d.lo, b.fma(minusQ, d.hi, b.constant(1.0)));
}

/// x / (1 + |x|); -0 stays.
/// f32: 0.50 ulp, f64: 0.50 ulp.
template <class B> typename B::F nearestSoftsign(B &b, typename B::F x) {
  using F = typename B::F;
  Share<B> s = share(b, x, 0x1p60);
  F q = b.mul(s.t, s.inverse), minusQ = b.neg(q);
  F rest = b.fma(minusQ, s.divisor.lo, b.fma(minusQ, s.divisor.hi, s.t));
  return b.copysign(b.fma(rest, s.inverse, q), x);
}

/// 1 / (1 + |x|)^2, scaled so that no low word is subnormal. Subnormal results
/// are rounded twice.
/// f32: 0.75 ulp, f64: 0.75 ulp.
template <class B> typename B::F nearestSoftsignSlope(B &b, typename B::F x) {
  using F = typename B::F;
  bool isDouble = b.isDouble();
  Share<B> s = share(b, x, isDouble ? 0x1p540 : 0x1p80);
  F rest = restOfInverse(b, s.inverse, s.divisor);
  F root = b.mul(s.inverse, b.constant(isDouble ? 0x1p270 : 0x1p40));
  F square = b.mul(root, root), low = b.fma(root, root, b.neg(square));
  F y = b.add(square, b.fma(b.add(square, square), rest, low));
  return b.mul(y, b.constant(isDouble ? 0x1p-540 : 0x1p-80));
}

/// t^2 + c = s and its root r, where r + rest / (2 r) is more exact; c is a
/// power of two.
template <class B> struct NearestRoot {
  Pair<B> s;
  typename B::F root, rest;
};

template <class B> NearestRoot<B> nearestRoot(B &b, typename B::F t, double c) {
  using F = typename B::F;
  F offset = b.constant(c), s = b.fma(t, t, offset);
  // Exact where s has bits as low as c; elsewhere some of c is left.
  F minusSquare = b.sub(offset, s);
  F left = b.sub(offset, b.add(minusSquare, s));
  F low = b.add(b.fma(t, t, minusSquare), left), root = b.sqrt(s);
  return {{s, low}, root, b.add(b.fma(b.neg(root), root, s), low)};
}

/// squareplus(x) for b = 4, with v = (|x| + sqrt(x^2 + 4)) / 2: v on the right
/// and 1 / v on the left.
/// f32: 0.50 ulp, f64: 0.50 ulp.
template <class B> typename B::F nearestSquareplus(B &b, typename B::F x) {
  using F = typename B::F;
  F zero = b.constant(0.0), half = b.constant(0.5);
  F most = b.constant(b.isDouble() ? 0x1.fffffffffffffp1023 : 0x1.fffffep127);
  F magnitude = b.abs(x);
  F t = b.select(b.gt(magnitude, most), most, magnitude);
  // From here on the root is t itself.
  NearestRoot<B> r = nearestRoot(b, atMost(b, t, 0x1p60), 4);
  F root = b.select(b.gt(t, r.root), t, r.root);
  F halfRoot = b.mul(half, root), halfT = b.mul(half, t);
  Pair<B> v = fastTwoSum(b, halfRoot, halfT);
  F quarter = b.div(b.constant(0.25), root);
  v.lo = b.fma(r.rest, quarter, v.lo);
  F inverse = b.div(b.constant(1.0), v.hi);
  F left = b.fma(inverse, restOfInverse(b, inverse, v), inverse);
  F y = b.select(b.gt(x, zero), b.add(v.hi, v.lo), left);
  F atInfinity = b.select(b.gt(x, zero), x, zero);
  return b.select(b.gt(magnitude, most), atInfinity, y);
}

/// squareplus'(x) for b = 4 is 1 / (2 d) on the left, where d = r (r + u) with
/// u = |x| / 2 and r = sqrt(u^2 + 1), and 1 minus that on the right. In k u for
/// a power of two k, so that no square overflows. Subnormal results are rounded
/// twice.
/// f32: 0.75 ulp, f64: 0.75 ulp.
template <class B> typename B::F nearestSquareplusSlope(B &b, typename B::F x) {
  using F = typename B::F;
  bool isDouble = b.isDouble();
  F one = b.constant(1.0);
  F t = atMost(b, b.abs(x), isDouble ? 0x1p540 : 0x1p80);
  F u = b.mul(t, b.constant(isDouble ? 0x1p-101 : 0x1p-21));
  NearestRoot<B> r = nearestRoot(b, u, isDouble ? 0x1p-200 : 0x1p-40);
  Pair<B> v = fastTwoSum(b, r.root, u), d;
  d.hi = b.mul(r.root, v.hi);
  F inverse = b.div(one, d.hi);
  // Of r (r + u) the derivative by r^2 is 1 + u / (2 r), where 1 / r is v / d.
  F slope = b.fma(b.mul(u, inverse), b.mul(v.hi, b.constant(0.5)), one);
  F low = b.fma(r.root, v.lo, b.fma(r.root, v.hi, b.neg(d.hi)));
  d.lo = b.fma(r.rest, slope, low);
  F rest = restOfInverse(b, inverse, d);
  F scale = b.constant(isDouble ? 0x1p-201 : 0x1p-41);
  F left = b.mul(b.fma(inverse, rest, inverse), scale);
  F share = b.mul(inverse, scale);
  Pair<B> right = fastTwoSum(b, one, b.neg(share));
  return b.select(b.lt(x, b.constant(0.0)), left,
                  b.add(right.hi, b.fma(b.neg(share), rest, right.lo)));
}

/// q + factor rest, to be rounded once.
template <class B> struct NearestIsru { typename B::F q, factor, rest; };

/// x / sqrt(1 + x^2) times a power of two. x is bounded where its square no
/// longer has bits as low as 1: the result is the power from there on.
template <class B>
NearestIsru<B> nearestIsruTimes(B &b, typename B::F x, double power) {
  using F = typename B::F;
  double bound = b.isDouble() ? 0x1p26 : 0x1p12;
  F t = atMost(b, atLeast(b, x, -bound), bound), one = b.constant(1.0);
  F s = b.fma(t, t, one), low = b.fma(t, t, b.sub(one, s)), root = b.sqrt(s);
  F inverse = b.div(one, root);
  F ofRoot = b.mul(b.add(b.fma(b.neg(root), root, s), low),
                   b.mul(inverse, b.constant(0.5)));
  F n = power == 1 ? t : b.mul(t, b.constant(power));
  F q = b.mul(n, inverse), minusQ = b.neg(q);
  return {q, inverse, b.fma(minusQ, ofRoot, b.fma(minusQ, root, n))};
}

/// isru(x) for alpha = 1. -0 stays.
/// f32: 0.50 ulp.
template <class B> typename B::F nearestIsru(B &b, typename B::F x) {
  NearestIsru<B> y = nearestIsruTimes(b, x, 1);
  return b.fma(y.factor, y.rest, y.q);
}

/// bent_identity'(x) = 1 + isru(x) / 2.
/// f32: 0.50 ulp.
template <class B> typename B::F nearestBentSlope(B &b, typename B::F x) {
  NearestIsru<B> half = nearestIsruTimes(b, x, 0.5);
  Pair<B> sum = fastTwoSum(b, b.constant(1.0), half.q);
  return b.add(sum.hi, b.fma(half.factor, half.rest, sum.lo));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_NEAREST_H

//===- Pairs.h - Arithmetic in two words ------------------------*- C++ -*-===//
//
// What the strict class of f64 computes in: hi + lo, hi the sum rounded. Sums,
// products and quotients have relative errors of a few 2^-104, unless a sum
// cancels. Finite numbers only: where a word may be infinite, the functions
// built from these choose another form.
//
// The algorithms are those of Dekker, "A floating-point technique for extending
// the available precision" (1971), with fma in place of splitting.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_PAIRS_H
#define ACT_TRANSFORMS_APPROXIMATIONS_PAIRS_H

#include "act/Transforms/Approximations/Builder.h"

namespace act::approx {

/// (hi + lo) 2^n, |hi| <= 2, scaled last.
template <class B> struct ScaledPair {
  Pair<B> m;
  typename B::I n;
};

/// A number of one word, or of two where there is a low one.
template <class B> Pair<B> pairOf(B &b, typename B::F hi, Low<B> lo = {}) {
  return {hi, lo ? *lo : b.constant(0.0)};
}

template <class B> Pair<B> pairNeg(B &b, Pair<B> x) {
  return {b.neg(x.hi), b.neg(x.lo)};
}

/// x with the sign of `sign`, of a non-negative x; zeros included.
template <class B> Pair<B> pairSigned(B &b, Pair<B> x, typename B::F sign) {
  auto isNegative = b.lt(sign, b.constant(0.0));
  return {b.copysign(x.hi, sign), b.select(isNegative, b.neg(x.lo), x.lo)};
}

template <class B>
Pair<B> pairSelect(B &b, typename B::C c, Pair<B> x, Pair<B> y) {
  return {b.select(c, x.hi, y.hi), b.select(c, x.lo, y.lo)};
}

/// x times a power of two.
template <class B> Pair<B> pairScale(B &b, Pair<B> x, typename B::F power) {
  return {b.mul(x.hi, power), b.mul(x.lo, power)};
}

template <class B> Pair<B> pairAdd(B &b, Pair<B> x, Pair<B> y) {
  Pair<B> sum = twoSum(b, x.hi, y.hi);
  return fastTwoSum(b, sum.hi, b.add(sum.lo, b.add(x.lo, y.lo)));
}

/// The same where |x| >= |y|.
template <class B> Pair<B> pairAddSmaller(B &b, Pair<B> x, Pair<B> y) {
  Pair<B> sum = fastTwoSum(b, x.hi, y.hi);
  return fastTwoSum(b, sum.hi, b.add(sum.lo, b.add(x.lo, y.lo)));
}

template <class B> Pair<B> pairMul(B &b, Pair<B> x, Pair<B> y) {
  typename B::F p = b.mul(x.hi, y.hi);
  typename B::F error = b.fma(x.hi, y.hi, b.neg(p));
  error = b.fma(x.hi, y.lo, b.fma(x.lo, y.hi, error));
  return fastTwoSum(b, p, error);
}

/// x / y by one division: the remainder of its result is exact.
template <class B> Pair<B> pairDiv(B &b, Pair<B> x, Pair<B> y) {
  using F = typename B::F;
  F inverse = b.div(b.constant(1.0), y.hi);
  F q = b.mul(x.hi, inverse), minusQ = b.neg(q);
  F rest = b.add(b.fma(minusQ, y.hi, x.hi), x.lo);
  rest = b.fma(minusQ, y.lo, rest);
  return fastTwoSum(b, q, b.mul(rest, inverse));
}

/// (hi + lo) 2^n as a pair; see materialize.
template <class B> Pair<B> pairMaterialize(B &b, ScaledPair<B> x) {
  return {materialize(b, Scaled<B>{x.m.hi, x.n}),
          materialize(b, Scaled<B>{x.m.lo, x.n})};
}

/// The same with one factor; exact unless isDeep, and then below 2^-100.
template <class B> Pair<B> pairCoarse(B &b, ScaledPair<B> x) {
  auto isFar = isDeep(b, Scaled<B>{x.m.hi, x.n});
  return pairScale(b, x.m,
                   powerOfTwo(b, b.selectI(isFar, b.integer(-100), x.n)));
}

/// sum c[k] x^k: the steps that add c[0] to c[steps - 1] in two words, those
/// before in one. The first coefficients may have second words.
template <class B, size_t N>
Pair<B> pairHorner(B &b, Pair<B> x, const double (&c)[N], size_t steps,
                   const double *low = nullptr, size_t lowSize = 0) {
  using F = typename B::F;
  F rest = b.constant(c[N - 1]);
  for (size_t k = N - 1; k-- > steps;)
    rest = b.fma(rest, x.hi, b.constant(c[k]));
  Pair<B> sum = pairOf(b, rest);
  for (size_t k = steps; k-- > 0;) {
    Pair<B> product = pairMul(b, x, sum);
    sum = twoSum(b, b.constant(c[k]), product.hi);
    F lower = b.add(sum.lo, product.lo);
    if (k < lowSize)
      lower = b.add(lower, b.constant(low[k]));
    sum = fastTwoSum(b, sum.hi, lower);
  }
  return sum;
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_PAIRS_H

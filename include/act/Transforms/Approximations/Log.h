//===- Log.h - log, log1p and a logarithm in two words ----------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_LOG_H
#define ACT_TRANSFORMS_APPROXIMATIONS_LOG_H

#include "act/Transforms/Approximations/Nv.h"

namespace act::approx {

/// x = (1 + f) * 2^k with 1 + f in [sqrt(1/2), sqrt(2)); f is exact. For
/// positive finite x, subnormal ones included.
template <class B> struct Decomposed { typename B::F f, k; };

template <class B> Decomposed<B> decompose(B &b, typename B::F x) {
  using F = typename B::F;
  using I = typename B::I;
  bool isDouble = b.isDouble();
  int mantissa = mantissaBits(b);
  auto isSubnormal = b.lt(x, b.constant(isDouble ? 0x1p-1022 : 0x1p-126));
  F lift = b.constant(isDouble ? 0x1p54 : 0x1p25);
  I bits = b.bits(b.select(isSubnormal, b.mul(x, lift), x));
  // Bits of sqrt(1/2); offset keeps the difference positive for the shift.
  int64_t root = isDouble ? 0x3fe6a09e667f3bcd : 0x3f3504f3;
  int64_t offset = isDouble ? 1024 : 128;
  I shifted = b.iadd(bits, b.integer((offset << mantissa) - root));
  I biased = b.lshr(shifted, mantissa);
  // The integer becomes a float through the bits of 2^mantissa.
  int64_t base = isDouble ? 0x4330000000000000 : 0x4b000000;
  F k = b.sub(b.fromBits(b.ior(biased, b.integer(base))),
              b.constant((isDouble ? 0x1p52 : 0x1p23) + double(offset)));
  k = b.sub(k, b.select(isSubnormal, b.constant(isDouble ? 54.0 : 25.0),
                        b.constant(0.0)));
  I fraction = b.isub(bits, b.shl(b.isub(biased, b.integer(offset)), mantissa));
  return {b.sub(b.fromBits(fraction), b.constant(1.0)), k};
}

/// The words of ln2 in the compute type.
template <class B> double ln2High(const B &b) {
  return b.isDouble() ? ln2HighF64 : ln2HighF32;
}
template <class B> double ln2Low(const B &b) {
  return b.isDouble() ? ln2LowF64 : ln2LowF32;
}

/// k ln2 + log(1 + f) + extra, where 2 atanh(f / (2 + f)) is arranged so that
/// f itself is added last (the form of fdlibm).
template <class B>
typename B::F logOf(B &b, Decomposed<B> x, typename B::F extra) {
  using F = typename B::F;
  F s = ratio(b, x.f, b.add(b.constant(2.0), x.f));
  F y = b.mul(s, s);
  F rest = b.mul(
      y, horner(b, y, coefficients::kLogRestF32, coefficients::kLogRestF64));
  F halfSquare = b.mul(b.mul(b.constant(0.5), x.f), x.f);
  F tail = b.fma(s, b.add(halfSquare, rest),
                 b.fma(x.k, b.constant(ln2Low(b)), extra));
  return b.fma(x.k, b.constant(ln2High(b)),
               b.sub(x.f, b.sub(halfSquare, tail)));
}

/// The value of a logarithm where x is 0, negative, infinite or NaN.
template <class B>
typename B::F logSpecial(B &b, typename B::F x, typename B::F y) {
  using F = typename B::F;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  F zero = b.constant(0.0), inf = b.constant(infinity);
  F nan = b.constant(std::numeric_limits<double>::quiet_NaN());
  F edge = b.select(b.eq(x, zero), b.constant(-infinity), nan);
  return b.select(b.gt(x, zero), b.select(b.eq(x, inf), inf, y), edge);
}

/// Natural logarithm. f32: 0.83 ulp, f64: 0.83 ulp.
template <class B> typename B::F log(B &b, typename B::F x) {
  return logSpecial(b, x, logOf(b, decompose(b, x), b.constant(0.0)));
}

/// k ln2 + log(1 + f) as hi + lo.
///
/// log(1 + f) is 2 atanh(s), s = f / (2 + f), where s, s^2 and the first two
/// terms of the series are pairs; from s^5 on one word is enough, since s^4 / 5
/// is below 2^-12.
template <class B> Pair<B> logPairOf(B &b, typename B::F k, Pair<B> f) {
  using F = typename B::F;
  bool isDouble = b.isDouble();
  F two = b.constant(2.0);
  Pair<B> sum = fastTwoSum(b, two, f.hi);
  F sumLow = b.add(sum.lo, f.lo);
  F q = roughReciprocal(b, sum.hi);
  F s = b.mul(f.hi, q);
  F remainder =
      b.add(b.fma(b.neg(s), sumLow, b.fma(b.neg(s), sum.hi, f.hi)), f.lo);
  F sLow = b.mul(remainder, q);
  F y = b.mul(s, s);
  F yLow = b.fma(b.add(s, s), sLow, b.fma(s, s, b.neg(y)));
  // c = 2/3 + y (2/5 + ...), then c y s, each in two words.
  F tail = b.mul(
      y, horner(b, y, coefficients::kLogTailF32, coefficients::kLogTailF64));
  Pair<B> c = fastTwoSum(
      b, b.constant(isDouble ? 0x1.5555555555555p-1 : 0x1.555556p-1), tail);
  F cLow = b.add(
      c.lo, b.constant(isDouble ? 0x1.5555555555555p-55 : -0x1.555556p-26));
  F cy = b.mul(c.hi, y);
  F cyLow = b.fma(c.hi, yLow, b.fma(cLow, y, b.fma(c.hi, y, b.neg(cy))));
  F cube = b.mul(cy, s);
  F cubeLow = b.fma(cy, sLow, b.fma(cyLow, s, b.fma(cy, s, b.neg(cube))));
  // k ln2 is exact in its high word and larger than 2 s, or 0.
  Pair<B> head = fastTwoSum(b, b.mul(k, b.constant(ln2High(b))), b.add(s, s));
  Pair<B> next = fastTwoSum(b, head.hi, cube);
  F low = b.add(b.fma(two, sLow, cubeLow),
                b.fma(k, b.constant(ln2Low(b)), b.add(head.lo, next.lo)));
  return fastTwoSum(b, next.hi, low);
}

/// 1 + f = (x + low + lowest) 2^-k, k that of x alone. Without low words where
/// the power would leave the range.
template <class B>
Pair<B> reducedWithLow(B &b, Decomposed<B> d, typename B::F x,
                       typename B::F low, Low<B> lowest = std::nullopt) {
  using F = typename B::F;
  F magic = b.constant(roundingMagic(b)), zero = b.constant(0.0);
  typename B::I minusK =
      b.isub(b.integer(roundingMagicBits(b)), b.bits(b.add(d.k, magic)));
  bool isDouble = b.isDouble();
  auto isInside = b.land(b.gt(x, b.constant(isDouble ? 0x1p-900 : 0x1p-90)),
                         b.lt(x, b.constant(isDouble ? 0x1p900 : 0x1p90)));
  F scale = powerOfTwo(b, minusK);
  Pair<B> f = twoSum(b, d.f, b.select(isInside, b.mul(low, scale), zero));
  if (lowest)
    f.lo = b.add(f.lo, b.select(isInside, b.mul(*lowest, scale), zero));
  return f;
}

/// What logPairOf gives, or the logarithm of an x that is not positive or not
/// finite.
template <class B> Pair<B> logPairSpecial(B &b, typename B::F x, Pair<B> y) {
  auto isRegular =
      b.land(b.gt(x, b.constant(0.0)),
             b.lt(x, b.constant(std::numeric_limits<double>::infinity())));
  return {logSpecial(b, x, y.hi), b.select(isRegular, y.lo, b.constant(0.0))};
}

/// Natural logarithm of x + lo as hi + lo, so that exp(y log x) has a small
/// error for every result in range. Relative error f32: 2^-34, f64: 2^-63;
/// exp(y log x) then has f32: 0.91 ulp, f64: 1.11 ulp over the range of its
/// results.
template <class B>
Pair<B> logPair(B &b, typename B::F x, Low<B> lo = std::nullopt) {
  Decomposed<B> d = decompose(b, x);
  Pair<B> f = lo ? reducedWithLow(b, d, x, *lo) : Pair<B>{d.f, b.constant(0.0)};
  return logPairSpecial(b, x, logPairOf(b, d.k, f));
}

/// log(1 + x + lo) as hi + lo; -0 stays. f64: 2^-62.
template <class B>
Pair<B> log1pPair(B &b, typename B::F x, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  Pair<B> u = twoSum(b, b.constant(1.0), x);
  Low<B> lowest;
  if (lo) { // x may be -1, and then lo is all there is.
    Pair<B> sum = fastTwoSum(
        b, u.hi, *guarded<B>(b, x, lo, b.isDouble() ? 0x1p900 : 0x1p90));
    u.hi = sum.hi;
    lowest = sum.lo;
  }
  Decomposed<B> d = decompose(b, u.hi);
  Pair<B> f = reducedWithLow(b, d, u.hi, u.lo, lowest);
  Pair<B> y = logPairSpecial(b, u.hi, logPairOf(b, d.k, f));
  F tiny = b.constant(b.isDouble() ? 0x1p-62 : 0x1p-36);
  auto isTiny = b.lt(b.abs(x), tiny);
  F low = lo ? *lo : b.constant(0.0);
  return {b.select(isTiny, x, y.hi), b.select(isTiny, low, y.lo)};
}

/// log(1 + x + lo): the rounding error of 1 + x, divided by it, is added back;
/// x itself where |x| is tiny, so -0 stays. f32: 1.14 ulp, f64: 0.93 ulp.
template <class B>
typename B::F log1p(B &b, typename B::F x, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  Pair<B> u = twoSum(b, b.constant(1.0), x);
  if (lo) // x may be -1, and then lo is all there is.
    u = fastTwoSum(b, u.hi, *guarded<B>(b, x, b.add(u.lo, *lo), 0x1p100));
  F regular = logOf(b, decompose(b, u.hi), ratio(b, u.lo, u.hi));
  F y = logSpecial(b, u.hi, regular);
  F tiny = b.constant(b.isDouble() ? 0x1p-54 : 0x1p-25);
  return b.select(b.lt(b.abs(x), tiny), x, y);
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_LOG_H

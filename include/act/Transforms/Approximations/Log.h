//===- Log.h - log, log1p and a logarithm in two words ----------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_LOG_H
#define ACT_TRANSFORMS_APPROXIMATIONS_LOG_H

#include "act/Transforms/Approximations/Builder.h"

namespace act::approx {

/// x = (1 + f) * 2^k with 1 + f in [sqrt(1/2), sqrt(2)); f is exact. For
/// positive finite x, subnormal ones included.
template <class B> struct Decomposed {
  typename B::F f, k;
};

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
  I fraction = b.isub(
      bits, b.shl(b.isub(biased, b.integer(offset)), mantissa));
  return {b.sub(b.fromBits(fraction), b.constant(1.0)), k};
}

/// ln2 in two words; the product of the first with an exponent is exact.
template <class B> double ln2High(const B &b) {
  return b.isDouble() ? 0x1.62e42fefa38p-1 : 0x1.62e4p-1;
}
template <class B> double ln2Low(const B &b) {
  return b.isDouble() ? 0x1.ef35793c7673p-45 : 0x1.7f7d1cp-20;
}

/// k ln2 + log(1 + f) + extra, where 2 atanh(f / (2 + f)) is arranged so that
/// f itself is added last (the form of fdlibm).
template <class B>
typename B::F logOf(B &b, Decomposed<B> x, typename B::F extra) {
  using F = typename B::F;
  F s = b.div(x.f, b.add(b.constant(2.0), x.f));
  F y = b.mul(s, s);
  F rest = b.mul(y, horner(b, y, coefficients::kLogRestF32,
                           coefficients::kLogRestF64));
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

/// Natural logarithm. 1 ulp, subnormals included.
template <class B> typename B::F log(B &b, typename B::F x) {
  return logSpecial(b, x, logOf(b, decompose(b, x), b.constant(0.0)));
}

/// Natural logarithm as hi + lo, about 2^-30 (f32) and 2^-58 (f64) relative,
/// so that exp(y log x) has a small error for every result in range.
template <class B>
Pair<B> logPair(B &b, typename B::F x, Low<B> = std::nullopt) {
  using F = typename B::F;
  Decomposed<B> d = decompose(b, x);
  F two = b.constant(2.0);
  F sum = b.add(two, d.f), sumLow = b.sub(d.f, b.sub(sum, two));
  F s = b.div(d.f, sum);
  // The remainder of the division, in which the sum has both its words.
  F remainder = b.fma(b.neg(s), sumLow, b.fma(b.neg(s), sum, d.f));
  F sLow = b.div(remainder, sum);
  F y = b.mul(s, s);
  F rest = b.mul(b.mul(s, y), horner(b, y, coefficients::kLogRestF32,
                                     coefficients::kLogRestF64));
  // k ln2 is exact in its high word and at least as large as 2 s, or 0.
  F big = b.mul(d.k, b.constant(ln2High(b))), small = b.add(s, s);
  F hi = b.add(big, small);
  F virtualSmall = b.sub(hi, big);
  F error = b.add(b.sub(big, b.sub(hi, virtualSmall)),
                  b.sub(small, virtualSmall));
  F low = b.add(b.fma(two, sLow, rest),
                b.fma(d.k, b.constant(ln2Low(b)), error));
  Pair<B> result;
  F total = b.add(hi, low);
  F zero = b.constant(0.0);
  auto isRegular = b.land(
      b.gt(x, zero),
      b.lt(x, b.constant(std::numeric_limits<double>::infinity())));
  result.lo = b.select(isRegular, b.sub(low, b.sub(total, hi)), zero);
  result.hi = logSpecial(b, x, total);
  return result;
}

/// log(1 + x): the rounding error of 1 + x, divided by it, is added back.
/// 1.5 ulp; x itself where |x| is tiny, so -0 stays.
template <class B>
typename B::F log1p(B &b, typename B::F x, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  F one = b.constant(1.0);
  F u = b.add(one, x);
  // Knuth's two-sum, since either may be the larger.
  F v = b.sub(u, one);
  F error = b.add(b.sub(one, b.sub(u, v)), b.sub(x, v));
  if (lo)
    error = b.add(error, *lo);
  F regular = logOf(b, decompose(b, u), b.div(error, u));
  F y = logSpecial(b, u, regular);
  F tiny = b.constant(b.isDouble() ? 0x1p-54 : 0x1p-25);
  return b.select(b.lt(b.abs(x), tiny), x, y);
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_LOG_H

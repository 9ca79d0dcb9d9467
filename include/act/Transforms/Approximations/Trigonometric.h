//===- Trigonometric.h - sin and cos over the whole range -------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_TRIGONOMETRIC_H
#define ACT_TRANSFORMS_APPROXIMATIONS_TRIGONOMETRIC_H

#include "act/Transforms/Approximations/Builder.h"

namespace act::approx {

/// |x| = (quadrant + fraction) pi / 2 modulo 2 pi; angle is fraction pi / 2 in
/// two words, at most pi / 4 in magnitude.
template <class B> struct Reduced {
  Pair<B> angle;
  typename B::I quadrant;
};

/// s + e = a + b exactly.
template <class B>
Pair<B> twoSum(B &b, typename B::F x, typename B::F y) {
  typename B::F s = b.add(x, y), t = b.sub(s, x);
  return {s, b.add(b.sub(x, b.sub(s, t)), b.sub(y, t))};
}

/// Payne and Hanek's reduction in floating point: |x| is an integer M times a
/// power of two, and a table holds (2 / pi) times that power modulo 4 in four
/// words. The products are exact pairs, and multiples of 4 are taken off the
/// first, so nothing is lost however large x is.
template <class B> Reduced<B> reduce(B &b, typename B::F magnitude) {
  using F = typename B::F;
  using I = typename B::I;
  bool isDouble = b.isDouble();
  int mantissa = mantissaBits(b);
  I bits = b.bits(magnitude);
  // Exponent -1 is the table's first; smaller numbers need no reduction, and
  // infinity and NaN only have to stay inside the table.
  int64_t first = exponentBias(b) - 1, last = isDouble ? 1024 : 128;
  I row = b.isub(b.lshr(bits, mantissa), b.integer(first));
  row = b.selectI(b.ilt(row, b.integer(0)), b.integer(0), row);
  row = b.selectI(b.ilt(b.integer(last), row), b.integer(last), row);
  I fractionMask = b.integer((int64_t(1) << mantissa) - 1);
  I scaleBits = b.integer((exponentBias(b) + mantissa) << mantissa);
  F m = b.fromBits(b.ior(b.iand(bits, fractionMask), scaleBits));
  using namespace coefficients;
  auto word = [&](const auto &f32, const auto &f64) {
    return isDouble
               ? b.table("two_over_pi", f64, std::size(f64), row)
               : b.table("two_over_pi", f32, std::size(f32), row);
  };
  F c0 = word(kTwoOverPi0F32, kTwoOverPi0F64);
  F c1 = word(kTwoOverPi1F32, kTwoOverPi1F64);
  F c2 = word(kTwoOverPi2F32, kTwoOverPi2F64);
  F c3 = word(kTwoOverPi3F32, kTwoOverPi3F64);
  F p0 = b.mul(m, c0), p0Low = b.fma(m, c0, b.neg(p0));
  F p1 = b.mul(m, c1), p1Low = b.fma(m, c1, b.neg(p1));
  F p2 = b.mul(m, c2), p2Low = b.fma(m, c2, b.neg(p2));
  // Multiples of 4 are whole turns.
  F turns = b.roundeven(b.mul(p0, b.constant(0.25)));
  p0 = b.fma(turns, b.constant(-4.0), p0);
  Pair<B> head = twoSum(b, p0, p0Low);
  Pair<B> next = twoSum(b, head.hi, p1);
  F whole = b.roundeven(next.hi);
  F fraction = b.sub(next.hi, whole);
  F low = b.constant(0.0);
  for (F part : {head.lo, next.lo, p1Low, p2}) {
    Pair<B> sum = twoSum(b, fraction, part);
    fraction = sum.hi;
    low = b.add(low, sum.lo);
  }
  low = b.add(low, b.fma(m, c3, p2Low));
  Pair<B> f = twoSum(b, fraction, low);
  F halfPi = b.constant(isDouble ? 0x1.921fb54442d18p0 : 0x1.921fb6p0);
  F halfPiLow = b.constant(isDouble ? 0x1.1a62633145c07p-54
                                    : -0x1.777a5cp-25);
  F angle = b.mul(f.hi, halfPi);
  F angleLow = b.fma(f.hi, halfPi, b.neg(angle));
  angleLow = b.fma(f.lo, halfPi, b.fma(f.hi, halfPiLow, angleLow));
  // Arguments up to pi / 4 are their own angle.
  auto isSmall = b.lt(magnitude, b.constant(0.78));
  F zero = b.constant(0.0);
  Reduced<B> result;
  result.angle.hi = b.select(isSmall, magnitude, angle);
  result.angle.lo = b.select(isSmall, zero, angleLow);
  I quadrant = b.bits(b.add(b.select(isSmall, zero, whole),
                            b.constant(roundingMagic(b))));
  result.quadrant = b.iand(quadrant, b.integer(3));
  return result;
}

/// sin(|x| + quarters pi / 2) with the sign bits `sign` applied; NaN for
/// infinite or NaN x.
template <class B>
typename B::F sinOfReduced(B &b, typename B::F magnitude, int quarters,
                           typename B::I sign) {
  using F = typename B::F;
  using I = typename B::I;
  Reduced<B> x = reduce(b, magnitude);
  F hi = x.angle.hi, lo = x.angle.lo;
  F z = b.mul(hi, hi);
  F sinRest = horner(b, z, coefficients::kSinRestF32,
                     coefficients::kSinRestF64);
  F cosRest = horner(b, z, coefficients::kCosRestF32,
                     coefficients::kCosRestF64);
  F halfZ = b.mul(b.constant(0.5), z);
  F one = b.constant(1.0);
  F w = b.sub(one, halfZ);
  F sine = b.add(hi, b.fma(b.mul(hi, z), sinRest, b.mul(lo, w)));
  F cosine = b.add(
      w, b.add(b.sub(b.sub(one, w), halfZ),
               b.sub(b.mul(b.mul(z, z), cosRest), b.mul(hi, lo))));
  I quadrant = b.iadd(x.quadrant, b.integer(quarters));
  auto isEven = b.ieq(b.iand(quadrant, b.integer(1)), b.integer(0));
  F y = b.select(isEven, sine, cosine);
  int signBit = mantissaBits(b) == 52 ? 63 : 31;
  I flip = b.shl(b.lshr(quadrant, 1), signBit);
  y = b.fromBits(b.ixor(b.bits(y), b.ixor(flip, sign)));
  auto isFinite = b.lt(
      magnitude, b.constant(std::numeric_limits<double>::infinity()));
  return b.select(isFinite, y,
                  b.constant(std::numeric_limits<double>::quiet_NaN()));
}

/// Sine. f32: 1 ulp, f64: 1 ulp over all finite arguments.
template <class B> typename B::F sin(B &b, typename B::F x) {
  int64_t signMask = b.isDouble() ? INT64_MIN : int64_t(INT32_MIN);
  return sinOfReduced(b, b.abs(x), 0,
                      b.iand(b.bits(x), b.integer(signMask)));
}

/// Cosine. f32: 1 ulp, f64: 1 ulp over all finite arguments.
template <class B> typename B::F cos(B &b, typename B::F x) {
  return sinOfReduced(b, b.abs(x), 1, b.integer(0));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_TRIGONOMETRIC_H

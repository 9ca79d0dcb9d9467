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

/// Payne and Hanek's reduction in floating point. The exponent E of |x| is
/// taken modulo 16; a table holds (2 / pi) 2^(16 g), g = E / 16, in four words
/// less what would only add multiples of 4 to the product. The products are
/// exact pairs, and multiples of 4 are taken off the leading ones, so that
/// nothing is lost however large x is; small x use the first row as they are.
template <class B> Reduced<B> reduce(B &b, typename B::F magnitude) {
  using F = typename B::F;
  using I = typename B::I;
  bool isDouble = b.isDouble();
  int mantissa = mantissaBits(b);
  I bits = b.bits(magnitude);
  I exponent = b.isub(b.lshr(bits, mantissa), b.integer(exponentBias(b)));
  I none = b.integer(0), last = b.integer(exponentBias(b));
  exponent = b.selectI(b.ilt(exponent, none), none, exponent);
  // Infinity and NaN only have to stay inside the table.
  exponent = b.selectI(b.ilt(last, exponent), last, exponent);
  I group = b.lshr(exponent, 4);
  F m = b.fromBits(b.isub(bits, b.shl(group, mantissa + 4)));
  using namespace coefficients;
  auto word = [&](const auto &f32, const auto &f64) {
    return isDouble ? b.table("two_over_pi", f64, std::size(f64), group)
                    : b.table("two_over_pi", f32, std::size(f32), group);
  };
  F c0 = word(kTwoOverPi0F32, kTwoOverPi0F64);
  F c1 = word(kTwoOverPi1F32, kTwoOverPi1F64);
  F c2 = word(kTwoOverPi2F32, kTwoOverPi2F64);
  F c3 = word(kTwoOverPi3F32, kTwoOverPi3F64);
  F p0 = b.mul(m, c0), p0Low = b.fma(m, c0, b.neg(p0));
  F p1 = b.mul(m, c1), p1Low = b.fma(m, c1, b.neg(p1));
  F p2 = b.mul(m, c2), p2Low = b.fma(m, c2, b.neg(p2));
  auto wrap = [&](F value) {
    F turns = b.roundeven(b.mul(value, b.constant(0.25)));
    return b.fma(turns, b.constant(-4.0), value);
  };
  // Words of magnitudes up to 2, 2^-8 and 2^-32, in this order. What cancels
  // to a fraction of 2^-30 (2^-62) leaves the errors of the last ones.
  Pair<B> middle = twoSum(b, wrap(p0Low), wrap(p1));
  Pair<B> head = twoSum(b, wrap(p0), middle.hi);
  F whole = b.roundeven(head.hi);
  Pair<B> next = twoSum(b, p1Low, p2);
  Pair<B> small = twoSum(b, middle.lo, next.hi);
  Pair<B> smaller = twoSum(b, head.lo, small.hi);
  Pair<B> fraction = twoSum(b, b.sub(head.hi, whole), smaller.hi);
  F rest =
      b.add(b.add(smaller.lo, small.lo), b.add(next.lo, b.fma(m, c3, p2Low)));
  Pair<B> f = twoSum(b, fraction.hi, b.add(fraction.lo, rest));
  F halfPi = b.constant(isDouble ? 0x1.921fb54442d18p0 : 0x1.921fb6p0);
  F halfPiLow = b.constant(isDouble ? 0x1.1a62633145c07p-54 : -0x1.777a5cp-25);
  F angle = b.mul(f.hi, halfPi);
  F angleLow = b.fma(f.hi, halfPi, b.neg(angle));
  angleLow = b.fma(f.lo, halfPi, b.fma(f.hi, halfPiLow, angleLow));
  // Arguments up to pi / 4 are their own angle.
  auto isSmall = b.lt(magnitude, b.constant(0.78));
  F zero = b.constant(0.0);
  Reduced<B> result;
  result.angle.hi = b.select(isSmall, magnitude, angle);
  result.angle.lo = b.select(isSmall, zero, angleLow);
  I quadrant = b.bits(
      b.add(b.select(isSmall, zero, whole), b.constant(roundingMagic(b))));
  result.quadrant = b.iand(quadrant, b.integer(3));
  return result;
}

/// Adds up to pi / 4 to a reduced angle and reduces it again.
template <class B> void addAngle(B &b, Reduced<B> &x, Pair<B> offset) {
  using F = typename B::F;
  Pair<B> sum = twoSum(b, x.angle.hi, offset.hi);
  sum.lo = b.add(sum.lo, b.add(x.angle.lo, offset.lo));
  F halfPi = b.constant(b.isDouble() ? 0x1.921fb54442d18p0 : 0x1.921fb6p0);
  F halfPiLow =
      b.constant(b.isDouble() ? 0x1.1a62633145c07p-54 : -0x1.777a5cp-25);
  F turns = b.roundeven(b.mul(sum.hi, b.constant(0x1.45f306p-1)));
  // Exact, as the two are within a factor of two.
  F hi = b.fma(b.neg(turns), halfPi, sum.hi);
  x.angle = twoSum(b, hi, b.fma(b.neg(turns), halfPiLow, sum.lo));
  typename B::I whole =
      b.isub(b.bits(b.add(turns, b.constant(roundingMagic(b)))),
             b.bits(b.constant(roundingMagic(b))));
  x.quadrant = b.iand(b.iadd(x.quadrant, whole), b.integer(3));
}

/// sin(|x| + quarters pi / 2 + offset) with the sign bits `sign` applied; NaN
/// for infinite or NaN x.
template <class B>
typename B::F sinOfReduced(B &b, typename B::F magnitude, int quarters,
                           typename B::I sign,
                           std::optional<Pair<B>> offset = std::nullopt) {
  using F = typename B::F;
  using I = typename B::I;
  Reduced<B> x = reduce(b, magnitude);
  if (offset)
    addAngle(b, x, *offset);
  F hi = x.angle.hi, lo = x.angle.lo;
  F z = b.mul(hi, hi);
  F sinRest =
      horner(b, z, coefficients::kSinRestF32, coefficients::kSinRestF64);
  F cosRest =
      horner(b, z, coefficients::kCosRestF32, coefficients::kCosRestF64);
  F halfZ = b.mul(b.constant(0.5), z);
  F one = b.constant(1.0);
  F w = b.sub(one, halfZ);
  F sine = b.add(hi, b.fma(b.mul(hi, z), sinRest, b.mul(lo, w)));
  F cosine = b.add(w, b.add(b.sub(b.sub(one, w), halfZ),
                            b.sub(b.mul(b.mul(z, z), cosRest), b.mul(hi, lo))));
  I quadrant = b.iadd(x.quadrant, b.integer(quarters));
  auto isEven = b.ieq(b.iand(quadrant, b.integer(1)), b.integer(0));
  F y = b.select(isEven, sine, cosine);
  int signBit = mantissaBits(b) == 52 ? 63 : 31;
  I flip = b.shl(b.lshr(quadrant, 1), signBit);
  y = b.fromBits(b.ixor(b.bits(y), b.ixor(flip, sign)));
  auto isFinite =
      b.lt(magnitude, b.constant(std::numeric_limits<double>::infinity()));
  return b.select(isFinite, y,
                  b.constant(std::numeric_limits<double>::quiet_NaN()));
}

/// Sine. f32: 0.79 ulp, f64: 0.78 ulp over all finite arguments; -0 stays. Of
/// x + pi / 4 where that is asked for.
template <class B>
typename B::F sin(B &b, typename B::F x, bool plusEighthTurn = false) {
  int64_t signMask = b.isDouble() ? INT64_MIN : int64_t(INT32_MIN);
  typename B::I sign = b.iand(b.bits(x), b.integer(signMask));
  std::optional<Pair<B>> offset;
  if (plusEighthTurn) {
    auto signedWord = [&](double f64, double f32) {
      auto word = b.constant(b.isDouble() ? f64 : f32);
      return b.fromBits(b.ixor(b.bits(word), sign));
    };
    offset = Pair<B>{signedWord(0x1.921fb54442d18p-1, 0x1.921fb6p-1),
                     signedWord(0x1.1a62633145c07p-55, -0x1.777a5cp-26)};
  }
  return sinOfReduced(b, b.abs(x), 0, sign, offset);
}

/// Cosine. f32: 0.79 ulp, f64: 0.78 ulp over all finite arguments.
template <class B> typename B::F cos(B &b, typename B::F x) {
  return sinOfReduced(b, b.abs(x), 1, b.integer(0));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_TRIGONOMETRIC_H

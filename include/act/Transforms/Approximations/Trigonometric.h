//===- Trigonometric.h - sin and cos over the whole range -------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_TRIGONOMETRIC_H
#define ACT_TRANSFORMS_APPROXIMATIONS_TRIGONOMETRIC_H

#include "act/Transforms/Approximations/Pairs.h"

namespace act::approx {

/// |x| = (whole + fraction) pi / 2 modulo 2 pi, |fraction| at most a half and
/// whole a whole number.
template <class B> struct Reduced {
  Pair<B> fraction;
  typename B::F whole;
};

/// What an exponent is more than it is in the number, at most 15: of an
/// argument whose own would overflow.
template <class B> using Shift = std::optional<typename B::I>;

/// Payne and Hanek's reduction in floating point. The exponent E of |x| is
/// taken modulo 16; a table holds (2 / pi) 2^(16 g), g = E / 16, in four words
/// less what would only add multiples of 4 to the product. The products are
/// exact pairs, and multiples of 4 are taken off the leading ones, so that
/// nothing is lost however large x is; small x use the first row as they are.
/// Of |x| + offset pi / 2 where there is one, which is -1/2 or 1/2: it is added
/// before anything is rounded. `shift` is that of |x|.
template <class B>
Reduced<B> reduce(B &b, typename B::F magnitude, Low<B> offset = std::nullopt,
                  Shift<B> shift = std::nullopt) {
  using F = typename B::F;
  using I = typename B::I;
  bool isDouble = b.isDouble();
  int mantissa = mantissaBits(b);
  I bits = b.bits(magnitude);
  // The sign bit has room for the exponent to grow.
  if (shift)
    bits = b.iadd(bits, b.shl(*shift, mantissa));
  I exponent = b.isub(b.lshr(bits, mantissa), b.integer(exponentBias(b)));
  // In f32 eight entries fit into two registers, and m grows with the shift.
  I none = b.integer(0);
  I last = b.integer(exponentBias(b) + (isDouble ? 15 : 0));
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
  F leading = b.sub(head.hi, whole), moved = smaller.hi;
  if (offset) {
    Pair<B> sum = twoSum(b, leading, *offset);
    F turn = b.roundeven(sum.hi);
    leading = b.sub(sum.hi, turn);
    whole = b.add(whole, turn);
    moved = b.add(moved, sum.lo);
  }
  Pair<B> fraction = twoSum(b, leading, moved);
  F rest =
      b.add(b.add(smaller.lo, small.lo), b.add(next.lo, b.fma(m, c3, p2Low)));
  return {twoSum(b, fraction.hi, b.add(fraction.lo, rest)), whole};
}

/// The sum of two, reduced again.
template <class B>
Reduced<B> addReduced(B &b, const Reduced<B> &x, const Reduced<B> &y) {
  Pair<B> sum = pairAdd(b, x.fraction, y.fraction);
  typename B::F turn = b.roundeven(sum.hi);
  sum = fastTwoSum(b, b.sub(sum.hi, turn), sum.lo);
  return {sum, b.add(b.add(x.whole, y.whole), turn)};
}

/// An angle of at most pi / 4 in two words and the quadrant that is added.
template <class B> struct Angle {
  Pair<B> words;
  typename B::I quadrant;
};

/// Of what is reduced, or `small` itself where isSmall, which is up to pi / 4.
template <class B>
Angle<B> angleOf(B &b, const Reduced<B> &x, typename B::C isSmall,
                 Pair<B> small) {
  using F = typename B::F;
  F halfPi = b.constant(b.isDouble() ? 0x1.921fb54442d18p0 : 0x1.921fb6p0);
  F halfPiLow =
      b.constant(b.isDouble() ? 0x1.1a62633145c07p-54 : -0x1.777a5cp-25);
  F hi = b.mul(x.fraction.hi, halfPi);
  F lo = b.fma(x.fraction.hi, halfPi, b.neg(hi));
  lo = b.fma(x.fraction.lo, halfPi, b.fma(x.fraction.hi, halfPiLow, lo));
  F whole = b.select(isSmall, b.constant(0.0), x.whole);
  typename B::I quadrant = b.bits(b.add(whole, b.constant(roundingMagic(b))));
  return {pairSelect(b, isSmall, small, Pair<B>{hi, lo}),
          b.iand(quadrant, b.integer(3))};
}

/// The angle of |x| + lo + offset pi / 2. `shift`, which no small x has, is
/// that of both words.
template <class B>
Angle<B> reducedAngle(B &b, typename B::F magnitude, Low<B> lo, Low<B> offset,
                      Shift<B> shift) {
  using F = typename B::F;
  F zero = b.constant(0.0);
  Reduced<B> x = reduce(b, magnitude, offset, shift);
  if (lo) {
    Reduced<B> low = reduce<B>(b, b.abs(*lo), std::nullopt, shift);
    auto isNegative = b.lt(*lo, zero);
    low.fraction =
        pairSelect(b, isNegative, pairNeg(b, low.fraction), low.fraction);
    low.whole = b.select(isNegative, b.neg(low.whole), low.whole);
    x = addReduced(b, x, low);
  }
  // Arguments up to pi / 4 are their own angle.
  F bound = b.constant(offset ? 0.0 : 0.78);
  return angleOf(b, x, b.lt(magnitude, bound), pairOf(b, magnitude, lo));
}

/// sine or cosine by the quadrant, with the sign bits `sign` applied; NaN for
/// infinite or NaN x.
template <class B>
typename B::F ofQuadrant(B &b, typename B::I quadrant, typename B::F magnitude,
                         typename B::I sign, typename B::F sine,
                         typename B::F cosine) {
  using F = typename B::F;
  auto isEven = b.ieq(b.iand(quadrant, b.integer(1)), b.integer(0));
  F y = b.select(isEven, sine, cosine);
  int signBit = b.isDouble() ? 63 : 31;
  typename B::I flip = b.shl(b.lshr(quadrant, 1), signBit);
  y = b.fromBits(b.ixor(b.bits(y), b.ixor(flip, sign)));
  auto isFinite =
      b.lt(magnitude, b.constant(std::numeric_limits<double>::infinity()));
  return b.select(isFinite, y,
                  b.constant(std::numeric_limits<double>::quiet_NaN()));
}

/// sin(|x| + quarters pi / 2 + offset pi / 2) with the sign bits `sign`.
template <class B>
typename B::F sinOfReduced(B &b, typename B::F magnitude, int quarters,
                           typename B::I sign, Low<B> offset = std::nullopt,
                           Shift<B> shift = std::nullopt) {
  using F = typename B::F;
  Angle<B> x = reducedAngle<B>(b, magnitude, std::nullopt, offset, shift);
  F hi = x.words.hi, lo = x.words.lo;
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
  return ofQuadrant(b, b.iadd(x.quadrant, b.integer(quarters)), magnitude, sign,
                    sine, cosine);
}

/// The sign bit of x, and all others 0.
template <class B> typename B::I signBitOf(B &b, typename B::F x) {
  return b.iand(b.bits(x),
                b.integer(b.isDouble() ? INT64_MIN : int64_t(INT32_MIN)));
}

/// pi / 4 of that sign as a part of pi / 2.
template <class B> typename B::F eighthTurn(B &b, typename B::I sign) {
  return b.fromBits(b.ixor(b.bits(b.constant(0.5)), sign));
}

/// Sine. f32: 0.79 ulp, f64: 0.78 ulp over all finite arguments; -0 stays. Of
/// x + pi / 4 where that is asked for.
template <class B>
typename B::F sin(B &b, typename B::F x, bool plusEighthTurn = false,
                  Shift<B> shift = std::nullopt) {
  typename B::I sign = signBitOf(b, x);
  Low<B> offset;
  if (plusEighthTurn)
    offset = eighthTurn(b, sign);
  return sinOfReduced(b, b.abs(x), 0, sign, offset, shift);
}

/// Cosine. f32: 0.79 ulp, f64: 0.78 ulp over all finite arguments.
template <class B>
typename B::F cos(B &b, typename B::F x, Shift<B> shift = std::nullopt) {
  return sinOfReduced<B>(b, b.abs(x), 1, b.integer(0), std::nullopt, shift);
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_TRIGONOMETRIC_H

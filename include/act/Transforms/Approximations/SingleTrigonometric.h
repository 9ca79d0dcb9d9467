//===- SingleTrigonometric.h - sin and cos for f32 results ------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_SINGLETRIGONOMETRIC_H
#define ACT_TRANSFORMS_APPROXIMATIONS_SINGLETRIGONOMETRIC_H

#include "act/Transforms/Approximations/Trigonometric.h"

namespace act::approx {

/// sin(|x| + quarters pi / 2 + offset pi / 2) with the sign bits `sign`, for an
/// x of 24 bits below 2^131; NaN where it is not finite.
///
/// With the exponent of |x| in groups of 16, |x| = m 2^(16 g), a table has
/// (2 / pi) 2^(16 g) less what adds multiples of 4, in words of 29, 29 and 53
/// bits. The products of m and the first two are exact; whole numbers are taken
/// off each, and the low bits of their sum are the quadrant. The rest is at
/// most a half, and rounded twice. 2^-37 of the result.
template <class B>
typename B::F singleSinOf(B &b, typename B::F magnitude, int quarters,
                          typename B::I sign, Low<B> offset = std::nullopt) {
  using F = typename B::F;
  using I = typename B::I;
  using namespace coefficients;
  I bits = b.bits(magnitude);
  // From 2^128 on m is larger; infinity and NaN only have to find an entry.
  F least = b.constant(1.0), most = b.constant(0x1p127);
  F clamped = b.select(b.lt(magnitude, least), least, magnitude);
  clamped = b.select(b.lt(clamped, most), clamped, most);
  I group =
      b.lshr(b.isub(b.bits(clamped), b.integer(INT64_C(1023) << 52)), 52 + 4);
  F m = b.fromBits(b.isub(bits, b.shl(group, 52 + 4)));
  auto word = [&](const double(&entries)[8]) {
    return b.table("two_over_pi", entries, 8, group);
  };
  F c0 = word(kSingleTwoOverPi0F64), c1 = word(kSingleTwoOverPi1F64);
  F c2 = word(kSingleTwoOverPi2F64);
  F magic = b.constant(0x1.8p52);
  F first = b.fma(m, c0, magic);
  F r = b.fma(m, c0, b.neg(b.sub(first, magic)));
  if (offset)
    r = b.add(r, *offset);
  F second = b.add(b.fma(m, c1, r), magic);
  r = b.sub(r, b.sub(second, magic));
  F f = b.fma(m, c2, b.fma(m, c1, r));
  I quadrant = b.iadd(b.bits(first), b.bits(second));
  if (quarters)
    quadrant = b.iadd(quadrant, b.integer(quarters));
  F y = b.mul(f, f);
  F sine = b.mul(f, horner(b, y, kSingleSinF64));
  F cosine = b.fma(y, horner(b, y, kSingleCosF64), b.constant(1.0));
  return ofQuadrant(b, b.iand(quadrant, b.integer(3)), magnitude, sign, sine,
                    cosine);
}

/// Sine of an x of 24 bits, or of x + pi / 4; -0 stays.
template <class B>
typename B::F singleSin(B &b, typename B::F x, bool plusEighthTurn = false) {
  typename B::I sign = signBitOf(b, x);
  Low<B> offset;
  if (plusEighthTurn)
    offset = eighthTurn(b, sign);
  return singleSinOf(b, b.abs(x), 0, sign, offset);
}

/// Cosine of an x of 24 bits.
template <class B> typename B::F singleCos(B &b, typename B::F x) {
  return singleSinOf(b, b.abs(x), 1, b.integer(0));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_SINGLETRIGONOMETRIC_H

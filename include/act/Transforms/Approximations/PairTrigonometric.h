//===- PairTrigonometric.h - sin and cos in two words -----------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_PAIRTRIGONOMETRIC_H
#define ACT_TRANSFORMS_APPROXIMATIONS_PAIRTRIGONOMETRIC_H

#include "act/Transforms/Approximations/Trigonometric.h"

namespace act::approx {

/// See sinOfReduced. The low word may be of any size, as that of a product with
/// a large x is: it is reduced by itself.
template <class B>
Pair<B> sinPairOfReduced(B &b, typename B::F magnitude, Low<B> lo, int quarters,
                         typename B::I sign, Low<B> offset = std::nullopt,
                         Shift<B> shift = std::nullopt) {
  using namespace coefficients;
  Angle<B> x = reducedAngle<B>(b, magnitude, lo, offset, shift);
  Pair<B> z = pairMul(b, x.words, x.words);
  Pair<B> cube =
      pairMul(b, pairMul(b, x.words, z), pairHorner(b, z, kSinRestF64, 1));
  Pair<B> sine = pairAddSmaller(b, x.words, cube);
  Pair<B> half = pairScale(b, z, b.constant(-0.5));
  Pair<B> rest = pairMul(b, pairMul(b, z, z), pairHorner(b, z, kCosRestF64, 1));
  Pair<B> cosine = pairAddSmaller(
      b, pairAddSmaller(b, pairOf(b, b.constant(1.0)), half), rest);
  typename B::I quadrant = b.iadd(x.quadrant, b.integer(quarters));
  auto word = [&](typename B::F ofSine, typename B::F ofCosine) {
    return ofQuadrant(b, quadrant, magnitude, sign, ofSine, ofCosine);
  };
  return {word(sine.hi, cosine.hi), word(sine.lo, cosine.lo)};
}

/// sin(x + lo), or of pi / 4 more. 2^-60; -0 stays.
template <class B>
Pair<B> sinPair(B &b, typename B::F x, Low<B> lo = std::nullopt,
                bool plusEighthTurn = false, Shift<B> shift = std::nullopt) {
  typename B::I sign = signBitOf(b, x);
  if (lo)
    lo = b.fromBits(b.ixor(b.bits(*lo), sign));
  Low<B> offset;
  if (plusEighthTurn)
    offset = eighthTurn(b, sign);
  return sinPairOfReduced(b, b.abs(x), lo, 0, sign, offset, shift);
}

/// cos(x + lo). 2^-60.
template <class B>
Pair<B> cosPair(B &b, typename B::F x, Low<B> lo = std::nullopt,
                Shift<B> shift = std::nullopt) {
  if (lo)
    lo = b.fromBits(b.ixor(b.bits(*lo), signBitOf(b, x)));
  return sinPairOfReduced<B>(b, b.abs(x), lo, 1, b.integer(0), std::nullopt,
                             shift);
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_PAIRTRIGONOMETRIC_H

//===- PairErrorFunction.h - erf and erfc in two words ----------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_PAIRERRORFUNCTION_H
#define ACT_TRANSFORMS_APPROXIMATIONS_PAIRERRORFUNCTION_H

#include "act/Transforms/Approximations/ErrorFunction.h"
#include "act/Transforms/Approximations/PairExp.h"

namespace act::approx {

/// Up to here erf is a polynomial, and erfc is 1 less that.
constexpr double pairErfBound = 0.84375;

/// erf(x) as x P(x^2) below pairErfBound.
template <class B> Pair<B> pairErfSmall(B &b, Pair<B> x) {
  using namespace coefficients;
  return pairMul(b, x,
                 pairHorner(b, pairMul(b, x, x), kPairErfF64, 3, kPairErfLowF64,
                            std::size(kPairErfLowF64)));
}

/// erfc(z) for z >= 0.84 as erfcPositive does.
template <class B> ScaledPair<B> pairErfcPositive(B &b, Pair<B> z) {
  using namespace coefficients;
  typename B::F bound = b.constant(erfcBound);
  auto isFar = b.gt(z.hi, bound);
  z = pairSelect(b, isFar, pairOf(b, bound), z);
  Pair<B> centre = pairOf(b, b.constant(erfcCentre));
  Pair<B> sum = pairAdd(b, z, centre);
  Pair<B> s = pairDiv(b, pairAdd(b, z, pairNeg(b, centre)), sum);
  Pair<B> g = pairHorner(b, s, kPairErfcxF64, 5, kPairErfcxLowF64,
                         std::size(kPairErfcxLowF64));
  Pair<B> square = pairMul(b, z, z);
  ScaledPair<B> e = expPair(b, b.neg(square.hi), Low<B>(b.neg(square.lo)));
  return {pairMul(b, e.m, pairDiv(b, g, sum)), e.n};
}

/// |z + lo| with a finite low word.
template <class B> Pair<B> pairMagnitude(B &b, typename B::F z, Low<B> lo) {
  Low<B> low = guarded(b, z, lo, erfcBound);
  if (low)
    low = b.select(b.lt(z, b.constant(0.0)), b.neg(*low), *low);
  return pairOf(b, b.abs(z), low);
}

/// erfc(z + lo), n <= 0; see erfcScaled. 2^-58.
template <class B>
ScaledPair<B> erfcPair(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  auto isLeft = b.lt(z, b.constant(0.0));
  Pair<B> a = pairMagnitude(b, z, lo);
  ScaledPair<B> tail = pairErfcPositive(b, a);
  Pair<B> coarse = pairCoarse(b, tail), two = pairOf(b, b.constant(2.0));
  Pair<B> y =
      pairSelect(b, isLeft, pairAddSmaller(b, two, pairNeg(b, coarse)), coarse);
  Pair<B> small = pairSigned(b, pairErfSmall(b, a), b.neg(z));
  auto isSmall = b.lt(a.hi, b.constant(pairErfBound));
  y = pairSelect(b, isSmall,
                 pairAddSmaller(b, pairOf(b, b.constant(1.0)), small), y);
  return pairOrDeep(b, b.lnot(isLeft), tail, tail.m, y);
}

/// erf(x + lo). 2^-60; -0 stays.
template <class B>
Pair<B> erfPair(B &b, typename B::F x, Low<B> lo = std::nullopt) {
  Pair<B> a = pairMagnitude(b, x, lo), one = pairOf(b, b.constant(1.0));
  Pair<B> tail = pairCoarse(b, pairErfcPositive(b, a));
  Pair<B> y =
      pairSelect(b, b.lt(a.hi, b.constant(pairErfBound)), pairErfSmall(b, a),
                 pairAddSmaller(b, one, pairNeg(b, tail)));
  return pairSigned(b, y, x);
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_PAIRERRORFUNCTION_H

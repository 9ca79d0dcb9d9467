//===- PairExp.h - The exponential family in two words ----------*- C++ -*-===//
//
// Functions of z + lo in f64, with relative errors of at most 2^-58 in two
// words: what is computed from them is rounded nearly as it should be. Low
// words of infinite arguments may be anything.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_PAIREXP_H
#define ACT_TRANSFORMS_APPROXIMATIONS_PAIREXP_H

#include "act/Transforms/Approximations/Exp.h"
#include "act/Transforms/Approximations/Log.h"
#include "act/Transforms/Approximations/Pairs.h"

namespace act::approx {

/// exp(z) = 2^n (1 + w), n as a number and as an integer.
template <class B> struct PairExponential {
  Pair<B> w;
  typename B::F n;
  typename B::I exponent;
};

/// For |z| below 1500. w = r + r^2 / 2 + ..., of which two steps and the square
/// are in two words: the rest is below 2^-10.
template <class B>
PairExponential<B> pairExponential(B &b, typename B::F z, typename B::F lo) {
  using F = typename B::F;
  F magic = b.constant(roundingMagic(b));
  F t = b.fma(z, b.constant(0x1.71547652b82fep0), magic);
  F n = b.sub(t, magic);
  // Exact, as ln2High has zeros at its end.
  F head = b.fma(n, b.constant(-ln2HighF64), z);
  Pair<B> r = twoSum(b, head, b.fma(n, b.constant(-ln2LowF64), lo));
  Pair<B> rest = pairMul(b, pairMul(b, r, r),
                         pairHorner(b, r, coefficients::kExpRestF64, 2));
  return {pairAddSmaller(b, r, rest), n,
          b.isub(b.bits(t), b.integer(roundingMagicBits(b)))};
}

/// z between `lowest` and `highest`, NaN included, and its low word, 0 outside.
template <class B>
Pair<B> pairWithin(B &b, typename B::F z, Low<B> lo, double lowest,
                   double highest) {
  using F = typename B::F;
  F low = b.constant(lowest), high = b.constant(highest);
  F clamped = b.select(b.lt(z, low), low, b.select(b.gt(z, high), high, z));
  F zero = b.constant(0.0);
  return {clamped, lo ? b.select(b.eq(clamped, z), *lo, zero) : zero};
}

/// exp(z + lo), m in [0.35, 0.71) or 0; as expScaled. 2^-62.
template <class B>
ScaledPair<B> expPair(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  Pair<B> inside = pairWithin(b, z, lo, expLowest(b), expHighest(b));
  PairExponential<B> e = pairExponential(b, inside.hi, inside.lo);
  Pair<B> m = pairAddSmaller(b, pairOf(b, b.constant(1.0)), e.w);
  // 0 below the range, NaN elsewhere stays.
  F half = b.select(b.lt(z, b.constant(expLowest(b))), b.constant(0.0),
                    b.constant(0.5));
  return {pairScale(b, m, half), b.iadd(e.exponent, b.integer(1))};
}

/// exp(z + lo) - 1 = 2^n - 1 + 2^n w; see expm1. 2^-60; -0 stays.
template <class B>
Pair<B> expm1Pair(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  Pair<B> inside = pairWithin(b, z, lo, -80.0, 709.9);
  PairExponential<B> e = pairExponential(b, inside.hi, inside.lo);
  F half = powerOfTwo(b, b.isub(e.exponent, b.integer(1)));
  Pair<B> y =
      pairAdd(b, twoSum(b, half, b.constant(-0.5)), pairScale(b, e.w, half));
  y = {b.add(y.hi, y.hi), b.add(y.lo, y.lo)};
  auto isTiny = b.lt(b.abs(z), b.constant(0x1p-60));
  return pairSelect(b, isTiny, pairOf(b, z, lo), y);
}

/// exp(-|z + lo|) for finite low words only.
template <class B> ScaledPair<B> pairDecay(B &b, typename B::F z, Low<B> lo) {
  Low<B> low = guarded(b, z, lo, 2 * expHighest(b));
  if (low)
    low = b.select(b.lt(z, b.constant(0.0)), *low, b.neg(*low));
  return expPair(b, b.neg(b.abs(z)), low);
}

/// The mantissa of e where its exponent has to stay apart and `isLeft`, else
/// `y`.
template <class B>
ScaledPair<B> pairOrDeep(B &b, typename B::C isLeft, ScaledPair<B> e,
                         Pair<B> mantissa, Pair<B> y) {
  auto isApart = b.land(isLeft, isDeep(b, Scaled<B>{e.m.hi, e.n}));
  return {pairSelect(b, isApart, mantissa, y),
          b.selectI(isApart, e.n, b.integer(0))};
}

/// 1 / (1 + exp(-z - lo)), n <= 0; see sigmoidScaled. 2^-62.
template <class B>
ScaledPair<B> sigmoidPair(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  auto isLeft = b.lt(z, b.constant(0.0));
  ScaledPair<B> e = pairDecay(b, z, lo);
  Pair<B> one = pairOf(b, b.constant(1.0)), coarse = pairCoarse(b, e);
  Pair<B> divisor = pairAddSmaller(b, one, coarse);
  Pair<B> y = pairDiv(b, pairSelect(b, isLeft, coarse, one), divisor);
  return pairOrDeep(b, isLeft, e, e.m, y);
}

/// log(1 + exp(z + lo)), n <= 0: log1p(e) with e = exp(-|z|) for z < 0 and z
/// more else. 2^-62.
template <class B>
ScaledPair<B> softplusPair(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  auto isLeft = b.lt(z, b.constant(0.0));
  ScaledPair<B> e = pairDecay(b, z, lo);
  Pair<B> coarse = pairCoarse(b, e);
  Pair<B> logarithm = log1pPair(b, coarse.hi, Low<B>(coarse.lo));
  Pair<B> argument = pairOf(b, z, lo);
  // Beyond, log1p(e) is far below the low word; z may be infinite.
  Pair<B> right = pairSelect(b, b.gt(z, b.constant(100.0)), argument,
                             pairAdd(b, argument, logarithm));
  return pairOrDeep(b, isLeft, e, e.m, pairSelect(b, isLeft, logarithm, right));
}

/// -em / (2 + em), em = expm1(-2 |x|). 2^-60; -0 stays.
template <class B>
Pair<B> tanhPair(B &b, typename B::F x, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  Low<B> low = guarded(b, x, lo, 64.0);
  F minusTwo = b.constant(-2.0), t = b.abs(x);
  if (low)
    low = b.mul(b.copysign(b.constant(2.0), b.neg(x)), *low);
  Pair<B> em = expm1Pair(b, b.mul(minusTwo, t), low);
  Pair<B> divisor = pairAddSmaller(b, pairOf(b, b.constant(2.0)), em);
  Pair<B> y = pairSigned(b, pairDiv(b, pairNeg(b, em), divisor), x);
  auto isTiny = b.lt(t, b.constant(0x1p-40));
  return pairSelect(b, isTiny, pairOf(b, x, lo), y);
}

/// exp(|x + lo|) / 2, which may be infinite.
template <class B> Pair<B> pairHalfGrowth(B &b, typename B::F x, Low<B> lo) {
  if (lo)
    lo = b.select(b.lt(x, b.constant(0.0)), b.neg(*lo), *lo);
  ScaledPair<B> grown = expPair(b, b.abs(x), lo);
  grown.n = b.isub(grown.n, b.integer(1));
  return pairMaterialize(b, grown);
}

/// (E + E / (E + 1)) / 2 with E = expm1(|x|), exp(|x|) / 2 far out. 2^-60;
/// -0 stays.
template <class B>
Pair<B> sinhPair(B &b, typename B::F x, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  F t = b.abs(x), one = b.constant(1.0), bound = b.constant(40.0);
  auto isFar = b.gt(t, bound);
  Low<B> low = guarded(b, x, lo, 64.0);
  if (low)
    low = b.select(b.lt(x, b.constant(0.0)), b.neg(*low), *low);
  Pair<B> e = expm1Pair(b, b.select(isFar, bound, t), low);
  Pair<B> sum = pairAdd(b, e, pairDiv(b, e, pairAdd(b, e, pairOf(b, one))));
  Pair<B> near = pairScale(b, sum, b.constant(0.5));
  Pair<B> y = pairSelect(b, isFar, pairHalfGrowth(b, x, lo), near);
  auto isTiny = b.lt(t, b.constant(0x1p-40));
  return pairSelect(b, isTiny, pairOf(b, x, lo), pairSigned(b, y, x));
}

/// h + 1 / (4 h) with h = exp(|x|) / 2. 2^-62.
template <class B>
Pair<B> coshPair(B &b, typename B::F x, Low<B> lo = std::nullopt) {
  Pair<B> h = pairHalfGrowth(b, x, lo);
  Pair<B> quarter = pairOf(b, b.constant(0.25));
  Pair<B> sum = pairAddSmaller(b, h, pairDiv(b, quarter, h));
  // Far out the second term is nothing, and h may be infinite.
  return pairSelect(b, b.gt(b.abs(x), b.constant(40.0)), h, sum);
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_PAIREXP_H

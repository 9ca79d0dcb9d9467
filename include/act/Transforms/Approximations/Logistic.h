//===- Logistic.h - x sigmoid(v) and its kin --------------------*- C++ -*-===//
//
// silu, quick_gelu and gelu_tanh are x sigmoid(v) with an odd, growing v(x).
// With t = |x|, e = exp(-v(t)) and f one of them:
//   f(-t) = -t e / (1 + e)                        f(t) = t / (1 + e)
//   f'(-t) = e (1 + e - t v'(t)) / (1 + e)^2      f'(t) = 1 - f'(-t)
// sigmoid is the same with 1 for x.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_LOGISTIC_H
#define ACT_TRANSFORMS_APPROXIMATIONS_LOGISTIC_H

#include "act/Transforms/Approximations/SplitExp.h"

namespace act::approx {

/// e = exp(-v) split, its power of two and e rounded, both 0 far below the
/// range, and 1 + e in two words: a quotient by the first one is corrected by
/// the second.
template <class B> struct Logistic {
  SplitExp<B> split;
  typename B::F power, e;
  Pair<B> divisor;
};

/// Of v + low >= 0.
template <class B>
Logistic<B> logistic(B &b, typename B::F v, Low<B> low = std::nullopt) {
  using F = typename B::F;
  if (low)
    low = b.neg(*low);
  SplitExp<B> split = splitExp(b, b.neg(v), low);
  F power = b.mul(split.lifted, lowering(b));
  F one = b.constant(1.0);
  F sum = b.fma(power, split.w, b.add(one, power));
  F rest = b.sub(power, b.sub(sum, one));
  return {split,
          power,
          b.fma(power, split.w, power),
          {sum, b.fma(power, split.w, rest)}};
}

/// Beyond this exp(-t) t is 0.
template <class B> double logisticBound(const B &b) {
  return b.isDouble() ? 1400.0 : 170.0;
}

/// (n + low) (1 + w) / d, rounded once: the remainder of the division and the
/// low words correct it. `finite` is n where that is finite; without it n is.
template <class B>
typename B::F quotient(B &b, typename B::F n, Pair<B> d, typename B::F w,
                       Low<B> low = std::nullopt,
                       Low<B> finite = std::nullopt) {
  using F = typename B::F;
  F one = b.constant(1.0), r = roughReciprocal(b, d.hi);
  F residual = b.fma(b.neg(d.lo), r, b.fma(b.neg(d.hi), r, one));
  F relative = b.add(w, residual);
  F factor = finite ? *finite : n;
  F correction = low ? b.fma(factor, relative, *low) : b.mul(factor, relative);
  return b.fma(n, r, b.mul(r, correction));
}

/// right / (1 + e) where x >= 0 and left e / (1 + e) else; right may be
/// infinite where that is said.
template <class B>
typename B::F timesSigmoid(B &b, typename B::F x, typename B::F left,
                           typename B::F right, const Logistic<B> &l,
                           bool mayBeInfinite = true) {
  using F = typename B::F;
  auto isNegative = b.lt(x, b.constant(0.0));
  F n = b.select(isNegative, left, right), one = b.constant(1.0), y;
  F w = b.select(isNegative, l.split.w, b.constant(0.0));
  auto finite = [&](F value) {
    return mayBeInfinite ? atMost(b, value, 0x1p100) : value;
  };
  if (isNv(b)) {
    F r = b.rcp(l.divisor.hi), minusR = b.neg(r);
    F residual = b.fma(minusR, l.divisor.lo, b.fma(minusR, l.divisor.hi, one));
    y = b.mul(n, b.fma(r, b.add(w, residual), r));
  } else if (b.isDouble()) {
    // The bound of f64 leaves no room for the rounding of the quotient.
    y = quotient(b, n, l.divisor, w, {}, Low<B>(finite(n)));
  } else {
    // The relative corrections of the quotient; that of the divisor is largest
    // where 1 + e is nearly 1.
    F q = b.div(n, l.divisor.hi);
    y = b.fma(finite(q), b.sub(w, l.divisor.lo), q);
  }
  return b.select(isNegative, b.mul(b.mul(y, l.split.lifted), lowering(b)), y);
}

/// 1 / (1 + exp(-x)).
/// f32: 2.01 ulp (all 2^32), f64: 1.83 ulp.
template <class B> typename B::F sigmoid(B &b, typename B::F x) {
  typename B::F one = b.constant(1.0);
  typename B::F t = atMost(b, b.abs(x), logisticBound(b));
  return timesSigmoid(b, x, one, one, logistic(b, t), false);
}

/// n (1 + w) / d^2, rounded once.
template <class B>
typename B::F overSquare(B &b, typename B::F n, Pair<B> d, typename B::F w) {
  using F = typename B::F;
  F square = b.mul(d.hi, d.hi);
  F low = b.fma(d.hi, d.hi, b.neg(square));
  low = b.fma(b.add(d.hi, d.hi), d.lo, low);
  return quotient(b, n, Pair<B>{square, low}, w);
}

/// factor e / (1 + e)^2.
template <class B>
typename B::F logisticSlope(B &b, const Logistic<B> &l, double factor) {
  typename B::F n = b.constant(factor);
  typename B::F y = overSquare(b, n, l.divisor, l.split.w);
  return b.mul(b.mul(y, l.split.lifted), lowering(b));
}

/// 1 / (1 + exp(-z - lo)) as m * 2^n, |m| <= 1, n <= 0: the exponent of
/// exp(-|z|) stays apart where that is tiny and is applied elsewhere.
/// f32: 1.94 ulp, f64: 1.83 ulp.
template <class B>
Scaled<B> sigmoidScaled(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  F zero = b.constant(0.0), one = b.constant(1.0);
  auto isNegative = b.lt(z, zero);
  double bound = logisticBound(b);
  F t = atMost(b, b.abs(z), bound);
  Low<B> low = guarded(b, z, lo, bound);
  if (low)
    low = b.select(isNegative, b.neg(*low), *low);
  Logistic<B> l = logistic(b, t, low);
  F q = ratio(b, one, l.divisor.hi);
  F w = b.select(isNegative, l.split.w, zero);
  F m = b.fma(q, b.sub(w, l.divisor.lo), q);
  F coarse = b.select(isNegative, b.mul(m, l.power), m);
  auto isDeep = b.land(isNegative, b.lt(l.power, b.constant(0x1p-100)));
  // Of m < 2 a half, so that it is below 1.
  F deep = b.select(b.lt(t, b.constant(bound)), b.mul(b.constant(0.5), m),
                    b.sub(m, m));
  typename B::I n = b.iadd(exponentOf(b, l.split), b.integer(1));
  return {b.select(isDeep, deep, coarse), b.selectI(isDeep, n, b.integer(0))};
}

/// sigmoid'(z + lo) as m * 2^n, n <= 0, for a product that may be normal where
/// it is not; 0 far out.
template <class B>
Scaled<B> sigmoidSlopeScaled(B &b, typename B::F z, Low<B> lo = std::nullopt) {
  using F = typename B::F;
  double bound = logisticBound(b);
  F t = atMost(b, b.abs(z), bound);
  Low<B> low = guarded(b, z, lo, bound);
  if (low)
    low = b.select(b.lt(z, b.constant(0.0)), b.neg(*low), *low);
  Logistic<B> l = logistic(b, t, low);
  F m = overSquare(b, b.constant(1.0), l.divisor, l.split.w);
  return {b.select(b.lt(t, b.constant(bound)), m, b.sub(m, m)),
          exponentOf(b, l.split)};
}

/// sigmoid'(x).
/// f32: 1.96 ulp, f64: 1.62 ulp.
template <class B> typename B::F sigmoidSlope(B &b, typename B::F x) {
  typename B::F t = atMost(b, b.abs(x), logisticBound(b));
  return logisticSlope(b, logistic(b, t), 1.0);
}

/// tanh'(x) = 4 sigmoid'(2 x).
/// f32: 1.82 ulp, f64: 1.81 ulp.
template <class B> typename B::F tanhSlope(B &b, typename B::F x) {
  typename B::F t = atMost(b, b.abs(x), logisticBound(b) / 2);
  return logisticSlope(b, logistic(b, b.add(t, t)), 4.0);
}

/// x sigmoid(x).
/// f32: 2.18 ulp (all 2^32), f64: 1.73 ulp.
template <class B> typename B::F silu(B &b, typename B::F x) {
  typename B::F t = atMost(b, b.abs(x), logisticBound(b));
  return timesSigmoid(b, x, b.neg(t), x, logistic(b, t));
}

/// Around its root r + rLow in t, f'(-t) is (r - t) K(t - middle) + rLow K(r)
/// where |t - middle| < 1 / 2.
template <class B> struct SlopeRoot { typename B::F root, middle, correction; };

/// One of the arrays kSiluRoot and kGeluTanhRoot.
template <class B>
SlopeRoot<B> slopeRoot(B &b, const double (&f32)[3], const double (&f64)[3]) {
  const double *words = b.isDouble() ? f64 : f32;
  return {b.constant(words[0]), b.constant(words[1]), b.constant(words[2])};
}

/// f'(-t): `nearRoot`, or n e / (1 + e)^2 where n = 1 + e - t v'(t).
template <class B>
typename B::F slopeLeft(B &b, typename B::F t, typename B::F n,
                        const Logistic<B> &l, typename B::F middle,
                        typename B::F nearRoot) {
  using F = typename B::F;
  auto isNear = b.lt(b.abs(b.sub(t, middle)), b.constant(0.5));
  F y = overSquare(b, n, l.divisor, l.split.w);
  return b.select(isNear, nearRoot,
                  b.mul(b.mul(y, l.split.lifted), lowering(b)));
}

/// f'(x) from f'(-|x|).
template <class B>
typename B::F slopeOf(B &b, typename B::F x, typename B::F left) {
  return b.select(b.lt(x, b.constant(0.0)), left, b.sub(b.constant(1.0), left));
}

/// silu'(-t - low) for t >= 0.
template <class B>
typename B::F siluSlopeLeft(B &b, typename B::F t, Low<B> low = std::nullopt) {
  using F = typename B::F;
  Logistic<B> l = logistic(b, t, low);
  F n = b.sub(b.constant(1.0), t);
  SlopeRoot<B> root =
      slopeRoot(b, coefficients::kSiluRootF32, coefficients::kSiluRootF64);
  F k = horner(b, b.sub(t, root.middle), coefficients::kSiluSlopeF32,
               coefficients::kSiluSlopeF64);
  F correction = root.correction, e = l.e;
  if (low) {
    e = b.sub(e, *low);
    correction = b.fma(b.neg(*low), k, correction);
  }
  F near = b.fma(b.sub(root.root, t), k, correction);
  return slopeLeft(b, t, b.add(e, n), l, root.middle, near);
}

/// silu'(x).
/// f32: 2.41 ulp, f64: 2.15 ulp.
template <class B> typename B::F siluSlope(B &b, typename B::F x) {
  typename B::F t = atMost(b, b.abs(x), logisticBound(b));
  return slopeOf(b, x, siluSlopeLeft(b, t));
}

/// 1.702 x in two words.
template <class B> Pair<B> quickArgument(B &b, typename B::F x) {
  using F = typename B::F;
  bool isDouble = b.isDouble();
  F c = b.constant(isDouble ? 0x1.b3b645a1cac08p0 : 0x1.b3b646p0);
  F low = b.constant(isDouble ? 0x1.89374bc6a7efap-55 : -0x1.78d4fep-26);
  F v = b.mul(c, x);
  return {v, b.fma(low, x, b.fma(c, x, b.neg(v)))};
}

/// x sigmoid(1.702 x).
/// f32: 1.91 ulp, f64: 1.96 ulp.
template <class B> typename B::F quickGelu(B &b, typename B::F x) {
  typename B::F t = atMost(b, b.abs(x), logisticBound(b) / 1.75);
  Pair<B> v = quickArgument(b, t);
  return timesSigmoid(b, x, b.neg(t), x, logistic(b, v.hi, Low<B>(v.lo)));
}

/// quick_gelu'(x) = silu'(1.702 x).
/// f32: 2.61 ulp, f64: 2.51 ulp.
template <class B> typename B::F quickGeluSlope(B &b, typename B::F x) {
  typename B::F t = atMost(b, b.abs(x), logisticBound(b) / 1.75);
  Pair<B> v = quickArgument(b, t);
  return slopeOf(b, x, siluSlopeLeft(b, v.hi, Low<B>(v.lo)));
}

/// v = c1 t + c3 t^3 of gelu_tanh, c1 = 2 sqrt(2 / pi) and c3 = 0.044715 c1, in
/// two words, and its derivative c1 + 3 c3 t^2 as a sum of three.
template <class B> struct GeluTanhArgument {
  Pair<B> v;
  typename B::F slope[3];
};

template <class B> GeluTanhArgument<B> geluTanhArgument(B &b, typename B::F t) {
  using F = typename B::F;
  bool isDouble = b.isDouble();
  F c1 = b.constant(isDouble ? 0x1.9884533d43651p0 : 0x1.988454p0);
  F c1Low = b.constant(isDouble ? -0x1.cbc0d30ebfd15p-54 : -0x1.857936p-25);
  F c3 = b.constant(isDouble ? 0x1.2444f2a4d8b4bp-4 : 0x1.2444f2p-4);
  F c3Low = b.constant(isDouble ? -0x1.6c843a29d1c7p-61 : 0x1.49b16ap-29);
  F y = b.mul(t, t), yLow = b.fma(t, t, b.neg(y));
  F p = b.mul(c3, y);
  F pLow = b.fma(c3, yLow, b.fma(c3Low, y, b.fma(c3, y, b.neg(p))));
  Pair<B> sum = twoSum(b, c1, p);
  F low = b.add(sum.lo, b.add(pLow, c1Low));
  F v = b.mul(t, sum.hi);
  F lowest = b.fma(b.constant(2.0), pLow, low);
  return {{v, b.fma(t, low, b.fma(t, sum.hi, b.neg(v)))},
          {b.add(p, p), sum.hi, lowest}};
}

/// Beyond this exp(-v(t)) t is 0.
template <class B> double geluTanhBound(const B &b) {
  return b.isDouble() ? 22.0 : 11.25;
}

/// x sigmoid(v(x)), the tanh form of gelu.
/// f32: 2.22 ulp (all 2^32), f64: 1.85 ulp.
template <class B> typename B::F geluTanh(B &b, typename B::F x) {
  typename B::F t = atMost(b, b.abs(x), geluTanhBound(b));
  Pair<B> v = geluTanhArgument(b, t).v;
  return timesSigmoid(b, x, b.neg(t), x, logistic(b, v.hi, Low<B>(v.lo)));
}

/// gelu_tanh'(x).
/// f32: 2.89 ulp, f64: 2.32 ulp.
template <class B> typename B::F geluTanhSlope(B &b, typename B::F x) {
  using F = typename B::F;
  F t = atMost(b, b.abs(x), geluTanhBound(b));
  GeluTanhArgument<B> argument = geluTanhArgument(b, t);
  Logistic<B> l = logistic(b, argument.v.hi, Low<B>(argument.v.lo));
  F minusT = b.neg(t), n = l.divisor.hi;
  for (F part : {argument.slope[2], argument.slope[1], argument.slope[0]})
    n = b.fma(minusT, part, n);
  SlopeRoot<B> root = slopeRoot(b, coefficients::kGeluTanhRootF32,
                                coefficients::kGeluTanhRootF64);
  F k = horner(b, b.sub(t, root.middle), coefficients::kGeluTanhSlopeF32,
               coefficients::kGeluTanhSlopeF64);
  F near = b.fma(b.sub(root.root, t), k, root.correction);
  return slopeOf(b, x, slopeLeft(b, t, n, l, root.middle, near));
}

/// x - tanh(x): x^3 P(x^2) near 0 and, with e = exp(-2 t), the sum
/// t - 1 + 2 e / (1 + e) of positive numbers beyond.
/// f32: 1.78 ulp, f64: 1.63 ulp.
template <class B> typename B::F tanhshrink(B &b, typename B::F x) {
  using F = typename B::F;
  F t = b.abs(x), one = b.constant(1.0);
  F clamped = atMost(b, t, logisticBound(b) / 2);
  Logistic<B> l = logistic(b, b.add(clamped, clamped));
  F large = b.add(b.sub(t, one), ratio(b, b.add(l.e, l.e), l.divisor.hi));
  // x^2, P = 1 / 3 + rest and their product have low words.
  F y = b.mul(t, t), yLow = b.fma(t, t, b.neg(y));
  bool isDouble = b.isDouble();
  F third = b.constant(isDouble ? 0x1.5555555555555p-2 : 0x1.555556p-2);
  F thirdLow = b.constant(isDouble ? 0x1.5555555555555p-56 : -0x1.555556p-27);
  F rest = b.mul(y, horner(b, y, coefficients::kTanhshrinkF32,
                           coefficients::kTanhshrinkF64));
  F p = b.add(third, rest);
  F pLow = b.add(thirdLow, b.add(b.sub(third, p), rest));
  F product = b.mul(y, p);
  F low = b.fma(y, pLow, b.fma(yLow, p, b.fma(y, p, b.neg(product))));
  F small = b.fma(t, product, b.mul(t, low));
  return b.copysign(b.select(b.lt(t, one), small, large), x);
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_LOGISTIC_H

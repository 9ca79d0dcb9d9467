//===- NvQuick.h - Methods on a GPU for 16-bit results ----------*- C++ -*-===//
//
// Results of 16 bits need a relative error of 2^-12 (bf16) or 2^-15 (f16)
// before they are rounded, over the whole range of bf16, which is that of f32.
// ex2 and rcp are exact enough for that, but flush what is below 2^-126: so an
// exponential is the square of its root h, which is a normal number wherever
// the result is not 0, and of several factors h is the last. f32 only.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_NVQUICK_H
#define ACT_TRANSFORMS_APPROXIMATIONS_NVQUICK_H

#include "act/Transforms/Approximations/ErrorFunction.h"

namespace act::approx {

/// log2(e) / 2.
constexpr double halfLog2E = 0x1.71547652b82fep-1;

/// exp(z / 2).
template <class B> typename B::F nvRootExp(B &b, typename B::F z) {
  return b.ex2(b.mul(z, b.constant(halfLog2E)));
}

/// exp(z). 2^-16.
template <class B> typename B::F nvQuickExp(B &b, typename B::F z) {
  typename B::F h = nvRootExp(b, z);
  return b.mul(h, h);
}

/// exp(z) for z <= 0, as a weight: 2^-21 + |z| 2^-24, all of it less than what
/// the largest weight, of z = 0, is off by.
template <class B> typename B::F nvWeight(B &b, typename B::F z) {
  return nvQuickExp(b, z);
}

/// exp(z) - 1, by its series to z^3 for |z| < 1/16. 2^-16; -0 stays.
template <class B> typename B::F nvQuickExpm1(B &b, typename B::F z) {
  using F = typename B::F;
  F h = nvRootExp(b, z), one = b.constant(1.0);
  F small = b.fma(z, b.constant(0x1.555556p-3), b.constant(0.5));
  small = b.mul(z, b.fma(z, small, one));
  return b.select(b.lt(b.abs(z), b.constant(0x1p-4)), small,
                  b.fma(h, h, b.constant(-1.0)));
}

/// sigmoid(v) = h^2 / (1 + h^2), h = exp(v / 2), as a product of h and h
/// divided. h is bounded so that the divisor is in the range of rcp.
template <class B> struct NvLogistic { typename B::F h, divided; };

/// Of v = slope x; slope has log2(e) / 2 in it.
template <class B>
NvLogistic<B> nvLogistic(B &b, typename B::F x, double slope) {
  using F = typename B::F;
  F h = b.ex2(b.lesser(b.mul(x, b.constant(slope)), b.constant(30.0)));
  return {h, b.mul(h, b.rcp(b.fma(h, h, b.constant(1.0))))};
}

/// 1 / (1 + exp(-x)). 2^-16.
template <class B> typename B::F nvQuickSigmoid(B &b, typename B::F x) {
  NvLogistic<B> l = nvLogistic(b, x, halfLog2E);
  return b.mul(l.divided, l.h);
}

/// x sigmoid(v); `bound` is an x from which on to the left that is 0.
template <class B>
typename B::F nvTimesSigmoid(B &b, typename B::F x, double bound,
                             double slope) {
  x = b.greater(x, b.constant(bound));
  NvLogistic<B> l = nvLogistic(b, x, slope);
  return b.mul(b.mul(x, l.divided), l.h);
}

/// x sigmoid(x) and x sigmoid(1.702 x). 2^-16.
template <class B> typename B::F nvQuickSilu(B &b, typename B::F x) {
  return nvTimesSigmoid(b, x, -200.0, halfLog2E);
}
template <class B> typename B::F nvQuickQuickGelu(B &b, typename B::F x) {
  return nvTimesSigmoid(b, x, -120.0, 1.702 * halfLog2E);
}

/// max(z, 0) + log1p(e), e = exp(-|z|). 2^-15.
template <class B> typename B::F nvQuickSoftplus(B &b, typename B::F z) {
  using F = typename B::F;
  F h = b.ex2(b.mul(b.abs(z), b.constant(-halfLog2E))), e = b.mul(h, h);
  F rest = b.mul(e, horner(b, e, coefficients::kQuickLog1pRestF32));
  return b.add(b.greater(z, b.constant(0.0)), b.fma(e, rest, e));
}

/// (1 - e) / (1 + e) with e = exp(-2 |x|) and the sign of x; x itself for
/// |x| < 2^-7. 2^-15.
template <class B> typename B::F nvQuickTanh(B &b, typename B::F x) {
  using F = typename B::F;
  F t = b.abs(x), one = b.constant(1.0);
  F e = b.ex2(b.mul(t, b.constant(-4 * halfLog2E)));
  F y = b.mul(b.sub(one, e), b.rcp(b.add(one, e)));
  return b.select(b.lt(t, b.constant(0x1p-7)), x, b.copysign(y, x));
}

/// The instruction. 2^-11.
template <class B> typename B::F nvRoughTanh(B &b, typename B::F x) {
  return b.roughTanh(x);
}

/// The slope of sigmoid, h^2 / (1 + h^2)^2. 2^-16.
template <class B> typename B::F nvQuickSigmoidSlope(B &b, typename B::F x) {
  typename B::F h = b.ex2(b.mul(b.abs(x), b.constant(-halfLog2E)));
  typename B::F w = b.mul(h, b.rcp(b.fma(h, h, b.constant(1.0))));
  return b.mul(w, w);
}

/// That of tanh, (2 h / (1 + h^2))^2 with h = exp(-|x|). 2^-16.
template <class B> typename B::F nvQuickTanhSlope(B &b, typename B::F x) {
  typename B::F h = b.ex2(b.mul(b.abs(x), b.constant(-2 * halfLog2E)));
  typename B::F half = b.constant(0.5);
  typename B::F w = b.mul(h, b.rcp(b.fma(b.mul(h, half), h, half)));
  return b.mul(w, w);
}

/// Around a root r of f'(-v), v = slope t: (r - v) K(v - middle) where
/// |v - middle| < 1/2, else y; see slopeRoot. The product is exact, but for
/// what the float of the slope lacks: at the root that and the low word of r
/// are a constant.
template <class B, size_t N>
typename B::F nvOrNearRoot(B &b, typename B::F t, const double (&root)[3],
                           const double (&quotient)[N], typename B::F y,
                           double slope = 1) {
  using F = typename B::F;
  double missing = (slope - double(float(slope))) * root[0] / slope;
  F u = b.fma(b.constant(slope), t, b.constant(-root[1]));
  F k = horner(b, u, quotient);
  F d = b.fma(b.constant(-slope), t, b.constant(root[0]));
  F near = b.fma(d, k, b.constant(root[2] - missing * quotient[0]));
  return b.select(b.lt(b.abs(u), b.constant(0.5)), near, y);
}

/// e (1 + x v' + e) / (1 + e)^2, e = exp(v) and `product` = x v', bounded so
/// that the square is a number.
template <class B>
typename B::F nvLogisticSlope(B &b, typename B::F h, typename B::F product) {
  using F = typename B::F;
  F e = b.mul(h, h), divisor = b.add(e, b.constant(1.0));
  F r = b.rcp(divisor);
  return b.mul(b.mul(b.add(divisor, product), r), b.mul(e, r));
}

/// silu'(v), v = slope x. From a bound on to the left it is 0.
template <class B>
typename B::F nvSiluSlopeOf(B &b, typename B::F x, double slope) {
  using F = typename B::F;
  x = b.greater(b.constant(-200.0), b.lesser(b.constant(40.0), x));
  F v = slope == 1 ? x : b.mul(b.constant(slope), x);
  F y = nvLogisticSlope(b, nvRootExp(b, v), v);
  return nvOrNearRoot(b, b.neg(x), coefficients::kSiluRootF32,
                      coefficients::kNvSiluSlopeF32, y, slope);
}

/// silu'(x) and quick_gelu'(x). 2^-15.
template <class B> typename B::F nvQuickSiluSlope(B &b, typename B::F x) {
  return nvSiluSlopeOf(b, x, 1.0);
}
template <class B> typename B::F nvQuickQuickGeluSlope(B &b, typename B::F x) {
  return nvSiluSlopeOf(b, x, 1.702);
}

/// v = c1 x + c3 x^3 of gelu_tanh, times log2(e) / 2. c1 = 2 sqrt(2 / pi).
constexpr double nvGeluTanh1 = 0x1.9884533d43651p0,
                 nvGeluTanh3 = 0x1.2444f2a4d8b4bp-4;
template <class B>
typename B::F nvGeluTanhArgument(B &b, typename B::F x, typename B::F square) {
  typename B::F c = b.fma(square, b.constant(nvGeluTanh3 * halfLog2E),
                          b.constant(nvGeluTanh1 * halfLog2E));
  return b.mul(x, c);
}

/// x sigmoid(v), the tanh form of gelu. 2^-15.
template <class B> typename B::F nvQuickGeluTanh(B &b, typename B::F x) {
  using F = typename B::F;
  x = b.greater(x, b.constant(-12.0));
  F v = nvGeluTanhArgument(b, x, b.mul(x, x));
  F h = b.ex2(b.lesser(v, b.constant(30.0)));
  F divided = b.mul(h, b.rcp(b.fma(h, h, b.constant(1.0))));
  return b.mul(b.mul(x, divided), h);
}

/// gelu_tanh'(x). 2^-15.
template <class B> typename B::F nvQuickGeluTanhSlope(B &b, typename B::F x) {
  using F = typename B::F;
  x = b.greater(b.constant(-12.0), b.lesser(b.constant(5.5), x));
  F square = b.mul(x, x);
  F h = b.ex2(nvGeluTanhArgument(b, x, square));
  F slope = b.fma(square, b.constant(3 * nvGeluTanh3), b.constant(nvGeluTanh1));
  F y = nvLogisticSlope(b, h, b.mul(x, slope));
  return nvOrNearRoot(b, b.neg(x), coefficients::kGeluTanhRootF32,
                      coefficients::kNvGeluTanhSlopeF32, y);
}

/// mish(x) = x n / (n + 2), n = e (e + 2) and e = exp(x). 2^-15.
template <class B> typename B::F nvQuickMish(B &b, typename B::F x) {
  using F = typename B::F;
  x = b.greater(x, b.constant(-200.0));
  F h = b.ex2(b.lesser(b.mul(x, b.constant(halfLog2E)), b.constant(15.0)));
  F e = b.mul(h, h), two = b.constant(2.0), sum = b.add(e, two);
  F divided = b.mul(sum, b.rcp(b.fma(e, sum, two)));
  return b.mul(b.mul(x, divided), e);
}

/// mish'(x) = e w / d^2, w = 4 (x + 1) + e (4 x + 6 + e (4 + e)) and
/// d = 2 + 2 e + e^2. 2^-15.
template <class B> typename B::F nvQuickMishSlope(B &b, typename B::F x) {
  using F = typename B::F;
  x = b.greater(b.constant(-200.0), b.lesser(b.constant(20.0), x));
  F h = nvRootExp(b, x), e = b.mul(h, h), two = b.constant(2.0);
  F four = b.constant(4.0), sum = b.add(e, two);
  F r = b.rcp(b.fma(e, sum, two));
  F inner = b.fma(e, b.add(e, four), b.fma(four, x, b.constant(6.0)));
  F w = b.fma(e, inner, b.fma(four, x, four));
  F y = b.mul(b.mul(w, r), b.mul(e, r));
  return nvOrNearRoot(b, b.neg(x), coefficients::kMishRootF32,
                      coefficients::kNvMishSlopeF32, y);
}

/// 1 / (t + centre), the variable of polynomials for all t > 0.
template <class B>
typename B::F nvReciprocal(B &b, typename B::F t, double centre) {
  return b.rcp(b.add(t, b.constant(centre)));
}

/// exp(-scale t^2) as the square of this.
template <class B>
typename B::F nvRootGaussian(B &b, typename B::F t, double scale) {
  return b.ex2(b.mul(b.mul(t, t), b.constant(-scale * halfLog2E)));
}

/// max(x, -0) - t Phi(-t), t = |x|, with Phi(-t) exp(t^2 / 2) (t + a) a
/// polynomial in 1 / (t + a). 2^-15; -0 stays.
template <class B> typename B::F nvQuickGelu(B &b, typename B::F x) {
  using F = typename B::F;
  F t = b.lesser(b.abs(x), b.constant(14.5)), h = nvRootGaussian(b, t, 0.5);
  F k = nvReciprocal(b, t, 3.25);
  F mills = b.mul(horner(b, k, coefficients::kNvGeluF32), k);
  F left = b.mul(b.neg(t), b.mul(h, mills));
  return b.fma(left, h, b.greater(x, b.constant(-0.0)));
}

/// gelu'(-t) = exp(-t^2 / 2) (r - t) H(s), and gelu'(t) = 1 - gelu'(-t). 2^-15.
template <class B> typename B::F nvQuickGeluSlope(B &b, typename B::F x) {
  using F = typename B::F;
  F t = b.lesser(b.abs(x), b.constant(14.5)), h = nvRootGaussian(b, t, 0.5);
  F factor =
      horner(b, nvReciprocal(b, t, 3.5), coefficients::kNvGeluSlopeF32);
  // Of the root in two words.
  constexpr double low =
      coefficients::kGeluRootF64[0] - coefficients::kGeluRootF32[0];
  F d = b.add(b.sub(b.constant(coefficients::kGeluRootF32[0]), t),
              b.constant(low));
  F left = b.mul(b.mul(b.mul(h, factor), d), h);
  return b.select(b.lt(x, b.constant(0.0)), left, b.sub(b.constant(1.0), left));
}

/// gelu(x) below 10 and 10 from there on, and its slope.
template <class B> typename B::F nvQuickGelu10(B &b, typename B::F x) {
  return b.lesser(nvQuickGelu(b, x), b.constant(10.0));
}
template <class B> typename B::F nvQuickGelu10Slope(B &b, typename B::F x) {
  return b.select(b.ge(x, b.constant(10.0)), b.constant(0.0),
                  nvQuickGeluSlope(b, x));
}

/// exp(-t^2) erfcx(t) as in erfcPositive, t >= 0, as a product of these; the
/// root is that of the exponential.
template <class B> struct NvErfcFactors { typename B::F first, root; };
template <class B> NvErfcFactors<B> nvErfcFactors(B &b, typename B::F t) {
  typename B::F h = nvRootGaussian(b, t, 1.0);
  typename B::F k = nvReciprocal(b, t, 2.3125);
  typename B::F tail = horner(b, k, coefficients::kNvErfcxF32);
  return {b.mul(h, b.mul(tail, k)), h};
}
template <class B> typename B::F nvErfcPositive(B &b, typename B::F t) {
  NvErfcFactors<B> factors = nvErfcFactors(b, t);
  return b.mul(factors.first, factors.root);
}

/// erfc(z). 2^-15.
template <class B> typename B::F nvQuickErfc(B &b, typename B::F z) {
  typename B::F tail = nvErfcPositive(b, b.abs(z));
  return b.select(b.lt(z, b.constant(0.0)), b.sub(b.constant(2.0), tail), tail);
}

/// erf(x) by its series for |x| < 1/2. 2^-15; -0 stays.
template <class B> typename B::F nvQuickErf(B &b, typename B::F x) {
  using F = typename B::F;
  F t = b.abs(x);
  F large = b.copysign(b.sub(b.constant(1.0), nvErfcPositive(b, t)), x);
  F small = b.fma(x, horner(b, b.mul(x, x), coefficients::kNvErfRestF32), x);
  return b.select(b.lt(t, b.constant(0.5)), small, large);
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_NVQUICK_H

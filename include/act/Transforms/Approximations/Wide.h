//===- Wide.h - f64 arithmetic for f32 and 16-bit results -------*- C++ -*-===//
//
// The strict class computes in f64 what is stored in 32 or 16 bits. Arguments
// and results keep far from the ends of f64's range, so that no exponent has
// to stay apart, and there are 29 bits to spare, so that no argument needs a
// low word and polynomials may be short: every function here has a relative
// error below 2^-42, which adds 2^-18 ulp to the rounding of an f32, and is
// small beside the distance from a tie of any f16 result of the catalogue.
//
// Where a result leaves the range of f32 it may leave its exact value too: it
// stays tiny or huge, of the right sign.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_WIDE_H
#define ACT_TRANSFORMS_APPROXIMATIONS_WIDE_H

#include "act/Transforms/Approximations/ErrorFunction.h"
#include "act/Transforms/Approximations/Log.h"

namespace act::approx {

/// The polynomials: of a relative 2^-42, or 2^-32 for f32 results alone.
struct WideTerms {
  static constexpr const auto &expRest = coefficients::kWideExpRestF64;
  static constexpr const auto &atanhRest = coefficients::kWideAtanhRestF64;
  static constexpr const auto &erfcx = coefficients::kWideErfcxF64;
  static constexpr const auto &logRest = coefficients::kWideLogRestF64;
};
struct SingleTerms {
  static constexpr const auto &expRest = coefficients::kSingleExpRestF64;
  static constexpr const auto &atanhRest = coefficients::kSingleAtanhRestF64;
  static constexpr const auto &erfcx = coefficients::kSingleErfcxF64;
  static constexpr const auto &logRest = coefficients::kSingleLogRestF64;
};

/// exp(z) = scale (1 + rest), scale a power of two.
template <class B> struct WideExponential { typename B::F scale, rest; };

/// Beyond these, exp is 0 and infinite in every narrower format.
constexpr double wideExpRange = 700.0;

/// For |z| up to wideExpRange, and NaN in the rest for NaN. One constant stands
/// for ln2; its error times k is far below that of the polynomial.
template <class Terms = WideTerms, class B>
WideExponential<B> wideExponential(B &b, typename B::F z) {
  using F = typename B::F;
  F magic = b.constant(roundingMagic(b));
  F t = b.fma(z, b.constant(0x1.71547652b82fep0), magic);
  F r = b.fma(b.sub(t, magic), b.constant(-0x1.62e42fefa39efp-1), z);
  F p = horner(b, r, Terms::expRest);
  return {powerOfTwo(b, b.bits(t)), b.fma(b.mul(r, r), p, r)};
}

/// The larger of z and -wideExpRange; NaN stays.
template <class B> typename B::F notBelowWide(B &b, typename B::F z) {
  typename B::F lowest = b.constant(-wideExpRange);
  return b.select(b.lt(z, lowest), lowest, z);
}

/// The same on both sides.
template <class B> typename B::F withinWide(B &b, typename B::F z) {
  typename B::F highest = b.constant(wideExpRange);
  return notBelowWide(b, b.select(b.gt(z, highest), highest, z));
}

/// exp(z), between 1e-304 and 1e304.
template <class Terms = WideTerms, class B>
typename B::F wideExp(B &b, typename B::F z) {
  WideExponential<B> e = wideExponential<Terms>(b, withinWide(b, z));
  return b.fma(e.scale, e.rest, e.scale);
}

/// exp(-|z|).
template <class Terms = WideTerms, class B>
typename B::F wideDecay(B &b, typename B::F z) {
  WideExponential<B> e =
      wideExponential<Terms>(b, notBelowWide(b, b.neg(b.abs(z))));
  return b.fma(e.scale, e.rest, e.scale);
}

/// exp(z) - 1; near 0 the scale is 1 and the rest is all there is. -0 stays.
template <class Terms = WideTerms, class B>
typename B::F wideExpm1(B &b, typename B::F z) {
  WideExponential<B> e = wideExponential<Terms>(b, withinWide(b, z));
  typename B::F y = b.fma(e.scale, e.rest, b.sub(e.scale, b.constant(1.0)));
  return b.copysign(y, z);
}

/// 1 / (1 + exp(-z)), and e / (1 + e) with e = exp(z) for negative z.
template <class Terms = WideTerms, class B>
typename B::F wideSigmoid(B &b, typename B::F z) {
  typename B::F e = wideDecay<Terms>(b, z), one = b.constant(1.0);
  typename B::F numerator = b.select(b.lt(z, b.constant(0.0)), e, one);
  return b.div(numerator, b.add(one, e));
}

/// max(z, 0) + log1p(exp(-|z|)), the latter as 2 atanh(s), s = e / (2 + e).
template <class Terms = WideTerms, class B>
typename B::F wideSoftplus(B &b, typename B::F z) {
  using F = typename B::F;
  F e = wideDecay<Terms>(b, z), zero = b.constant(0.0);
  F s = b.div(e, b.add(b.constant(2.0), e));
  F y = b.mul(s, s);
  F rest = b.mul(y, horner(b, y, Terms::atanhRest));
  F logarithm = b.fma(s, rest, b.add(s, s));
  return b.add(b.select(b.gt(z, zero), z, zero), logarithm);
}

/// -em / (2 + em), em = expm1(-2 |x|), with the sign of x.
template <class Terms = WideTerms, class B>
typename B::F wideTanh(B &b, typename B::F x) {
  using F = typename B::F;
  F t = b.abs(x);
  F z = notBelowWide(b, b.neg(b.add(t, t)));
  WideExponential<B> e = wideExponential<Terms>(b, z);
  F em = b.fma(e.scale, e.rest, b.sub(e.scale, b.constant(1.0)));
  return b.copysign(b.div(em, b.add(b.constant(2.0), em)), x);
}

/// (E + E / (1 + E)) / 2, E = expm1(|x|); -0 stays.
template <class Terms = WideTerms, class B>
typename B::F wideSinh(B &b, typename B::F x) {
  using F = typename B::F;
  F e = wideExpm1<Terms>(b, b.abs(x));
  F sum = b.add(e, b.div(e, b.add(e, b.constant(1.0))));
  return b.copysign(b.mul(b.constant(0.5), sum), x);
}

/// h + 1 / (4 h), h = exp(|x|) / 2.
template <class Terms = WideTerms, class B>
typename B::F wideCosh(B &b, typename B::F x) {
  using F = typename B::F;
  F h = b.mul(b.constant(0.5), wideExp<Terms>(b, b.abs(x)));
  return b.add(h, b.div(b.constant(0.25), h));
}

/// erfc(a) for a >= 0: exp(-a^2) erfcx(a), the latter as a polynomial in
/// s = (a - c) / (a + c) over a + c. Beyond the polynomial's interval, 10.7,
/// the result is 0 in every narrower format, times any finite number.
template <class Terms = WideTerms, class B>
typename B::F wideErfcOfPositive(B &b, typename B::F a) {
  using F = typename B::F;
  F bound = b.constant(10.7), centre = b.constant(erfcCentre);
  F inside = b.select(b.gt(a, bound), bound, a);
  F q = b.div(b.constant(1.0), b.add(inside, centre));
  F s = b.fma(q, b.constant(-2 * erfcCentre), b.constant(1.0));
  F g = b.mul(q, horner(b, s, Terms::erfcx));
  WideExponential<B> e =
      wideExponential<Terms>(b, notBelowWide(b, b.neg(b.mul(a, a))));
  return b.mul(g, b.fma(e.scale, e.rest, e.scale));
}

/// erfc(z), for negative z as 2 - erfc(-z).
template <class Terms = WideTerms, class B>
typename B::F wideErfc(B &b, typename B::F z) {
  typename B::F tail = wideErfcOfPositive<Terms>(b, b.abs(z));
  auto isNegative = b.lt(z, b.constant(0.0));
  return b.select(isNegative, b.sub(b.constant(2.0), tail), tail);
}

/// x + x P(x^2) near 0 and 1 - erfc(|x|) beyond; -0 stays.
template <class B> typename B::F wideErf(B &b, typename B::F x) {
  using F = typename B::F;
  F a = b.abs(x), y = b.mul(x, x);
  F near = b.fma(x, horner(b, y, coefficients::kWideErfRestF64), x);
  F far = b.sub(b.constant(1.0), wideErfcOfPositive(b, a));
  return b.copysign(b.select(b.lt(a, b.constant(0.84375)), near, far), x);
}

/// k ln2 + 2 atanh(s), s = f / (2 + f).
template <class Terms = WideTerms, class B>
typename B::F wideLog(B &b, typename B::F x) {
  using F = typename B::F;
  Decomposed<B> d = decompose(b, x);
  F s = b.div(d.f, b.add(b.constant(2.0), d.f));
  F y = b.mul(s, s);
  F rest = b.mul(y, horner(b, y, Terms::logRest));
  F logarithm = b.fma(s, rest, b.add(s, s));
  return logSpecial(b, x,
                    b.fma(d.k, b.constant(0x1.62e42fefa39efp-1), logarithm));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_WIDE_H

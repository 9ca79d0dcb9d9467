//===- Single.h - f64 arithmetic for f32 results ----------------*- C++ -*-===//
//
// An f32 result of the strict class needs less than a 16-bit one, whose ties
// lie among few numbers: a relative 2^-32 is 2^-8 of its ulp. So polynomials
// are shorter than those of Wide.h, and a whole function with one polynomial
// for all arguments is worth its place: f64 has the bits to subtract it.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_SINGLE_H
#define ACT_TRANSFORMS_APPROXIMATIONS_SINGLE_H

#include "act/Transforms/Approximations/Gelu.h"
#include "act/Transforms/Approximations/Wide.h"

namespace act::approx {

/// The functions of Wide.h with fewer terms.
template <class B> typename B::F singleExp(B &b, typename B::F z) {
  return wideExp<SingleTerms>(b, z);
}
template <class B> typename B::F singleSigmoid(B &b, typename B::F z) {
  return wideSigmoid<SingleTerms>(b, z);
}
template <class B> typename B::F singleSoftplus(B &b, typename B::F z) {
  return wideSoftplus<SingleTerms>(b, z);
}
template <class B> typename B::F singleLog(B &b, typename B::F z) {
  return wideLog<SingleTerms>(b, z);
}
template <class B> typename B::F singleCosh(B &b, typename B::F z) {
  return wideCosh<SingleTerms>(b, z);
}
template <class B> typename B::F singleErfc(B &b, typename B::F z) {
  return wideErfc<SingleTerms>(b, z);
}

/// t P(t^2), t = min(|x|, 4.6), from where on it is nearly 1. -0 stays.
template <class B> typename B::F singleErf(B &b, typename B::F x) {
  typename B::F t = atMost(b, b.abs(x), 4.6);
  typename B::F y = b.fma(t, t, b.constant(-10.5));
  return b.copysign(b.mul(t, estrin(b, y, coefficients::kSingleErfF64)), x);
}

/// exp(z), -700 <= z <= 0, by a polynomial of exp: scale (1 + rest).
template <class B, size_t N>
WideExponential<B> singleExponential(B &b, typename B::F z,
                                     const double (&polynomial)[N]) {
  using F = typename B::F;
  // The rounding constant of the reduction holds the bias of the power, too.
  F magic = b.constant(roundingMagic(b) + double(exponentBias(b)));
  F n = b.fma(z, b.constant(0x1.71547652b82fep0), magic);
  F r = b.fma(b.sub(n, magic), b.constant(-0x1.62e42fefa39efp-1), z);
  F p = horner(b, r, polynomial);
  return {b.fromBits(b.shl(b.bits(n), mantissaBits(b))),
          b.fma(b.mul(r, r), p, r)};
}

/// exp(-t^2 / 2), 0 <= t <= 15.5, times what is multiplied: a (1 + rest) scale.
template <class B> WideExponential<B> singleGaussian(B &b, typename B::F t) {
  typename B::F z = b.mul(b.mul(t, b.constant(-0.5)), t);
  return singleExponential(b, z, coefficients::kSingleExpRestF64);
}

/// max(x, 0) - t Phi(-t), t = min(|x|, 15.5), from where on the latter is 0:
/// Phi(-t) exp(t^2 / 2) (t + a) is a polynomial in s = (t - a) / (t + a).
/// -0 stays.
template <class B> typename B::F singleGelu(B &b, typename B::F x) {
  using F = typename B::F;
  constexpr double centre = 5;
  F t = atMost(b, b.abs(x), 15.5), zero = b.constant(0.0);
  F q = b.div(b.constant(1.0), b.add(t, b.constant(centre)));
  F s = b.fma(q, b.constant(-2 * centre), b.constant(1.0));
  F mills = b.mul(q, evenOdd(b, s, coefficients::kSingleGeluF64));
  WideExponential<B> e = singleGaussian(b, t);
  F tail = b.mul(b.mul(t, mills), b.fma(e.scale, e.rest, e.scale));
  return b.copysign(b.sub(b.select(b.gt(x, zero), x, zero), tail), x);
}

/// gelu'(-t) = exp(-t^2 / 2) (r - t) H(s) with the root r in two words, and
/// gelu'(t) = 1 - gelu'(-t).
template <class B> typename B::F singleGeluSlope(B &b, typename B::F x) {
  using F = typename B::F;
  F t = atMost(b, b.abs(x), 15.5), one = b.constant(1.0);
  F h = evenOdd(b, halfLine(b, t, 3.5), coefficients::kSingleGeluSlopeF64);
  WideExponential<B> e = singleGaussian(b, t);
  const double *root = coefficients::kGeluRootF64;
  F d = b.sub(b.constant(root[0]), t);
  // The low word of the root counts near it only: a constant will do.
  F scaled = b.fma(d, b.fma(h, e.rest, h), b.constant(root[1]));
  F left = b.mul(scaled, e.scale);
  auto isNegative = b.ilt(b.bits(x), b.integer(0));
  return b.select(isNegative, left, b.sub(one, left));
}

/// gelu(x) below 10 and 10 from there on, and its slope.
template <class B> typename B::F singleGelu10(B &b, typename B::F x) {
  typename B::F ten = b.constant(10.0);
  return b.select(b.ge(x, ten), ten, singleGelu(b, x));
}
template <class B> typename B::F singleGelu10Slope(B &b, typename B::F x) {
  return b.select(b.ge(x, b.constant(10.0)), b.constant(0.0),
                  singleGeluSlope(b, x));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_SINGLE_H

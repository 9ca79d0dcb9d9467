//===- SingleAlgebraic.h - Roots and quotients for f32 results --*- C++ -*-===//
//
// f64 arithmetic for f32 results, whose divisions and roots would take most of
// the time. They are made in f32 instead, of the input itself, and one step of
// Newton's method in f64 takes their relative 2^-23 to 2^-45.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_SINGLEALGEBRAIC_H
#define ACT_TRANSFORMS_APPROXIMATIONS_SINGLEALGEBRAIC_H

#include "act/Transforms/Approximations/Nearest.h"

namespace act::approx {

/// t = x between -2^60 and 2^60, and (1 + t^2)^(-1/2) by an f32 near it.
template <class B> struct SingleRoot { typename B::F t, inverse; };

template <class B> SingleRoot<B> singleRoot(B &b, typename B::F x) {
  using F = typename B::F;
  auto &&n = b.narrow();
  auto narrow = atMost(n, atLeast(n, b.narrowed(x), -0x1p60), 0x1p60);
  auto one = n.constant(1.0);
  auto seed = n.div(one, n.sqrt(n.fma(narrow, narrow, one)));
  F t = b.widened(narrow), y = b.widened(seed);
  F s = b.fma(t, t, b.constant(1.0));
  F residual = b.fma(b.neg(b.mul(s, y)), y, b.constant(1.0));
  return {t, b.fma(b.mul(y, b.constant(0.5)), residual, y)};
}

/// x / sqrt(1 + x^2); from 2^60 on it is 1. -0 stays. This and the next but one
/// are for GPUs: on CPUs Nearest.h is faster.
template <class B> typename B::F singleIsru(B &b, typename B::F x) {
  SingleRoot<B> r = singleRoot(b, x);
  return b.mul(r.t, r.inverse);
}

/// (1 + x^2)^(-3/2); from 2^60 on it is 0.
template <class B> typename B::F singleIsruSlope(B &b, typename B::F x) {
  SingleRoot<B> r = singleRoot(b, x);
  return b.mul(b.mul(r.inverse, r.inverse), r.inverse);
}

/// bent_identity'(x) = 1 + isru(x) / 2.
template <class B> typename B::F singleBentSlope(B &b, typename B::F x) {
  return b.fma(b.constant(0.5), singleIsru(b, x), b.constant(1.0));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_SINGLEALGEBRAIC_H

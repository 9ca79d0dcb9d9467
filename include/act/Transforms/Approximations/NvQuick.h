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

#include "act/Transforms/Approximations/Nv.h"

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

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_NVQUICK_H

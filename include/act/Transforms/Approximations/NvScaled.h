//===- NvScaled.h - Quick methods with an exponent apart --------*- C++ -*-===//
//
// The primitives of NvQuick.h where a factor may follow that makes a normal
// number of what is far below the range, such as the other input of a gate.
// The mantissa is a product of two numbers that are normal as far as 2^-250;
// where the result is below 2^-119 each is lifted by 2^60.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_NVSCALED_H
#define ACT_TRANSFORMS_APPROXIMATIONS_NVSCALED_H

#include "act/Transforms/Approximations/NvQuick.h"

namespace act::approx {

/// exp of this is nearly 2^-120.
constexpr double nvDeep = -83.0;

/// What lifts a factor.
template <class B> typename B::F nvLift(B &b, typename B::C isDeep) {
  return b.select(isDeep, b.constant(0x1p60), b.constant(1.0));
}

/// x y with an exponent apart where that isDeep.
template <class B>
Scaled<B> nvScaledProduct(B &b, typename B::C isDeep, typename B::F x,
                          typename B::F y) {
  typename B::F lift = nvLift(b, isDeep);
  return {b.mul(b.mul(x, lift), b.mul(y, lift)),
          b.selectI(isDeep, b.integer(-120), b.integer(0))};
}

template <class B>
Scaled<B> nvScaledExp(B &b, typename B::F z, Low<B> = std::nullopt) {
  typename B::F h = nvRootExp(b, z);
  return nvScaledProduct(b, b.lt(z, b.constant(nvDeep)), h, h);
}

template <class B>
Scaled<B> nvScaledSigmoid(B &b, typename B::F z, Low<B> = std::nullopt) {
  NvLogistic<B> l = nvLogistic(b, z, halfLog2E);
  return nvScaledProduct(b, b.lt(z, b.constant(nvDeep)), l.divided, l.h);
}

/// sigmoid(z) sigmoid(-z).
template <class B>
Scaled<B> nvScaledSigmoidSlope(B &b, typename B::F z, Low<B> = std::nullopt) {
  typename B::F t = b.abs(z), h = nvRootExp(b, b.neg(t));
  typename B::F w = b.mul(h, b.rcp(b.fma(h, h, b.constant(1.0))));
  return nvScaledProduct(b, b.gt(t, b.constant(-nvDeep)), w, w);
}

template <class B>
Scaled<B> nvScaledSoftplus(B &b, typename B::F z, Low<B> = std::nullopt) {
  using F = typename B::F;
  F h = nvRootExp(b, b.neg(b.abs(z))), e = b.mul(h, h);
  Scaled<B> y = nvScaledProduct(b, b.lt(z, b.constant(nvDeep)), h, h);
  F rest = b.mul(e, horner(b, e, coefficients::kQuickLog1pRestF32));
  y.m = b.add(b.greater(z, b.constant(0.0)), b.fma(y.m, rest, y.m));
  return y;
}

template <class B>
Scaled<B> nvScaledErfc(B &b, typename B::F z, Low<B> = std::nullopt) {
  NvErfcFactors<B> tail = nvErfcFactors(b, b.abs(z));
  Scaled<B> y =
      nvScaledProduct(b, b.gt(z, b.constant(9.1)), tail.first, tail.root);
  y.m = b.select(b.lt(z, b.constant(0.0)), b.sub(b.constant(2.0), y.m), y.m);
  return y;
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_NVSCALED_H

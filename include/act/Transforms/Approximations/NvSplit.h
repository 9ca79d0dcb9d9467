//===- NvSplit.h - Quick methods with a factor apart ------------*- C++ -*-===//
//
// The primitives of NvQuick.h where a factor may follow that makes a normal
// number of what is far below the range, such as the other input of a gate.
// Both parts of a result are normal numbers as far as 2^-250, and its last one
// is the root of what makes it small.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_NVSPLIT_H
#define ACT_TRANSFORMS_APPROXIMATIONS_NVSPLIT_H

#include "act/Transforms/Approximations/NvQuick.h"

namespace act::approx {

/// x on the right, where z is not negative, and else y.
template <class B>
typename B::F nvOnRight(B &b, typename B::F z, typename B::F x,
                        typename B::F y) {
  return b.select(b.lt(z, b.constant(0.0)), y, x);
}

/// exp(-|z| / 2) and 1 / (1 + exp(-|z|)), which sigmoid(z) and sigmoid(-z)
/// share.
template <class B> struct NvHalfLogistic { typename B::F root, inverse; };
template <class B> NvHalfLogistic<B> nvHalfLogistic(B &b, typename B::F z) {
  typename B::F h = b.ex2(b.mul(b.abs(z), b.constant(-halfLog2E)));
  return {h, b.rcp(b.fma(h, h, b.constant(1.0)))};
}

template <class B>
Split<B> nvSplitExp(B &b, typename B::F z, Low<B> = std::nullopt) {
  typename B::F h = nvRootExp(b, z);
  return {h, h};
}

template <class B>
Split<B> nvSplitSigmoid(B &b, typename B::F z, Low<B> = std::nullopt) {
  NvHalfLogistic<B> l = nvHalfLogistic(b, z);
  typename B::F last = nvOnRight(b, z, b.constant(1.0), l.root);
  return {b.mul(last, l.inverse), last};
}

/// sigmoid(z) sigmoid(-z).
template <class B>
Split<B> nvSplitSigmoidSlope(B &b, typename B::F z, Low<B> = std::nullopt) {
  NvHalfLogistic<B> l = nvHalfLogistic(b, z);
  typename B::F w = b.mul(l.root, l.inverse);
  return {w, w};
}

template <class B>
Split<B> nvSplitSoftplus(B &b, typename B::F z, Low<B> = std::nullopt) {
  using F = typename B::F;
  F h = b.ex2(b.mul(b.abs(z), b.constant(-halfLog2E))), e = b.mul(h, h);
  F one = b.constant(1.0), last = nvOnRight(b, z, one, h);
  F first = nvOnRight(b, z, e, h);
  F rest = b.mul(e, horner(b, e, coefficients::kQuickLog1pRestF32));
  return {b.add(b.greater(z, b.constant(0.0)), b.fma(first, rest, first)),
          last};
}

template <class B>
Split<B> nvSplitErfc(B &b, typename B::F z, Low<B> = std::nullopt) {
  using F = typename B::F;
  NvErfcFactors<B> tail = nvErfcFactors(b, b.abs(z));
  F left = b.fma(b.neg(tail.first), tail.root, b.constant(2.0));
  return {nvOnRight(b, z, tail.first, left),
          nvOnRight(b, z, tail.root, b.constant(1.0))};
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_NVSPLIT_H

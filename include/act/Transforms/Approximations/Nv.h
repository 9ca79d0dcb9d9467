//===- Nv.h - Division, roots and tables on a GPU ---------------*- C++ -*-===//
//
// An IEEE division is some 40 instructions on a GPU with a slow path of more
// than 100, a table is a load. Here a quotient is a product with an approximate
// reciprocal, corrected by its remainder, and a table is a tree of selections.
//
// Approximate instructions flush: an operand below 2^-126 is 0, and so is a
// reciprocal of more than 2^126. Whatever may be that small is scaled.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_NV_H
#define ACT_TRANSFORMS_APPROXIMATIONS_NV_H

#include "act/Transforms/Approximations/Builder.h"
#include <cmath>

namespace act::approx {

/// True where f32 arithmetic is to do without divisions.
template <class B> bool isNv(const B &b) { return b.forGpu() && !b.isDouble(); }

/// n r corrected by the remainder n - n r d, r being 1 / d or nearly so. Where
/// something is infinite, or d is 0, the correction gives NaN and n r is right,
/// and so is its sign where it is 0.
template <class B>
typename B::F nvQuotient(B &b, typename B::F n, typename B::F d,
                         typename B::F r) {
  typename B::F q = b.mul(n, r);
  typename B::F y = b.fma(b.fma(b.neg(d), q, n), r, q);
  return b.select(b.gt(b.abs(y), b.constant(0.0)), y, q);
}

/// n / d in f32 for a constant d of that type between 2^-100 and 2^100.
template <class B>
typename B::F nvOverConstant(B &b, typename B::F n, double d) {
  typename B::F inverse = b.constant(1 / d);
  int exponent;
  if (std::fabs(std::frexp(d, &exponent)) == 0.5)
    return b.mul(n, inverse);
  return nvQuotient(b, n, b.constant(d), inverse);
}

/// n / d in f32 for any operands. 0.51 ulp, and 2 ulp of what is below 2^-100;
/// quotients within 2 ulp of the largest number may be infinite.
template <class B>
typename B::F nvDivide(B &b, typename B::F n, typename B::F d) {
  using F = typename B::F;
  F size = b.abs(d), one = b.constant(1.0);
  F scale = b.select(b.lt(size, b.constant(0x1p-100)), b.constant(0x1p64), one);
  scale = b.select(b.gt(size, b.constant(0x1p100)), b.constant(0x1p-64), scale);
  F scaled = b.mul(d, scale);
  return b.mul(nvQuotient(b, n, scaled, b.rcp(scaled)), scale);
}

/// sqrt(x) in f32, subnormal numbers, zeros and infinity included. 0.51 ulp.
template <class B> typename B::F nvSqrt(B &b, typename B::F x) {
  using F = typename B::F;
  auto isSmall = b.lt(x, b.constant(0x1p-100));
  F one = b.constant(1.0);
  F z = b.mul(x, b.select(isSmall, b.constant(0x1p64), one));
  F r = b.rsqrt(z), y = b.mul(z, r);
  F half = b.mul(r, b.constant(0.5));
  y = b.fma(b.fma(b.neg(y), y, z), half, y);
  y = b.mul(y, b.select(isSmall, b.constant(0x1p-32), one));
  F infinity = b.constant(std::numeric_limits<double>::infinity());
  auto isItself = b.lor(b.eq(x, b.constant(0.0)), b.eq(x, infinity));
  return b.select(isItself, x, y);
}

/// Tables up to this size are selections.
constexpr size_t kMostSelected = 16;

/// Entry `index` of a table: half of the entries that are left are dropped by
/// each bit of the index, the lowest first. An index past the end gives an
/// entry, too.
template <class B>
typename B::F nvTable(B &b, const double *entries, size_t size,
                      typename B::I index) {
  typename B::F left[kMostSelected];
  for (size_t i = 0; i < size; ++i)
    left[i] = b.constant(entries[i]);
  typename B::I one = b.integer(1);
  for (int bit = 0; size > 1; ++bit, size = (size + 1) / 2) {
    auto isSet = b.ieq(b.iand(b.lshr(index, bit), one), one);
    for (size_t i = 0; 2 * i < size; ++i)
      left[i] = 2 * i + 1 < size ? b.select(isSet, left[2 * i + 1], left[2 * i])
                                 : left[2 * i];
  }
  return left[0];
}

/// n / d where |d| is between 2^-100 and 2^100: on a GPU without the care for
/// others.
template <class B> typename B::F ratio(B &b, typename B::F n, typename B::F d) {
  return isNv(b) ? nvQuotient(b, n, d, b.rcp(d)) : b.div(n, d);
}

/// The same, on a GPU with a relative error of 2^-22.
template <class B>
typename B::F roughRatio(B &b, typename B::F n, typename B::F d) {
  return isNv(b) ? b.mul(n, b.rcp(d)) : b.div(n, d);
}

/// 1 / d for such d, on a GPU with a relative error of 2^-22, where what uses
/// it takes the error away.
template <class B> typename B::F roughReciprocal(B &b, typename B::F d) {
  return isNv(b) ? b.rcp(d) : b.div(b.constant(1.0), d);
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_NV_H

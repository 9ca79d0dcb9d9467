//===- Builder.h - What the approximations are written over -----*- C++ -*-===//
//
// Each approximation is written once, as a template over a builder B. One
// builder emits arith and math operations (act/Transforms/Emitter.h); another
// computes on float and double, so that tests sweep the very same formulas at
// native speed against MPFR.
//
// B has the types F (a value of the compute type), I (an integer as wide) and
// C (a condition), and these members:
//   isDouble; constant, integer; add sub mul div neg abs sqrt fma floor
//   roundeven copysign; lt le gt ge eq (false with NaN) and ne (true with
//   NaN); ilt ieq; land lor lnot; select selectI; bits fromBits;
//   iadd isub iand ior ixor shl lshr ashr; table (an entry of a constant
//   array); narrow (a builder of f32), narrowed (a value rounded to it) and
//   widened (back); forGpu.
// For a GPU, in f32, there are ex2 lg2 rcp rsqrt (the instructions of
// NvHelpers.def) and lesser greater (NaN if an operand is); div and sqrt are
// nvDivide and nvSqrt of Nv.h. Other builders need these six to compile only.
// Where a comment gives an error in ulps, it is the largest that
// test/unit/ApproximationsTest.cpp has seen over all finite arguments (2e6
// floats and 6e5 doubles, low words included), subnormal ones among them.
//
// Nothing is reassociated or contracted: fma is where it is written.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_BUILDER_H
#define ACT_TRANSFORMS_APPROXIMATIONS_BUILDER_H

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>

namespace act::approx {

#include "act/Transforms/Approximations/Coefficients.inc"

/// m * 2^n, |m| <= 2, to be scaled last so that a result is rounded once even
/// where it is subnormal.
template <class B> struct Scaled {
  typename B::F m;
  typename B::I n;
};

/// m * last, of which `last` is multiplied last: m is no subnormal number where
/// the product is one.
template <class B> struct Split { typename B::F m, last; };

/// hi + lo, |lo| at most half an ulp of hi.
template <class B> struct Pair { typename B::F hi, lo; };

/// The optional low word of an argument; costs nothing when absent.
template <class B> using Low = std::optional<typename B::F>;

/// Explicit significand bits and exponent bias of the compute type.
template <class B> int mantissaBits(const B &b) {
  return b.isDouble() ? 52 : 23;
}
template <class B> int64_t exponentBias(const B &b) {
  return b.isDouble() ? 1023 : 127;
}

/// ln2 in two words; the first has zeros at its end, so that its product with
/// an exponent is exact.
constexpr double ln2HighF32 = 0x1.62e4p-1, ln2LowF32 = 0x1.7f7d1cp-20;
constexpr double ln2HighF64 = 0x1.62e42fefa38p-1,
                 ln2LowF64 = 0x1.ef35793c7673p-45;

/// s + e = x + y exactly, by Knuth's two-sum, which needs no order.
template <class B> Pair<B> twoSum(B &b, typename B::F x, typename B::F y) {
  typename B::F s = b.add(x, y), t = b.sub(s, x);
  return {s, b.add(b.sub(x, b.sub(s, t)), b.sub(y, t))};
}

/// The same where |x| >= |y| or x is 0 (Dekker).
template <class B> Pair<B> fastTwoSum(B &b, typename B::F x, typename B::F y) {
  typename B::F s = b.add(x, y);
  return {s, b.sub(y, b.sub(s, x))};
}

/// sum c[k] x^k by Horner's rule.
template <class B, size_t N>
typename B::F horner(B &b, typename B::F x, const double (&c)[N]) {
  typename B::F sum = b.constant(c[N - 1]);
  for (size_t k = N - 1; k-- > 0;)
    sum = b.fma(sum, x, b.constant(c[k]));
  return sum;
}

/// The same by Estrin's scheme, with as many more products as there are levels
/// and a much shorter chain: where a loop's body is long, what takes time is to
/// wait for results.
template <class B, size_t N>
typename B::F estrin(B &b, typename B::F x, const double (&c)[N]) {
  typename B::F terms[N], power = x;
  for (size_t k = 0; k < N; ++k)
    terms[k] = b.constant(c[k]);
  for (size_t size = N; size > 1; size = (size + 1) / 2) {
    if (size < N)
      power = b.mul(power, power);
    for (size_t k = 0; k < size / 2; ++k)
      terms[k] = b.fma(terms[2 * k + 1], power, terms[2 * k]);
    if (size % 2)
      terms[size / 2] = terms[size - 1];
  }
  return terms[0];
}

/// The same as two sums of every other term: one more product, half the chain.
template <class B, size_t N>
typename B::F evenOdd(B &b, typename B::F x, const double (&c)[N]) {
  typename B::F square = b.mul(x, x), sums[2];
  for (size_t k = N; k-- > 0;)
    sums[k % 2] = k + 2 < N ? b.fma(sums[k % 2], square, b.constant(c[k]))
                            : b.constant(c[k]);
  return b.fma(sums[1], x, sums[0]);
}

/// The polynomial of the compute type.
template <class B, size_t N, size_t M>
typename B::F horner(B &b, typename B::F x, const double (&f32)[N],
                     const double (&f64)[M]) {
  return b.isDouble() ? horner(b, x, f64) : horner(b, x, f32);
}

/// 1.5 * 2^mantissa: added to a number it leaves the nearest integer in the
/// low bits, as a two's complement.
template <class B> double roundingMagic(const B &b) {
  return b.isDouble() ? 0x1.8p52 : 0x1.8p23;
}
/// Bits of roundingMagic.
template <class B> int64_t roundingMagicBits(const B &b) {
  return b.isDouble() ? 0x4338000000000000 : 0x4b400000;
}

/// 2^n for n in the normal range.
template <class B> typename B::F powerOfTwo(B &b, typename B::I n) {
  return b.fromBits(
      b.shl(b.iadd(n, b.integer(exponentBias(b))), mantissaBits(b)));
}

/// m * 2^n with one rounding; n from twice the least normal exponent on, and
/// infinite above the range. Two factors, since 2^n itself may not exist.
template <class B> typename B::F materialize(B &b, Scaled<B> x) {
  // An arithmetic shift of 64-bit integers is not native everywhere: halve a
  // positive number instead.
  constexpr int64_t shift = 4096;
  typename B::I half =
      b.isub(b.lshr(b.iadd(x.n, b.integer(shift)), 1), b.integer(shift / 2));
  typename B::F partial = b.mul(x.m, powerOfTwo(b, half));
  return b.mul(partial, powerOfTwo(b, b.isub(x.n, half)));
}

/// Whether m * 2^n may be so small that its exponent has to stay apart.
template <class B> typename B::C isDeep(B &b, Scaled<B> x) {
  return b.ilt(x.n, b.integer(-100));
}

/// m * 2^n with one factor; exact unless isDeep, and then below 2^-100.
template <class B> typename B::F materializeCoarse(B &b, Scaled<B> x) {
  return b.mul(x.m,
               powerOfTwo(b, b.selectI(isDeep(b, x), b.integer(-100), x.n)));
}

/// The low word where |z| < bound, else 0: beyond, it may be NaN.
template <class B>
Low<B> guarded(B &b, typename B::F z, Low<B> lo, double bound) {
  if (!lo)
    return lo;
  return b.select(b.lt(b.abs(z), b.constant(bound)), *lo, b.constant(0.0));
}

} // namespace act::approx

#endif // ACT_TRANSFORMS_APPROXIMATIONS_BUILDER_H

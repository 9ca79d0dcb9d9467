//===- Quad.h - IEEE binary128 numbers --------------------------*- C++ -*-===//
//
// 113 bits by the compiler's own arithmetic and glibc's functions. This is
// the number in which libact folds constants and measures a formula's error.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REFERENCE_QUAD_H
#define ACT_REFERENCE_QUAD_H

#include "act/Reference/Number.h"

namespace act {

/// IEEE binary128. Conversions to float and double by a cast round to
/// nearest, subnormals included.
using Quad = __float128;

/// The value of an exact number's text ("1.702", "1/3", "0x1.8p+1", "-pi"),
/// rounded to nearest.
Quad quadFromText(llvm::StringRef text);

namespace detail {
// glibc's functions. Compilers differ in whether they know _Float128, and the
// headers then declare these or not; own names keep out of that.
#define ACT_QUAD_UNARY(name)                                                   \
  extern "C" Quad actQuad_##name(Quad) __asm__(#name "f128");
ACT_QUAD_UNARY(fabs)
ACT_QUAD_UNARY(floor)
ACT_QUAD_UNARY(sqrt)
ACT_QUAD_UNARY(exp)
ACT_QUAD_UNARY(expm1)
ACT_QUAD_UNARY(log)
ACT_QUAD_UNARY(log1p)
ACT_QUAD_UNARY(sin)
ACT_QUAD_UNARY(cos)
ACT_QUAD_UNARY(sinh)
ACT_QUAD_UNARY(cosh)
ACT_QUAD_UNARY(tanh)
ACT_QUAD_UNARY(erf)
ACT_QUAD_UNARY(erfc)
#undef ACT_QUAD_UNARY
extern "C" Quad actQuad_pow(Quad, Quad) __asm__("powf128");
extern "C" Quad actQuad_fma(Quad, Quad, Quad) __asm__("fmaf128");
extern "C" Quad actQuad_copysign(Quad, Quad) __asm__("copysignf128");
extern "C" Quad actQuad_scalbln(Quad, long) __asm__("scalblnf128");
extern "C" int actQuad_ilogb(Quad) __asm__("ilogbf128");
} // namespace detail

template <> struct NumberTraits<Quad> {
  static Quad fromText(llvm::StringRef text) { return quadFromText(text); }
  static Quad fromDouble(double x) { return x; }
  static double toDouble(Quad x) { return double(x); }
  static float toFloat(Quad x) { return float(x); }
  static bool isNaN(Quad x) { return x != x; }
  static bool isInfinite(Quad x) { return x == x && x - x != x - x; }
  static bool isNegative(Quad x) {
    return detail::actQuad_copysign(Quad(1), x) < 0;
  }
  static long exponentOf(Quad x) { return detail::actQuad_ilogb(x); }
  static Quad scale(Quad x, long n) { return detail::actQuad_scalbln(x, n); }

  static Quad abs(Quad x) { return detail::actQuad_fabs(x); }
  static Quad floor(Quad x) { return detail::actQuad_floor(x); }
  static Quad sqrt(Quad x) { return detail::actQuad_sqrt(x); }
  static Quad exp(Quad x) { return detail::actQuad_exp(x); }
  static Quad expm1(Quad x) { return detail::actQuad_expm1(x); }
  static Quad log(Quad x) { return detail::actQuad_log(x); }
  static Quad log1p(Quad x) { return detail::actQuad_log1p(x); }
  static Quad sin(Quad x) { return detail::actQuad_sin(x); }
  static Quad cos(Quad x) { return detail::actQuad_cos(x); }
  static Quad sinh(Quad x) { return detail::actQuad_sinh(x); }
  static Quad cosh(Quad x) { return detail::actQuad_cosh(x); }
  static Quad tanh(Quad x) { return detail::actQuad_tanh(x); }
  static Quad erf(Quad x) { return detail::actQuad_erf(x); }
  static Quad erfc(Quad x) { return detail::actQuad_erfc(x); }
  static Quad pow(Quad x, Quad y) { return detail::actQuad_pow(x, y); }
  static Quad fma(Quad x, Quad y, Quad z) {
    return detail::actQuad_fma(x, y, z);
  }
};

} // namespace act

#endif // ACT_REFERENCE_QUAD_H

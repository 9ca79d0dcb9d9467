//===- Number.h - What the interpreter asks of a number ---------*- C++ -*-===//
//
// The interpreter and everything built on it are templates over the number.
// A number has copies, + - * /, unary minus and IEEE comparisons (false with
// NaN); everything else is asked of its NumberTraits. Here are the traits of
// float and double; Quad.h and MpfrNumber.h have the wide ones.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REFERENCE_NUMBER_H
#define ACT_REFERENCE_NUMBER_H

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringRef.h"
#include <cmath>

namespace act {

/// Operations on a number, correct to about one unit in its last place;
/// NaN, infinities and signed zeros as in IEEE 754 and Annex F of C.
template <class Number> struct NumberTraits;

/// Value of an exact number's text (see act/IR/ExactNumber.h) in a format,
/// rounded to nearest; a ratio is the rounded quotient of two rounded
/// numbers. "inf", "-inf" and "nan" are understood too. Precondition: the
/// text is one of these.
llvm::APFloat exactToAPFloat(llvm::StringRef text,
                             const llvm::fltSemantics &semantics);

namespace detail {

/// Traits of float and double by the C library.
template <class T> struct LibmTraits {
  static T fromDouble(double x) { return T(x); }
  static double toDouble(T x) { return x; }
  static float toFloat(T x) { return float(x); }
  static bool isNaN(T x) { return std::isnan(x); }
  static bool isInfinite(T x) { return std::isinf(x); }
  static bool isNegative(T x) { return std::signbit(x); }
  /// floor(log2(|x|)) of a finite x that is not zero.
  static long exponentOf(T x) { return std::ilogb(x); }
  /// x * 2^n.
  static T scale(T x, long n) { return std::scalbln(x, n); }

  static T abs(T x) { return std::fabs(x); }
  static T floor(T x) { return std::floor(x); }
  static T sqrt(T x) { return std::sqrt(x); }
  static T exp(T x) { return std::exp(x); }
  static T expm1(T x) { return std::expm1(x); }
  static T log(T x) { return std::log(x); }
  static T log1p(T x) { return std::log1p(x); }
  static T sin(T x) { return std::sin(x); }
  static T cos(T x) { return std::cos(x); }
  static T sinh(T x) { return std::sinh(x); }
  static T cosh(T x) { return std::cosh(x); }
  static T tanh(T x) { return std::tanh(x); }
  static T erf(T x) { return std::erf(x); }
  static T erfc(T x) { return std::erfc(x); }
  static T pow(T x, T y) { return std::pow(x, y); }
  static T fma(T x, T y, T z) { return std::fma(x, y, z); }
};

} // namespace detail

template <> struct NumberTraits<float> : detail::LibmTraits<float> {
  static float fromText(llvm::StringRef text) {
    return exactToAPFloat(text, llvm::APFloat::IEEEsingle()).convertToFloat();
  }
};

template <> struct NumberTraits<double> : detail::LibmTraits<double> {
  static double fromText(llvm::StringRef text) {
    return exactToAPFloat(text, llvm::APFloat::IEEEdouble())
        .convertToDouble();
  }
};

} // namespace act

#endif // ACT_REFERENCE_NUMBER_H

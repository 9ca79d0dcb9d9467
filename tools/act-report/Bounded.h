//===- Bounded.h - A double and how wrong it may be -------------*- C++ -*-===//
//
// What ErrorBound does after an evaluation, along with it and in vector code:
// each operation adds its own error and passes on those of its operands,
// multiplied by its slope. Errors of operands that are small enough for this
// first order to hold are asked for; the error of anything else is infinite
// or NaN: nothing is known.
//
// An infinite value with an error of 0 stands for a number beyond the range of
// double.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REPORT_BOUNDED_H
#define ACT_REPORT_BOUNDED_H

#include "DoubleCores.h"
#include "act/Reference/Tape.h"

namespace act::report {

struct Bounded {
  double value, error;
};

namespace bounded {
#define ACT_INLINE LLVM_ATTRIBUTE_ALWAYS_INLINE

/// Half a unit in the last place of a double.
inline constexpr double kRounding = 0x1p-53;

/// From here on what tends to a limit as exp(-x) does no longer changes: its
/// error is far below kCoreError, whatever small part of x is wrong.
inline constexpr double kSaturated = 50;

/// Added to an error: nothing if it is small beside `scale`, else infinity.
ACT_INLINE double ifSmall(double error, double scale) {
  return error <= 0x1p-20 * scale ? 0.0 : HUGE_VAL;
}
ACT_INLINE double ifTrue(bool holds) { return holds ? 0.0 : HUGE_VAL; }
ACT_INLINE double least1(double x) { return x > 1 ? x : 1.0; }
ACT_INLINE bool isHuge(double x) { return std::fabs(x) == HUGE_VAL; }

/// A value that is `own` of it wrong, with the error of its operand.
ACT_INLINE Bounded ofCore(double value, Bounded a, double slope, double scale,
                          double own = cores::kCoreError) {
  double passed = a.error == 0 ? 0.0 : slope * a.error;
  return {value, passed + ifSmall(a.error, scale) + own * std::fabs(value) +
                     cores::kTiny};
}
/// One that may be beyond the range of double.
ACT_INLINE Bounded orHuge(Bounded x) {
  return {x.value, isHuge(x.value) ? 0.0 : x.error};
}

ACT_INLINE Bounded add(Bounded a, Bounded b) {
  double value = a.value + b.value;
  double error = a.error + b.error + kRounding * std::fabs(value);
  // A huge number stays huge beside others that are not.
  double far = std::fabs(isHuge(a.value) ? b.value : a.value);
  double hugeError = a.error + b.error + ifTrue(far < 0x1p800 || isHuge(far));
  return {value, isHuge(value) ? hugeError : error};
}
ACT_INLINE Bounded neg(Bounded a) { return {-a.value, a.error}; }
ACT_INLINE Bounded mul(Bounded a, Bounded b) {
  double value = a.value * b.value;
  double x = std::fabs(a.value), y = std::fabs(b.value);
  double error = x * b.error + y * a.error + a.error * b.error +
                 kRounding * std::fabs(value) + cores::kTiny;
  double hugeError = ifTrue(x - a.error >= 1 && y - b.error >= 1);
  return {value, isHuge(value) ? hugeError : error};
}
ACT_INLINE Bounded div(Bounded a, Bounded b) {
  double value = a.value / b.value, y = std::fabs(b.value);
  double size = std::fabs(a.value) + a.error;
  double error = (a.error + std::fabs(value) * b.error) / y +
                 ifSmall(b.error, y) + kRounding * std::fabs(value) +
                 cores::kTiny + ifTrue(y > 0) + size * 0x1p-1000;
  // 0 for a huge divisor, whose reciprocal is below 2^-1000.
  error = isHuge(y) ? b.error + size * 0x1p-1000 + cores::kTiny : error;
  double hugeError =
      a.error + b.error + ifTrue(isHuge(a.value) && y + b.error <= 1 && y > 0);
  return {value, isHuge(value) ? hugeError : error};
}
ACT_INLINE Bounded fma(Bounded a, Bounded b, Bounded c) {
  return add(mul(a, b), c);
}

/// What is known of two numbers beside each other.
ACT_INLINE bool isCertain(Bounded a, Bounded b) {
  double both = a.error + b.error, apart = std::fabs(a.value - b.value);
  return (both == 0 && apart == 0) || apart > both;
}
ACT_INLINE Bounded compare(uint8_t mask, Bounded a, Bounded b) {
  // The unordered are not certain.
  bool holds = a.value < b.value   ? (mask & CompareLess) != 0
               : a.value > b.value ? (mask & CompareGreater) != 0
                                   : (mask & CompareEqual) != 0;
  return {holds ? 1.0 : 0.0, ifTrue(isCertain(a, b))};
}
ACT_INLINE Bounded select(Bounded c, Bounded a, Bounded b) {
  bool holds = c.value != 0;
  return {holds ? a.value : b.value, (holds ? a.error : b.error) + c.error};
}
ACT_INLINE Bounded logic(bool holds, Bounded a, Bounded b) {
  return {holds ? 1.0 : 0.0, a.error + b.error};
}
/// The larger for `sign` 1, the smaller for -1.
ACT_INLINE Bounded extremum(Bounded a, Bounded b, double sign) {
  bool first = sign * a.value > sign * b.value;
  double error =
      isCertain(a, b) ? (first ? a.error : b.error) : a.error + b.error;
  bool isNumber = a.value == a.value && b.value == b.value;
  return {first ? a.value : b.value, error + ifTrue(isNumber)};
}
ACT_INLINE Bounded max(Bounded a, Bounded b) { return extremum(a, b, 1); }
ACT_INLINE Bounded min(Bounded a, Bounded b) { return extremum(a, b, -1); }
ACT_INLINE Bounded abs(Bounded a) { return {std::fabs(a.value), a.error}; }
ACT_INLINE Bounded sign(Bounded a) {
  double value = a.value > 0 ? 1.0 : a.value < 0 ? -1.0 : a.value;
  bool certain = a.error == 0 || std::fabs(a.value) > a.error;
  return {value, ifTrue(certain)};
}
ACT_INLINE Bounded floor(Bounded a) {
  double lo = std::floor(a.value - a.error);
  double hi = std::floor(a.value + a.error);
  return {lo, ifTrue(lo == hi)};
}

ACT_INLINE Bounded exp(Bounded a) {
  double v = cores::exp(a.value);
  return orHuge(ofCore(v, a, v, least1(std::fabs(a.value))));
}
ACT_INLINE Bounded expm1(Bounded a) {
  double v = cores::expm1(a.value);
  double slope = a.value < -kSaturated ? cores::kTiny
                                       : std::fabs(v + 1) + cores::kCoreError;
  return orHuge(ofCore(v, a, slope, least1(std::fabs(a.value))));
}
ACT_INLINE Bounded log(Bounded a) {
  return ofCore(cores::log(a.value), a, 1 / a.value, a.value);
}
ACT_INLINE Bounded log1p(Bounded a) {
  double u = 1 + a.value;
  return ofCore(cores::log1p(a.value), a, 1 / u, u);
}
ACT_INLINE Bounded sqrt(Bounded a) {
  double v = std::sqrt(a.value);
  return ofCore(v, a, 0.5 / v, a.value, kRounding);
}
ACT_INLINE Bounded rsqrt(Bounded a) {
  double v = 1 / std::sqrt(a.value);
  return ofCore(v, a, 0.5 * v / a.value, a.value, 3 * kRounding);
}
/// Where the angle is too large, all that is known is the range.
ACT_INLINE Bounded ofTurn(double value, Bounded a) {
  double x = std::fabs(a.value);
  double error = a.error + cores::kCoreError * std::fabs(value) +
                 (x > 0.5 ? cores::kTurnError : 0.0) + cores::kTiny;
  bool isLarge = x > cores::kMostTurned;
  double largeError = 1 + ifTrue(x < HUGE_VAL);
  return {isLarge ? 0.0 : value, isLarge ? largeError : error};
}
ACT_INLINE Bounded sin(Bounded a) { return ofTurn(cores::sin(a.value), a); }
ACT_INLINE Bounded cos(Bounded a) { return ofTurn(cores::cos(a.value), a); }
ACT_INLINE Bounded sinh(Bounded a) {
  double v = cores::sinh(a.value);
  return orHuge(ofCore(v, a, 1 + std::fabs(v), least1(std::fabs(a.value))));
}
ACT_INLINE Bounded cosh(Bounded a) {
  double v = cores::cosh(a.value);
  return orHuge(ofCore(v, a, v, least1(std::fabs(a.value))));
}
ACT_INLINE Bounded tanh(Bounded a) {
  double v = cores::tanh(a.value), x = std::fabs(a.value);
  double slope =
      x > kSaturated ? cores::kTiny : (1 - v * v) + 2 * cores::kCoreError;
  return ofCore(v, a, slope, least1(x));
}
ACT_INLINE Bounded sigmoid(Bounded a) {
  double v = cores::sigmoid(a.value);
  double slope = a.value < 0            ? v
                 : a.value > kSaturated ? cores::kTiny
                                        : (1 - v) + cores::kCoreError;
  return ofCore(v, a, slope, least1(std::fabs(a.value)));
}
ACT_INLINE Bounded softplus(Bounded a) {
  double v = cores::softplus(a.value);
  // The slope is 1 - exp(-v).
  return orHuge(ofCore(v, a, v < 1 ? v : 1.0, least1(std::fabs(a.value))));
}
/// A bound of the slope of erf and erfc at |x| where erfc is `outer`, from
/// erfc(x) > 2 / sqrt(pi) * exp(-x^2) / (x + sqrt(x^2 + 2)) for x >= 0
/// (Abramowitz and Stegun, 7.1.13).
ACT_INLINE double errorSlope(double x, double outer) {
  x = std::fabs(x);
  return x > 29 ? cores::kTiny
                : (outer + 4 * cores::kCoreError) * (2 * x + 1.5);
}
ACT_INLINE Bounded erf(Bounded a, const cores::ErrorSeries &c) {
  double v = cores::erf(a.value, c);
  return ofCore(v, a, errorSlope(a.value, 1 - std::fabs(v)),
                least1(std::fabs(a.value)));
}
ACT_INLINE Bounded erfc(Bounded a, const cores::ErrorSeries &c) {
  double v = cores::erfc(a.value, c);
  // In the tail the function itself is small, its slope relative to it large.
  double slope = a.value < 0
                     ? errorSlope(a.value, 2 - v)
                     : (a.value > 29 ? cores::kTiny : v * (2 * a.value + 1.5));
  return ofCore(v, a, slope, least1(std::fabs(a.value)));
}

#undef ACT_INLINE
} // namespace bounded
} // namespace act::report

#endif // ACT_REPORT_BOUNDED_H

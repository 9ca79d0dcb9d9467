//===- DoubleCores.h - Functions in double, without a branch ----*- C++ -*-===//
//
// What glibc has, again, in a form that a compiler turns into vector code:
// series whose coefficients are written down as what they are, no tables. Each
// function is good to kCoreError of its result, NaN where it has no value, and
// infinite or 0 beyond the range of double. Results do not depend on the
// machine. Nothing is shared with the code generator.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REPORT_DOUBLECORES_H
#define ACT_REPORT_DOUBLECORES_H

#include "llvm/ADT/bit.h"
#include "llvm/Support/Compiler.h"
#include <array>
#include <cmath>

namespace act::report::cores {

/// What each function may be wrong by, as a part of its result; where that is
/// smaller than kTiny, by kTiny.
inline constexpr double kCoreError = 0x1p-50, kTiny = 0x1p-900;

/// Where |x| is larger, sine and cosine are not computed.
inline constexpr double kMostTurned = 0x1p43;
/// What they may be wrong by besides where |x| is more than 1/2.
inline constexpr double kTurnError = 0x1p-51;

/// Adding and subtracting this rounds to an integer, which then stands in the
/// low bits of the sum.
inline constexpr double kShifter = 0x1.8p52;

LLVM_ATTRIBUTE_ALWAYS_INLINE double nearestInteger(double x) {
  return (x + kShifter) - kShifter;
}

/// 2^k of an integer from -1022 to 1023.
LLVM_ATTRIBUTE_ALWAYS_INLINE double powerOfTwo(double k) {
  uint64_t bits = llvm::bit_cast<uint64_t>(k + kShifter);
  return llvm::bit_cast<double>((bits + 1023) << 52);
}

/// Horner's scheme, constants from the lowest power up.
template <size_t N>
LLVM_ATTRIBUTE_ALWAYS_INLINE double polynomial(double x,
                                               const std::array<double, N> &c) {
  double sum = c[N - 1];
  for (size_t i = N - 1; i-- > 0;)
    sum = sum * x + c[i];
  return sum;
}

/// 1/first!, 1/(first + step)!, ... with signs that alternate if `sign` < 0.
template <size_t N>
constexpr std::array<double, N> inverseFactorials(int first, int step,
                                                  double sign) {
  std::array<double, N> c{};
  double factorial = 1, factor = 1;
  int n = 1;
  for (size_t i = 0; i < N; ++i, factor *= sign) {
    for (; n <= first + int(i) * step; ++n)
      factorial *= n;
    c[i] = factor / factorial;
  }
  return c;
}

/// exp(x) - 1 = (q + 1) * low * high - 1, low and high powers of 2.
struct Exponential {
  double q, low, high, inverseHigh;
};

LLVM_ATTRIBUTE_ALWAYS_INLINE Exponential exponential(double x) {
  // Beyond, results are 0 or infinite anyway; NaN stays.
  x = x < -1100.0 ? -1100.0 : x;
  x = x > 1100.0 ? 1100.0 : x;
  double k = nearestInteger(x * 1.4426950408889634);
  // log 2 in two parts, the first short enough for an exact product.
  double r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
  constexpr auto c = inverseFactorials<12>(2, 1, 1);
  double half = nearestInteger(k * 0.5);
  return {r + (r * r) * polynomial(r, c), powerOfTwo(k - half),
          powerOfTwo(half), powerOfTwo(-half)};
}

LLVM_ATTRIBUTE_ALWAYS_INLINE double exp(double x) {
  Exponential e = exponential(x);
  double value = (1 + e.q) * e.low * e.high;
  return value < kTiny ? 0.0 : value;
}

LLVM_ATTRIBUTE_ALWAYS_INLINE double expm1(double x) {
  Exponential e = exponential(x);
  return (e.q * e.low + (e.low - e.inverseHigh)) * e.high;
}

LLVM_ATTRIBUTE_ALWAYS_INLINE double log(double x) {
  bool isSmall = x < 0x1p-1022;
  uint64_t bits = llvm::bit_cast<uint64_t>(isSmall ? x * 0x1p54 : x);
  constexpr uint64_t kMantissa = (uint64_t(1) << 52) - 1;
  double m = llvm::bit_cast<double>((bits & kMantissa) |
                                    llvm::bit_cast<uint64_t>(1.0));
  double k =
      llvm::bit_cast<double>((bits >> 52) | llvm::bit_cast<uint64_t>(0x1p52)) -
      (0x1p52 + 1023) - (isSmall ? 54.0 : 0.0);
  bool isHigh = m > 1.4142135623730951;
  m = isHigh ? m * 0.5 : m;
  k = isHigh ? k + 1 : k;
  // log m = 2 atanh((m - 1) / (m + 1))
  double f = m - 1, s = f / (2 + f), z = s * s;
  constexpr std::array<double, 11> c = {1.0 / 3,  1.0 / 5,  1.0 / 7,  1.0 / 9,
                                        1.0 / 11, 1.0 / 13, 1.0 / 15, 1.0 / 17,
                                        1.0 / 19, 1.0 / 21, 1.0 / 23};
  double rest = 2 * s * (z * polynomial(z, c)) + k * 0x1.a39ef35793c76p-33;
  double value = k * 0x1.62e42feep-1 + (2 * s + rest);
  value = x > 0 ? value : x == 0 ? -HUGE_VAL : NAN;
  return x < HUGE_VAL ? value : x;
}

LLVM_ATTRIBUTE_ALWAYS_INLINE double log1p(double x) {
  double u = 1 + x, part = u - 1;
  // What the sum has lost.
  double lost = (1 - (u - part)) + (x - part);
  return log(u) + lost / u;
}

LLVM_ATTRIBUTE_ALWAYS_INLINE double sigmoid(double x) {
  double e = exp(-std::fabs(x));
  return (x < 0 ? e : 1.0) / (1 + e);
}

LLVM_ATTRIBUTE_ALWAYS_INLINE double softplus(double x) {
  return (x > 0 ? x : 0.0) + log1p(exp(-std::fabs(x)));
}

LLVM_ATTRIBUTE_ALWAYS_INLINE double tanh(double x) {
  double a = std::fabs(x);
  double t = expm1(a > 30.0 ? 60.0 : 2 * a);
  return std::copysign(t / (t + 2), x);
}

LLVM_ATTRIBUTE_ALWAYS_INLINE double sinh(double x) {
  double a = std::fabs(x), t = expm1(a);
  // Far out only the half of it is left, and t may be infinite.
  double value = a > 50.0 ? 0.5 * t : 0.5 * (t + t / (t + 1));
  return std::copysign(value, x);
}

LLVM_ATTRIBUTE_ALWAYS_INLINE double cosh(double x) {
  double e = exp(std::fabs(x));
  return 0.5 * e + 0.5 / e;
}

/// x minus the nearest multiple of pi / 2, and which multiple that is, as an
/// integer in the low bits.
struct Turned {
  double r;
  uint64_t quadrant;
};

LLVM_ATTRIBUTE_ALWAYS_INLINE Turned turned(double x) {
  double shifted = x * 0.6366197723675814 + kShifter, k = shifted - kShifter;
  constexpr double pio2 = 0x1.921fb54442d18p0, rest = 0x1.1a62633145c07p-54;
  double product = k * pio2, low = std::fma(k, pio2, -product);
  return {((x - product) - low) - k * rest, llvm::bit_cast<uint64_t>(shifted)};
}

/// The sine of an angle turned by `quarters` right angles.
LLVM_ATTRIBUTE_ALWAYS_INLINE double sineOf(double x, uint64_t quarters) {
  Turned t = turned(x);
  uint64_t quadrant = t.quadrant + quarters;
  double z = t.r * t.r;
  constexpr auto sines = inverseFactorials<9>(3, 2, -1);
  constexpr auto cosines = inverseFactorials<9>(2, 2, -1);
  double sine = t.r - t.r * (z * polynomial(z, sines));
  double cosine = 1 - z * polynomial(z, cosines);
  double value = quadrant & 1 ? cosine : sine;
  return quadrant & 2 ? -value : value;
}

LLVM_ATTRIBUTE_ALWAYS_INLINE double sin(double x) { return sineOf(x, 0); }
LLVM_ATTRIBUTE_ALWAYS_INLINE double cos(double x) { return sineOf(x, 1); }

/// Coefficients of powers, the lowest first.
struct ErrorSeries {
  /// (1 + 2 x) exp(x^2) erfc(x) for x >= 0 in t = (x - kMiddle) / (x +
  /// kMiddle): M. M. Shepherd and J. G. Laframboise, Chebyshev approximation of
  /// (1 + 2x) exp(x^2) erfc x, Mathematics of Computation 36, 1981.
  std::array<double, 28> scaled;
  /// erf(x) / x in x^2, for |x| < 1.
  std::array<double, 20> inner;
  static constexpr double kMiddle = 3.75;
};

/// Computed by MPFR when it is first asked for. Safe from any thread.
const ErrorSeries &errorSeries();

/// erfc(x) of x >= 0.
LLVM_ATTRIBUTE_ALWAYS_INLINE double outerErfc(double x, const ErrorSeries &c) {
  // 0 from there on.
  x = x > 30.0 ? 30.0 : x;
  constexpr double middle = ErrorSeries::kMiddle;
  double scaled =
      polynomial((x - middle) / (x + middle), c.scaled) / (1 + 2 * x);
  double square = x * x, low = std::fma(x, x, -square);
  return exp(-square) * (scaled - low * scaled);
}

LLVM_ATTRIBUTE_ALWAYS_INLINE double erfc(double x, const ErrorSeries &c) {
  double outer = outerErfc(std::fabs(x), c);
  return x < 0 ? 2 - outer : outer;
}

LLVM_ATTRIBUTE_ALWAYS_INLINE double erf(double x, const ErrorSeries &c) {
  double a = std::fabs(x), z = a < 1 ? x * x : 1.0;
  double inner = x * polynomial(z, c.inner);
  double outer = std::copysign(1 - outerErfc(a, c), x);
  return a < 1 ? inner : outer;
}

} // namespace act::report::cores

#endif // ACT_REPORT_DOUBLECORES_H

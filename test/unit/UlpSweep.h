//===- UlpSweep.h - Approximations against MPFR -----------------*- C++ -*-===//
//
// Runs a template of act/Transforms/Approximations/ on the host over arguments
// of many kinds and measures its error in ulps of the exact result.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TEST_UNIT_ULPSWEEP_H
#define ACT_TEST_UNIT_ULPSWEEP_H

#include "NativeBuilder.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <limits>
#include <mpfr.h>
#include <optional>
#include <random>
#include <vector>

namespace act::test {

/// Enough for two words of an argument that differ in magnitude, and for
/// 1 + x where x is small.
constexpr mpfr_prec_t precision = 140;

struct Number {
  mpfr_t value;
  Number() { mpfr_init2(value, precision); }
  explicit Number(double x) : Number() { mpfr_set_d(value, x, MPFR_RNDN); }
  ~Number() { mpfr_clear(value); }
  Number(const Number &) = delete;
  Number &operator=(const Number &) = delete;
};

using Reference = void (*)(mpfr_t y, const mpfr_t x);

/// erfc, which is slow in MPFR far in the tail where no result is seen.
inline void exactErfc(mpfr_t y, const mpfr_t x) {
  if (mpfr_cmp_d(x, 40) > 0 && !mpfr_inf_p(x))
    mpfr_set_si_2exp(y, 1, -3000, MPFR_RNDN);
  else
    mpfr_erfc(y, x, MPFR_RNDN);
}

inline void exactSigmoid(mpfr_t y, const mpfr_t x) {
  mpfr_neg(y, x, MPFR_RNDN);
  mpfr_exp(y, y, MPFR_RNDN);
  mpfr_add_ui(y, y, 1, MPFR_RNDN);
  mpfr_ui_div(y, 1, y, MPFR_RNDN);
}

inline void exactSoftplus(mpfr_t y, const mpfr_t x) {
  if (mpfr_cmp_d(x, 5000) > 0) { // exp(x) may be beyond MPFR's range too.
    mpfr_set(y, x, MPFR_RNDN);
    return;
  }
  mpfr_exp(y, x, MPFR_RNDN);
  mpfr_log1p(y, y, MPFR_RNDN);
}

/// A function of MPFR, rounded to nearest.
template <int (*function)(mpfr_t, const mpfr_t, mpfr_rnd_t)>
inline void exactly(mpfr_t y, const mpfr_t x) {
  function(y, x, MPFR_RNDN);
}

template <class T> constexpr int significandBits() {
  return std::numeric_limits<T>::digits;
}

/// |got - exact| in ulps of exact; subnormal ulps where exact is subnormal. An
/// infinite result stands for 2^(emax + 1).
template <class T> double ulpError(double got, const mpfr_t exact) {
  using Limits = std::numeric_limits<T>;
  bool exactNaN = mpfr_nan_p(exact);
  if (std::isnan(got) || exactNaN)
    return std::isnan(got) && exactNaN ? 0 : HUGE_VAL;
  if (mpfr_inf_p(exact))
    return got == mpfr_get_d(exact, MPFR_RNDN) ? 0 : HUGE_VAL;
  if (mpfr_zero_p(exact))
    return got == 0 ? 0 : HUGE_VAL;
  Number limit, error;
  mpfr_set_si_2exp(limit.value, 1, Limits::max_exponent, MPFR_RNDN);
  bool beyond = mpfr_cmpabs(exact, limit.value) >= 0;
  if (beyond && std::isinf(got))
    return (got > 0) == (mpfr_sgn(exact) > 0) ? 0 : HUGE_VAL;
  if (std::isinf(got)) {
    mpfr_setsign(error.value, limit.value, got < 0, MPFR_RNDN);
    mpfr_sub(error.value, error.value, exact, MPFR_RNDN);
  } else {
    mpfr_d_sub(error.value, got, exact, MPFR_RNDN);
  }
  long exponent = std::min<long>(mpfr_get_exp(exact), Limits::max_exponent);
  exponent = std::max<long>(exponent, Limits::min_exponent);
  mpfr_mul_2si(error.value, error.value, Limits::digits - exponent, MPFR_RNDN);
  return std::fabs(mpfr_get_d(error.value, MPFR_RNDN));
}

/// Any finite number, uniform in its bits: subnormal ones included.
template <class T> T anyFinite(std::mt19937_64 &random) {
  using B = NativeBuilder<T>;
  for (;;) {
    T x = B::fromBits(typename B::I(random()));
    if (std::isfinite(x))
      return x;
  }
}

template <class T> std::vector<T> specials() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> values;
  for (T x :
       {T(0), Limits::denorm_min(), Limits::min(), Limits::epsilon(), T(0.5),
        T(1), T(2), Limits::max(), Limits::infinity(), Limits::quiet_NaN()})
    for (T y :
         {x, std::nextafter(x, T(0)), std::nextafter(x, Limits::infinity())})
      values.insert(values.end(), {y, -y});
  return values;
}

/// Any finite number, numbers of moderate magnitude, and numbers of [lo, hi].
template <class T> std::vector<T> samples(double lo, double hi, size_t count) {
  std::mt19937_64 random(20240607);
  std::uniform_real_distribution<double> inside(lo, hi), exponent(-30, 8);
  std::vector<T> values = specials<T>();
  for (size_t i = 0; i < count; ++i) {
    T x = i % 4 == 0   ? anyFinite<T>(random)
          : i % 4 == 1 ? T(std::copysign(std::exp2(exponent(random)),
                                         random() & 1 ? 1.0 : -1.0))
                       : T(inside(random));
    values.push_back(x);
  }
  return values;
}

/// What a measurement found.
struct Worst {
  double error = 0, x = 0, lo = 0;
  size_t count = 0;
  void note(double e, double atX, double atLo) {
    ++count;
    if (e > error || std::isnan(e))
      *this = {e, atX, atLo, count};
  }
};

inline void report(const char *name, bool isDouble, const Worst &worst,
                   double bound) {
  std::printf("%-10s %s  max %7.4f ulp at %a + %a  (%zu samples)\n", name,
              isDouble ? "f64" : "f32", worst.error, worst.x, worst.lo,
              worst.count);
  EXPECT_LE(worst.error, bound) << name << " at " << worst.x;
}

/// The error of function(builder, x, lo) against reference(x + lo); `fewer`
/// divides the number of samples where the reference is slow.
template <class T, class Function>
void sweep(const char *name, Function function, Reference reference, double lo,
           double hi, double bound, bool withLow = false, size_t fewer = 1) {
  NativeBuilder<T> builder;
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> half(-0.5, 0.5);
  Worst worst;
  Number exact;
  size_t count = (significandBits<T>() == 24 ? 160000 : 80000) / fewer;
  for (T x : samples<T>(lo, hi, count)) {
    T low = 0;
    if (withLow && std::isfinite(x))
      low = T(half(random) *
              (std::nextafter(std::fabs(x), T(HUGE_VAL)) - std::fabs(x)));
    if (withLow && !std::isfinite(low))
      low = 0;
    std::optional<T> argument;
    if (withLow)
      // What fma leaves beside an infinite product.
      argument = std::isinf(x) ? std::numeric_limits<T>::quiet_NaN() : low;
    Number input(x);
    mpfr_add_d(input.value, input.value, low, MPFR_RNDN);
    reference(exact.value, input.value);
    worst.note(ulpError<T>(function(builder, x, argument), exact.value), x,
               low);
  }
  report(name, significandBits<T>() == 53, worst, bound);
}

} // namespace act::test

#endif // ACT_TEST_UNIT_ULPSWEEP_H

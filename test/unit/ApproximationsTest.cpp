//===- ApproximationsTest.cpp - Approximations against MPFR ---------------===//
//
// Runs the templates of act/Transforms/Approximations/ on the host and
// measures their error in ulps of the exact result, over all floats (uniform
// in their bits), over the range where the function varies, and at the special
// values. Low words of arguments count as part of the exact argument.
//
//===----------------------------------------------------------------------===//

#include "UlpSweep.h"
#include "act/Transforms/Approximations/All.h"

using namespace act;
using namespace act::test;

namespace {

/// Both compute types.
#define ACT_SWEEP(name, call, reference, lo, hi, bound32, bound64, low)        \
  do {                                                                         \
    size_t fewer = Reference(reference) == exactErfc ? 8 : 1;                  \
    auto function = [](auto &b, auto x, auto lo_) {                            \
      (void)lo_;                                                               \
      return call;                                                             \
    };                                                                         \
    sweep<float>(name, function, reference, lo, hi, bound32, low, fewer);      \
    sweep<double>(name, function, reference, lo, hi, bound64, low, fewer);     \
  } while (0)

TEST(Approximations, Exp) {
  ACT_SWEEP("exp", approx::exp(b, x), exactly<mpfr_exp>, -105, 89, 0.95, 1.0,
            false);
  ACT_SWEEP("exp+lo", approx::exp(b, x, lo_), exactly<mpfr_exp>, -105, 89, 0.95,
            1.0, true);
  ACT_SWEEP("exp", approx::exp(b, x), exactly<mpfr_exp>, -746, 710, 0.95, 1.0,
            false);
}

TEST(Approximations, Expm1) {
  ACT_SWEEP("expm1", approx::expm1(b, x), exactly<mpfr_expm1>, -3, 3, 1.6, 1.6,
            false);
  ACT_SWEEP("expm1+lo", approx::expm1(b, x, lo_), exactly<mpfr_expm1>, -3, 3,
            1.6, 1.6, true);
  ACT_SWEEP("expm1", approx::expm1(b, x), exactly<mpfr_expm1>, -40, 89, 1.6,
            1.6, false);
}

TEST(Approximations, Sigmoid) {
  ACT_SWEEP("sigmoid", approx::materialize(b, approx::sigmoidScaled(b, x)),
            exactSigmoid, -105, 20, 2.5, 2.5, false);
  ACT_SWEEP("sigmoid", approx::materialize(b, approx::sigmoidScaled(b, x)),
            exactSigmoid, -5, 5, 2.5, 2.5, false);
  ACT_SWEEP("sigmoid", approx::materialize(b, approx::sigmoidScaled(b, x)),
            exactSigmoid, -746, -700, 2.5, 2.5, false);
  ACT_SWEEP("sigmoid+lo",
            approx::materialize(b, approx::sigmoidScaled(b, x, lo_)),
            exactSigmoid, -105, 20, 2.5, 2.5, true);
}

TEST(Approximations, Softplus) {
  ACT_SWEEP("softplus", approx::materialize(b, approx::softplusScaled(b, x)),
            exactSoftplus, -105, 20, 2.0, 2.75, false);
  ACT_SWEEP("softplus", approx::materialize(b, approx::softplusScaled(b, x)),
            exactSoftplus, -5, 5, 2.0, 2.75, false);
  ACT_SWEEP("softplus", approx::materialize(b, approx::softplusScaled(b, x)),
            exactSoftplus, -746, -700, 2.0, 2.75, false);
  ACT_SWEEP("softplus+lo",
            approx::materialize(b, approx::softplusScaled(b, x, lo_)),
            exactSoftplus, -105, 20, 2.0, 2.75, true);
}

TEST(Approximations, Log) {
  ACT_SWEEP("log", approx::log(b, x), exactly<mpfr_log>, 0, 4, 1.0, 1.0, false);
  ACT_SWEEP("log near 1", approx::log(b, x), exactly<mpfr_log>, 0.7, 1.5, 1.0,
            1.0, false);
}

TEST(Approximations, Log1p) {
  ACT_SWEEP("log1p", approx::log1p(b, x), exactly<mpfr_log1p>, -1, 3, 1.5, 1.5,
            false);
  ACT_SWEEP("log1p+lo", approx::log1p(b, x, lo_), exactly<mpfr_log1p>, -0.9, 3,
            1.5, 1.5, true);
}

TEST(Approximations, Hyperbolic) {
  ACT_SWEEP("tanh", approx::tanh(b, x), exactly<mpfr_tanh>, -3, 3, 2.0, 2.0,
            false);
  ACT_SWEEP("tanh+lo", approx::tanh(b, x, lo_), exactly<mpfr_tanh>, -3, 3, 2.0,
            2.0, true);
  ACT_SWEEP("tanh", approx::tanh(b, x), exactly<mpfr_tanh>, -20, 20, 2.0, 2.0,
            false);
  ACT_SWEEP("sinh", approx::sinh(b, x), exactly<mpfr_sinh>, -4, 4, 2.5, 2.5,
            false);
  ACT_SWEEP("sinh", approx::sinh(b, x), exactly<mpfr_sinh>, 87, 90, 2.5, 2.5,
            false);
  ACT_SWEEP("cosh", approx::cosh(b, x), exactly<mpfr_cosh>, -4, 4, 1.5, 1.5,
            false);
  ACT_SWEEP("cosh", approx::cosh(b, x), exactly<mpfr_cosh>, 87, 90, 1.5, 1.5,
            false);
  ACT_SWEEP("cosh", approx::cosh(b, x), exactly<mpfr_cosh>, 708, 711, 1.5, 1.5,
            false);
}

TEST(Approximations, Erf) {
  ACT_SWEEP("erf", approx::erf(b, x), exactly<mpfr_erf>, -4, 4, 1.25, 1.25,
            false);
}

TEST(Approximations, Erfc) {
  ACT_SWEEP("erfc", approx::materialize(b, approx::erfcScaled(b, x)), exactErfc,
            -1, 11, 4.0, 4.0, false);
  ACT_SWEEP("erfc", approx::materialize(b, approx::erfcScaled(b, x)), exactErfc,
            -4, 4, 4.0, 4.0, false);
  ACT_SWEEP("erfc+lo", approx::materialize(b, approx::erfcScaled(b, x, lo_)),
            exactErfc, -6, 27, 4.0, 4.0, true);
}

TEST(Approximations, Trigonometric) {
  ACT_SWEEP("sin", approx::sin(b, x), exactly<mpfr_sin>, -20, 20, 1.0, 1.0,
            false);
  ACT_SWEEP("cos", approx::cos(b, x), exactly<mpfr_cos>, -20, 20, 1.0, 1.0,
            false);
}

/// The double nearest to a multiple of pi / 2 (W. Kahan), and the float.
TEST(Approximations, HardestAngles) {
  NativeBuilder<double> wide;
  NativeBuilder<float> narrow;
  Number exact;
  auto expectSin = [&](auto &b, auto x) {
    using T = decltype(x);
    mpfr_sin(exact.value, Number(x).value, MPFR_RNDN);
    EXPECT_LE(ulpError<T>(approx::sin(b, x), exact.value), 2.0) << x;
    mpfr_cos(exact.value, Number(x).value, MPFR_RNDN);
    EXPECT_LE(ulpError<T>(approx::cos(b, x), exact.value), 2.0) << x;
  };
  expectSin(wide, 0x1.6ac5b262ca1ffp+849);
  expectSin(narrow, 0x1.47d0fep+34f);
  // Neighbours of the multiples of pi / 2.
  for (int k = 1; k < 20000; ++k) {
    expectSin(wide, k * 1.5707963267948966);
    expectSin(narrow, float(k * 1.5707963267948966));
  }
}

/// sin(8 x) and cos(8 x) of arguments that overflow.
template <class T> void expectShifted() {
  NativeBuilder<T> b;
  Number exact;
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> share(0.13, 1);
  for (int i = 0; i < 20000; ++i) {
    T x = std::numeric_limits<T>::max() * T(share(random));
    Number argument(x);
    mpfr_mul_2ui(argument.value, argument.value, 3, MPFR_RNDN);
    auto shift = std::make_optional(b.integer(3));
    mpfr_sin(exact.value, argument.value, MPFR_RNDN);
    EXPECT_LE(ulpError<T>(approx::sin(b, x, false, shift), exact.value), 2.0)
        << x;
    mpfr_cos(exact.value, argument.value, MPFR_RNDN);
    EXPECT_LE(ulpError<T>(approx::cos(b, x, shift), exact.value), 2.0) << x;
  }
}

TEST(Approximations, AnglesBeyondTheRange) {
  expectShifted<float>();
  expectShifted<double>();
}

/// Relative error of hi + lo, and that of exp(y log x), where the error of the
/// logarithm is multiplied by y.
template <class T>
void sweepLogPair(double logBound, double powerBound, double largest) {
  NativeBuilder<T> b;
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> target(-largest, largest),
      near(0.5, 2.0);
  Worst power;
  double worstLog = 0, worstX = 0;
  Number exact, product;
  for (int i = 0; i < 60000; ++i) {
    T x = i % 2 ? std::fabs(anyFinite<T>(random)) : T(near(random));
    if (x == 0 || x == 1)
      continue;
    approx::Pair<NativeBuilder<T>> y = approx::logPair(b, x);
    mpfr_log(exact.value, Number(x).value, MPFR_RNDN);
    T exponent = T(target(random) / mpfr_get_d(exact.value, MPFR_RNDN));
    Number error(y.hi);
    mpfr_add_d(error.value, error.value, y.lo, MPFR_RNDN);
    mpfr_sub(error.value, error.value, exact.value, MPFR_RNDN);
    mpfr_div(error.value, error.value, exact.value, MPFR_RNDN);
    double relative = std::fabs(mpfr_get_d(error.value, MPFR_RNDN));
    if (relative > worstLog) {
      worstLog = relative;
      worstX = x;
    }
    mpfr_mul_d(product.value, exact.value, exponent, MPFR_RNDN);
    mpfr_exp(exact.value, product.value, MPFR_RNDN);
    T hi = exponent * y.hi;
    T lo = std::fma(exponent, y.lo, std::fma(exponent, y.hi, -hi));
    power.note(
        ulpError<T>(approx::exp(b, hi, std::optional<T>(lo)), exact.value), x,
        exponent);
  }
  bool isDouble = significandBits<T>() == 53;
  std::printf("%-10s %s  max relative error 2^%.2f at %a\n", "logPair",
              isDouble ? "f64" : "f32", std::log2(worstLog), worstX);
  EXPECT_LE(worstLog, logBound);
  report("exp(y*log)", isDouble, power, powerBound);
}

TEST(Approximations, LogPair) {
  sweepLogPair<float>(0x1p-33, 1.0, 104);
  sweepLogPair<double>(0x1p-62, 1.25, 745);
}

/// Signed zeros, and results that must not leave their range.
template <class T> void checkSigns() {
  NativeBuilder<T> b;
  T zero = 0, inf = std::numeric_limits<T>::infinity();
  EXPECT_TRUE(std::signbit(approx::expm1(b, -zero)));
  EXPECT_TRUE(std::signbit(approx::log1p(b, -zero)));
  EXPECT_TRUE(std::signbit(approx::tanh(b, -zero)));
  EXPECT_TRUE(std::signbit(approx::sinh(b, -zero)));
  EXPECT_TRUE(std::signbit(approx::erf(b, -zero)));
  EXPECT_TRUE(std::signbit(approx::sin(b, -zero)));
  for (T x : {zero, T(1)})
    EXPECT_FALSE(std::signbit(approx::sin(b, x)));
  EXPECT_EQ(approx::materialize(b, approx::sigmoidScaled(b, zero)), T(0.5));
  EXPECT_EQ(approx::exp(b, zero), T(1));
  EXPECT_EQ(approx::cos(b, zero), T(1));
  EXPECT_EQ(approx::log(b, T(1)), zero);
  for (T x : {inf, -inf})
    EXPECT_TRUE(std::isnan(approx::sin(b, x)) && std::isnan(approx::cos(b, x)));
  approx::Pair<NativeBuilder<T>> atZero = approx::logPair(b, zero);
  EXPECT_EQ(atZero.hi, -inf);
  EXPECT_EQ(atZero.lo, zero);
  std::mt19937_64 random(3);
  for (int i = 0; i < 1000000; ++i) {
    T x = i % 2 ? anyFinite<T>(random) : T(double(random() % 400000) / 1e4);
    EXPECT_LE(std::fabs(approx::tanh(b, x)), T(1));
    EXPECT_LE(std::fabs(approx::erf(b, x)), T(1));
    auto sigmoid = approx::sigmoidScaled(b, -x);
    EXPECT_LE(std::fabs(sigmoid.m), T(1));
    EXPECT_LE(sigmoid.n, 0);
    EXPECT_LE(approx::softplusScaled(b, x).n, 0);
    EXPECT_LE(approx::erfcScaled(b, x).n, 0);
    EXPECT_LE(approx::materialize(b, sigmoid), T(1));
    auto exponential = approx::expScaled(b, x);
    EXPECT_LE(std::fabs(exponential.m), T(1));
    EXPECT_GE(exponential.n, sizeof(T) == 4 ? -252 : -2044);
    EXPECT_LE(exponential.n, sizeof(T) == 4 ? 130 : 1026);
    EXPECT_LE(std::fabs(approx::erfcScaled(b, x).m), T(2));
  }
}

/// A scaled exponential keeps its bits below the range of its type, where a
/// later factor may bring it back: exp(z) * 2^up.
template <class T> void sweepBelowRange(double lo, double hi, int up) {
  NativeBuilder<T> b;
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> inside(lo, hi);
  Worst worst;
  Number exact;
  for (int i = 0; i < 50000; ++i) {
    T z = T(inside(random));
    auto scaled = approx::expScaled(b, z);
    scaled.m = std::ldexp(scaled.m, up);
    mpfr_exp(exact.value, Number(z).value, MPFR_RNDN);
    mpfr_mul_2si(exact.value, exact.value, up, MPFR_RNDN);
    worst.note(ulpError<T>(approx::materialize(b, scaled), exact.value), z, 0);
  }
  report("exp*2^up", significandBits<T>() == 53, worst, 1.0);
}

TEST(Approximations, BelowTheRange) {
  sweepBelowRange<float>(-174, -100, 100);
  sweepBelowRange<double>(-1416, -740, 1000);
}

TEST(Approximations, SignsAndRanges) {
  checkSigns<float>();
  checkSigns<double>();
}

} // namespace

//===- WideTest.cpp - f64 arithmetic for narrower results -----------------===//
//
// The primitives of the strict class promise a relative error of 2^-42 wherever
// an f32 can hold the result.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Approximations/Wide.h"
#include "NativeBuilder.h"
#include "PrimitiveReferences.h"
#include "gtest/gtest.h"
#include <random>

using namespace act;
using namespace act::test;
using Builder = act::test::NativeBuilder<double>;

namespace {

/// An MPFR number of 120 bits.
struct Number {
  mpfr_t value;
  explicit Number(double x = 0) {
    mpfr_init2(value, 120);
    mpfr_set_d(value, x, MPFR_RNDN);
  }
  ~Number() { mpfr_clear(value); }
  Number(const Number &) = delete;
  Number &operator=(const Number &) = delete;
};

using Function = double (*)(Builder &, double);

struct Primitive {
  const char *name;
  Function function;
  Reference reference;
};

class Wide : public testing::TestWithParam<Primitive> {};

TEST_P(Wide, RelativeErrorIsBelow2ToMinus42) {
  Builder builder;
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> inside(-104, 89), exponent(-120, 7);
  Number exact, error;
  for (int i = 0; i < 200000; ++i) {
    double x = i % 2 ? inside(random)
                     : std::copysign(std::exp2(exponent(random)),
                                     random() & 1 ? 1.0 : -1.0);
    Number input(x);
    GetParam().reference(exact.value, input.value, MPFR_RNDN);
    if (!mpfr_number_p(exact.value) || mpfr_zero_p(exact.value) ||
        mpfr_get_exp(exact.value) > 128 || mpfr_get_exp(exact.value) < -150)
      continue;
    mpfr_d_sub(error.value, GetParam().function(builder, x), exact.value,
               MPFR_RNDN);
    mpfr_div(error.value, error.value, exact.value, MPFR_RNDN);
    ASSERT_LE(std::fabs(mpfr_get_d(error.value, MPFR_RNDN)), 0x1p-42)
        << GetParam().name << " at " << x;
  }
}

TEST_P(Wide, KeepsNaN) {
  Builder builder;
  EXPECT_TRUE(std::isnan(GetParam().function(builder, std::nan(""))));
}

/// Rounded to f32, a result beyond its range is 0 or infinite as the exact one.
TEST_P(Wide, RoundsAsTheExactValueFarOut) {
  Builder builder;
  Number exact;
  for (double x : {-HUGE_VAL, -0x1p127, -1e4, -200.0, -0.0, 0.0, 200.0, 1e4,
                   0x1p127, HUGE_VAL}) {
    // MPFR takes very long for erfc of a large number.
    bool isErrorFunction =
        GetParam().reference == mpfr_erfc || GetParam().reference == mpfr_erf;
    Number input(isErrorFunction ? std::clamp(x, -200.0, 200.0) : x);
    GetParam().reference(exact.value, input.value, MPFR_RNDN);
    float right = mpfr_get_flt(exact.value, MPFR_RNDN);
    float y = float(GetParam().function(builder, x));
    if (GetParam().reference == exactSoftplus && x > 200) // exp(x) overflows.
      right = float(x);
    if (std::isnan(right)) {
      EXPECT_TRUE(std::isnan(y)) << x;
      continue;
    }
    EXPECT_EQ(y, right) << x;
    EXPECT_EQ(std::signbit(y), std::signbit(right)) << x;
  }
}

#define ACT_WIDE(name, function, reference)                                    \
  Primitive {                                                                  \
    name, [](Builder &b, double x) { return approx::function(b, x); },         \
        reference                                                              \
  }

INSTANTIATE_TEST_SUITE_P(
    Primitives, Wide,
    testing::Values(ACT_WIDE("exp", wideExp, mpfr_exp),
                    ACT_WIDE("expm1", wideExpm1, mpfr_expm1),
                    ACT_WIDE("sigmoid", wideSigmoid, exactSigmoid),
                    ACT_WIDE("softplus", wideSoftplus, exactSoftplus),
                    ACT_WIDE("tanh", wideTanh, mpfr_tanh),
                    ACT_WIDE("sinh", wideSinh, mpfr_sinh),
                    ACT_WIDE("cosh", wideCosh, mpfr_cosh),
                    ACT_WIDE("erf", wideErf, mpfr_erf),
                    ACT_WIDE("erfc", wideErfc, mpfr_erfc),
                    ACT_WIDE("log", wideLog, mpfr_log)),
    [](const testing::TestParamInfo<Primitive> &info) {
      return info.param.name;
    });

} // namespace

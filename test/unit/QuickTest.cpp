//===- QuickTest.cpp - Primitives of the fast class -----------------------===//
//
// A relative error of 2^-15 where the result is above 2^-116, and an error
// below that of what is smaller.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Approximations/Quick.h"
#include "NativeBuilder.h"
#include "PrimitiveReferences.h"
#include "gtest/gtest.h"
#include <random>

using namespace act;
using namespace act::test;
using Builder = act::test::NativeBuilder<float>;

namespace {

using Function = float (*)(Builder &, float);

struct Primitive {
  const char *name;
  Function function;
  Reference reference;
};

class Quick : public testing::TestWithParam<Primitive> {
protected:
  void SetUp() override { mpfr_init2(exact, 100); }
  void TearDown() override { mpfr_clear(exact); }

  /// The exact value in double, which is enough for 2^-15.
  double exactAt(float x) {
    mpfr_set_flt(exact, x, MPFR_RNDN);
    GetParam().reference(exact, exact, MPFR_RNDN);
    return mpfr_get_d(exact, MPFR_RNDN);
  }

  mpfr_t exact;
  Builder builder;
};

TEST_P(Quick, RelativeErrorIsBelow2ToMinus15) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> inside(-100, 88.7), exponent(-100, 7);
  for (int i = 0; i < 200000; ++i) {
    float x = float(i % 2 ? inside(random)
                          : std::copysign(std::exp2(exponent(random)),
                                          random() & 1 ? 1.0 : -1.0));
    double right = exactAt(x), y = GetParam().function(builder, x);
    if (std::fabs(right) > double(std::numeric_limits<float>::max()))
      continue;
    if (std::fabs(right) > 0x1p-116)
      ASSERT_LE(std::fabs(y - right), std::fabs(right) * 0x1p-15)
          << GetParam().name << " at " << x;
    else
      ASSERT_LE(std::fabs(y - right), 0x1p-116)
          << GetParam().name << " at " << x;
  }
}

TEST_P(Quick, KeepsNaN) {
  EXPECT_TRUE(std::isnan(GetParam().function(builder, std::nanf(""))));
}

TEST_P(Quick, IsRightFarOut) {
  for (float x : {-HUGE_VALF, -0x1p127f, -1e4f, 1e4f, 0x1p127f, HUGE_VALF}) {
    // MPFR takes very long for erfc of a large number, and exp overflows.
    double right = GetParam().reference == mpfr_erfc ? (x < 0 ? 2 : 0)
                   : GetParam().reference == exactSoftplus && x > 0
                       ? x
                       : float(exactAt(x));
    EXPECT_EQ(GetParam().function(builder, x), right) << x;
  }
}

#define ACT_QUICK(name, function, reference)                                   \
  Primitive {                                                                  \
    name, [](Builder &b, float x) { return approx::function(b, x); },          \
        reference                                                              \
  }

INSTANTIATE_TEST_SUITE_P(
    Primitives, Quick,
    testing::Values(ACT_QUICK("exp", quickExp, mpfr_exp),
                    ACT_QUICK("expm1", quickExpm1, mpfr_expm1),
                    ACT_QUICK("sigmoid", quickSigmoid, exactSigmoid),
                    ACT_QUICK("softplus", quickSoftplus, exactSoftplus),
                    ACT_QUICK("tanh", quickTanh, mpfr_tanh),
                    ACT_QUICK("erfc", quickErfc, mpfr_erfc)),
    [](const testing::TestParamInfo<Primitive> &info) {
      return info.param.name;
    });

} // namespace

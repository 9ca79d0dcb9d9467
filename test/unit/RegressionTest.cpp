//===- RegressionTest.cpp - Errors that other libraries shipped -----------===//
//
// Each test is named for the cause and says what users saw. Kernels of each
// accuracy class and at each level of this machine are held to the bounds of
// their class against MPFR. Ranges and special values are in
// RegressionRangeTest.cpp.
//
//===----------------------------------------------------------------------===//

#include "RegressionTestUtil.h"
#include <cmath>

using namespace act;
using namespace act::test;

static const double inf = HUGE_VAL;
static const std::vector<DType> all(std::begin(kAllTypes), std::end(kAllTypes));
static const std::vector<DType> wide = {DType::F64, DType::F32};
static const std::vector<DType> narrow = {DType::F16, DType::BF16};
static const std::vector<DType> f64 = {DType::F64}, f32 = {DType::F32},
                                f16 = {DType::F16}, bf16 = {DType::BF16};

/// Numbers from `from` to `to`, both included.
static std::vector<double> steps(double from, double to, double step) {
  std::vector<double> values;
  for (double x = from; x <= to; x += step)
    values.push_back(x);
  return values;
}

//===----------------------------------------------------------------------===//
// GELU
//===----------------------------------------------------------------------===//

// 57 % wrong near -5 and 0 below -6 in f32, 0 below -9 in f64: 1 + erf(x / ..)
// cancels.
TEST(Regression, GeluTailIsNotZero) {
  expectExact({{"gelu", 0, all, {-4.9, -5, -5.1, -5.25, -5.5}},
               {"gelu",
                0,
                {DType::F64, DType::F32, DType::BF16},
                {-6, -7, -8, -9, -10, -11.5, -13}},
               {"gelu", 0, f64, {-14, -20, -30, -37.5}}});
}

// 10 % of all bf16 values beyond 1000 ulp, and positive near -3.7.
TEST(Regression, GeluDerivativeKeepsItsSign) {
  expectExact({{"gelu", 1, all, steps(-3.75, -3.65, 1.0 / 64)},
               {"gelu_tanh", 1, all, steps(-3.75, -3.65, 1.0 / 64)}});
}

// 39,468 ulp between -5 and -3: a correction of the tail was cut off.
TEST(Regression, GeluDerivativeTailIsNotTruncated) {
  expectExact({{"gelu", 1, all, steps(-5, -3, 1.0 / 16)}});
}

// The tail was 700 % wrong and went up and down.
TEST(Regression, GeluTailFallsMonotonically) {
  for (DType type : all)
    for (const char *name : {"gelu", "gelu_tanh"})
      forEachKernel(name, type, 0, [&](TestKernel &kernel, Accuracy) {
        std::vector<double> inputs = rounded(steps(-16, -0.8, 1.0 / 128), type);
        std::vector<double> got = kernel.run(inputs).front();
        for (size_t i = 1; i < got.size(); ++i)
          EXPECT_LE(got[i], got[i - 1]) << "at " << inputs[i];
      });
}

// 0 below -6: 1 + tanh(u) cancels.
TEST(Regression, GeluTanhTailIsNotZero) {
  expectExact({{"gelu_tanh", 0, wide, {-5, -6, -6.5, -7, -8, -9, -10}},
               {"gelu_tanh", 0, bf16, {-5, -6, -7, -8, -9, -10}},
               {"gelu_tanh", 0, f16, {-4, -5, -5.2}}});
}

// The path for the exact function computed the tanh form, and tests looked only
// where the two agree.
TEST(Regression, GeluIsNotItsTanhForm) {
  std::vector<double> inputs = steps(-2.5, -2, 1.0 / 32);
  expectExact({{"gelu", 0, all, inputs}, {"gelu_tanh", 0, all, inputs}});
  TestKernel exact = compileDerivative("gelu", DType::F32, {{0}});
  TestKernel form = compileDerivative("gelu_tanh", DType::F32, {{0}});
  for (double x : inputs)
    EXPECT_GT(std::fabs(exact.run({x})[0][0] - form.run({x})[0][0]), 5e-5);
}

// Intermediate results in bf16 lost the tail.
TEST(Regression, GeluTailInBF16) {
  expectExact({{"gelu", 0, bf16, steps(-5.5, -2.5, 1.0 / 64)}});
}

// Not x for x between 8 and 16 in bf16.
TEST(Regression, GeluTanhOfModerateArgumentsIsTheArgument) {
  for (double x : steps(8, 16, 0.5))
    expectEqual({"gelu_tanh", 0, bf16, {x}}, x);
}

// NaN at 256 in f16: x^3 is infinite from 40.4 on.
TEST(Regression, GeluTanhCubeDoesNotOverflow) {
  expectEqual({"gelu_tanh", 1, f16, {41, 100, 256, 65504}}, 1);
  expectEqual({"gelu_tanh", 1, wide, {256, 1e13, 1e30}}, 1);
  expectExact({{"gelu_tanh", 1, f16, {-41, -100, -256, -65504}}});
  for (double x : {41, 256, 65504})
    expectEqual({"gelu_tanh", 0, f16, {x}}, x);
}

//===----------------------------------------------------------------------===//
// SiLU, mish, sigmoid
//===----------------------------------------------------------------------===//

// Exactly 0 where results go down to -1.02e-36.
TEST(Regression, SiluBelowMinus87IsNotZero) {
  expectExact({{"silu",
                0,
                {DType::F64, DType::F32, DType::BF16},
                {-87, -87.34, -88, -90, -91.5, -95, -103}},
               {"silu", 0, f64, {-700, -708, -709.5, -740}}});
}

TEST(Regression, MishTail) {
  expectExact({{"mish",
                0,
                {DType::F64, DType::F32, DType::BF16},
                {-20, -50, -87, -87.34, -88, -90, -95, -103}},
               {"mish", 0, f64, {-700, -709.5, -740}}});
}

// NaN above 22.18: exp(3 x) in a quotient overflows.
TEST(Regression, MishDerivativeOfLargeArguments) {
  expectExact({{"mish", 1, all, {10, 22, 22.5, 30, 44.5, 88, 89, 100, 1000}},
               {"mish", 1, wide, {1e10, 3e38}}});
}

// sigmoid(x) = 0.5 + 0.5 tanh(0.5 x) was -5.96e-8 at -16.74, and its logarithm
// NaN.
TEST(Regression, SigmoidByTanhCancels) {
  expectExact({{"sigmoid", 0, wide, {-16.74, -16.7, -17, -18, -30, -87, -100}},
               {"sigmoid", 0, narrow, {-10, -15, -16.75, -17}}});
}

TEST(Regression, SaturatedSigmoidIsExactlyOne) {
  expectEqual({"sigmoid", 0, f32, {17.33, 18, 30, 90, 1e10, 3e38, inf}}, 1);
  expectEqual({"sigmoid", 0, f64, {38, 100, 800, 1e300, inf}}, 1);
  expectEqual({"sigmoid", 0, narrow, {9, 17, 100, 60000, inf}}, 1);
}

// The slope from a rounded 1 or 0 is 0.
TEST(Regression, SigmoidDerivativeInSaturation) {
  expectExact({{"sigmoid", 1, wide, {17, 20, 50, 85, -17, -20, -50, -85}},
               {"silu", 1, wide, {-17, -50, -88, 17, 40}}});
}

//===----------------------------------------------------------------------===//
// Softplus and log_sigmoid
//===----------------------------------------------------------------------===//

// Infinity, NaN and 3e38: an argument that was not clamped went into the
// exponent bits.
TEST(Regression, SoftplusOfHugeArguments) {
  expectExact({{"softplus", 0, all, {11, 88, 1000, 60000}},
               {"softplus", 0, wide, {88.72, 89, 104, 1e4, 1e10, 1e30, 3e38}},
               {"softplus", 0, wide, {-88, -104, -1e4, -1e10, -1e30, -3e38}}});
  for (double x : {88.0, 1000.0, 60000.0})
    expectEqual({"softplus", 0, f16, {x}}, rounded({x}, DType::F16)[0]);
}

// 0.693105578, 698 ulp.
TEST(Regression, SoftplusAtZero) {
  expectExact({{"softplus", 0, all, {0.0, -0.0, 1e-7, -1e-7, 1e-3, -1e-3}}});
}

// The threshold was compared with the output times beta, and large beta gave
// infinity.
TEST(Regression, SoftplusWithBeta) {
  for (const char *source : {"softplus(x, beta=5)", "softplus(x, beta=1000)",
                             "softplus(x, beta=0.1)"})
    for (int64_t order : {0, 1})
      expectExact({{source,
                    order,
                    wide,
                    {-20, -5, -4, -1, -0.01, 0, 0.01, 1, 4, 5, 20, 1e4}}});
}

TEST(Regression, SoftplusWithTinyBeta) {
  expectExact({{"softplus(x, beta=0.000001)",
                0,
                wide,
                {-1e8, -1e7, -1000, -1, 0, 1, 1000, 1e7, 1e8}}});
}

// NaN: log(sigmoid(x)) is log(0), and -inf * 0 in its backward.
TEST(Regression, LogSigmoidOfMinusInfinity) {
  expectEqual({"log_sigmoid", 0, all, {-inf}}, -inf);
  expectEqual({"log_sigmoid", 1, all, {-inf}}, 1);
}

// log(1 + exp(-x)) is 0 from 17 on.
TEST(Regression, LogSigmoidOfLargeArguments) {
  expectExact({{"log_sigmoid", 0, wide, {10, 17, 20, 50, 85, -20, -90, -1e4}},
               {"log_sigmoid", 0, narrow, {5, 8, 9, -20, -90, -1000}}});
}

//===----------------------------------------------------------------------===//
// ELU and SELU
//===----------------------------------------------------------------------===//

// exp(x) - 1: 0 below 1e-8, and 1.3 % wrong at 1e-6.
TEST(Regression, EluNearZero) {
  for (const char *name : {"elu", "selu", "celu", "celu(x, alpha=2)"})
    expectExact({{name,
                  0,
                  wide,
                  {-1e-8, -3e-8, -1e-6, -1e-4, -0.01, -1e-30, 1e-8, 1e-30}},
                 {name, 0, narrow, {-0.001, -0.0001, -0.01}}});
}

TEST(Regression, SeluTail) {
  expectExact({{"selu", 0, all, {-3, -8, -10, -16, -17.3, -18, -50, -100}},
               {"selu", 0, wide, {-1e5, -1e30, -3e38}}});
}

// 0 below -17.3: the slope was taken from an output that is -1.
TEST(Regression, EluDerivativeInTail) {
  for (const char *name : {"elu", "selu", "celu"})
    expectExact({{name,
                  1,
                  {DType::F64, DType::F32, DType::BF16},
                  {-17, -17.4, -20, -50, -80, -86}},
                 {name, 1, f16, {-5, -9, -9.5}}});
}

//===----------------------------------------------------------------------===//
// Others
//===----------------------------------------------------------------------===//

// 0.999197.
TEST(Regression, TanhDerivativeAtZeroIsOne) {
  expectEqual({"tanh", 1, all, {0.0, -0.0, 1e-9, -1e-9, 1e-30}}, 1);
}

// 1 - tanh(x)^2 is 0 from 9 on.
TEST(Regression, TanhDerivativeInSaturation) {
  expectExact({{"tanh", 1, wide, {8, 9, 9.5, 12, 20, 40, -9.5, -40}},
               {"tanh", 1, narrow, {4, 5, 7, 8, -7}}});
}

// -1/2 and 3/2 at the kinks, or a slope that a vector path does not share.
TEST(Regression, HardSwishKinks) {
  expectEqual({"hard_swish", 1, all, {-3}}, 0);
  expectEqual({"hard_swish", 1, all, {3}}, 1);
  expectExact({{"hard_swish", 1, all, {-3.03125, -2.96875, 2.96875, 3.03125}}});
}

// 0: an approximate reciprocal of 1 + |x|.
TEST(Regression, SoftsignOfLargest) {
  for (DType type : all) {
    expectEqual({"softsign", 0, {type}, {largestOf(type)}}, 1);
    expectEqual({"softsign", 0, {type}, {-largestOf(type)}}, -1);
  }
}

// 0 or a few correct digits: a rational form around 0.
TEST(Regression, ErfOfSmall) {
  expectExact({{"erf(x)", 0, wide, {3e-12, -3e-12, 1e-30, 1e-7, 1e-3}}});
}

// Infinity: exp(89) is, but not half of it.
TEST(Regression, SinhNearOverflow) {
  expectExact({{"sinh(x)", 0, f32, {88, 88.7, 89, 89.4, -89}},
               {"cosh(x)", 0, f32, {88.7, 89, -89}},
               {"sinh(x)", 0, f64, {709.5, 710, 710.4, -710}}});
}

// The compiled second derivative of x^4 was not that of the interpreted one.
TEST(Regression, SecondDerivativeOfFourthPower) {
  for (double x : {-3.0, -2.0, -0.5, 0.5, 3.0, 16.0})
    expectEqual({"x^4", 2, all, {x}}, 12 * x * x);
}

// NaN: a square of exp(x) that overflows times a slope of tanh that is 0.
TEST(Regression, SecondDerivativeOfTeluFarOut) {
  expectEqual({"telu", 2, wide, {64, 84, 200, 360, 400, 1e4, 1e38}}, -0.0);
  expectEqual({"telu", 2, narrow, {84, 360, 400, 1e4}}, -0.0);
}

// Infinity: 4.8 x, and half of it.
TEST(Regression, FactorsOfALinearFunctionMeet) {
  expectExact({{"xielu(x, alpha_p=1.2, alpha_n=0.3)",
                1,
                f32,
                {7.09e37, 7.1e37, 1.4e38}},
               {"(x * 6 + 1) * 0.25", 0, f32, {2.2e38, -2.2e38}}});
}

// 0: the threshold 0.1 as a float.
TEST(Regression, SoftshrinkNextToItsThreshold) {
  expectExact({{"softshrink(x, lambda=0.1)",
                0,
                wide,
                {0.1, -0.1, 0.10000001, -0.10000001, 0.099999994}}});
}

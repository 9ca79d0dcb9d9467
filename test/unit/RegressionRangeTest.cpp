//===- RegressionRangeTest.cpp - Ranges, NaN and zeros --------------------===//
//
// The other half of RegressionTest.cpp: results that left the range of their
// function, NaN that became a number, zeros of the wrong sign, subnormal
// numbers that became zeros.
//
//===----------------------------------------------------------------------===//

#include "RegressionTestUtil.h"
#include "Rows.h"
#include <cmath>

using namespace act;
using namespace act::test;

static const std::vector<DType> all(std::begin(kAllTypes), std::end(kAllTypes));

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

static void expectRange(const char *source, int64_t order, double low,
                        double high) {
  for (DType type : all)
    forEachKernel(source, type, order, [&](TestKernel &kernel, Accuracy) {
      std::vector<double> inputs = sweepInputs(type);
      std::vector<double> got = kernel.run(inputs).front();
      for (auto [x, y] : llvm::zip(inputs, got))
        EXPECT_TRUE(std::isnan(x) || (y >= low && y <= high))
            << "at " << x << ": " << y;
    });
}

// 1.0000001 from a rational form, and NaN from sqrt(1 - tanh(x)^2).
TEST(Regression, TanhNeverExceedsOne) {
  for (const char *source : {"tanh", "softsign", "erf(x)"})
    expectRange(source, 0, -1, 1);
}

// -5.96e-8 and a NaN loss.
TEST(Regression, SigmoidNeverNegative) {
  for (const char *source : {"sigmoid", "hard_sigmoid"})
    expectRange(source, 0, 0, 1);
  expectRange("sigmoid", 1, 0, 0.25);
}

TEST(Regression, SoftplusNeverNegative) {
  expectRange("softplus", 0, 0, HUGE_VAL);
  expectRange("softplus", 1, 0, 1);
}

//===----------------------------------------------------------------------===//
// NaN
//===----------------------------------------------------------------------===//

namespace {
using RowAndType = std::tuple<const FunctionInfo *, DType>;
class NaNLaundering : public testing::TestWithParam<RowAndType> {};
} // namespace

// 0, 1 or the bound of a clamp where the input was NaN: a comparison with NaN
// is false, and minps gives its second operand.
TEST_P(NaNLaundering, NaNStaysNaN) {
  auto [row, type] = GetParam();
  for (int64_t order = 0; order <= hasSlope(*row); ++order)
    forEachKernel(row->Name, type, order, [&](TestKernel &kernel, Accuracy) {
      auto results = kernel.run({std::nan(""), -std::nan("")});
      for (double y : results.front())
        EXPECT_TRUE(std::isnan(y)) << y;
    });
}

INSTANTIATE_TEST_SUITE_P(
    Regression, NaNLaundering,
    testing::Combine(testing::ValuesIn(unaryRows()),
                     testing::Values(DType::F64, DType::F32, DType::F16,
                                     DType::BF16)),
    [](const testing::TestParamInfo<RowAndType> &info) {
      return std::string(std::get<0>(info.param)->Name) + "_" +
             nameOf(std::get<1>(info.param));
    });

// The other operand, or the constant, whichever side it stood on.
TEST(Regression, MinAndMaxKeepNaN) {
  for (DType type : all)
    for (const char *source :
         {"min(x, 1)", "min(1, x)", "max(x, 0)", "max(0, x)", "clamp(x, 0, 6)",
          "clamp(1, x, 6)", "min(x, x + 1)", "max(2 * x, x)"})
      forEachKernel(source, type, 0, [&](TestKernel &kernel, Accuracy) {
        EXPECT_TRUE(std::isnan(kernel.run({std::nan("")})[0][0]));
        EXPECT_FALSE(std::isnan(kernel.run({3})[0][0]));
      });
}

/// f(x, y) of a source of two inputs.
static float valueOfTwo(llvm::StringRef source, float x, float y,
                        Accuracy accuracy, const CpuLevel &level) {
  auto context = createContext();
  auto module = parseSource(source, context.get());
  CompileOptions options;
  options.level = &level;
  options.accuracy = accuracy;
  CompileResult compiled = cantFail(compile(*module, options));
  float result = 0;
  runElementwise(compiled.signature, compiled.kernel->entry(), {1},
                 {{&x, {1}}, {&y, {1}}, {&result, {1}}}, nullptr);
  return result;
}

TEST(Regression, MinAndMaxOfTwoInputsKeepNaN) {
  for (const CpuLevel &level : cpuLevels())
    for (Accuracy accuracy : kAccuracies)
      for (const char *source : {"min(x, y)", "max(x, y)"}) {
        if (!hostSupports(level))
          continue;
        EXPECT_TRUE(std::isnan(valueOfTwo(source, NAN, 1, accuracy, level)));
        EXPECT_TRUE(std::isnan(valueOfTwo(source, 1, NAN, accuracy, level)));
      }
}

//===----------------------------------------------------------------------===//
// Zeros and subnormal numbers
//===----------------------------------------------------------------------===//

// +0: the sign was lost in |x| or in a select.
TEST(Regression, MinusZeroStays) {
  for (const char *name :
       {"tanh", "silu", "gelu", "gelu_tanh", "quick_gelu", "mish", "softsign",
        "elu", "selu", "celu", "hard_swish", "hard_tanh", "leaky_relu",
        "erf(x)", "sinh(x)", "expm1(x)"})
    expectEqual({name, 0, all, {-0.0}}, -0.0);
}

static double leastOf(DType type) {
  return std::ldexp(1.0,
                    formatOf(type).minExponent - formatOf(type).precision + 1);
}

// 0 with flush-to-zero kernels, which the caller had not asked for.
TEST(Regression, SubnormalsAreNotFlushed) {
  for (DType type : all) {
    double least = leastOf(type);
    std::vector<double> inputs;
    for (double k : {2.0, 3.0, 5.0, 6.0, 7.0, 100.0}) {
      inputs.push_back(k * least);
      inputs.push_back(-k * least);
    }
    for (const char *name : {"tanh", "silu", "gelu", "gelu_tanh", "mish", "elu",
                             "softsign", "erf(x)", "relu", "hard_swish"})
      expectExact({{name, 0, {type}, inputs}});
    for (const char *name : {"tanh", "softsign", "expm1(x)", "hard_tanh"})
      expectEqual({name, 0, {type}, {5 * least}}, 5 * least);
  }
}

// Rounded to even: half of an odd subnormal number looks like a tie, but x^2/4
// lies above it.
TEST(Regression, HalvesOfOddSubnormalsAreNoTies) {
  for (DType type : {DType::F16, DType::BF16})
    for (const char *name : {"silu", "gelu", "gelu_tanh"}) {
      double least = leastOf(type);
      expectEqual({name, 0, {type}, {5 * least}}, 3 * least);
      expectEqual({name, 0, {type}, {-5 * least}}, -2 * least);
    }
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

// erf(4.5) differed between [1], [N, 1] and [N]: the tail of a vector took
// another path.
TEST(Regression, ShapesDoNotChangeValues) {
  constexpr int64_t n = 37;
  for (const char *source : {"erf(x)", "gelu", "tanh"})
    forEachKernel(source, DType::F32, 0, [&](TestKernel &kernel, Accuracy) {
      float x = 4.5f, one = 0;
      const KernelSignature &signature = kernel.result.signature;
      KernelFunction entry = kernel.result.kernel->entry();
      runElementwise(signature, entry, {1}, {{&x, {1}}, {&one, {1}}}, nullptr);
      std::vector<float> in(2 * n, x), dense(n), column(n), strided(n);
      runElementwise(signature, entry, {n},
                     {{in.data(), {1}}, {dense.data(), {1}}}, nullptr);
      runElementwise(signature, entry, {n, 1},
                     {{in.data(), {1, 1}}, {column.data(), {1, 1}}}, nullptr);
      runElementwise(signature, entry, {n},
                     {{in.data(), {2}}, {strided.data(), {1}}}, nullptr);
      EXPECT_EQ(dense, std::vector<float>(n, one));
      EXPECT_EQ(column, dense);
      EXPECT_EQ(strided, dense);
    });
}

//===- ThresholdTest.cpp - Comparisons decided by the input ---------------===//
//
// Kernels whose result is the outcome of a comparison, at the numbers of the
// type that are next to the place where it changes, against binary128.
//
//===----------------------------------------------------------------------===//

#include "KernelTestUtil.h"
#include "act/Reference/Interpreter.h"
#include "gtest/gtest.h"

using namespace act;
using namespace act::test;

namespace {

/// A comparison, and where it changes.
struct Case {
  const char *condition;
  double place;
};

const Case cases[] = {
    {"0.2 * x + 0.5 < 1", 2.5},
    {"0.2 * x + 0.5 <= 1", 2.5},
    {"1 > 0.2 * x + 0.5", 2.5},
    {"0.3 >= x", 0.3},
    {"x > 0.1", 0.1},
    {"x < 0.1", 0.1},
    {"abs(x) <= 0.1", -0.1},
    {"abs(x) <= 0.1", 0.1},
    {"-x < 0.7", -0.7},
    {"1 - 3 * x > 0.3", 0.7 / 3},
    {"x / 3 < 0.1", 0.3},
    {"x / -3 < 0.1", -0.3},
    {"x - 0.1 >= 0.2", 0.3},
    {"x + 1e8 > 100000000.3", 0.3},
    {"max(x * 0.1, 0.2) < 0.7", 7},
    {"min(x * 0.1, 2) >= 0.7", 7},
    {"-(min(-x, 3) - 0.1) < 0.7", 0.6},
};

class Threshold : public testing::TestWithParam<DType> {};

TEST_P(Threshold, DecidesAsExactArithmeticDoes) {
  for (const Case &c : cases) {
    std::string source = "where(" + std::string(c.condition) + ", 1, 0)";
    Derivation itself;
    itself.orders = {0};
    TestKernel kernel = compileDerivative(source, GetParam(), itself);
    ASSERT_TRUE(kernel);
    Interpreter<Quad> exact(tapeOf(source));
    bool isDouble = GetParam() == DType::F64;
    std::vector<double> inputs = {isDouble ? c.place : double(float(c.place))};
    for (double towards : {-HUGE_VAL, HUGE_VAL})
      for (double x = inputs[0], i = 0; i < 3; ++i)
        inputs.push_back(x = isDouble
                                 ? std::nextafter(x, towards)
                                 : std::nextafter(float(x), float(towards)));
    std::vector<double> results = kernel.run(inputs)[0];
    double sum = 0;
    for (auto [x, y] : llvm::zip(inputs, results)) {
      EXPECT_EQ(y, double(exact.evaluate({Quad(x)}))) << source << " at " << x;
      sum += y;
    }
    EXPECT_TRUE(sum > 0 && sum < 7) << source << " does not change here";
  }
}

TEST_P(Threshold, InfinitiesAndNaN) {
  for (const Case &c : cases) {
    std::string source = "where(" + std::string(c.condition) + ", 1, 0)";
    Derivation itself;
    itself.orders = {0};
    TestKernel kernel = compileDerivative(source, GetParam(), itself);
    ASSERT_TRUE(kernel);
    auto results = kernel.run({-HUGE_VAL, HUGE_VAL, NAN})[0];
    Interpreter<Quad> exact(tapeOf(source));
    EXPECT_EQ(results[0], double(exact.evaluate({Quad(-HUGE_VAL)}))) << source;
    EXPECT_EQ(results[1], double(exact.evaluate({Quad(HUGE_VAL)}))) << source;
    EXPECT_EQ(results[2], 0) << source;
  }
}

INSTANTIATE_TEST_SUITE_P(Types, Threshold,
                         testing::Values(DType::F32, DType::F64),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

} // namespace

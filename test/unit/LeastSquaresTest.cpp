//===- LeastSquaresTest.cpp - Parameters that fit best --------------------===//

#include "act/Analysis/LeastSquares.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace act;
using llvm::ArrayRef;
using llvm::MutableArrayRef;

namespace {

constexpr size_t kCount = 40;
double placeOf(size_t k) { return 0.1 * double(k) - 2; }

TEST(LeastSquares, LineIsFoundFromAnywhere) {
  auto residual = [](size_t k, ArrayRef<double> p, MutableArrayRef<double> d) {
    double x = placeOf(k);
    d[0] = 1;
    d[1] = x;
    return p[0] + p[1] * x - (3 - 2 * x);
  };
  LeastSquaresFit fit = fitLeastSquares(residual, kCount, {1e3, -1e3});
  EXPECT_NEAR(fit.parameters[0], 3, 1e-12);
  EXPECT_NEAR(fit.parameters[1], -2, 1e-12);
  EXPECT_LT(fit.cost, 1e-20);
}

TEST(LeastSquares, CurveIsFound) {
  auto residual = [](size_t k, ArrayRef<double> p, MutableArrayRef<double> d) {
    double x = placeOf(k), e = std::exp(p[1] * x);
    d[0] = e;
    d[1] = p[0] * x * e;
    return p[0] * e - 0.5 * std::exp(0.75 * x);
  };
  LeastSquaresFit fit = fitLeastSquares(residual, kCount, {1, 0});
  EXPECT_NEAR(fit.parameters[0], 0.5, 1e-13);
  EXPECT_NEAR(fit.parameters[1], 0.75, 1e-13);
}

TEST(LeastSquares, SpreadRaisesTheCostByOne) {
  // Of a mean: the cost is n (p - mean)^2 and what is left.
  auto residual = [](size_t k, ArrayRef<double> p, MutableArrayRef<double> d) {
    d[0] = 1;
    return p[0] - (k % 2 ? 1 : -1);
  };
  LeastSquaresFit fit = fitLeastSquares(residual, 16, {5.0});
  // What rounds in the cost does not tell parameters apart: their distance is
  // its root.
  EXPECT_NEAR(fit.parameters[0], 0, fit.spread[0] * std::sqrt(16 * 0x1p-52));
  EXPECT_NEAR(fit.cost, 16, 1e-12);
  EXPECT_NEAR(fit.spread[0], 0.25, 1e-14);
}

TEST(LeastSquares, ParameterWithoutInfluenceStays) {
  auto residual = [](size_t, ArrayRef<double> p, MutableArrayRef<double> d) {
    d[0] = 0;
    d[1] = 1;
    return p[1] - 4;
  };
  LeastSquaresFit fit = fitLeastSquares(residual, kCount, {7, 0});
  EXPECT_EQ(fit.parameters[0], 7);
  EXPECT_NEAR(fit.parameters[1], 4, 1e-12);
  EXPECT_TRUE(std::isinf(fit.spread[0]));
  EXPECT_TRUE(std::isfinite(fit.spread[1]));
}

TEST(LeastSquares, OfTwoWithTheSameInfluenceTheFirstIsDetermined) {
  auto residual = [](size_t k, ArrayRef<double> p, MutableArrayRef<double> d) {
    double x = placeOf(k);
    d[0] = d[1] = x / 2;
    return (p[0] + p[1]) / 2 * x - 3 * x;
  };
  LeastSquaresFit fit = fitLeastSquares(residual, kCount, {1, 2});
  EXPECT_NEAR((fit.parameters[0] + fit.parameters[1]) / 2, 3, 1e-12);
  EXPECT_TRUE(std::isfinite(fit.spread[0]));
  EXPECT_TRUE(std::isinf(fit.spread[1]));
}

TEST(LeastSquares, StepsIntoInadmissibleParametersAreRefused) {
  // sqrt(p) has no value below 0, where the first undamped step leads.
  auto residual = [](size_t, ArrayRef<double> p, MutableArrayRef<double> d) {
    d[0] = 0.5 / std::sqrt(p[0]);
    return std::sqrt(p[0]) - 0.1;
  };
  LeastSquaresFit fit = fitLeastSquares(residual, 1, {9.0});
  EXPECT_NEAR(fit.parameters[0], 0.01, 1e-12);
  EXPECT_TRUE(std::isinf(fitLeastSquares(residual, 1, {-1.0}).cost));
}

} // namespace

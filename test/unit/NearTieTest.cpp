//===- NearTieTest.cpp - Ties and what is next to one ---------------------===//

#include "Transforms/NearTie.h"
#include "KernelTestUtil.h"
#include "act/IR/ExactNumber.h"
#include "gtest/gtest.h"

using namespace act;
using namespace act::test;

namespace {

/// As the strict class looks for them, for inputs of bf16.
llvm::SmallVector<NearTie, 2> farTies(llvm::StringRef source, int side) {
  return findFarTies(tapeOf(source), /*significant=*/8, /*resolution=*/40,
                     side);
}
llvm::SmallVector<NearTie, 2> nearTies(llvm::StringRef source) {
  return findNearTies(tapeOf(source), 8, 40);
}

//===----------------------------------------------------------------------===//
// Far from 0
//===----------------------------------------------------------------------===//

TEST(FarTie, PowerAndSideOfTheRest) {
  // 3 x / 2 - 1 / x^2 is relatively 2/3 x^-3 less: 2^-40 at 8990.
  auto ties = farTies("1.5 * x - 1 / x^2", 1);
  ASSERT_EQ(ties.size(), 1u);
  EXPECT_EQ(double(ties[0].coefficient), 1.5);
  EXPECT_EQ(ties[0].power, 1u);
  EXPECT_EQ(ties[0].side, 1);
  EXPECT_TRUE(ties[0].isFar);
  EXPECT_FALSE(ties[0].growsRight);
  EXPECT_NEAR(ties[0].reach, std::cbrt(std::exp2(40) * 2 / 3), 200);
}

TEST(FarTie, SquaresGrowOnOneSide) {
  for (int side : {-1, 1}) {
    auto ties = farTies("0.75 * x^2 + x", side);
    ASSERT_EQ(ties.size(), 1u);
    EXPECT_EQ(ties[0].power, 2u);
    EXPECT_EQ(ties[0].growsRight, side > 0);
  }
}

TEST(FarTie, ASmallDenominatorIsExactAtTies) {
  auto ties = farTies("x^2 / 3 + x", 1);
  ASSERT_EQ(ties.size(), 1u);
  EXPECT_EQ(ties[0].coefficient, Quad(1) / Quad(3));
}

TEST(FarTie, NoneWhereNothingIsATieOrNoPowerIsLeft) {
  EXPECT_TRUE(farTies("2 * x - 1 / x", 1).empty());
  EXPECT_TRUE(farTies("1.5 * x + sin(x)", 1).empty());
  EXPECT_TRUE(farTies("exp(x)", 1).empty());
  EXPECT_TRUE(farTies("pi * x + 1", 1).empty());
  // 101 / 64 times 24 bits and one to see the rest are more than 40 bits.
  EXPECT_TRUE(findFarTies(tapeOf("1.578125 * x^2 + x"), 24, 40, 1).empty());
}

TEST(FarTie, BesideALine) {
  // |x - tanh(x)| is |x| - 1 and 2 exp(-2 |x|) more.
  for (int side : {-1, 1}) {
    auto ties = farTies("x - tanh(x)", side);
    ASSERT_EQ(ties.size(), 1u);
    ASSERT_TRUE(ties[0].linear);
    EXPECT_EQ(ties[0].linear->slope, 1);
    EXPECT_EQ(ties[0].linear->offset, -side);
    EXPECT_EQ(ties[0].linear->divisor, 1u);
    EXPECT_TRUE(ties[0].growsRight && ties[0].growsLeft);
    EXPECT_EQ(ties[0].reach, 16);
  }
}

TEST(FarTie, BesideALineWithADivisor) {
  auto ties = farTies("0.3 * expm1(x) + 0.2 * x", -1);
  ASSERT_EQ(ties.size(), 2u);
  ASSERT_TRUE(ties[0].linear);
  EXPECT_EQ(ties[0].linear->slope, 1);
  EXPECT_EQ(ties[0].linear->offset, -1.5);
  EXPECT_EQ(ties[0].linear->divisor, 5u);
  // Less than nothing by less.
  EXPECT_FALSE(ties[0].growsLeft);
  // Where the offset itself is too small to be seen.
  EXPECT_FALSE(ties[1].linear);
  EXPECT_TRUE(ties[1].growsLeft);
}

//===----------------------------------------------------------------------===//
// Around 0
//===----------------------------------------------------------------------===//

TEST(NearTie, OneSideAlone) {
  auto ties = nearTies("where(x > 0, (0.8 * x + 0.5) * x, expm1(min(x, -1)))");
  ASSERT_EQ(ties.size(), 1u);
  EXPECT_EQ(ties[0].side, 1);
  EXPECT_EQ(double(ties[0].coefficient), 0.5);
  EXPECT_TRUE(ties[0].growsRight);
}

TEST(NearTie, AConstantBelowTheSmallestPointsIsSeen) {
  EXPECT_TRUE(nearTies("0.5 * x + 0.25 * x^2 + 1e-40").empty());
  EXPECT_EQ(nearTies("0.5 * x + 0.25 * x^2").size(), 1u);
}

//===----------------------------------------------------------------------===//
// Ties themselves
//===----------------------------------------------------------------------===//

TEST(LinearRatio, LeastDivisor) {
  auto ratio = [](const char *c, const char *d) {
    return linearRatio(quadFromText(c), quadFromText(d));
  };
  auto fifths = ratio("1.2", "0.5");
  ASSERT_TRUE(fifths);
  EXPECT_EQ(fifths->slope, 6);
  EXPECT_EQ(fifths->offset, 2.5);
  EXPECT_EQ(fifths->divisor, 5u);
  EXPECT_EQ(ratio("851/1500", "1/2")->divisor, 375u);
  EXPECT_EQ(ratio("0.25", "3")->divisor, 1u);
  EXPECT_FALSE(ratio("3.14159265358979323846", "1"));
  EXPECT_FALSE(ratio("1/2049", "1"));
}

/// Results in the strict class, rounded once to the type.
double strictly(llvm::StringRef source, DType type, int64_t order, double x) {
  CompileOptions options;
  options.accuracy = Accuracy::Strict;
  Derivation wanted;
  wanted.orders = {order};
  TestKernel kernel = compileDerivative(source, type, wanted, false, options);
  return kernel ? kernel.run({x})[0][0] : NAN;
}

TEST(LinearRatio, DecimalTiesAreRoundedToEven) {
  const char *row = "xielu(x, alpha_p=1.2, alpha_n=0.3)";
  // 2.4 x + 0.5 is 1025.5 / 2048.
  EXPECT_EQ(strictly(row, DType::F16, 1, 0x1.4p-12), 0x1.008p-1);
  // 2.4 * 65 + 0.5 is 156.5, 2.4 * 67.5 + 0.5 is 162.5.
  EXPECT_EQ(strictly(row, DType::BF16, 1, 65), 156);
  EXPECT_EQ(strictly(row, DType::BF16, 1, 67.5), 162);
  // 1/2 + 851 / 1500 x is 3937 / 16384.
  EXPECT_EQ(strictly("hard_gelu", DType::F16, 1, -0x1.d4cp-2), 0x1.ecp-3);
}

TEST(FarTie, ResultsBesideALine) {
  // 0.2 x - 0.3 (1 - exp(x)) is -251.5 and next to nothing more.
  EXPECT_EQ(
      strictly("xielu(x, alpha_p=1.2, alpha_n=0.3)", DType::BF16, 0, -1256),
      -251);
  EXPECT_EQ(strictly("xielu", DType::BF16, 0, -3536), 1064);
  // |x| - 1 and next to nothing more is not rounded to even, which is 256.
  EXPECT_EQ(strictly("tanhshrink", DType::BF16, 0, 258), 258);
  EXPECT_EQ(strictly("tanhshrink", DType::BF16, 0, -258), -258);
}

} // namespace

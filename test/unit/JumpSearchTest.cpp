//===- JumpSearchTest.cpp - Thresholds and the numbers that are meant -----===//

#include "JumpSearch.h"
#include "SimpleNumber.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace act::report;

namespace {

TEST(JumpSearch, FindsTheBottomOfASteppedValley) {
  // Constant between multiples of 0.01.
  auto cost = [](double value) {
    return std::fabs(std::floor(value * 100) - 137);
  };
  double found = findJump(cost, 0, 40, kFineRounds);
  EXPECT_GE(found, 1.37);
  EXPECT_LT(found, 1.38);
}

TEST(JumpSearch, KeepsAStartThatIsBest) {
  auto cost = [](double value) { return value == 0.123 ? 0.0 : 1.0; };
  EXPECT_EQ(findJump(cost, 0.123, 40, kRoughRounds), 0.123);
}

TEST(JumpSearch, PlateauEndsWhereValuesChange) {
  auto isSame = [](double value) { return value >= 1 && value < 2; };
  Plateau plateau = findPlateau(isSame, 1.3, 40);
  EXPECT_NEAR(plateau.lo, 1, 1e-15);
  EXPECT_NEAR(plateau.hi, 2, 1e-15);
  EXPECT_TRUE(isSame(plateau.lo) && isSame(plateau.hi));
  EXPECT_FALSE(plateau.isOpen);
}

TEST(JumpSearch, PlateauWithoutAnEndIsOpen) {
  auto isSame = [](double value) { return value >= 1; };
  EXPECT_TRUE(findPlateau(isSame, 1.3, 40).isOpen);
}

TEST(SimpleNumber, IsTheShortestThatIsMeant) {
  EXPECT_EQ(simplestNumber(1.49999, 1.500003, 1.50001, ""), "1.5");
  EXPECT_EQ(simplestNumber(-1e-9, 3e-12, 1e-9, ""), "0");
  EXPECT_EQ(simplestNumber(1.7019, 1.70201, 1.7021, "1.702"), "1.702");
  EXPECT_EQ(simplestNumber(0.1666666, 0.16666666, 0.1666667, ""), "1/6");
  // A decimal as short as the ratio.
  EXPECT_EQ(simplestNumber(0.124999, 0.125, 0.125001, ""), "0.125");
}

TEST(SimpleNumber, WithoutAnIntervalReadsBack) {
  double third = 1.0 / 3, odd = 0.1234567890123456;
  EXPECT_EQ(std::stod(simplestNumber(odd, odd, odd, "1")), odd);
  EXPECT_EQ(simplestNumber(third, third, third, ""), "1/3");
}

} // namespace

//===- RoundsOnceTest.cpp - Results that one operation rounds -------------===//

#include "Transforms/RoundsOnce.h"
#include "KernelTestUtil.h"
#include "gtest/gtest.h"

using namespace act;
using namespace act::test;

namespace {

/// Of the body as it is written.
bool isRoundedOnce(llvm::StringRef source, bool isDouble = false) {
  auto context = createContext();
  auto module = parseSource(source, context.get());
  FuncOp func = *module->getOps<FuncOp>().begin();
  mlir::Builder builder(context.get());
  return roundsOnce(func, 0,
                    isDouble ? builder.getF64Type() : builder.getF32Type());
}

TEST(RoundsOnce, OneOperationOnExactNumbers) {
  for (const char *source : {"x", "x + 3", "x * x", "x / 3", "sqrt(x)",
                             "max(x, 0)", "min(max(x + 3, 0), 6)", "abs(x) * y",
                             "sign(x)", "floor(x) + 1", "-(x - y)"})
    EXPECT_TRUE(isRoundedOnce(source)) << source;
}

TEST(RoundsOnce, NotTwo) {
  for (const char *source :
       {"3 * x + 1", "x * x * x", "sqrt(x + 1)", "x / (x + 1)",
        "max(x * x, 0) + x", "floor(x * 3)", "exp(x)"})
    EXPECT_FALSE(isRoundedOnce(source)) << source;
}

TEST(RoundsOnce, ConstantsAreNumbersOfTheFormat) {
  EXPECT_FALSE(isRoundedOnce("0.1 * x"));
  EXPECT_TRUE(isRoundedOnce("0.125 * x"));
  // 1 + 2^-30.
  EXPECT_FALSE(isRoundedOnce("1.000000000931322574615478515625 * x"));
  EXPECT_TRUE(isRoundedOnce("1.000000000931322574615478515625 * x", true));
}

TEST(RoundsOnce, AParameterIsNoNumberOfTheFormat) {
  EXPECT_FALSE(isRoundedOnce("f(x; a=2) = a * x; f(x)"));
}

/// Unless the product is subnormal: a sum with 3 is 0 or 2^-23 at least.
TEST(RoundsOnce, APowerOfTwoRoundsNothing) {
  EXPECT_TRUE(isRoundedOnce("(x + 3) / 8"));
  EXPECT_TRUE(isRoundedOnce("(x * x) * 8"));
  EXPECT_FALSE(isRoundedOnce("(x * x) / 8"));
  EXPECT_FALSE(isRoundedOnce("(x + y) / 8"));
}

TEST(RoundsOnce, ConditionsAreOnExactNumbersOrSigns) {
  EXPECT_TRUE(isRoundedOnce("where(x > 2, x * x, x)"));
  EXPECT_TRUE(isRoundedOnce("where(x + 3 > 0, x, 0)"));
  EXPECT_FALSE(isRoundedOnce("where(x + 3 > 1, x, 0)"));
  // The square of a small x is rounded to 0.
  EXPECT_FALSE(isRoundedOnce("where(x * x > 0, x, 1)"));
}

} // namespace

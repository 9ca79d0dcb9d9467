//===- ApproximationTableTest.cpp - Claims of Approximations.td -----------===//

#include "CountingBuilder.h"
#include "act/Transforms/ApproximationTable.h"
#include "act/Transforms/Approximations/All.h"
#include "gtest/gtest.h"
#include <map>

using namespace act;
using act::test::CountingBuilder;
using llvm::StringRef;

namespace {

using Count = void (*)(CountingBuilder &);

#define ACT_METHOD(name)                                                       \
  {                                                                            \
    #name, [](CountingBuilder &b) { approx::name(b, CountingBuilder::F()); }   \
  }
#define ACT_SCALED_METHOD(name)                                                \
  {                                                                            \
    #name, [](CountingBuilder &b) {                                            \
      approx::materialize(b, approx::name(b, CountingBuilder::F()));           \
    }                                                                          \
  }

/// Every template that a row may name.
const std::map<std::string, Count> &methods() {
  static const std::map<std::string, Count> methods = {
      ACT_SCALED_METHOD(expScaled),
      ACT_SCALED_METHOD(sigmoidScaled),
      ACT_SCALED_METHOD(softplusScaled),
      ACT_SCALED_METHOD(erfcScaled),
      ACT_METHOD(expm1),
      ACT_METHOD(log),
      ACT_METHOD(log1p),
      ACT_METHOD(tanh),
      ACT_METHOD(sinh),
      ACT_METHOD(cosh),
      ACT_METHOD(erf),
      ACT_METHOD(sin),
      ACT_METHOD(cos),
      ACT_METHOD(gelu),
      ACT_METHOD(geluSlope),
      ACT_METHOD(geluCurvature),
      ACT_METHOD(gelu10),
      ACT_METHOD(gelu10Slope),
      ACT_METHOD(geluTanh),
      ACT_METHOD(geluTanhSlope),
      ACT_METHOD(isruSlope),
      ACT_METHOD(isruCurvature),
      ACT_METHOD(logishSlope),
      ACT_METHOD(mish),
      ACT_METHOD(mishSlope),
      ACT_METHOD(quickGelu),
      ACT_METHOD(quickGeluSlope),
      ACT_METHOD(serfSlope),
      ACT_METHOD(sigmoid),
      ACT_METHOD(sigmoidSlope),
      ACT_METHOD(silu),
      ACT_METHOD(siluSlope),
      ACT_METHOD(squareplusSlope),
      ACT_METHOD(squareplusCurvature),
      ACT_METHOD(tanhSlope),
      ACT_METHOD(tanhshrink),
      ACT_METHOD(wideExp),
      ACT_METHOD(wideExpm1),
      ACT_METHOD(wideSigmoid),
      ACT_METHOD(wideSoftplus),
      ACT_METHOD(wideLog),
      ACT_METHOD(wideTanh),
      ACT_METHOD(wideSinh),
      ACT_METHOD(wideCosh),
      ACT_METHOD(wideErf),
      ACT_METHOD(wideErfc),
      ACT_METHOD(quickExp),
      ACT_METHOD(quickExpm1),
      ACT_METHOD(quickSigmoid),
      ACT_METHOD(quickSoftplus),
      ACT_METHOD(quickTanh),
      ACT_METHOD(quickErfc),
  };
  return methods;
}

TEST(ApproximationTable, CostsAreThoseOfTheOperations) {
  for (const ApproximationInfo &row : allApproximations()) {
    ASSERT_TRUE(methods().count(row.Method)) << row.Method;
    CountingBuilder builder(StringRef(row.Compute) == "f64");
    methods().at(row.Method)(builder);
    EXPECT_EQ(row.Cost, builder.cost())
        << "of " << row.Method << " in " << row.Compute
        << ": state this cost in Approximations.td";
  }
}

/// What a class asks for is found, and nothing that is not exact enough.
TEST(ApproximationTable, TheCheapestMethodThatIsExactEnough) {
  auto methodOf = [](const char *function, DType type, Accuracy accuracy,
                     bool isRow) {
    return std::string(
        choosePrimitive(function, arithmeticFor(type, accuracy, isRow))
            ->Method);
  };
  EXPECT_EQ(methodOf("exp", DType::F64, Accuracy::Fast, true), "expScaled");
  EXPECT_EQ(methodOf("exp", DType::F32, Accuracy::Strict, false), "wideExp");
  EXPECT_EQ(methodOf("exp", DType::F32, Accuracy::Default, true), "expScaled");
  EXPECT_EQ(methodOf("exp", DType::F32, Accuracy::Fast, true), "quickExp");
  EXPECT_EQ(methodOf("exp", DType::F16, Accuracy::Default, true), "quickExp");
  EXPECT_EQ(methodOf("exp", DType::F16, Accuracy::Default, false),
            "expScaled");
  EXPECT_EQ(methodOf("sin", DType::F32, Accuracy::Strict, false), "sin");
}

TEST(ApproximationTable, ForSomeFunctionsThereIsNoMethod) {
  EXPECT_FALSE(choosePrimitive("floor", Arithmetic()));
  EXPECT_FALSE(chooseWhole("gelu", 7, Arithmetic()));
  EXPECT_FALSE(chooseWhole("exp", 0, Arithmetic()));
}

} // namespace

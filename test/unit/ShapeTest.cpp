//===- ShapeTest.cpp - Analyses of formulas -------------------------------===//

#include "CurveTestUtil.h"
#include "act/Analysis/Classes.h"
#include "act/Analysis/Distance.h"
#include "act/Analysis/FormatLimits.h"
#include "act/Analysis/Saturation.h"
#include "act/Analysis/Symmetry.h"
#include "act/IR/FunctionTable.h"
#include <random>

using namespace act;
using Number = MpfrNumber;

namespace {

Shape<Number> shapeOf(llvm::StringRef source) {
  return analyse(curveOf(source));
}

void expectNear(const Number &got, double want, double tolerance = 1e-13) {
  EXPECT_NEAR(Traits::toDouble(got), want,
              tolerance * std::max(1.0, std::abs(want)));
}

TEST(Shape, PolesAreBreaksWithInfiniteSides) {
  Shape<Number> shape = shapeOf("1 / (x - 2)");
  ASSERT_EQ(shape.breaks.size(), 1u);
  EXPECT_TRUE(shape.breaks[0].x == Number(2.0));
  EXPECT_EQ(shape.breaks[0].order, 0u);
  EXPECT_TRUE(shape.breaks[0].below[0] == Traits::fromText("-inf"));
  EXPECT_TRUE(shape.breaks[0].above[0] == Traits::fromText("inf"));
}

TEST(Shape, DomainsEnd) {
  for (llvm::StringRef source : {"log(x)", "sqrt(x)"}) {
    Shape<Number> shape = shapeOf(source);
    EXPECT_EQ(shape.signs[0].front().sign, Sign::Unknown) << source.str();
    EXPECT_TRUE(shape.signs[0].front().hi == Number(0.0)) << source.str();
    EXPECT_EQ(monotonicityOf(shape), "increasing") << source.str();
  }
}

TEST(Shape, RemovableSingularitiesAreNoBreaks) {
  EXPECT_TRUE(shapeOf("x / expm1(x)").breaks.empty());
  EXPECT_TRUE(
      shapeOf("where(x < 0, sigmoid(x), 1 - sigmoid(-x))").breaks.empty());
}

TEST(Shape, FeaturesAreFoundAtAnyScale) {
  expectNear(shapeOf("x * sigmoid(0.001 * x)").extrema.at(0).x,
             -1278.4645427610737951);
  expectNear(shapeOf("1000 * x * sigmoid(1000 * x)").extrema.at(0).x,
             -0.0012784645427610737951);
  EXPECT_TRUE(shapeOf("where(x > 100, x, 100)").breaks.at(0).x ==
              Number(100.0));
}

TEST(Shape, KinksBetweenFormulas) {
  // x^2 meets x at 0 and at 1.
  Shape<Number> shape = shapeOf("max(x^2, x)");
  ASSERT_EQ(shape.breaks.size(), 2u);
  EXPECT_TRUE(shape.breaks[0].x == Number(0.0));
  EXPECT_TRUE(shape.breaks[1].x == Number(1.0));
  EXPECT_EQ(smoothnessOf(shapeOf("where(x > 0, x^3, 0)")), "C^2");
}

TEST(Shape, OscillatingFunctionsHaveAPeriod) {
  Curve<Number> curve = curveOf("x + sin(2 * x)^2 / 2");
  Shape<Number> shape = analyse(curve);
  EXPECT_TRUE(shape.isOscillating);
  auto period = findPeriod(curve, shape);
  ASSERT_TRUE(period);
  expectNear(period->period, M_PI / 2);
  expectNear(period->drift, M_PI / 2);
  EXPECT_TRUE(shape.images[0].supremum.value == Traits::fromText("inf"));
}

TEST(Shape, StepsOfFloor) {
  Shape<Number> shape = shapeOf("floor(x)");
  EXPECT_TRUE(shape.isOscillating);
  unsigned integers = 0;
  for (const Break<Number> &at : shape.breaks)
    integers += Traits::floor(at.x) == at.x;
  EXPECT_EQ(integers, shape.breaks.size());
  EXPECT_EQ(integers, 33u);
}

TEST(Shape, Asymptotes) {
  Shape<Number> shape = shapeOf("(sqrt(x^2 + 1) - 1) / 2 + x");
  expectNear(*shape.atMinusInf.slope, 0.5);
  expectNear(*shape.atMinusInf.intercept, -0.5);
  expectNear(*shape.atPlusInf.slope, 1.5);
  // Grows without an asymptote.
  EXPECT_FALSE(shapeOf("log(1 + x^2)").atPlusInf.slope);
  EXPECT_TRUE(Traits::isInfinite(*shapeOf("log(1 + x^2)").atPlusInf.limits[0]));
}

TEST(Shape, ConstantsAreConstant) {
  Shape<Number> shape = shapeOf("3 + 0 * x");
  EXPECT_EQ(monotonicityOf(shape), "constant");
  EXPECT_TRUE(shape.images[0].infimum.value == Number(3.0));
}

TEST(Symmetry, OddEvenAndIdentity) {
  EXPECT_EQ(findSymmetry(curveOf("x^3 - tanh(x)", 0)), Symmetry::Odd);
  EXPECT_EQ(findSymmetry(curveOf("cos(x) + abs(x)", 0)), Symmetry::Even);
  EXPECT_EQ(findSymmetry(curveOf("gelu", 0)), Symmetry::Identity);
  EXPECT_EQ(findSymmetry(curveOf("mish", 0)), Symmetry::None);
}

/// Where the formats lose a function, on the side of -inf or inf.
FormatLimits<Number> limitsOf(llvm::StringRef source, int side, DType type) {
  Curve<Number> curve = curveOf(source);
  return FormatLimitsFinder<Number>(curve, analyse(curve), side).find(type);
}

TEST(FormatLimits, Underflow) {
  expectNear(*limitsOf("gelu", -1, DType::F32).zero, -14.3560680, 1e-8);
  expectNear(*limitsOf("gelu", -1, DType::F32).subnormal, -13.1462467, 1e-8);
  expectNear(*limitsOf("gelu", -1, DType::F64).zero, -38.580, 1e-4);
  expectNear(*limitsOf("gelu", -1, DType::F16).zero, -5.72385, 1e-6);
  expectNear(*limitsOf("silu", -1, DType::BF16).zero, -97.461, 1e-5);
  expectNear(*limitsOf("silu", -1, DType::F32).zero, -108.660304, 1e-8);
  expectNear(*limitsOf("gelu_tanh", -1, DType::F32).zero, -10.7708683, 1e-8);
}

TEST(FormatLimits, SlopesThatRoundToZero) {
  expectNear(*limitsOf("gelu", -1, DType::F32).zeroSlope, -14.5413, 1e-5);
  expectNear(*limitsOf("silu", -1, DType::F32).zeroSlope, -108.651, 1e-5);
  expectNear(*limitsOf("gelu", -1, DType::F16).zeroSlope, -6.030, 1e-4);
  expectNear(*limitsOf("silu", -1, DType::F16).zeroSlope, -20.29, 1e-3);
  EXPECT_TRUE(*limitsOf("relu", -1, DType::F32).zeroSlope == Number(0.0));
}

TEST(FormatLimits, SaturationAndOverflow) {
  expectNear(*limitsOf("sigmoid", 1, DType::F32).limit, 17.3286796, 1e-8);
  expectNear(*limitsOf("tanh", 1, DType::F32).limit, 9.0109133, 1e-8);
  expectNear(*limitsOf("tanh", 1, DType::BF16).limit, 3.465, 1e-3);
  expectNear(*limitsOf("exp", 1, DType::F32).overflow, 88.7228390519, 1e-9);
  EXPECT_FALSE(limitsOf("silu", 1, DType::F32).overflow);
  expectNear(*limitsOf("softplus", 1, DType::F32).identity, 14.6446, 0.06);
}

TEST(Saturation, IntervalsOfSmallSlopes) {
  Curve<Number> curve = curveOf("sigmoid");
  auto intervals = whereSlopeIsBelow(curve, analyse(curve), Number(0.01));
  ASSERT_EQ(intervals.size(), 2u);
  // s (1 - s) = 0.01
  double end = std::log((1 + std::sqrt(0.96)) / (1 - std::sqrt(0.96)));
  expectNear(intervals[0].hi, -end);
  expectNear(intervals[1].lo, end);
}

TEST(Distance, BetweenCatalogueRows) {
  auto distance = [](llvm::StringRef a, llvm::StringRef b, unsigned order) {
    Curve<Number> f = curveOf(a), g = curveOf(b);
    std::vector<Number> breaks = {Number(-3.0), Number(3.0)};
    return *LargestDifference<Number>(f, g, order).over(-10, 10, breaks);
  };
  Distance<Number> geluTanh = distance("gelu", "gelu_tanh", 0);
  expectNear(geluTanh.value, 4.73235520687285e-4, 1e-17);
  ASSERT_EQ(geluTanh.places.size(), 2u);
  expectNear(geluTanh.places[1], 2.69894138637727);
  expectNear(distance("gelu", "gelu_tanh", 1).value, 8.68e-4, 1e-5);
  expectNear(distance("gelu", "quick_gelu", 0).value, 2.03348722092e-2, 1e-12);
  Distance<Number> hardSwish = distance("silu", "hard_swish", 0);
  expectNear(hardSwish.value, 0.142277619533, 1e-12);
  EXPECT_EQ(hardSwish.places.size(), 2u);
}

/// Enclosures hold what points take.
TEST(Intervals, EncloseRowsAndTheirDerivatives) {
  std::mt19937 random(7);
  for (const FunctionInfo &row : allFunctions()) {
    if (!isUnary(row))
      continue;
    Tape tape = orderTapeOf(row.Name, 2);
    IntervalEvaluator bounds(tape);
    Interpreter<Number> values(tape);
    for (int trial = 0; trial < 40; ++trial) {
      double lo = std::uniform_real_distribution<>(-20, 20)(random);
      double width =
          std::exp2(std::uniform_real_distribution<>(-12, 4)(random));
      double x = lo + width * std::uniform_real_distribution<>(0, 1)(random);
      auto enclosures = bounds.evaluate(MpfiInterval(lo, lo + width));
      auto slots = values.evaluateSlots(Number(x));
      for (unsigned result : tape.results) {
        const MpfiInterval &enclosure = enclosures[result];
        if (enclosure.isNaN() || Traits::isNaN(slots[result]))
          continue;
        EXPECT_TRUE(mpfr_lessequal_p(enclosure.lo(), slots[result].get()) &&
                    mpfr_lessequal_p(slots[result].get(), enclosure.hi()))
            << row.Name << " at " << x << " of " << lo << " + " << width;
      }
    }
  }
}

} // namespace

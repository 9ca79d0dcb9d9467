//===- SweepTest.cpp - What a sweep of a kernel goes by -------------------===//

#include "Curves.h"
#include "ExactValues.h"
#include "Rows.h"
#include "SweepPlan.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <gtest/gtest.h>
#include <random>

using namespace act;
using namespace act::report;

namespace {

/// Random elements of a type, over all exponents and where functions bend.
std::vector<double> randomInputs(DType type, std::mt19937_64 &random) {
  Elements elements(type);
  std::uniform_real_distribution<double> near(-8, 8);
  std::vector<uint64_t> places;
  for (int i = 0; i < 60; ++i) {
    places.push_back(random() & elements.last());
    places.push_back(elements.placeOf(near(random)));
  }
  tools::Array array = elements.at(places);
  std::vector<double> inputs;
  for (int64_t i = 0; i < array.size(); ++i)
    if (std::isfinite(array.get(i)))
      inputs.push_back(array.get(i));
  return inputs;
}

/// Result `order` of a tape alone.
Tape onlyOrder(Tape tape, unsigned order) {
  tape.results = {tape.results[order]};
  return tape;
}

TEST(ExactValues, AgreeWithMpfrOnAllRows) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<ActDialect, mlir::arith::ArithDialect,
                      mlir::math::MathDialect>();
  using Traits = NumberTraits<Quad>;
  std::mt19937_64 random(3);
  uint64_t points = 0, byMpfr = 0;
  for (const FunctionInfo *row : unaryRows()) {
    std::optional<Curves> curves = Curves::ofRow(*row, &context, 1);
    ASSERT_TRUE(curves) << row->Name;
    for (unsigned order : {0, 1})
      for (DType type : {DType::F64, DType::F32, DType::BF16}) {
        Tape tape = onlyOrder(curves->getTape(), order);
        ExactValues exacts(tape, type, /*isRow=*/true);
        MpfrReference reference(tape);
        for (double x : randomInputs(type, random)) {
          Quad got = exacts.at(x).value;
          Quad want = quadOf(reference.evaluate({x})[0]);
          Quad ulp = Traits::scale(Quad(1), ulpExponent(want, type));
          // Beyond the range of the type only the rounding matters.
          EXPECT_TRUE(std::isinf(roundTo(want, type)) ||
                      Traits::abs(got - want) <= ulp * 0x1p-20)
              << row->Name << " " << order << " " << nameOf(type) << " " << x;
          EXPECT_EQ(roundTo(got, type), roundTo(want, type))
              << row->Name << " " << order << " " << nameOf(type) << " " << x;
          ++points;
        }
        byMpfr += exacts.byMpfr;
      }
  }
  printf("%zu points, %zu by MPFR\n", size_t(points), size_t(byMpfr));
  EXPECT_LT(byMpfr, points / 4);
}

TEST(Elements, StandInOrder) {
  for (DType type : {DType::F64, DType::F32, DType::F16, DType::BF16}) {
    Elements elements(type);
    uint64_t one = elements.placeOf(1), zero = elements.placeOf(0);
    tools::Array array =
        elements.at({elements.placeOf(-HUGE_VAL), zero - 2, zero - 1, zero,
                     zero + 1, one, one + 1, elements.placeOf(HUGE_VAL) + 1});
    EXPECT_EQ(array.get(0), -HUGE_VAL);
    EXPECT_EQ(array.get(1), -array.get(4));
    EXPECT_LT(array.get(1), 0);
    EXPECT_TRUE(array.get(2) == 0 && std::signbit(array.get(2)));
    EXPECT_TRUE(array.get(3) == 0 && !std::signbit(array.get(3)));
    EXPECT_EQ(array.get(6) - array.get(5),
              std::ldexp(1.0, 1 - formatOf(type).precision));
    EXPECT_TRUE(std::isnan(array.get(7)));
  }
}

TEST(SweepPlan, TakesAllAroundPlaces) {
  Elements elements(DType::F32);
  SweepPlan plan(elements, /*exhaustive=*/false, 1 << 20, {1.5});
  uint64_t middle = elements.placeOf(1.5), found = 0;
  for (uint64_t i = 0; i < plan.size(); ++i) {
    uint64_t place = plan.placeAt(i);
    EXPECT_TRUE(i == 0 || plan.placeAt(i - 1) < place);
    found += place >= middle - kDense && place <= middle + kDense;
  }
  EXPECT_EQ(found, 2 * kDense + 1);
  EXPECT_FALSE(plan.isAll());
  SweepPlan all(elements, /*exhaustive=*/true, 1, {});
  EXPECT_EQ(all.size(), uint64_t(1) << 32);
}

TEST(ErrorBound, SaysWhereAComparisonIsUndecided) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<ActDialect, mlir::arith::ArithDialect,
                      mlir::math::MathDialect>();
  auto module = parseSource("where(x * x < 0.25, 1, 2)", &context);
  auto f =
      cantFail(Interpreter<Quad>::create(*module->getOps<FuncOp>().begin()));
  ErrorBound<Quad> bound(f, DType::F32);
  double ulp;
  bound.evaluate(Quad(0.5), DType::F32, ulp);
  EXPECT_FALSE(bound.isDecided());
  bound.evaluate(Quad(0.501), DType::F32, ulp);
  EXPECT_TRUE(bound.isDecided());
}

} // namespace

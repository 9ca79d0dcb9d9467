//===- StatsTest.cpp - Counts of kernels against a plain count ------------===//
//
// Functions are compiled with act.stats and without, and run on inputs full of
// zeros, tails and values that are not finite; what the kernel counts is
// compared with a loop over the values that it stored.
//
//===----------------------------------------------------------------------===//

#include "CurveTestUtil.h"
#include "LevelKernel.h"
#include "Rows.h"
#include "StatsRun.h"
#include "act/Analysis/Shape.h"
#include "act/IR/FunctionTable.h"
#include "act/Reference/Ulp.h"
#include <map>

using namespace act;
using namespace act::test;

namespace {

const CompileResult &compileOnce(const std::string &source, DType type,
                                 const CpuLevel &level, bool counts) {
  static std::map<std::tuple<std::string, DType, const CpuLevel *, bool>,
                  CompileResult>
      kernels;
  auto [entry, isNew] = kernels.try_emplace({source, type, &level, counts});
  if (isNew)
    entry->second =
        compileSource(source, type, &level, /*gpu=*/nullptr, counts);
  return entry->second;
}

void expectCounts(const std::string &source, std::vector<double> limits,
                  DType type, const StatsCase &test, unsigned threads,
                  const CpuLevel &level) {
  SCOPED_TRACE(testing::Message()
               << source << " " << nameOf(type) << " " << level.name << " with "
               << level.vectorBits << " bits, of "
               << testing::PrintToString(test.shape) << " axis " << test.axis
               << " on " << threads << " threads");
  const CompileResult &counting = compileOnce(source, type, level, true);
  const CompileResult &plain = compileOnce(source, type, level, false);
  ASSERT_TRUE(counting.kernel && plain.kernel);
  expectCounts(counting, plain, std::move(limits), type, test,
               [&](const CompileResult &compiled,
                   const std::vector<int64_t> &shape,
                   const std::vector<RunOperand> &operands) {
                 runElementwise(compiled.signature, compiled.kernel->entry(),
                                shape, operands, nullptr, threads);
               });
}

void expectEverywhere(const std::string &source,
                      const std::vector<double> &limits, DType type,
                      const StatsCase &shape) {
  for (const CpuLevel *level : test::hostLevels())
    for (unsigned threads : {1u, 3u})
      expectCounts(source, limits, type, shape, threads, *level);
}

class StatsOfType : public testing::TestWithParam<DType> {};
INSTANTIATE_TEST_SUITE_P(Types, StatsOfType,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](auto &info) { return nameOf(info.param); });

TEST_P(StatsOfType, FunctionsOfEveryKindOfLimit) {
  StatsCase matrix{{37, 100}, 1};
  expectEverywhere("x", {}, GetParam(), matrix);
  expectEverywhere("relu", {0}, GetParam(), matrix);
  expectEverywhere("tanh", {-1, 1}, GetParam(), matrix);
  expectEverywhere("hard_sigmoid", {0, 1}, GetParam(), matrix);
  expectEverywhere("x * sigmoid(x)", {0}, GetParam(), matrix);
  expectEverywhere("elu", {-1}, GetParam(), matrix);
  expectEverywhere("where(x > 0, x, 0.3 * expm1(x))", {-0.3}, GetParam(),
                   matrix);
}

TEST_P(StatsOfType, ShapesOfEveryRank) {
  for (const StatsCase &test : statsOfEveryRank())
    expectEverywhere("tanh", {-1, 1}, GetParam(), test);
}

TEST_P(StatsOfType, TransposedInputs) {
  for (int axis : {0, 1, 2})
    expectEverywhere("relu", {0}, GetParam(), {{6, 70, 96}, axis, true});
}

TEST_P(StatsOfType, ChannelsOfSeveralAxes) {
  for (bool isTransposed : {false, true})
    for (const StatsCase &test : {StatsCase{{20, 5, 70}, 1, isTransposed, 2},
                                  StatsCase{{20, 5, 64}, 1, isTransposed, 2},
                                  StatsCase{{9, 4, 3}, 1, isTransposed, 2},
                                  StatsCase{{4, 6, 80}, 0, isTransposed, 2},
                                  StatsCase{{30, 4, 100}, 0, isTransposed, 3}})
      expectEverywhere("relu", {0}, GetParam(), test);
}

TEST_P(StatsOfType, GatesOfTwoInputsHaveNoLimit) {
  expectEverywhere("u * relu(g)", {}, GetParam(), {{40, 130}, 1});
  expectEverywhere("u * relu(g)", {}, GetParam(), {{40, 130}, 1, true});
}

// Seven rows make a batch and 146 batches fill the planes.
TEST(Stats, ManyMoreRowsThanAPlaneCounts) {
  for (const StatsCase &test :
       {StatsCase{{70000, 3}, 1}, StatsCase{{70000, 3}, -1},
        StatsCase{{5000, 64}, 1}, StatsCase{{3000, 72}, 1},
        StatsCase{{4300000}, -1}, StatsCase{{3, 2500, 64}, 2}})
    expectEverywhere("tanh", {-1, 1}, DType::F32, test);
}

TEST(Stats, SeveralResultsAreCountedApart) {
  auto context = createContext();
  auto module = parseSource("relu", context.get());
  FuncOp relu = *module->getOps<FuncOp>().begin();
  mlir::OpBuilder builder = mlir::OpBuilder::atBlockEnd(module->getBody());
  builder
      .create<DerivativeOp>(relu.getLoc(), "both", relu,
                            llvm::ArrayRef<int64_t>{0, 1})
      .setSymVisibility("private");
  builder.create<StatsOp>(
      relu.getLoc(), builder.getStringAttr("counting"), mlir::StringAttr(),
      mlir::FlatSymbolRefAttr::get(context.get(), "both"), mlir::ArrayAttr());
  relu.setPrivate();
  CompileOptions options;
  options.level = bestHostLevel();
  auto compiled = compile(*module, options);
  ASSERT_TRUE(bool(compiled)) << llvm::toString(compiled.takeError());
  std::vector<float> x = {-1, -2, 3, 4, 5}, y(5), d(5);
  ChannelCounts counts[2];
  runElementwise(compiled->signature, compiled->kernel->entry(), {5},
                 {{x.data(), {1}},
                  {y.data(), {1}},
                  {d.data(), {1}},
                  {&counts[0], {0}},
                  {&counts[1], {0}}},
                 nullptr);
  EXPECT_EQ(counts[0].zero, 2);
  EXPECT_EQ(counts[0].saturated, 2);
  // The derivative is 0 or 1, its limits.
  EXPECT_EQ(counts[1].zero, 2);
  EXPECT_EQ(counts[1].saturated, 5);
  EXPECT_EQ(counts[1].inactive, 5);
}

using RowAndType = std::tuple<const FunctionInfo *, DType>;
class RowStats : public testing::TestWithParam<RowAndType> {};

// Far out a value is saturated where it is what one of the function's limits
// rounds to, by an analysis that shares nothing with act-specialize.
TEST_P(RowStats, TailsAreSaturated) {
  auto [row, type] = GetParam();
  CompileResult compiled =
      compileSource(row->Name, type, bestHostLevel(), nullptr, true);
  ASSERT_TRUE(compiled.kernel);
  Curve<MpfrNumber> curve = curveOf(row->Name);
  Shape<MpfrNumber> shape = analyse(curve);
  auto isLimit = [&, type = type](double y) {
    for (const Tail<MpfrNumber> *tail : {&shape.atMinusInf, &shape.atPlusInf})
      if (tail->limits[0] && !Traits::isInfinite(*tail->limits[0]) &&
          roundTo(*tail->limits[0], type) == y)
        return true;
    return false;
  };
  double far = type == DType::F16 ? 60000 : 1e30;
  for (double x : {-far, far}) {
    std::vector<char> input = test::packed({x}, type), output(input.size());
    ChannelCounts counts;
    runElementwise(compiled.signature, compiled.kernel->entry(), {},
                   {{input.data(), {}}, {output.data(), {}}, {&counts, {}}},
                   nullptr);
    double y = test::unpacked(output, type)[0];
    EXPECT_EQ(counts.saturated, isLimit(y)) << "at " << x << ": " << y;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RowStats,
    testing::Combine(testing::ValuesIn(unaryRows()),
                     testing::Values(DType::F64, DType::F32, DType::F16,
                                     DType::BF16)),
    [](const testing::TestParamInfo<RowAndType> &info) {
      return std::string(std::get<0>(info.param)->Name) + "_" +
             nameOf(std::get<1>(info.param));
    });

} // namespace

//===- GpuStatsTest.cpp - Counts of GPU kernels against a plain count -----===//
//
// Channels of rows, of columns and of neither, on arrays of which a thread
// takes one chunk and such of which it takes many; the values are those of a
// kernel that does not count.
//
//===----------------------------------------------------------------------===//

#include "GpuRun.h"
#include "StatsRun.h"
#include <map>

using namespace act;
using namespace act::test;

namespace {

const CompileResult &compileOnce(const std::string &source, DType type,
                                 bool counts) {
  static std::map<std::tuple<std::string, DType, bool>, CompileResult> kernels;
  auto [entry, isNew] = kernels.try_emplace({source, type, counts});
  if (isNew)
    entry->second =
        compileSource(source, type, nullptr, gpuLevelNamed("sm_90"), counts);
  return entry->second;
}

void expectOnGpu(const std::string &source, std::vector<double> limits,
                 DType type, const StatsCase &test) {
  SCOPED_TRACE(testing::Message()
               << source << " " << nameOf(type) << " of "
               << testing::PrintToString(test.shape) << " axis " << test.axis
               << (test.isTransposed ? ", transposed" : ""));
  const CompileResult &counting = compileOnce(source, type, true);
  const CompileResult &plain = compileOnce(source, type, false);
  ASSERT_TRUE(counting.gpuModule && plain.gpuModule);
  expectCounts(counting, plain, std::move(limits), type, test,
               [](const CompileResult &compiled,
                  const std::vector<int64_t> &shape,
                  const std::vector<RunOperand> &operands) {
                 runGpu(compiled, shape, operands);
               });
}

class GpuStats : public testing::TestWithParam<DType> {};
INSTANTIATE_TEST_SUITE_P(Types, GpuStats,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](auto &info) { return nameOf(info.param); });

TEST_P(GpuStats, FunctionsOfEveryKindOfLimit) {
  StatsCase matrix{{37, 100}, 1};
  expectOnGpu("x", {}, GetParam(), matrix);
  expectOnGpu("relu", {0}, GetParam(), matrix);
  expectOnGpu("tanh", {-1, 1}, GetParam(), matrix);
  expectOnGpu("hard_sigmoid", {0, 1}, GetParam(), matrix);
  expectOnGpu("elu", {-1}, GetParam(), matrix);
  expectOnGpu("where(x > 0, x, 0.3 * expm1(x))", {-0.3}, GetParam(), matrix);
  expectOnGpu("u * relu(g)", {}, GetParam(), {{40, 130}, 1});
  expectOnGpu("u * relu(g)", {}, GetParam(), {{40, 130}, 1, true});
}

TEST_P(GpuStats, ShapesOfEveryRank) {
  for (const StatsCase &test : statsOfEveryRank())
    expectOnGpu("tanh", {-1, 1}, GetParam(), test);
}

TEST_P(GpuStats, TransposedInputs) {
  for (int axis : {0, 1, 2})
    expectOnGpu("relu", {0}, GetParam(), {{6, 70, 96}, axis, true});
}

// With the input transposed no two of the axes are one, so that channels
// depend on rows and columns.
TEST_P(GpuStats, ChannelsOfSeveralAxes) {
  for (bool isTransposed : {false, true})
    for (const StatsCase &test : {StatsCase{{20, 5, 70}, 1, isTransposed, 2},
                                  StatsCase{{9, 4, 3}, 1, isTransposed, 2},
                                  StatsCase{{4, 6, 80}, 0, isTransposed, 2},
                                  StatsCase{{10, 4, 100}, 0, isTransposed, 3}})
      expectOnGpu("relu", {0}, GetParam(), test);
}

// So many that a thread takes several chunks.
TEST(GpuStats, ManyMoreChunksThanBlocks) {
  for (const StatsCase &test :
       {StatsCase{{600000, 3}, 1}, StatsCase{{600000, 3}, -1},
        StatsCase{{3, 600000}, 0}, StatsCase{{12000, 300}, 1},
        StatsCase{{5000001}, -1}})
    expectOnGpu("relu", {0}, DType::F32, test);
}

TEST(GpuStats, SeveralResultsAreCountedApart) {
  auto context = createContext(Road::Gpu);
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
  options.gpu = gpuLevelNamed("sm_75");
  options.simulates = true;
  auto compiled = compile(*module, options);
  ASSERT_TRUE(bool(compiled)) << llvm::toString(compiled.takeError());
  std::vector<float> x = {-1, -2, 3, 4, 5, 6}, y(6), d(6);
  // Of all values, and of columns.
  ChannelCounts all, columns[3];
  runGpu(*compiled, {2, 3},
         {{x.data(), {3, 1}},
          {y.data(), {3, 1}},
          {d.data(), {3, 1}},
          {&all, {0, 0}},
          {columns, {0, 1}}});
  EXPECT_EQ(all.zero, 2);
  EXPECT_EQ(all.saturated, 2);
  EXPECT_EQ(all.inactive, 2);
  // The derivative is 0 or 1, its limits.
  for (int c : {0, 1, 2}) {
    EXPECT_EQ(columns[c].zero, c < 2);
    EXPECT_EQ(columns[c].saturated, 2);
    EXPECT_EQ(columns[c].inactive, 2);
    EXPECT_EQ(columns[c].nonFinite, 0);
  }
}

} // namespace

//===- GpuOnDemandTest.cpp - Kernels are made when a shape asks -----------===//

#include "GpuRun.h"
#include "KernelTestUtil.h"
#include "act/GpuKernelNames.h"
#include "act/Syntax/Parser.h"
#include <thread>

using namespace act;
using namespace act::test;

namespace {

class GpuOnDemand : public testing::Test {
protected:
  CompileOptions onDemand() {
    CompileOptions options;
    options.gpu = gpuLevelNamed("sm_90");
    options.simulates = true;
    options.whenMade = [this](const KernelsMade &report) {
      for (const std::string &name : report.names)
        made.push_back(name);
      EXPECT_FALSE(report.times.empty());
    };
    return options;
  }
  CompileResult compileSource(llvm::StringRef source) {
    auto context = createContext(Road::Gpu);
    auto module = parseSource(source, context.get());
    return llvm::cantFail(compile(*module, onDemand()));
  }
  static GpuRunner runnerOf(const CompileResult &compiled,
                            std::vector<int64_t> shape, int64_t axis = 1) {
    std::vector<int64_t> strides = {shape[1], 1};
    return llvm::cantFail(GpuRunner::create(compiled.signature,
                                            *compiled.gpuModule, compiled.name,
                                            shape, {strides, strides}, axis));
  }
  /// Names of kernels in the order in which they were made.
  std::vector<std::string> made;
};

using Names = std::vector<std::string>;

TEST_F(GpuOnDemand, RowsHaveTheKernelsThatTheirLengthTakes) {
  CompileResult softmax = compileSource("softmax(x)");
  EXPECT_EQ(made, Names());
  runnerOf(softmax, {3, 8});
  EXPECT_EQ(made, Names({"expression_1"}));
  runnerOf(softmax, {3, 4096});
  EXPECT_EQ(made.back(), "expression_4");
  runnerOf(softmax, {1, 1 << 20});
  EXPECT_EQ(Names(made.begin() + 2, made.end()),
            gpuSplitNames("expression", 2));
  runnerOf(softmax, {4096, 64}, 0);
  EXPECT_EQ(made.back(), gpuAsideName("expression"));
  runnerOf(softmax, {1000, 10000});
  EXPECT_EQ(made.back(), "expression_loop");
}

// 300 shapes of all classes: each kernel once.
TEST_F(GpuOnDemand, NothingIsMadeTwice) {
  CompileResult softmax = compileSource("softmax(x)");
  for (int round = 0; round < 2; ++round)
    for (int64_t rows : {1, 2, 3, 17, 132, 133, 1000, 4096, 16384, 65536})
      for (int64_t length : {1, 7, 32, 100, 1000, 2000, 8192, 8193, 1 << 17}) {
        runnerOf(softmax, {rows, length});
        runnerOf(softmax, {length, rows}, 0);
      }
  EXPECT_EQ(made.size(), 6u);
  std::sort(made.begin(), made.end());
  EXPECT_EQ(std::unique(made.begin(), made.end()), made.end());
}

TEST_F(GpuOnDemand, ThreadsThatAskTogetherHaveTheSameKernel) {
  CompileResult softmax = compileSource("softmax(x)");
  const GpuKernel *found[4];
  std::vector<std::thread> threads;
  for (const GpuKernel *&each : found)
    threads.emplace_back([&] {
      each = llvm::cantFail(softmax.gpuModule->kernel("expression_1"));
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(made.size(), 1u);
  for (const GpuKernel *each : found)
    EXPECT_EQ(each, found[0]);
}

// Of elements there is one kernel for all shapes, which the compile makes.
TEST_F(GpuOnDemand, ElementsAskForNothingMore) {
  CompileResult silu = compileSource("silu");
  runnerOf(silu, {3, 8}, -1);
  runnerOf(silu, {300, 8000}, -1);
  EXPECT_EQ(made, Names());
}

// But a sum has kernels of rows behind it.
TEST_F(GpuOnDemand, SumsAskForWhatTheirTermsTake) {
  CompileOptions options = onDemand();
  options.reducedResults = {1};
  CompileResult sum =
      compileTest(
          "prelu(x, a)", DType::F32, [](FuncOp func) { addVjp(func); },
          /*quiet=*/false, options)
          .result;
  EXPECT_EQ(made, Names());
  std::vector<int64_t> all = {64, 1}, sums = {0, 1};
  auto create = [&](int64_t rows) {
    llvm::cantFail(GpuRunner::create(sum.signature, *sum.gpuModule, sum.name,
                                     {rows, 64}, {all, sums, all, all, sums}));
  };
  create(4);
  EXPECT_EQ(made, Names({gpuSumName("derived", 1) + "_1"}));
  create(1 << 20);
  EXPECT_EQ(made.back(), gpuSumName("derived", 1) + "_4");
}

TEST_F(GpuOnDemand, AKernelThatThereIsNotIsAnError) {
  CompileResult softmax = compileSource("softmax(x)");
  auto found = softmax.gpuModule->kernel("expression_2");
  ASSERT_FALSE(bool(found));
  EXPECT_EQ(llvm::toString(found.takeError()),
            "function 'expression' has no kernel 'expression_2'; it has: "
            "expression_1, expression_4, expression_loop, expression_split0, "
            "expression_split1, expression_aside");
}

} // namespace

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
  /// Over dense arrays at these addresses; at any if it is null.
  static GpuRunner runnerAt(void *const *operands,
                            const CompileResult &compiled,
                            std::vector<int64_t> shape, int64_t axis = 1) {
    std::vector<int64_t> strides = {shape[1], 1};
    return llvm::cantFail(GpuRunner::create(
        compiled.signature, *compiled.gpuModule, compiled.name, shape,
        {strides, strides}, axis, operands));
  }
  static GpuRunner runnerOf(const CompileResult &compiled,
                            std::vector<int64_t> shape, int64_t axis = 1) {
    void *aligned[] = {nullptr, nullptr};
    return runnerAt(aligned, compiled, std::move(shape), axis);
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
  runnerOf(softmax, {kGpuMultiprocessors, 1 << 16});
  EXPECT_EQ(made.back(), gpuClusterName("expression"));
  EXPECT_EQ(made.size(), 5u);
  runnerOf(softmax, {4096, 64}, 0);
  EXPECT_EQ(made.back(), gpuAsideName("expression"));
  runnerOf(softmax, {1000, 10000});
  EXPECT_EQ(made.back(), "expression_loop");
}

// Chunks of 16 bytes have kernels of their own, which arrays that are not
// aligned, or whose rows are no whole chunks, cannot take.
TEST_F(GpuOnDemand, PointersAndLengthsChooseKernelsOfChunks) {
  CompileResult softmax = compileSource("softmax(x)");
  alignas(16) float memory[4096 + 4];
  void *aligned[] = {memory, memory}, *others[] = {memory, memory + 1};
  runnerAt(aligned, softmax, {1, 4096});
  EXPECT_EQ(made, Names({"expression_4"}));
  runnerAt(others, softmax, {1, 4096});
  EXPECT_EQ(made.back(), "expression_4_any");
  runnerAt(aligned, softmax, {1, 4095});
  EXPECT_EQ(made.size(), 2u);
  runnerAt(aligned, softmax, {2, 1 << 20});
  EXPECT_EQ(made.size(), 4u);
  runnerAt(aligned, softmax, {2, (1 << 20) + 1});
  EXPECT_EQ(made.back(), gpuAnyName(gpuSplitNames("expression", 2).back()));
  runnerAt(aligned, softmax, {3, 8});
  EXPECT_EQ(made.back(), "expression_1");
}

// Where a run may have any pointers it finds the kernel that they take.
TEST_F(GpuOnDemand, WithoutPointersARunCompilesNothing) {
  CompileResult softmax = compileSource("softmax(x)");
  GpuRunner runner = runnerAt(nullptr, softmax, {1, 256});
  EXPECT_EQ(made, Names({"expression_4", "expression_4_any"}));
  std::vector<std::vector<float>> results;
  for (int64_t to : {0, 1, 2}) {
    alignas(16) float x[256], y[256 + 4];
    for (int i = 0; i < 256; ++i)
      x[i] = float(i * i % 97) / 8;
    void *operands[] = {x, y + to};
    llvm::cantFail(runner.run(operands, nullptr));
    results.push_back(std::vector<float>(y + to, y + to + 256));
    EXPECT_EQ(results.back(), results.front()) << to;
  }
  EXPECT_EQ(made.size(), 2u);
}

TEST_F(GpuOnDemand, OtherPointersThanThoseThatWereGivenAreAnError) {
  CompileResult softmax = compileSource("softmax(x)");
  alignas(16) float x[256 + 4], y[256 + 4];
  void *aligned[] = {x, y}, *others[] = {x + 1, y};
  auto messageOf = [&](void *const *given, void *const *taken) {
    return llvm::toString(
        runnerAt(given, softmax, {1, 256}).run(taken, nullptr));
  };
  EXPECT_EQ(messageOf(aligned, aligned), "");
  EXPECT_EQ(messageOf(others, others), "");
  EXPECT_EQ(messageOf(aligned, others),
            "an array of 'expression' is not aligned to chunks, as those "
            "were that the runner was created for; give GpuRunner::create() "
            "such pointers, or none");
  // A kernel for any arrays takes these, too.
  EXPECT_EQ(messageOf(others, aligned), "");
}

// 300 shapes of all classes: each kernel once.
TEST_F(GpuOnDemand, NothingIsMadeTwice) {
  CompileResult softmax = compileSource("softmax(x)");
  for (int round = 0; round < 2; ++round)
    for (int64_t rows : {1, 2, 3, 17, 132, 133, 1000, 4096, 16384, 65536})
      for (int64_t length :
           {1, 7, 8, 32, 1000, 2001, 8192, 8193, 12000, 1 << 17}) {
        runnerOf(softmax, {rows, length});
        runnerOf(softmax, {length, rows}, 0);
      }
  EXPECT_EQ(made.size(), 12u);
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
  EXPECT_EQ(made, Names({gpuSumName("derived", 1) + "_1_any"}));
  create(1 << 20);
  EXPECT_EQ(made.back(), gpuSumName("derived", 1) + "_4");
}

TEST_F(GpuOnDemand, AKernelThatThereIsNotIsAnError) {
  CompileResult softmax = compileSource("softmax(x)");
  auto found = softmax.gpuModule->kernel("expression_2");
  ASSERT_FALSE(bool(found));
  EXPECT_EQ(llvm::toString(found.takeError()),
            "function 'expression' has no kernel 'expression_2'; it has: "
            "expression_1, expression_1_any, expression_4, expression_4_any, "
            "expression_loop, expression_loop_any, expression_split0, "
            "expression_split1, expression_split0_any, expression_split1_any, "
            "expression_cluster, expression_aside");
}

} // namespace

//===- GpuClusterChoiceTest.cpp - Which rows clusters of blocks share -----===//

#include "GpuRows.h"
#include "RecordedLaunches.h"
#include "act/GpuKernelNames.h"
#include "act/Runtime/GpuRunner.h"

using namespace act;
using namespace act::test;

namespace {

/// So many rows fill a device with clusters of two blocks.
constexpr unsigned kPairs = (kGpuMultiprocessors + 1) / 2;

/// Kernels that a softmax of f32 launches over arrays of this shape.
class GpuClusterChoice : public testing::Test {
protected:
  using Names = std::vector<std::string>;

  void SetUp() override { kernel = gpuRows({"softmax(x)", DType::F32}); }
  GpuRunner create(std::vector<int64_t> shape, void *const *operands,
                   int64_t pitch = 0) {
    std::vector<int64_t> strides = {pitch ? pitch : shape[1], 1};
    return llvm::cantFail(GpuRunner::create(kernel.result.signature, module,
                                            "f", shape, {strides, strides}, 1,
                                            operands));
  }
  Names launchedOver(std::vector<int64_t> shape, int64_t pitch = 0) {
    module.launches.clear();
    llvm::cantFail(
        create(shape, aligned, pitch).run(aligned, nullptr, scratch));
    Names names;
    for (const RecordedLaunches::Launch &launch : module.launches)
      names.push_back(launch.kernel);
    return names;
  }

  RowKernel kernel;
  RecordedLaunches module{2};
  alignas(16) float memory[8];
  char scratch[1];
  void *aligned[2] = {memory, memory}, *others[2] = {memory, memory + 1};
  const Names clusters = {"f_cluster"}, split = gpuSplitNames("f", 2),
              any = {"f_split0_any", "f_split1_any"};
};

TEST_F(GpuClusterChoice, FewOrVeryLongRowsAreSplit) {
  int64_t length = 16384; // In two blocks.
  EXPECT_EQ(launchedOver({kPairs, length}), clusters);
  EXPECT_EQ(launchedOver({kPairs - 1, length}), split);
  EXPECT_EQ(launchedOver({kGpuMultiprocessors, length}), clusters);
  // Whole rows have a block each.
  EXPECT_EQ(launchedOver({kGpuMultiprocessors + 1, length}), Names({"f_loop"}));
  length = 131072; // In eight.
  EXPECT_EQ(launchedOver({17, length}), clusters);
  EXPECT_EQ(launchedOver({16, length}), split);
  EXPECT_EQ(launchedOver({1 << 20, length}), clusters);
  const LaunchShape &shape = module.launches.front().shape;
  EXPECT_EQ(shape.grid[0], 8u << 20);
  EXPECT_EQ(shape.cluster, 8u);
  // Eight parts in each block, what warps have of these, and all 64 parts.
  EXPECT_EQ(shape.sharedBytes, 8u * (8192 + 2 * 64) + 2 * 64 * 4);
  EXPECT_EQ(launchedOver({1, length}), split);
  // No more than 2^31 blocks in a launch.
  EXPECT_EQ(launchedOver({1 << 28, length}).back(), split.back());
  // No cluster keeps such a row.
  EXPECT_EQ(launchedOver({17, 12 * 8 * 2048}).back(), split.back());
}

TEST_F(GpuClusterChoice, OnlyWholeAlignedChunksHaveClusters) {
  EXPECT_EQ(launchedOver({132, 131072}), clusters);
  EXPECT_EQ(launchedOver({132, 131072}, 131076), clusters);
  EXPECT_EQ(launchedOver({132, 131072}, 131073).front(), any.front());
  EXPECT_EQ(launchedOver({132, 131073}).front(), any.front());
}

TEST_F(GpuClusterChoice, PointersDecideWhereNoneWereGiven) {
  GpuRunner runner = create({132, 16384}, nullptr);
  EXPECT_EQ(module.asked, Names({"f_cluster", any[0], any[1]}));
  // Two values of each of 8 parts.
  EXPECT_EQ(runner.scratchBytes(), 132 * 2 * 8 * 4);
  EXPECT_TRUE(runner.splitsRows() && runner.clustersRows());
  llvm::cantFail(runner.run(aligned, nullptr, scratch));
  llvm::cantFail(runner.run(others, nullptr, scratch));
  ASSERT_EQ(module.launches.size(), 3u);
  EXPECT_EQ(module.launches[0].kernel, "f_cluster");
  EXPECT_EQ(module.launches[0].chunking, 2u);
  EXPECT_EQ(module.launches[1].kernel, any[0]);
  EXPECT_EQ(module.launches[1].chunking, 0u);
}

TEST_F(GpuClusterChoice, ClustersAloneTakeNoScratchMemory) {
  GpuRunner runner = create({132, 16384}, aligned);
  EXPECT_EQ(module.asked, clusters);
  EXPECT_EQ(runner.scratchBytes(), 0);
  EXPECT_NE(llvm::toString(runner.run(others, nullptr)).find("not aligned"),
            std::string::npos);
  GpuRunner unaligned = create({132, 16384}, others);
  EXPECT_EQ(module.asked, Names({"f_cluster", any[0], any[1]}));
  EXPECT_GT(unaligned.scratchBytes(), 0);
  EXPECT_TRUE(unaligned.splitsRows() && !unaligned.clustersRows());
  llvm::cantFail(unaligned.run(aligned, nullptr, scratch));
  EXPECT_EQ(module.launches.back().kernel, any[1]);
}

TEST_F(GpuClusterChoice, WithoutThemRowsAreSplit) {
  module.hasClusters = false;
  EXPECT_EQ(launchedOver({132, 16384}), split);
  EXPECT_GT(create({132, 16384}, aligned).scratchBytes(), 0);
  for (const char *level : {"sm_80", "sm_89"}) {
    RowKernel older = compileRows({"softmax(x)", DType::F32}, nullptr,
                                  gpuOptions(Accuracy::Default, level));
    EXPECT_FALSE(older.result.signature.rows->hasCluster) << level;
  }
  // Nothing is combined of elements.
  EXPECT_FALSE(
      gpuRows({"sparsemax(x)", DType::F32}).result.signature.rows->hasCluster);
}

} // namespace

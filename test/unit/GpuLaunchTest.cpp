//===- GpuLaunchTest.cpp - How launches are cut into blocks ---------------===//

#include "RecordedLaunches.h"
#include "act/Runtime/GpuRunner.h"
#include "gtest/gtest.h"

using namespace act;
using namespace act::test;

namespace {

/// Of a function of elements of bf16 with so many inputs.
KernelSignature signatureOf(unsigned inputs) {
  KernelSignature signature;
  signature.operands.assign(inputs + 1, DType::BF16);
  signature.numInputs = inputs;
  signature.isScalar.assign(inputs, false);
  signature.lanes = gpuChunk(sizeof(uint16_t), /*computesInDouble=*/false);
  return signature;
}

/// The only launch over arrays of one shape, of which inputs have rows of this
/// distance.
RecordedLaunches::Launch
launchOver(unsigned inputs, const std::vector<int64_t> &shape, int64_t pitch) {
  KernelSignature signature = signatureOf(inputs);
  RecordedLaunches module(inputs + 1);
  std::vector<std::vector<int64_t>> strides(inputs, {pitch, 1});
  strides.push_back({shape[1], 1});
  auto runner =
      llvm::cantFail(GpuRunner::create(signature, module, "f", shape, strides));
  alignas(16) static char memory[16];
  std::vector<void *> operands(inputs + 1, memory);
  llvm::cantFail(runner.run(operands.data(), nullptr));
  EXPECT_EQ(module.launches.size(), 1u);
  return module.launches.front();
}

// One token of a model and a batch of them: what a multiprocessor has to do is
// little where all of them have a block.
TEST(GpuLaunch, FewRowsAreSpreadOverTheDevice) {
  for (unsigned inputs : {1u, 2u})
    for (int64_t columns : {2048, 4096, 11008, 14336})
      for (int64_t rows : {1, 2, 16, 64}) {
        SCOPED_TRACE(testing::Message() << rows << " x " << columns);
        auto launch = launchOver(inputs, {rows, columns}, 2 * columns);
        int64_t chunks = rows * columns / 8;
        EXPECT_GE(launch.blocks() * launch.threads(), chunks);
        if (launch.blocks() < kGpuMultiprocessors)
          EXPECT_EQ(launch.threads(), kGpuFewestThreads);
        else if (launch.threads() < kGpuThreads)
          EXPECT_LT(launch.blocks() / 2, kGpuMultiprocessors);
        // Threads that have nothing to do are few.
        EXPECT_LE(launch.blocks() * launch.threads(), 5 * chunks / 4);
      }
}

// Without a row to find, and with 16 bytes a thread.
TEST(GpuLaunch, OneRowTakesTheShortWay) {
  for (int64_t columns : {8, 80, 4096, 14336, 1 << 20}) {
    EXPECT_EQ(launchOver(2, {1, columns}, 2 * columns).chunking, 3u) << columns;
    EXPECT_EQ(launchOver(1, {64, columns}, columns).chunking, 3u) << columns;
    EXPECT_EQ(launchOver(2, {64, columns}, 2 * columns).chunking, 2u)
        << columns;
  }
}

// Rows that are padded to whole chunks have no kernel for these alone, but one
// that takes those there are.
TEST(GpuLaunch, PaddedRowsAreReadInChunks) {
  KernelSignature signature = signatureOf(1);
  signature.rows.emplace();
  signature.rows->isUniform = {false, false};
  alignas(16) static char memory[32];
  auto launchOver = [&](int64_t columns, int64_t pitch, int64_t offset) {
    RecordedLaunches module(2);
    std::vector<int64_t> strides = {pitch, 1};
    auto runner = llvm::cantFail(GpuRunner::create(
        signature, module, "f", {64, columns}, {strides, strides}, /*axis=*/1));
    void *operands[] = {memory + offset, memory};
    llvm::cantFail(runner.run(operands, nullptr));
    EXPECT_EQ(module.launches.size(), 1u);
    return module.launches.front();
  };
  auto whole = launchOver(1000, 1000, 0), padded = launchOver(999, 1000, 0);
  EXPECT_EQ(whole.kernel, "f_4");
  EXPECT_EQ(padded.kernel, "f_4_any");
  EXPECT_EQ(padded.chunking, whole.chunking);
  EXPECT_NE(padded.chunking, 0u);
  EXPECT_EQ(launchOver(999, 999, 0).chunking, 0u);
  EXPECT_EQ(launchOver(1000, 1000, 2).chunking, 0u);
  EXPECT_EQ(launchOver(1000, 1000, 2).kernel, "f_4_any");
}

TEST(GpuLaunch, LargeArraysHaveWholeBlocks) {
  auto dense = launchOver(1, {4096, 4096}, 4096);
  EXPECT_EQ(dense.threads(), kGpuThreads);
  EXPECT_EQ(dense.blocks(), 4096 * 4096 / 8 / kGpuThreads);
  auto narrow = launchOver(2, {1 << 20, 24}, 48);
  EXPECT_EQ(narrow.threads(), kGpuThreads);
}

// 264 blocks of 64 threads rather than 66 of 256.
TEST(GpuLaunch, BlocksAreHalvedUntilThereAreEnough) {
  int64_t block = kGpuThreads * 8;
  auto threadsOf = [&](int64_t blocks) {
    return launchOver(1, {1, blocks * block}, blocks * block).threads();
  };
  EXPECT_EQ(threadsOf(kGpuMultiprocessors), kGpuThreads);
  EXPECT_EQ(threadsOf(kGpuMultiprocessors / 2), kGpuThreads / 2);
  EXPECT_EQ(threadsOf(kGpuMultiprocessors / 2 - 1), kGpuFewestThreads);
  EXPECT_EQ(threadsOf(1), kGpuFewestThreads);
}

} // namespace

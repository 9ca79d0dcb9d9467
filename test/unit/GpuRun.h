//===- GpuRun.h - Running loaded GPU kernels in tests -----------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_GPURUN_H
#define ACT_TEST_UNIT_GPURUN_H

#include "act/Jit/Compiler.h"
#include "act/Runtime/GpuRunner.h"
#include "gtest/gtest.h"

namespace act::test {

/// What a runner wants its scratch memory aligned to.
inline constexpr size_t kScratchAlignment = 256;

/// Runs the GPU kernels of a compile once on arrays of any shape, inputs, then
/// results; rows run along `axis`. Reports failures to gtest.
inline void runGpu(const CompileResult &compiled,
                   const std::vector<int64_t> &shape,
                   const std::vector<RunOperand> &operands, int64_t axis = -1) {
  std::vector<void *> arrays;
  std::vector<std::vector<int64_t>> strides;
  for (const RunOperand &operand : operands) {
    arrays.push_back(operand.data);
    strides.push_back(operand.strides);
  }
  auto runner =
      GpuRunner::create(compiled.signature, *compiled.gpuModule, compiled.name,
                        shape, strides, axis, arrays.data());
  if (!runner) {
    ADD_FAILURE() << llvm::toString(runner.takeError());
    return;
  }
  std::vector<char> scratch(runner->scratchBytes() + kScratchAlignment);
  auto address = reinterpret_cast<uintptr_t>(scratch.data());
  llvm::Error error =
      runner->run(arrays.data(), /*parameters=*/nullptr,
                  scratch.data() + (-address & (kScratchAlignment - 1)));
  EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
}

} // namespace act::test

#endif // ACT_TEST_UNIT_GPURUN_H

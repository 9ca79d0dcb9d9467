//===- Timing.h - What --time prints ----------------------------*- C++ -*-===//
#ifndef ACT_RUN_TIMING_H
#define ACT_RUN_TIMING_H

#include "Data.h"
#include "DeviceTimer.h"
#include "act/Jit/Compiler.h"
#include "act/Runtime/GpuRunner.h"
#include <functional>

namespace act::run {

/// Prints the milliseconds of each stage, and how rows are walked. `gpuRunner`
/// is null on the CPU.
void printStages(llvm::raw_ostream &os, const CompileResult &compiled,
                 double parseMilliseconds, const Data &data,
                 const GpuRunner *gpuRunner);

/// Prints the kernel's time and GB/s beside the fastest copy of the same bytes,
/// measured interleaved with it. Nothing where there are no elements.
void printTimes(llvm::raw_ostream &os, const Data &data,
                const std::function<void()> &runKernel);

/// The same of a kernel that `launch` starts on a device, without the copies
/// to it and back; the device's own copies stand beside it.
llvm::Error printDeviceTimes(llvm::raw_ostream &os, const Data &data,
                             const CudaStream &stream,
                             const tools::DeviceWork &launch);

} // namespace act::run

#endif // ACT_RUN_TIMING_H

//===- Timing.h - What --time prints ----------------------------*- C++ -*-===//
#ifndef ACT_RUN_TIMING_H
#define ACT_RUN_TIMING_H

#include "Data.h"
#include "act/Jit/Compiler.h"
#include <functional>

namespace act::run {

/// Prints the milliseconds of each stage, and the kernel's time and GB/s
/// beside the fastest copy of the same bytes, measured interleaved with it.
void printTimes(llvm::raw_ostream &os, const CompileResult &compiled,
                double parseMilliseconds, const Data &data,
                const std::function<void()> &runKernel);

} // namespace act::run

#endif // ACT_RUN_TIMING_H

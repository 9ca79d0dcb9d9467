//===- Gpu.h - What an SM version can do ------------------------*- C++ -*-===//
//
// The only place that knows SM versions, PTX versions and what GPUs have.
// Constant data; safe from any thread.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TARGET_GPU_H
#define ACT_TARGET_GPU_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace act {

/// An SM version that kernels can be compiled for.
struct GpuLevel {
  /// Command-line name, which is LLVM's too: "sm_90".
  const char *name;
  /// Compute capability, 10 * major + minor.
  unsigned capability;
  /// The lowest PTX version that has all that kernels for it use, 10 * major +
  /// minor: tanh on sm_75 asks for 7.0, 8-bit formats on sm_89 for 8.1.
  unsigned ptxVersion;

  /// Rounds to bf16 in one instruction.
  bool hasBF16() const { return capability >= 80; }
  /// Rounds to the 8-bit formats in one instruction.
  bool hasFP8() const { return capability >= 89; }
  /// Has clusters of blocks.
  bool hasClusters() const { return capability >= 90; }
  /// LLVM's features: the PTX version.
  std::string features() const { return "+ptx" + std::to_string(ptxVersion); }
};

/// Threads of a warp.
inline constexpr unsigned kWarpThreads = 32;

/// All levels, the least capable first.
llvm::ArrayRef<GpuLevel> gpuLevels();

/// The names of all levels, separated by ", ", for messages.
std::string gpuLevelNames();

/// The level of this name, or null.
const GpuLevel *gpuLevelNamed(llvm::StringRef name);

/// The best level whose code a device of this compute capability runs, or null
/// if it is too old. Code for an "a" level runs on its own capability only and
/// is not chosen.
const GpuLevel *gpuLevelFor(unsigned capability);

} // namespace act

#endif // ACT_TARGET_GPU_H

//===- GpuModule.h - Loaded GPU kernels -------------------------*- C++ -*-===//
//
// What runs GPU kernels: the CUDA driver (CudaDriver.h) or, on the host, the
// simulator (Simulation.h). Whoever launches knows neither.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_RUNTIME_GPUMODULE_H
#define ACT_RUNTIME_GPUMODULE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>

namespace act {

/// How many threads a launch has, and the shared memory of each block beside
/// what the kernel declares.
struct LaunchShape {
  uint32_t grid[3] = {1, 1, 1};
  uint32_t block[3] = {1, 1, 1};
  uint32_t sharedBytes = 0;
  /// Blocks of a cluster along x; 1 where there are none.
  uint32_t cluster = 1;
};

/// A kernel of a loaded module, which owns it.
class GpuKernel {
public:
  virtual ~GpuKernel() = default;

  /// Starts the kernel. `parameters` points to the value of each of its
  /// parameters in order, which are read before the call returns. `stream` is
  /// the caller's CUstream, null for the default one; the simulator, for which
  /// it must be null, has run the kernel when the call returns. Allocates
  /// nothing and waits for nothing; safe from several threads. A launch that
  /// the device refuses is an error with the driver's text.
  virtual llvm::Error launch(const LaunchShape &shape, void *const *parameters,
                             void *stream) const = 0;
};

/// A module of GPU kernels, loaded, or made when they are asked for.
class GpuModule {
public:
  virtual ~GpuModule() = default;

  /// The kernel of this name, ready to be launched; an error where there is
  /// none. Safe from several threads.
  virtual llvm::Expected<const GpuKernel *> kernel(llvm::StringRef name) = 0;

  /// Whether its kernels can be launched in clusters of blocks.
  virtual bool launchesClusters() const = 0;
};

} // namespace act

#endif // ACT_RUNTIME_GPUMODULE_H

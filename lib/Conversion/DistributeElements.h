//===- DistributeElements.h - Elementwise functions on a GPU ----*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_DISTRIBUTEELEMENTS_H
#define ACT_LIB_CONVERSION_DISTRIBUTEELEMENTS_H

#include "act/IR/Act.h"
#include "act/Target/Gpu.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace act {

/// How the GPU kernel of a function is written.
struct GpuKernelOptions {
  const GpuLevel *level = nullptr;
  /// Subnormal inputs and results are zeros.
  bool flush = false;
};

/// Writes the kernel of an approximated elementwise function into the module,
/// with the parameters that act/KernelABI.h states.
mlir::LogicalResult writeGpuElementKernel(FuncOp func,
                                          const GpuKernelOptions &options,
                                          mlir::gpu::GPUModuleOp module);

} // namespace act

#endif // ACT_LIB_CONVERSION_DISTRIBUTEELEMENTS_H

//===- DistributeElements.h - Elementwise functions on a GPU ----*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_DISTRIBUTEELEMENTS_H
#define ACT_LIB_CONVERSION_DISTRIBUTEELEMENTS_H

#include "GpuKernel.h"

namespace act {

/// Writes the kernel of an approximated elementwise function into the module,
/// with the parameters that act/KernelABI.h states.
mlir::LogicalResult writeGpuElementKernel(FuncOp func,
                                          const GpuKernelOptions &options,
                                          mlir::gpu::GPUModuleOp module);

} // namespace act

#endif // ACT_LIB_CONVERSION_DISTRIBUTEELEMENTS_H

//===- DistributeCounts.h - Functions that count on a GPU -------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_DISTRIBUTECOUNTS_H
#define ACT_LIB_CONVERSION_DISTRIBUTECOUNTS_H

#include "GpuKernel.h"

namespace act {

/// Writes the kernel of an approximated elementwise function that counts its
/// results into the module, and that which empties counts, as act/KernelABI.h
/// states.
mlir::LogicalResult writeGpuCountingKernels(FuncOp func,
                                            const GpuKernelOptions &options,
                                            mlir::gpu::GPUModuleOp module,
                                            mlir::OpBuilder &builder);

} // namespace act

#endif // ACT_LIB_CONVERSION_DISTRIBUTECOUNTS_H

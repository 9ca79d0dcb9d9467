//===- DistributeRows.h - Functions of a row on a GPU -----------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_DISTRIBUTEROWS_H
#define ACT_LIB_CONVERSION_DISTRIBUTEROWS_H

#include "GpuKernel.h"

namespace act {

/// Writes the kernels of an approximated function of a row into the module, as
/// act/KernelABI.h states. `suffix` is the end of its name by which, and the
/// chunks behind it, the options know them.
mlir::LogicalResult writeGpuRowKernels(FuncOp func, const std::string &suffix,
                                       const GpuKernelOptions &options,
                                       mlir::gpu::GPUModuleOp module);

/// Writes the kernel of rows side by side of such a function, which finds
/// nothing step by step.
mlir::LogicalResult writeGpuAsideKernel(FuncOp func,
                                        const GpuKernelOptions &options,
                                        mlir::gpu::GPUModuleOp module);

/// Writes kernels of rows that are split for an approximated function
/// (act-split-rows), and says on the module what they need. `name` is that of
/// the function they belong to.
mlir::LogicalResult writeGpuSplitKernels(FuncOp func, llvm::StringRef name,
                                         const GpuKernelOptions &options,
                                         mlir::gpu::GPUModuleOp module);

/// Writes the kernel of rows that a cluster of blocks shares for the same
/// function, whose split rows take more than one kernel.
mlir::LogicalResult writeGpuClusterKernel(FuncOp func, llvm::StringRef name,
                                          const GpuKernelOptions &options,
                                          mlir::gpu::GPUModuleOp module);

} // namespace act

#endif // ACT_LIB_CONVERSION_DISTRIBUTEROWS_H

//===- DistributeElements.h - Elementwise functions on a GPU ----*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_DISTRIBUTEELEMENTS_H
#define ACT_LIB_CONVERSION_DISTRIBUTEELEMENTS_H

#include "GpuKernel.h"

namespace act {

/// What kernels of elementwise functions have in common.
class GpuElementKernel : protected GpuKernelWriter {
protected:
  GpuElementKernel(FuncOp func, const GpuKernelOptions &options,
                   mlir::gpu::GPUModuleOp module, mlir::OpBuilder &builder,
                   bool hasNarrowPlaces = false)
      : GpuKernelWriter(func, options, module, builder, hasNarrowPlaces) {}

  /// Where this thread's elements of a row are.
  GpuChunk findChunk();
  /// Whether the chunk that begins at an element may be loaded at once.
  mlir::Value isWhole(mlir::Value first);
  /// The number of this thread's row.
  mlir::Value findRow();
  /// Whether a chunk begins in the row, and there is such a row.
  mlir::Value isInside(const GpuChunk &chunk, mlir::Value row);
  /// The results of the body for elements of these inputs, as they are in
  /// memory.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  evaluate(GpuRetyper &retyper, llvm::ArrayRef<unsigned> arrays,
           mlir::ValueRange loaded);
  /// Loads, computes and stores; gives the results as they are in memory.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  writeChunk(GpuRetyper &retyper, llvm::ArrayRef<mlir::Value> rows,
             const GpuChunk &chunk);
};

/// Writes the kernel of an approximated elementwise function into the module,
/// with the parameters that act/KernelABI.h states.
mlir::LogicalResult writeGpuElementKernel(FuncOp func,
                                          const GpuKernelOptions &options,
                                          mlir::gpu::GPUModuleOp module);

/// Writes the kernel that brings rows of a mask together, of such a function
/// with one among its results.
void writeGpuPackKernel(FuncOp func, const GpuKernelOptions &options,
                        mlir::gpu::GPUModuleOp module);

} // namespace act

#endif // ACT_LIB_CONVERSION_DISTRIBUTEELEMENTS_H

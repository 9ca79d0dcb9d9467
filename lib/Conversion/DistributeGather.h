//===- DistributeGather.h - GPU kernels that bring together -----*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_DISTRIBUTEGATHER_H
#define ACT_LIB_CONVERSION_DISTRIBUTEGATHER_H

#include "DistributeElements.h"

namespace act {

/// A kernel of elements whose threads take several chunks and bring something
/// of them together, as act/KernelABI.h states.
class GpuGatherKernel : protected GpuElementKernel {
protected:
  using GpuElementKernel::GpuElementKernel;

  /// What a step adds to what the thread has, given what was stored.
  using Step = llvm::function_ref<llvm::SmallVector<mlir::Value>(
      llvm::ArrayRef<mlir::Value> stored, llvm::ArrayRef<mlir::Value> rows,
      const GpuChunk &chunk, mlir::ValueRange before)>;

  /// Begins a kernel; stands in front of its loop then.
  void beginGather();
  /// Writes the loop over the thread's chunks; gives what it has then, and
  /// stands behind the loop.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  writeSteps(mlir::ValueRange initial, Step step);
  /// Where this thread's first row begins in each operand, or the last row if
  /// there is no such row.
  llvm::SmallVector<mlir::Value> placesOfRow();

  /// Where something of a column is, so many elements further on.
  mlir::Value pointerIn(unsigned operand, mlir::Value row, mlir::Value column,
                        mlir::Value further = {});

  mlir::Value gathersA(GpuGather kind) {
    return compare(mlir::arith::CmpIPredicate::eq, gathers,
                   integer(i32, uint32_t(kind)));
  }
  /// Which elements of a chunk are in the row: a vector of conditions.
  mlir::Value areInside(const GpuChunk &chunk);
  /// The values of the elements that are in the row, and else zeros.
  mlir::Value onlyInside(const GpuChunk &chunk, mlir::Value vector);
  mlir::Value columnOf(const GpuChunk &chunk, unsigned lane) {
    return add(chunk.first, mul(chunk.step, integer(i32, lane)));
  }
  mlir::scf::IfOp onlyIf(mlir::Value condition,
                         llvm::function_ref<void()> body);

  /// Of the kernel in progress: the thread's number in the block, the first
  /// column of the block, the thread's first chunk and row.
  mlir::Value thread, block, row;
  GpuChunk chunk;
};

/// Writes the kernel of an approximated elementwise function with reduced
/// results into the module.
mlir::LogicalResult writeGpuSummingKernel(FuncOp func,
                                          const GpuKernelOptions &options,
                                          mlir::gpu::GPUModuleOp module,
                                          mlir::OpBuilder &builder);

} // namespace act

#endif // ACT_LIB_CONVERSION_DISTRIBUTEGATHER_H

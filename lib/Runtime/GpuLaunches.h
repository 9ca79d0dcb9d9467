//===- GpuLaunches.h - The launches of one kernel ---------------*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_GPULAUNCHES_H
#define ACT_LIB_RUNTIME_GPULAUNCHES_H

#include "act/Runtime/ElementwiseRunner.h"
#include "act/Runtime/GpuModule.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace act {

/// Launches the kernels of a function over arrays of one shape and layout, of
/// which pointers are given at each run; results that are reduced are arrays of
/// terms. Dimensions are ordered as they lie in the first result and collapsed;
/// what one launch cannot take (more than 2^30 columns or rows, or many
/// dimensions that do not collapse) becomes several.
class GpuLaunches {
public:
  /// As GpuRunner has them, but those of sums.
  GpuLaunches(const KernelSignature &signature,
              llvm::ArrayRef<const GpuKernel *> kernels,
              std::vector<int64_t> shape,
              std::vector<std::vector<int64_t>> strides, int64_t axis = -1);

  /// Several blocks share a row.
  bool splitsRows() const;
  /// Scratch memory that a run needs: that of rows that are split.
  int64_t scratchBytes() const;

  /// As GpuRunner::run(), with the memory of terms for that of reduced results.
  llvm::Error run(void *const *operands, const void *parameters, void *scratch,
                  void *stream) const;

  size_t numOperands() const { return signature.operands.size(); }
  /// Bytes of an element.
  int64_t bytes(size_t operand) const {
    return sizeOf(signature.operands[operand]);
  }

private:
  /// One launch: its part of the arrays.
  struct Part {
    uint32_t columns, rows, sizes[kGpuRowDims - 1];
    /// Of the first element, [operand].
    std::vector<int64_t> offsets;
    /// Kernels that follow one another, and how they are cut into blocks.
    LaunchShape shape;
    llvm::ArrayRef<const GpuKernel *> kernels;
    /// Rows that are split are taken so many at once; 0 for whole ones.
    uint32_t splitRows = 0;
  };
  void plan();
  void addPart(int64_t columns, const std::vector<int64_t> &sizes,
               std::vector<int64_t> offsets);
  /// How a launch is cut into blocks, and its kernel.
  void shapeElements(Part &part) const;
  void shapeRows(Part &part) const;
  /// False where whole rows are better.
  bool shapeSplitRows(Part &part) const;
  llvm::Error runSplit(const Part &part,
                       llvm::SmallVectorImpl<void *> &parameters, void *scratch,
                       void *stream) const;
  bool hasUniformResult() const;
  bool allowsChunks() const;
  bool isChunkAligned(size_t operand, const void *pointer) const;
  bool isScalar(size_t operand) const {
    return operand < signature.numInputs && signature.isScalar[operand];
  }
  bool isUniform(size_t operand) const {
    return signature.rows && signature.rows->isUniform[operand];
  }
  int64_t chunkBytes(size_t operand) const;

  const KernelSignature &signature;
  llvm::SmallVector<const GpuKernel *, 4> kernels;
  /// The collapsed shape and strides, the inner dimension first.
  std::vector<int64_t> shape;
  std::vector<std::vector<int64_t>> strides;
  /// [operand][1 + kGpuRowDims]: as kernels take them.
  std::vector<int64_t> kernelStrides;
  /// Whether chunks are allowed, and no array has one value for a row.
  bool mayChunk = false, areDense = false;
  /// Bytes of masks belong to one row and one launch each.
  bool areBytesWhole = true;
  std::vector<Part> parts;
};

} // namespace act

#endif // ACT_LIB_RUNTIME_GPULAUNCHES_H

//===- GpuLaunches.h - The launches of one kernel ---------------*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_GPULAUNCHES_H
#define ACT_LIB_RUNTIME_GPULAUNCHES_H

#include "act/Runtime/ElementwiseRunner.h"
#include "act/Runtime/GpuModule.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>
#include <string>

namespace act {

/// Launches the kernels of a function over arrays of one shape and layout, of
/// which pointers are given at each run; results that are reduced are arrays of
/// terms. Dimensions are ordered as they lie in the first result and collapsed;
/// what one launch cannot take (more than 2^30 columns or rows, or many
/// dimensions that do not collapse) becomes several.
class GpuLaunches {
public:
  /// The terms of a reduced result that blocks have added up: an array of f64,
  /// those of one sum side by side, which are `count`.
  struct Terms {
    size_t operand;
    int64_t count;
    /// Of the sums, the inner dimension first, and their strides there and in
    /// the result.
    std::vector<int64_t> shape, strides, resultStrides;

    int64_t size() const {
      int64_t size = count;
      for (int64_t dim : shape)
        size *= dim;
      return size;
    }
  };

  /// Of the function of this name. Strides of a reduced result are its own, 0
  /// where it is summed; without `mayGather` those of its terms, one for each
  /// element.
  GpuLaunches(const KernelSignature &signature, const std::string &function,
              std::vector<int64_t> shape,
              std::vector<std::vector<int64_t>> strides, int64_t axis = -1,
              bool mayGather = true);

  /// Asks for the kernels that launches are of: those for base pointers that
  /// are aligned as these are, or for any if null. Once, and before run() and
  /// scratchBytes().
  llvm::Error load(GpuModule &module, void *const *operands);

  /// Terms of all reduced results; none where there is one for each element.
  llvm::ArrayRef<Terms> gathered() const { return terms; }

  /// Rows of the masks among the results that share bytes in the caller's
  /// memory: so many bits, from each of a distance to the next one of another
  /// in the memory that run() takes.
  struct Masks {
    int64_t count, length, pitch;

    int64_t bytes() const { return count / length * pitch / 8; }
  };
  const std::optional<Masks> &padded() const { return masks; }

  /// Several blocks share a row.
  bool splitsRows() const;
  /// Of what load() has asked for: these are those of a cluster.
  bool clustersRows() const;
  /// Scratch memory that a run of what load() has asked for needs: that of rows
  /// that are split.
  int64_t scratchBytes() const;

  /// Parts point to kernels in it.
  GpuLaunches(const GpuLaunches &) = delete;
  GpuLaunches &operator=(const GpuLaunches &) = delete;

  /// As GpuRunner::run(), with the memory of terms for that of reduced results.
  llvm::Error run(void *const *operands, const void *parameters, void *scratch,
                  void *stream) const;

  /// Counts included.
  size_t numOperands() const {
    return signature.operands.size() + signature.counted.size();
  }
  /// Bytes of an element in memory, of a reduced result of a term.
  int64_t bytesOf(size_t operand) const;

private:
  /// Columns and rows of one launch: their numbers and what a block adds stay
  /// below 2^31.
  static constexpr int64_t kMaxExtent = int64_t(1) << 30;
  /// Blocks of a grid.
  static constexpr int64_t kMaxGridX = 0x7fffffff, kMaxGridY = 65535;

  /// One launch: its part of the arrays.
  struct Part {
    uint32_t columns, rows, sizes[kGpuRowDims - 1];
    uint64_t reciprocals[kGpuRowDims - 1];
    /// Of the first element, [operand].
    std::vector<int64_t> offsets;
    /// Of a kernel that gathers.
    uint32_t steps = 1;
    /// Kernels that follow one another, and how they are cut into blocks.
    LaunchShape shape;
    std::vector<std::string> names;
    llvm::SmallVector<const GpuKernel *, 3> kernels;
    /// There are others (gpuAnyName()) for rows that are no whole chunks, or
    /// not aligned.
    bool hasAny = false;
    llvm::SmallVector<const GpuKernel *, 3> anyKernels;
    /// Rows that are split are taken so many at once; 0 for whole ones.
    uint32_t splitRows = 0;
    /// Where a cluster of blocks has a split row if it is whole chunks: all
    /// rows in one launch, and `kernels` is the one of that.
    std::optional<LaunchShape> clusters;
  };
  void plan();
  void addPart(int64_t columns, const std::vector<int64_t> &sizes,
               std::vector<int64_t> offsets);
  /// How a launch is cut into blocks, and its kernel.
  void shapeBlocks(Part &part, uint64_t maxThreads) const;
  static void setRowBlocks(LaunchShape &launch, int64_t blocks);
  void shapeElements(Part &part) const;
  void shapeCounting(Part &part) const;
  void shapeSums(Part &part) const;
  void shapeGather(Part &part, uint64_t maxThreads) const;
  /// What blocks gather of the counts, and of the reduced results.
  GpuGather gathersCounts() const;
  GpuGather gathersSums() const;
  /// Whether the kernel is one of those that bring something together, whatever
  /// it does with these arrays.
  bool hasGatherer() const;
  void layOutTerms();
  void padMasks();
  bool isReduced(size_t operand) const {
    return !signature.rows && signature.reducedType(operand).has_value();
  }
  void shapeRows(Part &part) const;
  bool liesAside() const;
  /// False where whole rows are better.
  bool shapeSplitRows(Part &part) const;
  void shapeClusters(Part &part) const;
  llvm::Error runSplit(const Part &part,
                       llvm::ArrayRef<const GpuKernel *> kernels,
                       llvm::SmallVectorImpl<void *> &parameters, void *scratch,
                       void *stream) const;
  bool hasUniformResult() const;
  bool allowsChunks() const;
  bool isChunkAligned(size_t operand, const void *pointer) const;
  /// Where the part's arrays begin, given those of the launches.
  void *pointerOf(const Part &part, size_t operand,
                  void *const *operands) const;
  /// Whether threads may take chunks of the part's arrays at these pointers,
  /// and whether its rows are whole chunks besides; of arrays that are aligned
  /// if null.
  bool areAligned(const Part &part, void *const *operands) const;
  bool takesChunks(const Part &part, void *const *operands) const;
  llvm::Expected<llvm::ArrayRef<const GpuKernel *>>
  kernelsFor(const Part &part, bool chunks) const;
  bool isScalar(size_t operand) const {
    return operand < signature.numInputs && signature.isScalar[operand];
  }
  bool isUniform(size_t operand) const {
    return signature.rows && signature.rows->isUniform[operand];
  }
  /// Has terms that blocks have added up.
  bool isGathered(size_t operand) const {
    return gathers != GpuGather::Nothing && isReduced(operand);
  }
  int64_t chunkBytes(size_t operand) const;

  const KernelSignature &signature;
  const std::string function;
  /// The collapsed shape and strides, the inner dimension first.
  std::vector<int64_t> shape;
  std::vector<std::vector<int64_t>> strides;
  /// [operand][1 + kGpuRowDims]: as kernels take them.
  std::vector<int64_t> kernelStrides;
  /// Whether chunks are allowed, and no array has one value for a row.
  bool mayChunk = false, areDense = false;
  GpuGather gathers = GpuGather::Nothing;
  std::vector<Terms> terms;
  std::optional<Masks> masks;
  /// Bytes of masks belong to one row and one launch each.
  bool areBytesWhole = true;
  std::vector<Part> parts;
};

} // namespace act

#endif // ACT_LIB_RUNTIME_GPULAUNCHES_H

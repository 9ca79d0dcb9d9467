//===- GpuPartKernel.h - Kernels whose blocks share a row -------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_GPUPARTKERNEL_H
#define ACT_LIB_CONVERSION_GPUPARTKERNEL_H

#include "GpuRowKernel.h"

namespace act {

/// Writes kernels whose blocks have parts of a row, a chunk for each thread;
/// what is common to those that follow one another and the one of a cluster.
/// What is combined of parts is brought together in the next launch, so that a
/// value that is combined of what depends on a combined value takes one launch
/// more; blocks of a cluster meet there instead. A value of a part is uniform
/// in its block as one of the row is.
class GpuPartKernel : protected GpuRowKernel {
public:
  GpuPartKernel(FuncOp func, const GpuKernelOptions &options,
                mlir::gpu::GPUModuleOp module, mlir::OpBuilder &builder)
      : GpuRowKernel(func, options, module, builder) {
    findLaunches();
  }
  virtual ~GpuPartKernel() = default;

  unsigned numLaunches() const { return launches; }
  unsigned numKept() const { return kept.size(); }

protected:
  /// The threads of a block combine it, of elements.
  bool isOfPart(RowOp op) const {
    return op && !op.isOverBlocks() && (op.isOfBlock() || takesGroup(op));
  }
  /// The launch that combines the elements of each part.
  unsigned combinedIn(RowOp op) const {
    return launchOf.lookup(op) - (op.isOfBlock() ? 0 : 1);
  }
  bool writesElements() const { return launch == elementsLaunch; }
  bool writesUniform() const { return hasUniform && isLast(); }
  bool isLast() const { return launch + 1 == launches; }

  /// Marks what the launch computes. True if it reads elements.
  bool demandAll();
  void beginThreads();
  /// Of a row.
  mlir::Value countParts();
  /// The first element of the thread's chunk of a part.
  mlir::Value firstIn(mlir::Value part) {
    return mul(add(mul(part, group), thread), integer(i32, width));
  }
  int64_t numberOf(RowOp op) const {
    return llvm::find(kept, op.getOperation()) - kept.begin();
  }
  /// The value of a part that a block has kept.
  virtual mlir::Value loadKept(RowOp op, mlir::Value part) = 0;
  /// Brings the parts of a row together.
  mlir::Value merge(RowOp op);

  /// The launch in which a block knows a value of its part, and in which it
  /// can know that of every part.
  llvm::DenseMap<mlir::Value, unsigned> launchOf, everywhereIn;
  /// Values that are those of parts.
  llvm::DenseSet<mlir::Value> ofParts;
  /// Values that are kept of each part.
  llvm::SmallVector<mlir::Operation *> kept;
  unsigned launches = 0;

  // Of the launch in progress.
  unsigned launch = 0;
  /// What it needs, and what of that is uniform.
  llvm::DenseSet<mlir::Value> seen, needed;
  mlir::Value row, part, numParts;

private:
  void findLaunches();
  bool isSpread(unsigned result);
  /// Marks what the launch takes to compute a value in a block's own part, or
  /// in every part of the row.
  void demand(mlir::Value value);
  void demandOfParts(mlir::Value value);
  /// What depends on values of parts and is computed from them.
  void coneOf(mlir::Value value, llvm::DenseSet<mlir::Value> &cone) const;
  /// The value of an expression in a part that is not the block's own.
  mlir::Value valueOfPart(mlir::Value value, mlir::Value other);

  std::optional<unsigned> elementsLaunch;
  bool hasUniform = false;
};

} // namespace act

#endif // ACT_LIB_CONVERSION_GPUPARTKERNEL_H

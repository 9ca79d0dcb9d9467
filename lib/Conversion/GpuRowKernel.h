//===- GpuRowKernel.h - Kernels whose threads share a row -------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_GPUROWKERNEL_H
#define ACT_LIB_CONVERSION_GPUROWKERNEL_H

#include "GpuKernel.h"

namespace act {

/// Writes the kernels of one function that take whole rows; what they have in
/// common with kernels that take parts of rows, or rows side by side, is
/// protected.
class GpuRowKernel : protected GpuKernelWriter {
public:
  GpuRowKernel(FuncOp func, const GpuKernelOptions &options,
               mlir::gpu::GPUModuleOp module, mlir::OpBuilder &builder)
      : GpuKernelWriter(func, options, module, builder,
                        /*hasNarrowPlaces=*/false) {
    writeBody(body);
    findPhases();
  }

  /// A kernel whose threads keep so many chunks, or of rows of any length.
  mlir::LogicalResult write(llvm::StringRef name,
                            std::optional<unsigned> chunks, GpuAccess way);

protected:
  /// A chunk of the row, with values of its elements.
  struct Part {
    GpuChunk chunk;
    GpuRetyper values;
  };

  bool isUniform(mlir::Value value) const { return uniform.contains(value); }
  bool takesGroup(RowOp op) const {
    return op &&
           (op.getMask() || op.isThreshold() || !isUniform(op.getOperand()));
  }
  /// Finds where the row begins, and reads inputs that are one value a row.
  void enterRow(mlir::Value row);
  /// An operation that is done once a row, on numbers that are there.
  void writeNumber(mlir::Operation &op);
  /// The part that begins at an element, with the inputs. A kernel that takes
  /// chunks has a whole one or none; `isInRow` says that it is in the row.
  Part load(mlir::Value first, bool isInRow = false);
  /// The same without the inputs.
  Part chunkAt(mlir::Value first, bool isInRow = false);
  /// Inputs that have a value for each element.
  llvm::SmallVector<unsigned> elementInputs();
  /// The combined values of a part, put to what came before it.
  mlir::LogicalResult combineIn(Part &part, llvm::ArrayRef<RowOp> ops,
                                llvm::MutableArrayRef<mlir::Value> totals);
  mlir::FailureOr<mlir::Value> valueIn(Part &part, mlir::Value value);
  /// Of numbers or vectors.
  mlir::Value combineTwo(llvm::StringRef combiner, mlir::Value a,
                         mlir::Value b);
  /// Of a vector's lanes, and of a group's threads.
  mlir::Value combineLanes(llvm::StringRef combiner, mlir::Value vector);
  mlir::Value combineGroup(llvm::StringRef combiner, mlir::Value value);
  /// All threads of a warp come to have what they combine, or every so many
  /// neighbours in it, if these are fewer.
  mlir::Value combineWarp(llvm::StringRef combiner, mlir::Value value);
  mlir::Value combineSubwarp(llvm::StringRef combiner, mlir::Value value,
                             mlir::Value size);
  mlir::LogicalResult storeIn(Part &part);
  /// Results that have a value for each element, and these values in a part.
  llvm::SmallVector<unsigned> elementResults();
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> resultsIn(Part &part);
  void storeResults(const GpuChunk &chunk, llvm::ArrayRef<mlir::Value> vectors);
  void storeUniform();
  mlir::Value neutral(llvm::StringRef combiner, bool isVector);

  mlir::Block body;
  llvm::DenseSet<mlir::Value> uniform;
  /// Of the kernel in progress: threads of a group, the thread's number in it,
  /// and whether it has a row.
  mlir::Value group, thread, hasRow;
  llvm::SmallVector<mlir::Value> rowPointers;
  llvm::DenseMap<mlir::Value, mlir::Value> numbers;
  llvm::SmallVector<Part, 0> parts;
  mlir::Operation *entryEnd = nullptr;
  /// Values that shared memory is used for.
  unsigned numShared = 0;

  void findPhases();
  /// What phase `p` combines, and what it finds step by step.
  llvm::SmallVector<RowOp> combinedIn(unsigned p);
  llvm::SmallVector<RowOp> solvedIn(unsigned p);
  bool takesSteps() {
    return llvm::any_of(body.getOps<RowOp>(),
                        [](RowOp op) { return op.isThreshold(); });
  }
  void beginRow();
  /// The operations of phase `p` that are done once a row.
  void writeUniform(unsigned p);
  mlir::LogicalResult writePhase(unsigned p, std::optional<unsigned> chunks);
  mlir::LogicalResult writeSolved(unsigned p, std::optional<unsigned> chunks);
  /// Stores what is computed of all parts, one after another.
  mlir::LogicalResult storeInTurn();
  /// Writes a loop over the first elements of the thread's chunks that carries
  /// values; one over the chunks, with what is loaded of them, that carries
  /// `totals`.
  mlir::LogicalResult
  stepOver(llvm::MutableArrayRef<mlir::Value> carried,
           llvm::function_ref<mlir::LogicalResult(
               mlir::Value, llvm::MutableArrayRef<mlir::Value>)>
               each);
  mlir::LogicalResult loopOver(llvm::MutableArrayRef<mlir::Value> totals,
                               llvm::function_ref<mlir::LogicalResult(
                                   Part &, llvm::MutableArrayRef<mlir::Value>)>
                                   each);
  mlir::Value shuffle(mlir::Value value, mlir::Value distance);
  mlir::Value sharedPlace(mlir::Value index);
  /// Steps over the chunks that the thread takes.
  mlir::Value stride() { return mul(group, integer(i32, width)); }

  llvm::DenseMap<mlir::Value, unsigned> phaseOf;
  unsigned phases = 0;
};

} // namespace act

#endif // ACT_LIB_CONVERSION_GPUROWKERNEL_H

//===- Operands.h - Arrays as operands of a kernel --------------*- C++ -*-===//
#ifndef ACT_RUN_OPERANDS_H
#define ACT_RUN_OPERANDS_H

#include "Array.h"
#include "Options.h"
#include "act/IR/Act.h"
#include "act/Runtime/PackedLayout.h"

namespace act::run {

/// The arrays that a function reads and writes. A packed array holds two
/// inputs, or two results; any other holds one.
struct ArrayList {
  /// Names in order; empty for a result without one.
  std::vector<std::string> inputs, results;
  /// For each array of `inputs`: it holds positions, which nobody gives.
  std::vector<bool> isFilled;
  /// For each input, then each result of the function: the number of its array,
  /// and the part of it that it is.
  std::vector<unsigned> arrayOf;
  std::vector<std::optional<PackedPart>> parts;
};

ArrayList arraysOf(FuncOp func);

/// The text of the --input for each array that the function reads, or an error
/// that names the one that is missing, unknown or given twice.
llvm::Expected<std::vector<std::string>> matchInputs(const ArrayList &arrays,
                                                     const Options &options);

/// One operand of the kernel, as it lies in its array; lengths in elements.
struct Operand {
  /// Number of the array among the inputs, or among the results.
  unsigned array = 0;
  int64_t offset = 0;
  /// One bit an element, not strided.
  bool isMask = false;
  /// Shape by itself, [..., F] for a part.
  std::vector<int64_t> shape;
  /// The dimensions that it is walked along, those of `shape` but for blocked
  /// parts, and the strides of them.
  std::vector<int64_t> walk, strides;

  int64_t size() const;
};

/// The operand that is `part` of a dense array of `shape`, or all of it. Fails
/// where that is no shape of the layout.
llvm::Expected<Operand> operandOf(llvm::ArrayRef<int64_t> shape, unsigned array,
                                  const std::optional<PackedPart> &part);

/// Sets the strides of the operands to those along the dimensions that a kernel
/// is run over to make results of `shape`, and returns these dimensions: all
/// of `shape`, the last one cut into blocks where parts are blocked. Operands
/// are broadcast as in NumPy.
std::vector<int64_t> alignOperands(llvm::MutableArrayRef<Operand> operands,
                                   const std::vector<int64_t> &shape,
                                   const ArrayList &arrays);

/// A run has one element type. Without --dtype it becomes that of the tensors
/// of `func`, where it states them; they must be of one type then. What the
/// function states is removed, so that the kernel is compiled for the run's
/// arrays. Does nothing where nothing runs.
llvm::Error adoptStorage(FuncOp func, Options &options);

} // namespace act::run

#endif // ACT_RUN_OPERANDS_H

//===- TensorFunctions.h - Functions of a row by name -----------*- C++ -*-===//
#ifndef ACT_LIB_SYNTAX_TENSORFUNCTIONS_H
#define ACT_LIB_SYNTAX_TENSORFUNCTIONS_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace act {

enum class TensorKind {
  /// Softmax and what is written like it, with scale, mask and an empty row.
  Softmax,
  /// The same on sparse vectors, which no sink joins.
  Sparse,
  CrossEntropy,
  /// What tells which element is the largest.
  Selection,
  /// A sum, mean or maximum.
  Combination,
  /// The place of an element, which takes no array.
  Position
};

/// A function of the language that combines a row.
struct TensorFunction {
  llvm::StringRef name;
  TensorKind kind;
  bool dropsAxis;

  /// Names of its arguments: of those with words and integers, and of those
  /// with expressions.
  llvm::SmallVector<llvm::StringRef> options() const;
  llvm::SmallVector<llvm::StringRef> values() const;
};

/// The function of that name, or null.
const TensorFunction *findTensorFunction(llvm::StringRef name);

} // namespace act

#endif // ACT_LIB_SYNTAX_TENSORFUNCTIONS_H

//===- GeluForms.h - Forms of GELU and what lies between them ---*- C++ -*-===//
//
// What act-choose-gelu decides by. Constant data apart from geluErrorOf() and
// geluFormOf(); safe from any thread with a context for each.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_GELUFORMS_H
#define ACT_TRANSFORMS_GELUFORMS_H

#include "act/IR/Act.h"
#include "act/Numerics.h"
#include "act/Tensor.h"

namespace act {

/// The highest order of derivatives for which differences are known.
inline constexpr int64_t kMaxGeluOrder = 1;

/// Names of rows of the function table, the cheapest kernel first.
llvm::ArrayRef<llvm::StringLiteral> geluForms();

/// One row of GeluForms.def.
struct GeluDistance {
  llvm::StringLiteral form, other;
  int64_t order;
  /// An upper bound of the largest difference over all x, and the positive x
  /// where it is reached.
  double largest, at;
};

llvm::ArrayRef<GeluDistance> geluDistances();

/// An upper bound of the absolute error of a kernel of one form whose results
/// stand for another's, over all finite inputs of an element type. In units of
/// the result.
struct GeluError {
  /// Of the two functions, and where; 0 for a form itself.
  double difference = 0, at = 0;
  /// Of the kernel against its own form.
  double kernel = 0;

  double total() const { return difference + kernel; }
};

/// What a kernel of `form`, whose inputs and results are elements of `type`,
/// errs by where `asked` is asked for: the larger of its errors of order 0 to
/// `order`, at most kMaxGeluOrder. The kernel's part is the bound of rows at
/// the largest result that is not the input itself, which every form gives far
/// to the right; slopes are below 2.
GeluError geluErrorOf(llvm::StringRef asked, llvm::StringRef form,
                      int64_t order, DType type, Accuracy accuracy,
                      mlir::MLIRContext *context);

/// The form that a function of a module is, called or spelled out; "" for a
/// function that is none. Changes nothing and prints nothing.
llvm::StringRef geluFormOf(FuncOp func);

} // namespace act

#endif // ACT_TRANSFORMS_GELUFORMS_H

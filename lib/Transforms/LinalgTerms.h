//===- LinalgTerms.h - Sums of exponentials in linalg -----------*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_LINALGTERMS_H
#define ACT_LIB_TRANSFORMS_LINALGTERMS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace act {

/// The operation that computes each element of a tensor at its place; null for
/// other values.
mlir::linalg::LinalgOp elementwise(mlir::Value value);

mlir::Value yieldedBy(mlir::linalg::LinalgOp op);

/// The tensor whose element at the same place a value of the body is, if it is
/// one; else null.
mlir::Value tensorOf(mlir::linalg::LinalgOp op, mlir::Value inBody);

/// A value of the body of an elementwise operation.
struct BodyValue {
  mlir::linalg::LinalgOp op;
  mlir::Value value;
};

/// Elements exp(z), or 0 where a condition is false.
struct Terms {
  /// The operation whose result they are, in whose body the condition is.
  mlir::linalg::LinalgOp op;
  mlir::Value condition;
  BodyValue z;
};

/// z = factor x or x / factor, for a positive number; z = x without.
struct Logits {
  BodyValue x;
  std::optional<llvm::APFloat> factor;
  bool isDivisor = false;
};

/// What an operation sums along dimensions, if it is terms at their places.
std::optional<Terms> summedTerms(mlir::linalg::LinalgOp sum);

Logits logitsOf(BodyValue z);

/// True for a value that has had its row's largest element subtracted.
bool isBelowLargest(BodyValue value);

} // namespace act

#endif // ACT_LIB_TRANSFORMS_LINALGTERMS_H

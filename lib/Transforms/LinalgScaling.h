//===- LinalgScaling.h - What a common factor does to linalg ----*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_LINALGSCALING_H
#define ACT_LIB_TRANSFORMS_LINALGSCALING_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace act {

/// How the elements of a tensor change when some tensor's are multiplied by
/// c > 0, one number for each row of it: by c^degree.
struct RowFactor {
  int degree;
  /// Which row's number it is, of an element's indices.
  mlir::AffineMap row;
};

/// What is known of an operation on tensors that change.
struct ScaledOp {
  /// Of its result.
  RowFactor scaling;
  /// The same map, of the indices of the operation's loops.
  mlir::AffineMap row;
  /// Logarithms in its body of what has a degree, which get log(c) times that
  /// added; the result's degree leaves them out.
  llvm::SmallVector<std::pair<mlir::math::LogOp, int>> logs;
};

/// The number that a value is, a constant or one that a tensor is filled with.
std::optional<llvm::APFloat> numberOf(mlir::Value value);

/// How the only result of an operation on tensors changes with its operands, of
/// which at least one does; nothing where it does not follow a power of c.
/// Operations of linalg, and those that only add dimensions of size 1.
std::optional<ScaledOp>
scalingOf(mlir::Operation *op,
          const llvm::DenseMap<mlir::Value, RowFactor> &known);

} // namespace act

#endif // ACT_LIB_TRANSFORMS_LINALGSCALING_H

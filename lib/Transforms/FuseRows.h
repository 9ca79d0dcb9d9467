//===- FuseRows.h - Rows of the operations that are fused -------*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_FUSEROWS_H
#define ACT_LIB_TRANSFORMS_FUSEROWS_H

#include "act/IR/Act.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace act {

/// What the operations of a chain on tensors say of rows.
struct ChainRows {
  /// The axis that rows run along, counted from the last; 0 if there are none.
  int64_t axis = 0;
  /// Some rows may have more than one element.
  bool areLong = false;
  /// Axes, counted from the last, along which positions are asked for.
  llvm::SmallVector<int64_t, 2> positions;

  /// True for a tensor that has one value for a row of more.
  bool isOnePerRow(mlir::Type type) const;
};

/// Fails with a remark if there are two axes: one function has one.
mlir::FailureOr<ChainRows> rowsOf(mlir::func::FuncOp func);

/// The axis of the position that input `i` of what is applied to tensors
/// holds, counted from the last.
int64_t positionFromEnd(ApplyOp apply, FuncOp callee, unsigned i);

} // namespace act

#endif // ACT_LIB_TRANSFORMS_FUSEROWS_H

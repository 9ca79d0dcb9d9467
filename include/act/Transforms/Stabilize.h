//===- Stabilize.h - Forms that keep their tails ----------------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_STABILIZE_H
#define ACT_TRANSFORMS_STABILIZE_H

#include "act/IR/Act.h"

namespace act {

/// pi / 4, which is added to arguments of sines whose square a body has.
inline constexpr llvm::StringLiteral kEighthTurn =
    "0.78539816339744830961566084581987572104929234984378";

/// On a function: its rows are split (act-split-rows).
inline constexpr llvm::StringLiteral kSplitAttr = "act.split";

/// True for the exact constant `n`.
bool isNumber(mlir::Value value, int n);

/// Applies the rewrites of act-stabilize to an expanded body until none is
/// left; fails if that does not end.
mlir::LogicalResult stabilizeBody(FuncOp func);

/// Rewrites softmax and sums of exponentials by their definition to
/// act.softmax, and says so in a remark. Does nothing for other functions than
/// those of a row; fails if the rewriting does not end.
mlir::LogicalResult recognizeSoftmax(FuncOp func);

/// Rewrites what recognizeSoftmax knows and every act.softmax to a form that
/// neither overflows nor loses its smaller side. With `inBlocks` the largest
/// element of a block is subtracted, so that one loop over the row finds maxima
/// and sums; thresholds, which take loops of their own, leave the function as
/// it is without. Does nothing for other functions than those of a row. Emits
/// an error and fails for a sink that is not one value for the row.
mlir::LogicalResult stabilizeRows(FuncOp func, bool inBlocks);

} // namespace act

#endif // ACT_TRANSFORMS_STABILIZE_H

//===- Stabilize.h - Forms that keep their tails ----------------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_STABILIZE_H
#define ACT_TRANSFORMS_STABILIZE_H

#include "act/IR/Act.h"

namespace act {

/// Applies the rewrites of act-stabilize to an expanded body until none is
/// left; fails if that does not end.
mlir::LogicalResult stabilizeBody(FuncOp func);

} // namespace act

#endif // ACT_TRANSFORMS_STABILIZE_H

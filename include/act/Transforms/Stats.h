//===- Stats.h - Functions that count their results -------------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_STATS_H
#define ACT_TRANSFORMS_STATS_H

#include "act/IR/Act.h"
#include "mlir/IR/BuiltinOps.h"

namespace act {

/// Replaces every act.stats of the module by an act.func with the body of its
/// callee and marked results. Callees that are derivatives must have become
/// functions before. Fails with a diagnostic at the operation it cannot
/// resolve.
mlir::LogicalResult resolveStats(mlir::ModuleOp module);

} // namespace act

#endif // ACT_TRANSFORMS_STATS_H

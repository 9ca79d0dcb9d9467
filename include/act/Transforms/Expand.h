//===- Expand.h - Applied functions become their formulas -------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_EXPAND_H
#define ACT_TRANSFORMS_EXPAND_H

#include "act/IR/Act.h"

namespace act {

/// Replaces every act.apply in the body by the body of what it applies,
/// repeatedly, and constants of other dialects by exact act.constants. Emits
/// an error and fails on recursion or an unknown symbol.
mlir::LogicalResult expandBody(FuncOp func);

/// Replaces the parameters of `func` that are not named in `runtime` by their
/// exact defaults; the function then has fewer arguments. Fails with a
/// diagnostic where a default lies outside the range its parameter states.
mlir::LogicalResult bindDefaults(FuncOp func,
                                 llvm::ArrayRef<std::string> runtime = {});

} // namespace act

#endif // ACT_TRANSFORMS_EXPAND_H

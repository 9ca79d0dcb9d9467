//===- RowUtil.h - What operations on rows share ----------------*- C++ -*-===//
#ifndef ACT_LIB_IR_ROWUTIL_H
#define ACT_LIB_IR_ROWUTIL_H

#include "act/IR/Act.h"
#include "mlir/IR/BuiltinOps.h"

namespace act {
/// Fails with an error at `op`, which calls the word `what`, unless it is one
/// of the known ones.
mlir::LogicalResult verifyWord(mlir::Operation *op, llvm::StringRef what,
                               llvm::StringRef word,
                               llvm::ArrayRef<llvm::StringRef> known);

/// The function of the module that is as `fresh`, which stands in it, too: an
/// equal one that has its name or that with a number, or else `fresh` under
/// such a name. Erases `fresh` where there is another.
FuncOp declareOnce(FuncOp fresh, mlir::ModuleOp module);
} // namespace act

#endif // ACT_LIB_IR_ROWUTIL_H

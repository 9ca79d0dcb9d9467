//===- MatrixPrinter.h - Products of matrices in the language ---*- C++ -*-===//
#ifndef ACT_LIB_SYNTAX_MATRIXPRINTER_H
#define ACT_LIB_SYNTAX_MATRIXPRINTER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <string>

namespace act {
/// What a source with products has as its function on tensors, as an
/// expression that applies the functions between them; "" if it has no
/// spelling.
std::string printProducts(mlir::func::FuncOp func);

/// True if the free names of the expression, in order of first appearance, are
/// these.
bool namesInOrder(llvm::StringRef expression,
                  llvm::ArrayRef<std::string> names);
} // namespace act

#endif // ACT_LIB_SYNTAX_MATRIXPRINTER_H

//===- Source.h - The program that act-run is given -------------*- C++ -*-===//
#ifndef ACT_RUN_SOURCE_H
#define ACT_RUN_SOURCE_H

#include "act/IR/Act.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace act::run {

/// Reads SOURCE: an .mlir or .mlirbc file, "-" for stdin (an expression, or
/// MLIR text), else an expression. Problems are printed to stderr with their
/// place; the result is then null.
mlir::OwningOpRef<mlir::ModuleOp> readSource(llvm::StringRef source,
                                             mlir::MLIRContext *context);

/// The act.func to run: the only public one, or the one named. Prints to
/// stderr why there is none.
FuncOp chooseFunction(mlir::ModuleOp module, llvm::StringRef name);

} // namespace act::run

#endif // ACT_RUN_SOURCE_H

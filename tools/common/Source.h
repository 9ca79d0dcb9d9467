//===- Source.h - The program that a tool is given --------------*- C++ -*-===//
#ifndef ACT_TOOLS_SOURCE_H
#define ACT_TOOLS_SOURCE_H

#include "act/IR/Act.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OwningOpRef.h"

namespace act::tools {

/// Reads SOURCE: an .mlir or .mlirbc file, "-" for stdin (an expression, or
/// MLIR text), else an expression. Problems are printed to stderr with their
/// place, or with the name of the tool; the result is then null. `framework`
/// is that of ParseOptions.
mlir::OwningOpRef<mlir::ModuleOp> readSource(llvm::StringRef tool,
                                             llvm::StringRef source,
                                             mlir::MLIRContext *context,
                                             llvm::StringRef framework = "");

/// The act.func that is meant: the only public one, or the one named. Prints
/// to stderr why there is none.
FuncOp chooseFunction(llvm::StringRef tool, mlir::ModuleOp module,
                      llvm::StringRef name);

/// A copy of the module in which declared functions (act.derivative, act.vjp,
/// act.stats) are written, to read their signatures and formulas from; null
/// after an error, which has been printed.
mlir::OwningOpRef<mlir::ModuleOp> resolvedCopy(mlir::ModuleOp module);

/// While it lives, problems that passes find are printed to stderr as
/// "<expression>:1:5: error: ...", with a caret where `source` is an
/// expression, or with the name of the tool where they have no place.
class DiagnosticPrinter {
public:
  DiagnosticPrinter(llvm::StringRef tool, llvm::StringRef source,
                    mlir::MLIRContext *context);

private:
  void print(mlir::Diagnostic &diagnostic) const;

  std::string tool, source;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace act::tools

#endif // ACT_TOOLS_SOURCE_H

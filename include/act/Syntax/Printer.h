//===- Printer.h - act.func back to the expression language -----*- C++ -*-===//
#ifndef ACT_SYNTAX_PRINTER_H
#define ACT_SYNTAX_PRINTER_H

#include "act/IR/Act.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace act {

/// The body of a function of one result, with no more parentheses than needed;
/// a value used several times becomes "let tN = ...;". Parsing the text gives
/// the same graph of operations. Empty if an operation has no spelling in the
/// language: the parser produces none such.
std::string printExpression(FuncOp func);

/// The function as a definition, "f(x; a=1) = a * x"; empty as above.
std::string printDefinition(FuncOp func);

/// A whole module as a source: definitions, then the public function as an
/// expression where its inputs allow that. Empty as above.
std::string printSource(mlir::ModuleOp module);

/// " < " and so on; empty for predicates that the language lacks.
llvm::StringRef comparisonSign(mlir::arith::CmpFPredicate predicate);

} // namespace act

#endif // ACT_SYNTAX_PRINTER_H

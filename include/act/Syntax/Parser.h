//===- Parser.h - The expression language becomes act.func ------*- C++ -*-===//
//
// A source such as "x * sigmoid(x)", "f(x; a=1) = a * x; f(x) + y" or "silu"
// parses straight into functions of the act dialect; there is no other tree.
// Every function here is safe from many threads with a context for each.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_SYNTAX_PARSER_H
#define ACT_SYNTAX_PARSER_H

#include "act/IR/Act.h"
#include "act/IR/FrameworkTable.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include <string>

namespace act {

/// Longest source, in bytes.
inline constexpr size_t kMaxSourceBytes = 64 * 1024;
/// Deepest nesting of parentheses, calls, minus signs and powers.
inline constexpr unsigned kMaxSourceDepth = 256;
/// Most operations and inputs of a source, and of each of its functions once
/// the definitions it applies are put in their places.
inline constexpr unsigned kMaxSourceNodes = 4096;
/// Largest magnitude of an integer exponent, which multiplies.
inline constexpr int64_t kMaxExponent = 1 << 20;

/// One error in a source: where it is and what to do about it.
struct SourceDiagnostic {
  /// Counted from 1, the column in bytes.
  unsigned line = 1, column = 1;
  /// Bytes the error is about; at least 1.
  unsigned length = 1;
  std::string message;

  /// Prints "<file>:1:5: error: <message>", the line of `text` and a caret
  /// with a tilde range under it. Of a long line, only the part around it.
  void print(llvm::raw_ostream &os, llvm::StringRef text,
             llvm::StringRef fileName = "<expression>",
             bool colors = false) const;
};

struct ParseOptions {
  /// File name of locations and diagnostics.
  llvm::StringRef fileName = "<expression>";
  /// Receives the error when parsing fails. When null, the error goes to the
  /// context's diagnostic handler at its FileLineColLoc.
  SourceDiagnostic *diagnostic = nullptr;
  /// Definitions may have names of the catalogue and of primitives, as the
  /// rows of the table do. Otherwise that is an error, so that a source never
  /// changes what a known name means.
  bool definesRows = false;
  /// One of frameworkNames(), whose functions names of functions mean first,
  /// or "" for Act's own only. What is called becomes a private function of
  /// the module, with the framework's names of parameters.
  llvm::StringRef framework;
};

/// Parses a source of the expression language. The module has one public
/// act.func, which is what runs: the last definition under its own name, a
/// catalogue function under its canonical name (its parameters are arguments
/// with defaults), or "expression". Definitions it applies are private. Values
/// are f64 by convention. Of a source with products of matrices it is a public
/// func.func "expression" on tensors of two dimensions: linalg.matmul, and
/// act.apply of private functions for what is computed between them. Loads the
/// dialects it needs into the context. Null after an error.
mlir::OwningOpRef<mlir::ModuleOp> parseSource(llvm::StringRef text,
                                              mlir::MLIRContext *context,
                                              const ParseOptions &options = {});

/// What a framework means by a name as a module of one public act.func under
/// this name. Null after an error, which only a wrong row has.
mlir::OwningOpRef<mlir::ModuleOp>
parseFrameworkFunction(const FrameworkFunctionInfo &row, llvm::StringRef name,
                       mlir::MLIRContext *context);

/// The definition of a row of the table as a module of one public act.func
/// under the row's name. Takes tens of microseconds. Null after an error,
/// which only a wrong row has.
mlir::OwningOpRef<mlir::ModuleOp> parseRow(const FunctionInfo &row,
                                           mlir::MLIRContext *context);

} // namespace act

#endif // ACT_SYNTAX_PARSER_H

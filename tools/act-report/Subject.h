//===- Subject.h - The function a report is about --------------*- C++ -*-===//
#ifndef ACT_REPORT_SUBJECT_H
#define ACT_REPORT_SUBJECT_H

#include "Options.h"
#include "Source.h"
#include "act/Transforms/Symbolic.h"
#include <memory>

namespace act::report {

/// A function of one result, as it was written, expanded to primitives, and as
/// an expression. Owns all of it.
class Subject {
public:
  /// Reads a SOURCE; null after an error, which has been printed. `verb`
  /// names the report in it.
  static std::unique_ptr<Subject>
  load(const Options &options, llvm::StringRef verb, unsigned source = 0);

  /// The formula as text: a name of the catalogue has its row's, a source its
  /// own; what it defines itself is put in its place.
  std::string formulaText();
  /// False for a function whose derivative is 0 wherever it has one.
  bool varies();
  /// The formula after the name, where it has one, for headings.
  std::string titleText();

  mlir::MLIRContext context;
  tools::DiagnosticPrinter printer;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  FuncOp func;
  /// A copy that stands outside the module.
  mlir::OwningOpRef<FuncOp> expanded;
  sym::Graph graph;
  sym::Expr formula = nullptr;

private:
  explicit Subject(llvm::StringRef source);
  bool read(const Options &options, llvm::StringRef verb, unsigned source);
};

/// The row that an expanded function is, at the defaults of its parameters,
/// or "".
llvm::StringRef rowOf(FuncOp expanded);

} // namespace act::report

#endif // ACT_REPORT_SUBJECT_H

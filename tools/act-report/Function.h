//===- Function.h - The functions of a report, evaluated --------*- C++ -*-===//
#ifndef ACT_REPORT_FUNCTION_H
#define ACT_REPORT_FUNCTION_H

#include "Subject.h"
#include "act/Analysis/Curve.h"
#include "act/Reference/Interpreter.h"

namespace act::report {

/// An act.func as the reference evaluates it, with parameters at their
/// defaults. Copies are independent; one thread at a time.
class Function {
public:
  /// Binds the defaults of function `name` of the module. Nothing if there is
  /// no such function or the reference cannot evaluate it.
  static std::optional<Function> create(mlir::ModuleOp module,
                                        llvm::StringRef name);

  /// One result for the inputs.
  Quad operator()(llvm::ArrayRef<Quad> args, unsigned result = 0);
  /// All results.
  std::vector<Quad> all(llvm::ArrayRef<Quad> args);

private:
  explicit Function(Tape tape) : interpreter(std::move(tape)) {}
  Interpreter<Quad> interpreter;
};

/// Adds to the module a function `name` that is `func` and its derivatives by
/// the first input, in this order; still to be resolved.
void addDerivatives(FuncOp func, llvm::StringRef name,
                    llvm::ArrayRef<int64_t> orders);

/// The subject and its derivatives up to an order, with parameters at their
/// defaults. Nothing after an error, which has been printed and names the
/// verb: the subject has several inputs, or cannot be evaluated.
std::optional<Curve<Quad>> curveOf(Subject &subject, unsigned highestOrder,
                                   llvm::StringRef verb);

/// False, and prints an error, where the line of a subject over the range has
/// no points that are finite.
bool checkVisible(Subject &subject, const Line &line, Extent range);

} // namespace act::report

#endif // ACT_REPORT_FUNCTION_H

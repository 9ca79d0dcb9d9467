//===- GeluForms.cpp - Forms of GELU and what lies between them -----------===//

#include "act/Transforms/GeluForms.h"
#include "act/IR/FunctionTable.h"
#include "act/Reference/Interpreter.h"
#include "act/Reference/Ulp.h"
#include "act/Syntax/Parser.h"
#include "act/Transforms/Expand.h"
#include "act/Transforms/Recognize.h"
#include "act/Transforms/Stabilize.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace act;

ArrayRef<llvm::StringLiteral> act::geluForms() {
  static constexpr llvm::StringLiteral forms[] = {
#define GELU_FORM(row) #row,
#include "act/Transforms/GeluForms.def"
  };
  return forms;
}

ArrayRef<GeluDistance> act::geluDistances() {
  static constexpr GeluDistance distances[] = {
#define GELU_DISTANCE(form, other, order, largest, at)                         \
  {#form, #other, order, largest, at},
#include "act/Transforms/GeluForms.def"
  };
  return distances;
}

/// An upper bound of the results of a form that are not exact: from there on
/// the form rounds to its input. Tails of forms fall, so the first power of
/// two at which it does decides.
static double largestInexactResult(StringRef form, DType type,
                                   MLIRContext *context) {
  OwningOpRef<ModuleOp> module = parseRow(*lookupFunction(form), context);
  auto function =
      cantFail(Interpreter<Quad>::create(*module->getOps<FuncOp>().begin()));
  double x = 1;
  while (roundTo(function.evaluate({Quad(x)}), type) != x)
    x *= 2;
  return x;
}

/// What a kernel errs by against its own form, in units of the result.
static double kernelErrorOf(StringRef form, int64_t order, DType type,
                            Accuracy accuracy, MLIRContext *context) {
  double beyond = order == 0 ? largestInexactResult(form, type, context) : 2;
  // Results are below this power of two, so their ulp is that of its half.
  return std::ldexp(rowBoundOf(type, accuracy), ulpExponent(beyond / 2, type));
}

GeluError act::geluErrorOf(StringRef asked, StringRef form, int64_t order,
                           DType type, Accuracy accuracy,
                           MLIRContext *context) {
  GeluError worst;
  for (int64_t k = 0; k <= order; ++k) {
    GeluError error;
    error.kernel = kernelErrorOf(form, k, type, accuracy, context);
    for (const GeluDistance &row : geluDistances())
      if (row.order == k && ((row.form == asked && row.other == form) ||
                             (row.form == form && row.other == asked))) {
        error.difference = row.largest;
        error.at = row.at;
      }
    if (error.total() > worst.total())
      worst = error;
  }
  return worst;
}

StringRef act::geluFormOf(FuncOp func) {
  auto module = func->getParentOfType<ModuleOp>();
  if (!module || func.getNumArguments() != 1 || func.getNumResults() != 1)
    return "";
  OwningOpRef<ModuleOp> copy = module.clone();
  // What cannot be read is no form; whoever needs it to be says so.
  ScopedDiagnosticHandler quiet(func.getContext(),
                                [](Diagnostic &) { return success(); });
  auto body = copy->lookupSymbol<FuncOp>(func.getSymName());
  if (failed(bindDefaults(body)) || failed(expandBody(body)) ||
      failed(stabilizeBody(body)))
    return "";
  recognize(body);
  FnAttr identity = body.getIdentityAttr();
  if (!identity || identity.getOrder() != 0)
    return "";
  for (StringRef form : geluForms())
    if (form == identity.getName())
      return form;
  return "";
}

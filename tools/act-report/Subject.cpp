//===- Subject.cpp - The function a report is about ----------------------===//

#include "Subject.h"
#include "act/IR/FunctionTable.h"
#include "act/Syntax/Printer.h"
#include "act/Transforms/Expand.h"
#include "act/Transforms/Recognize.h"
#include "act/Transforms/Stabilize.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace act;
using namespace act::report;

static DialectRegistry dialects() {
  DialectRegistry registry;
  registry.insert<ActDialect, arith::ArithDialect, math::MathDialect,
                  func::FuncDialect>();
  return registry;
}

Subject::Subject(StringRef source)
    : context(dialects(), MLIRContext::Threading::DISABLED),
      printer("act-report", source, &context), graph(&context) {
  context.loadAllAvailableDialects();
}

bool Subject::read(const Options &options, StringRef verb, unsigned source) {
  module = tools::readSource("act-report", options.sources[source], &context,
                             options.compat);
  if (!module)
    return false;
  func = tools::chooseFunction("act-report", *module, options.function);
  if (!func)
    return false;
  if (func.getNumResults() != 1) {
    func.emitError("act-report ")
        << verb << " is of a function with one result";
    return false;
  }
  // Expansion resolves symbols, so the copy stands in the module meanwhile.
  FuncOp copy = func.clone();
  module->push_back(copy);
  LogicalResult isExpanded = expandBody(copy);
  copy->remove();
  expanded = copy;
  if (failed(isExpanded))
    return false;
  auto results = graph.read(copy);
  if (succeeded(results))
    formula = results->front();
  return succeeded(results);
}

std::unique_ptr<Subject> Subject::load(const Options &options, StringRef verb,
                                       unsigned source) {
  std::unique_ptr<Subject> subject(new Subject(options.sources[source]));
  return subject->read(options, verb, source) ? std::move(subject) : nullptr;
}

std::string Subject::formulaText() {
  FnAttr identity = expanded->getIdentityAttr();
  if (identity && func.getSymName() == identity.getName())
    return lookupFunction(identity.getName())->Formula;
  bool appliesOwn =
      llvm::any_of(func.getBody().getOps<ApplyOp>(), [](ApplyOp apply) {
        return isa<SymbolRefAttr>(apply.getCallee());
      });
  return printExpression(appliesOwn ? *expanded : func);
}

bool Subject::varies() { return !graph.differentiate(formula, 0)->isNumber(0); }

std::string Subject::titleText() {
  std::string formula = formulaText();
  StringRef name = func.getSymName();
  bool saysName = name == "expression" ||
                  StringRef(formula).starts_with((name + "(").str());
  return saysName ? formula : (name + ": " + formula).str();
}

StringRef act::report::rowOf(FuncOp expanded) {
  if (FnAttr identity = expanded.getIdentityAttr())
    return identity.getName();
  OwningOpRef<FuncOp> copy(expanded.clone());
  if (failed(bindDefaults(*copy)))
    return "";
  recognize(*copy);
  if (!copy->getIdentityAttr() && succeeded(stabilizeBody(*copy)))
    recognize(*copy);
  return copy->getIdentityAttr() ? copy->getIdentityAttr().getName() : "";
}

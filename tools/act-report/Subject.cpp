//===- Subject.cpp - The function a report is about ----------------------===//

#include "Subject.h"
#include "act/IR/FunctionTable.h"
#include "act/Syntax/Printer.h"
#include "act/Transforms/Expand.h"
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

bool Subject::read(StringRef source, StringRef function, StringRef verb) {
  module = tools::readSource("act-report", source, &context);
  if (!module)
    return false;
  func = tools::chooseFunction("act-report", *module, function);
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
  StringRef text = options.sources[source];
  std::unique_ptr<Subject> subject(new Subject(text));
  return subject->read(text, options.function, verb) ? std::move(subject)
                                                     : nullptr;
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

std::string Subject::titleText() {
  std::string formula = formulaText();
  StringRef name = func.getSymName();
  bool saysName = name == "expression" ||
                  StringRef(formula).starts_with((name + "(").str());
  return saysName ? formula : (name + ": " + formula).str();
}

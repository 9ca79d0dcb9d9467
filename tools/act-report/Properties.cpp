//===- Properties.cpp - act-report properties: formula and derivatives ----===//

#include "Subject.h"
#include "act/IR/FunctionTable.h"
#include "act/Syntax/Printer.h"
#include "act/Transforms/Derive.h"
#include "act/Transforms/Readable.h"

using namespace mlir;
using namespace act;
using namespace act::report;
using llvm::json::Array;
using Json = llvm::json::Value;

/// A name of the catalogue has its row's formula, a source its own; what it
/// defines itself is put in its place.
static std::string formulaOf(FuncOp func, FuncOp expanded) {
  FnAttr identity = expanded.getIdentityAttr();
  if (identity && func.getSymName() == identity.getName())
    return lookupFunction(identity.getName())->Formula;
  bool appliesOwn =
      llvm::any_of(func.getBody().getOps<ApplyOp>(), [](ApplyOp apply) {
        return isa<SymbolRefAttr>(apply.getCallee());
      });
  return printExpression(appliesOwn ? expanded : func);
}

namespace {
/// The function and its derivatives as a table.
class DerivativeTable {
public:
  DerivativeTable(sym::Graph &graph, ArrayRef<std::string> names,
                  unsigned numInputs)
      : graph(graph), names(names), numInputs(numInputs) {
    table.key = "derivatives";
    table.columns = {
        {"order"}, {"by", true}, {"formula", true}, {"operations"}};
  }

  /// One row; false where the formula is too long to be of use, and not
  /// printed.
  bool add(unsigned order, Json by, sym::Expr e) {
    bool isShort = graph.countOperations({e}) <= kMaxSymbolicOperations;
    if (isShort)
      e = collectFactors(graph, e);
    table.rows.push_back(
        {order, std::move(by),
         orNull(isShort ? printReadable(e, names, numInputs) : ""),
         graph.countOperations({e})});
    return isShort;
  }

  /// Orders 1 to `highest` by every input, and 1 by every parameter.
  void addAll(sym::Expr f, unsigned highest) {
    for (unsigned i = 0; i < names.size(); ++i) {
      sym::Expr e = f;
      unsigned last = i < numInputs ? highest : std::min(highest, 1u);
      for (unsigned order = 1; order <= last; ++order) {
        e = graph.differentiate(e, i);
        if (!add(order, names[i], e))
          break;
      }
    }
  }

  Table table;

private:
  sym::Graph &graph;
  ArrayRef<std::string> names;
  unsigned numInputs;
};
} // namespace

std::optional<Report> act::report::reportProperties(const Options &options) {
  std::unique_ptr<Subject> subject = Subject::load(options, "properties");
  if (!subject)
    return std::nullopt;
  FuncOp func = subject->func, expanded = *subject->expanded;
  std::vector<std::string> names;
  Array inputs, parameters;
  unsigned numInputs = func.getNumInputs();
  for (unsigned i = 0; i < func.getNumArguments(); ++i) {
    StringRef name = func.getArgName(i);
    names.push_back(name.empty() ? "x" + std::to_string(i) : name.str());
    if (i < numInputs)
      inputs.push_back(names.back());
    else
      parameters.push_back(
          parameterOf(names.back(), func.getArgDefault(i).getValue()));
  }
  Report report;
  report.title = func.getSymName().str();
  StringRef row = rowOf(expanded);
  if (const FunctionInfo *info = lookupFunction(row))
    report.summary = info->Summary;
  report.facts = {{{"name", true}, report.title},
                  {{"formula", true}, orNull(formulaOf(func, expanded))},
                  {{"inputs", true}, std::move(inputs)},
                  {{"parameters", true}, std::move(parameters)},
                  {{"row", true}, orNull(row)}};
  DerivativeTable derivatives(subject->graph, names, numInputs);
  if (derivatives.add(0, nullptr, subject->formula))
    derivatives.addAll(subject->formula, options.derivative);
  report.tables.push_back(std::move(derivatives.table));
  return report;
}

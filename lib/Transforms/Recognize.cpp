//===- Recognize.cpp - Does a body equal a row of the table? --------------===//
//
// Both sides are read into simplified expressions, whose hashes are compared:
// products flattened, operands of commutative operations in order, constants
// by value. A user who writes sigmoid(x) * x, or x / (1 + exp(-x)), has written
// silu; one who writes sigmoid(x) * (1 + x * (1 - sigmoid(x))) its derivative.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Recognize.h"
#include "act/IR/FunctionTable.h"
#include "act/Syntax/Parser.h"
#include "act/Transforms/Expand.h"
#include "act/Transforms/Stabilize.h"
#include "act/Transforms/Symbolic.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace act;

namespace {
/// What a hash stands for.
struct Known {
  const FunctionInfo *row;
  int64_t order;
};
using KnownForms = DenseMap<uint64_t, Known>;
} // namespace

/// The only result as an expression; null for a body that cannot be read.
static sym::Expr formOf(sym::Graph &graph, FuncOp func) {
  // What cannot be read is no row; whoever needs it to be says so.
  ScopedDiagnosticHandler quiet(func.getContext(),
                                [](Diagnostic &) { return success(); });
  auto results = graph.read(func);
  return succeeded(results) ? results->front() : nullptr;
}

/// Rows without parameters before the others, which may be the same function
/// at their defaults.
static std::vector<const FunctionInfo *> plainRowsFirst() {
  std::vector<const FunctionInfo *> rows;
  for (bool hasParams : {false, true})
    for (const FunctionInfo &row : allFunctions())
      if (paramsOf(row).empty() != hasParams)
        rows.push_back(&row);
  return rows;
}

/// Forms of all rows and of their first derivatives, computed once a process
/// in a context of their own. A row is met as it is written and in its stable
/// form.
static const KnownForms &knownForms() {
  static const auto *forms = [] {
    auto *forms = new KnownForms();
    MLIRContext context(MLIRContext::Threading::DISABLED);
    context.loadDialect<ActDialect>();
    sym::Graph graph(&context);
    std::vector<std::pair<sym::Expr, const FunctionInfo *>> rows;
    for (const FunctionInfo *row : plainRowsFirst()) {
      OwningOpRef<ModuleOp> module = parseRow(*row, &context);
      auto func = *module->getOps<FuncOp>().begin();
      if (failed(bindDefaults(func)) || failed(expandBody(func)))
        continue;
      sym::Expr form = formOf(graph, func);
      rows.push_back({form, row});
      forms->try_emplace(form->hash, Known{row, 0});
      if (succeeded(stabilizeBody(func)))
        forms->try_emplace(formOf(graph, func)->hash, Known{row, 0});
    }
    // A row that is another's derivative is a row first. A constant slope
    // belongs to nobody.
    for (auto [form, row] : rows)
      if (sym::Expr slope = graph.differentiate(form, 0);
          isUnary(*row) && slope->isVariable)
        forms->try_emplace(slope->hash, Known{row, 1});
    return forms;
  }();
  return *forms;
}

void act::recognize(FuncOp func) {
  // Rows of the table are functions of elements.
  if (func.getIdentityAttr() || func.getNumResults() != 1 ||
      func.getNumInputs() != func.getNumArguments() || isRowFunction(func))
    return;
  sym::Graph graph(func.getContext());
  sym::Expr form = formOf(graph, func);
  if (!form)
    return;
  auto known = knownForms().find(form->hash);
  if (known != knownForms().end() &&
      inputsOf(*known->second.row).size() == func.getNumInputs())
    func.setIdentityAttr(FnAttr::get(func.getContext(), known->second.row->Name,
                                     DictionaryAttr::get(func.getContext()),
                                     known->second.order));
}

//===- Stats.cpp - Functions that count their results ---------------------===//
//
// Counting is a property of a kernel's results, so a function that counts is a
// copy with marks. Before: act.stats @s of @f; after: act.func @s with the body
// of @f and act.stats on each result.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Stats.h"
#include "act/Syntax/Parser.h"
#include "act/Transforms/Passes.h"

namespace act {
#define GEN_PASS_DEF_ACTSTATS
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

/// A copy of the callee before `op`; the parameters that a row's attribute
/// gives are its defaults.
static FuncOp copyCallee(StatsOp op) {
  OpBuilder builder(op);
  auto fn = dyn_cast<FnAttr>(op.getCallee());
  if (!fn) {
    auto symbol = cast<FlatSymbolRefAttr>(op.getCallee());
    auto func = SymbolTable::lookupNearestSymbolFrom<FuncOp>(op, symbol);
    return func ? cast<FuncOp>(builder.clone(*func)) : FuncOp();
  }
  OwningOpRef<ModuleOp> row =
      parseRow(*lookupFunction(fn.getName()), op.getContext());
  auto func = cast<FuncOp>(builder.clone(**row->getOps<FuncOp>().begin()));
  for (unsigned i = func.getNumInputs(); i < func.getNumArguments(); ++i)
    if (auto fixed = fn.getParams().getAs<StringAttr>(func.getArgName(i)))
      func.setArgAttr(i, kDefaultAttr, fixed);
  func.setIdentityAttr(fn);
  return func;
}

static LogicalResult resolve(StatsOp op) {
  FuncOp func = copyCallee(op);
  // stats_c1
  if (!func)
    return op.emitOpError("the function it counts the results of is not an "
                          "act.func at this stage");
  // stats_c5
  if (isRowFunction(func)) {
    auto error = op.emitOpError("the function combines the elements of a row; "
                                "only results of elementwise functions are "
                                "counted");
    func.erase();
    return error;
  }
  // stats_c2
  std::optional<ArrayAttr> limits = op.getLimits();
  if (limits && limits->size() != func.getNumResults()) {
    auto error = op.emitOpError("limits has ")
                 << limits->size() << " lists for " << func.getNumResults()
                 << " results; give one for each";
    func.erase();
    return error;
  }
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    // stats_c4
    auto storage = func.getResultAttrOfType<TypeAttr>(i, kStorageAttr);
    bool isMask = storage && storage.getValue().isInteger(1);
    if (isMask || func.getResultAttr(i, kReduceAttr) ||
        func.getResultAttr(i, kStatsAttr)) {
      auto error = op.emitOpError("result #")
                   << i << " of the function is a sum, a mask or counted "
                   << "already; only elements of arrays are counted";
      func.erase();
      return error;
    }
    func.setResultAttr(i, kStatsAttr,
                       limits ? (*limits)[i]
                              : Attribute(UnitAttr::get(op.getContext())));
  }
  func.setSymName(op.getSymName());
  func.setVisibility(SymbolTable::getSymbolVisibility(op));
  op.erase();
  return success();
}

LogicalResult act::resolveStats(ModuleOp module) {
  for (StatsOp op : llvm::make_early_inc_range(module.getOps<StatsOp>()))
    if (failed(resolve(op)))
      return failure();
  return success();
}

namespace {
struct Stats : act::impl::ActStatsBase<Stats> {
  void runOnOperation() override {
    if (failed(resolveStats(getOperation())))
      signalPassFailure();
  }
};
} // namespace

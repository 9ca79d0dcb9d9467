//===- SplitRows.cpp - Functions whose rows many blocks share -------------===//
//
// A GPU with few long rows has more blocks than rows. Before: a public
// act.func of a row; after: the same and a private copy of it, act.split, which
// act-stabilize gives the form that needs fewest walks over a row in parts.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Passes.h"
#include "act/Transforms/Stabilize.h"

namespace act {
#define GEN_PASS_DEF_ACTSPLITROWS
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

/// Steps are taken by all elements of a row together.
static bool takesSteps(act::FuncOp func) {
  for (Operation &op : func.getBody().getOps()) {
    auto row = dyn_cast<act::RowOp>(op);
    auto softmax = dyn_cast<act::SoftmaxOp>(op);
    if ((row && row.isThreshold()) || (softmax && softmax.isSparse()))
      return true;
  }
  return false;
}

namespace {
struct SplitRows : act::impl::ActSplitRowsBase<SplitRows> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (act::FuncOp func :
         llvm::make_early_inc_range(getOperation().getOps<act::FuncOp>())) {
      if (!func.isPublic() || !isRowFunction(func) || takesSteps(func))
        continue;
      auto split = cast<act::FuncOp>(func->clone());
      split.setPrivate();
      split->setAttr(kSplitAttr, UnitAttr::get(&getContext()));
      symbols.insert(split, std::next(func->getIterator()));
    }
  }
};
} // namespace

//===- RoundEach.cpp - Rounding behind each operation ---------------------===//

#include "act/Transforms/RoundEach.h"
#include "act/Transforms/Passes.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace act {
#define GEN_PASS_DEF_ACTROUNDEACH
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

/// Signs, choices and whole parts of numbers of a type are numbers of it.
static bool isExact(Operation *op) {
  return isa<arith::NegFOp, arith::SelectOp, arith::MaximumFOp,
             arith::MinimumFOp, math::AbsFOp, math::FloorOp, SignOp, ClampOp,
             RoundOp>(op);
}

/// An applied function of the module rounds by itself.
static bool roundsItself(Operation *op) {
  auto apply = dyn_cast<ApplyOp>(op);
  return apply && !isa<FnAttr>(apply.getCallee());
}

void act::roundEach(FuncOp func, FloatType storage) {
  if (func.getIdentityAttr())
    return;
  Block &body = func.getBody().front();
  for (Operation &op : llvm::make_early_inc_range(body.without_terminator())) {
    if (isExact(&op) || roundsItself(&op))
      continue;
    OpBuilder builder(op.getContext());
    builder.setInsertionPointAfter(&op);
    for (Value result : op.getResults()) {
      // Storing a result rounds it.
      bool isOnlyReturned =
          llvm::all_of(result.getUsers(),
                       [](Operation *user) { return isa<ReturnOp>(user); });
      if (isOnlyReturned || !isa<FloatType>(result.getType()))
        continue;
      auto round = builder.create<RoundOp>(op.getLoc(), result.getType(),
                                           result, TypeAttr::get(storage));
      result.replaceUsesWithIf(round, [&](OpOperand &use) {
        return use.getOwner() != round && !isa<ReturnOp>(use.getOwner());
      });
    }
  }
}

namespace {
struct RoundEach : act::impl::ActRoundEachBase<RoundEach> {
  using ActRoundEachBase::ActRoundEachBase;

  void runOnOperation() override {
    auto storage = dyn_cast_or_null<FloatType>(parseType(dtype, &getContext()));
    if (!storage)
      return signalPassFailure();
    for (FuncOp func : getOperation().getOps<FuncOp>())
      roundEach(func, storage);
  }
};
} // namespace

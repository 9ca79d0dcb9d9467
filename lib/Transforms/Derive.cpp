//===- Derive.cpp - Derivatives become functions --------------------------===//
//
// Nobody writes a backward by hand: act.derivative and act.vjp name a function,
// and this pass replaces them by act.funcs with the derived formulas. Before:
// act.derivative @d of #act.fn<silu> orders [1]; after: act.func @d with the
// body sigmoid(x) (1 + x (1 - sigmoid(x))).
//
//===----------------------------------------------------------------------===//

#include "DeriveTensors.h"
#include "Deriver.h"
#include "act/Transforms/Passes.h"

namespace act {
#define GEN_PASS_DEF_ACTDERIVE
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

FailureOr<FuncOp> Deriver::resolve(Operation *op) {
  if (!inProgress.insert(op))
    return op->emitOpError("is defined through itself");
  auto derivative = dyn_cast<DerivativeOp>(op);
  auto jvp = dyn_cast<JvpOp>(op);
  FailureOr<FuncOp> func = derivative ? resolve(derivative)
                           : jvp      ? resolve(jvp)
                                      : resolve(cast<VjpOp>(op));
  if (failed(func))
    return failure();
  inProgress.remove(op);
  func->setVisibility(SymbolTable::getSymbolVisibility(op));
  op->erase();
  return func;
}

/// act.apply #act.fn<f, order = n> applies a function of its own.
LogicalResult Deriver::resolveApply(ApplyOp apply) {
  auto fn = dyn_cast<FnAttr>(apply.getCallee());
  if (!fn || fn.getOrder() == 0)
    return success();
  std::string name = (fn.getName() + "_d" + Twine(fn.getOrder())).str();
  for (unsigned n = 0; SymbolTable::lookupSymbolIn(module, name); ++n)
    name = (fn.getName() + "_d" + Twine(fn.getOrder()) + "_" + Twine(n)).str();
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  auto base = FnAttr::get(context, fn.getName(), fn.getParams(), 0);
  auto op = builder.create<DerivativeOp>(
      apply.getLoc(), builder.getStringAttr(name),
      builder.getStringAttr("private"), base, StringAttr(),
      builder.getDenseI64ArrayAttr({fn.getOrder()}), StringAttr(),
      /*mask=*/UnitAttr());
  if (failed(resolve(op.getOperation())))
    return failure();
  apply.setCalleeAttr(FlatSymbolRefAttr::get(context, name));
  return success();
}

/// Functions on tensors first: their backwards name those of scalars.
LogicalResult Deriver::resolveTensors() {
  for (bool changed = true; changed;) {
    changed = false;
    for (VjpOp op : llvm::make_early_inc_range(module.getOps<VjpOp>())) {
      auto symbol = dyn_cast<FlatSymbolRefAttr>(op.getCallee());
      auto target =
          symbol ? module.lookupSymbol<func::FuncOp>(symbol) : func::FuncOp();
      if (!target)
        continue;
      if (failed(writeTensorVjp(op, target)))
        return failure();
      op.erase();
      changed = true;
    }
  }
  return success();
}

LogicalResult Deriver::run() {
  if (failed(resolveTensors()))
    return failure();
  WalkResult walk = module.walk(
      [&](ApplyOp apply) { return WalkResult(resolveApply(apply)); });
  if (walk.wasInterrupted())
    return failure();
  // A function may be defined through a later one, which then goes first.
  while (true) {
    Operation *next = nullptr;
    for (Operation &op : module.getOps())
      if (isa<DerivativeOp, VjpOp, JvpOp>(op)) {
        next = &op;
        break;
      }
    if (!next)
      return success();
    if (failed(resolve(next)))
      return failure();
  }
}

LogicalResult act::resolveDerivatives(ModuleOp module,
                                      DerivativeMethod method) {
  return Deriver(module, method).run();
}

namespace {
struct Derive : act::impl::ActDeriveBase<Derive> {
  using ActDeriveBase::ActDeriveBase;
  void runOnOperation() override {
    DerivativeMethod chosen = llvm::StringSwitch<DerivativeMethod>(method)
                                  .Case("symbolic", DerivativeMethod::Symbolic)
                                  .Case("taylor", DerivativeMethod::Taylor)
                                  .Default(DerivativeMethod::Automatic);
    if (method != "auto" && chosen == DerivativeMethod::Automatic) {
      getOperation().emitError("act-derive: method '")
          << method << "' is none of auto, symbolic and taylor";
      return signalPassFailure();
    }
    if (failed(resolveDerivatives(getOperation(), chosen)))
      signalPassFailure();
  }
};
} // namespace

//===- Expand.cpp - Applied functions become their formulas ---------------===//
//
// Before: act.apply #act.fn<silu>(%x); after: the row's formula inline. Rows
// and act.funcs of the module are treated alike.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Expand.h"
#include "act/IR/ExactNumber.h"
#include "act/IR/FunctionTable.h"
#include "act/Reference/Quad.h"
#include "act/Syntax/Parser.h"
#include "act/Transforms/Passes.h"
#include "mlir/IR/IRMapping.h"

namespace act {
#define GEN_PASS_DEF_ACTEXPAND
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

/// A default must lie in the range that its parameter states.
static LogicalResult checkRange(FuncOp func, unsigned i) {
  auto range = func.getArgAttrOfType<StringAttr>(i, kRangeAttr);
  Quad value = quadFromText(func.getArgDefault(i).getValue());
  if (!range || value > 0 || (value == 0 && range.getValue() == ">= 0"))
    return success();
  return func.emitError("parameter '")
         << func.getArgName(i) << "' is " << func.getArgDefault(i).getValue()
         << ", but must be " << range.getValue()
         << " for what is saved; save the input instead";
}

LogicalResult act::bindDefaults(FuncOp func, ArrayRef<std::string> runtime) {
  Block &body = func.getBody().front();
  OpBuilder builder = OpBuilder::atBlockBegin(&body);
  llvm::BitVector bound(func.getNumArguments());
  for (unsigned i = func.getNumInputs(); i < func.getNumArguments(); ++i) {
    if (llvm::is_contained(runtime, func.getArgName(i)))
      continue;
    BlockArgument arg = body.getArgument(i);
    if (failed(checkRange(func, i)))
      return failure();
    arg.replaceAllUsesWith(builder.create<ConstantOp>(
        arg.getLoc(), arg.getType(), func.getArgDefault(i)));
    bound.set(i);
  }
  func.eraseArguments(bound);
  return success();
}

/// Where an applied function's body comes from.
static FailureOr<FuncOp> bodyOf(ApplyOp apply,
                                OwningOpRef<ModuleOp> &keepAlive) {
  if (auto fn = dyn_cast<FnAttr>(apply.getCallee())) {
    if (fn.getOrder() != 0)
      return apply.emitOpError("applies a derivative, which act-derive "
                               "resolves; this version has no act-derive");
    keepAlive = parseRow(*lookupFunction(fn.getName()), apply.getContext());
    return *keepAlive->getOps<FuncOp>().begin();
  }
  if (FuncOp func = apply.resolve())
    return func;
  return apply.emitOpError("applies a function that does not exist");
}

/// Inlines one application at its place.
static LogicalResult inlineApply(ApplyOp apply) {
  OwningOpRef<ModuleOp> keepAlive;
  FailureOr<FuncOp> callee = bodyOf(apply, keepAlive);
  if (failed(callee))
    return failure();
  OpBuilder builder(apply);
  Block &body = callee->getBody().front();
  IRMapping mapping;
  unsigned inputs = callee->getNumInputs();
  for (unsigned i = 0; i < inputs; ++i)
    mapping.map(body.getArgument(i), apply.getInputs()[i]);
  auto fn = dyn_cast<FnAttr>(apply.getCallee());
  for (unsigned i = inputs; i < callee->getNumArguments(); ++i) {
    StringRef name = callee->getArgName(i);
    Value value;
    if (apply.getParams())
      for (auto [k, param] :
           llvm::enumerate(apply.getParams()->getAsValueRange<StringAttr>()))
        if (param == name)
          value = apply.getInputs()[inputs + k];
    if (!value) {
      StringAttr text = callee->getArgDefault(i);
      if (fn)
        if (auto given = fn.getParams().getAs<StringAttr>(name))
          text = given;
      value = builder.create<ConstantOp>(apply.getLoc(),
                                         body.getArgument(i).getType(), text);
    }
    mapping.map(body.getArgument(i), value);
  }
  for (Operation &op : body.without_terminator())
    builder.clone(op, mapping)->setLoc(apply.getLoc());
  for (auto [result, value] :
       llvm::zip(apply.getResults(), callee->getReturn().getValues()))
    result.replaceAllUsesWith(mapping.lookupOrDefault(value));
  apply.erase();
  return success();
}

/// A constant from elsewhere means exactly its floating-point value.
static LogicalResult makeExact(arith::ConstantOp constant) {
  auto value = dyn_cast<FloatAttr>(constant.getValue());
  if (!value)
    return success();
  if (!value.getValue().isFinite())
    return constant.emitOpError("is not finite and has no exact meaning; "
                                "state the case with a comparison");
  OpBuilder builder(constant);
  constant.replaceAllUsesWith(
      builder
          .create<ConstantOp>(
              constant.getLoc(), constant.getType(),
              builder.getStringAttr(exactTextOf(value.getValue())))
          .getResult());
  constant.erase();
  return success();
}

/// A function that only passes its inputs on to a row is that row.
static void adoptIdentity(FuncOp func) {
  auto apply = func.getReturn().getOperand(0).getDefiningOp<ApplyOp>();
  if (func.getIdentityAttr() || func.getNumResults() != 1 || !apply)
    return;
  auto fn = dyn_cast<FnAttr>(apply.getCallee());
  unsigned inputs = func.getNumInputs();
  if (fn && inputsOf(*lookupFunction(fn.getName())).size() == inputs &&
      ValueRange(apply.getInputs().take_front(inputs)) ==
          ValueRange(func.getArguments().take_front(inputs)))
    func.setIdentityAttr(fn);
}

LogicalResult act::expandBody(FuncOp func) {
  adoptIdentity(func);
  // Nesting is finite without recursion; with it, the body outgrows this.
  constexpr unsigned maxApplications = 10000;
  for (unsigned count = 0; count < maxApplications; ++count) {
    ApplyOp next;
    func.walk([&](ApplyOp apply) {
      next = apply;
      return WalkResult::interrupt();
    });
    if (!next) {
      WalkResult walk = func.walk([](arith::ConstantOp constant) {
        return WalkResult(makeExact(constant));
      });
      return failure(walk.wasInterrupted());
    }
    if (auto symbol = dyn_cast<FlatSymbolRefAttr>(next.getCallee()))
      if (symbol.getValue() == func.getSymName())
        return next.emitOpError("applies the function it stands in; "
                                "functions cannot be recursive");
    if (failed(inlineApply(next)))
      return failure();
  }
  return func.emitOpError("does not expand: its functions apply each other");
}

namespace {
struct Expand : act::impl::ActExpandBase<Expand> {
  void runOnOperation() override {
    for (FuncOp func : getOperation().getOps<FuncOp>())
      if (failed(expandBody(func)))
        return signalPassFailure();
    // Private functions have served.
    for (FuncOp func :
         llvm::make_early_inc_range(getOperation().getOps<FuncOp>()))
      if (func.isPrivate() &&
          SymbolTable::symbolKnownUseEmpty(func, getOperation()))
        func.erase();
  }
};
} // namespace

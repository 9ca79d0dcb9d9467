//===- DeriveCallee.cpp - What is differentiated -------------------------===//

#include "Deriver.h"
#include "act/IR/FunctionTable.h"
#include "act/Syntax/Parser.h"
#include "act/Transforms/Expand.h"
#include "act/Transforms/Stabilize.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace act;
using sym::Expr;

Callee Deriver::signatureOf(FuncOp func) {
  Callee callee;
  // A range of a parameter is checked by the function itself.
  auto marksOf = [&](unsigned i) {
    NamedAttrList marks;
    for (StringRef name :
         {kRangeAttr, kIndexAttr, kPositionAttr, kUniformAttr, kDroppedAttr})
      if (Attribute attr = func.getArgAttr(i, name);
          attr && (name != kRangeAttr || i < func.getNumInputs()))
        marks.set(name, attr);
    return marks.getDictionary(context);
  };
  for (unsigned i = 0; i < func.getNumArguments(); ++i) {
    callee.marks.push_back(marksOf(i));
    callee.names.push_back(StringAttr::get(context, func.getArgName(i)));
    callee.defaults.push_back(func.getArgDefault(i));
    callee.parts.push_back(func.getArgAttrOfType<PartAttr>(i, kPartAttr));
  }
  callee.numInputs = func.getNumInputs();
  if (!isRowFunction(func))
    return callee;
  callee.axis = func->getAttr(kAxisAttr);
  if (!callee.axis)
    callee.axis = IntegerAttr::get(IntegerType::get(context, 64), -1);
  llvm::DenseSet<Value> uniform = uniformValues(func);
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    callee.rowMarks.push_back(func.getResultAttr(i, kDroppedAttr) ? kDroppedAttr
                              : isOnePerRow(func, i, uniform)     ? kUniformAttr
                                                                  : "");
  return callee;
}

FailureOr<Callee> Deriver::loadRow(Operation *user, FnAttr fn) {
  OwningOpRef<ModuleOp> keepAlive =
      parseRow(*lookupFunction(fn.getName()), context);
  FuncOp func = *keepAlive->getOps<FuncOp>().begin();
  if (failed(expandBody(func)))
    return failure();
  graph.forgetUniform();
  Callee callee = signatureOf(func);
  SmallVector<Expr> arguments;
  for (unsigned i = 0; i < func.getNumArguments(); ++i) {
    auto fixed = fn.getParams().getAs<StringAttr>(callee.names[i]);
    arguments.push_back(fixed ? graph.fromText(fixed.getValue())
                              : graph.argument(i));
  }
  FailureOr<SmallVector<Expr>> results = graph.read(func, arguments);
  if (failed(results))
    return failure();
  callee.results = *results;
  callee.identity = fn;
  if (fn.getOrder() == 0)
    return callee;
  if (callee.numInputs != 1)
    return user->emitOpError("order needs a function of one input");
  auto all = derivatives(user, callee.results[0], 0, fn.getOrder());
  if (failed(all) ||
      failed(checkVaries(user, callee, callee.results[0], (*all)[1], 0)))
    return failure();
  callee.results = {all->back()};
  return callee;
}

FailureOr<Callee> Deriver::load(Operation *user, Attribute attr) {
  if (auto fn = dyn_cast<FnAttr>(attr))
    return loadRow(user, fn);
  auto symbol = cast<FlatSymbolRefAttr>(attr);
  Operation *target = SymbolTable::lookupNearestSymbolFrom(user, symbol);
  if (isa_and_nonnull<DerivativeOp, VjpOp, JvpOp>(target)) {
    FailureOr<FuncOp> resolved = resolve(target);
    if (failed(resolved))
      return failure();
    target = *resolved;
  }
  auto func = dyn_cast_or_null<FuncOp>(target);
  if (isa_and_nonnull<func::FuncOp>(target))
    return user->emitOpError("differentiates act.funcs, and @")
           << symbol.getValue()
           << " is a function on tensors; act-fuse makes an act.func of one "
              "that consists of act.apply, act.gated and act.softmax";
  if (!func)
    return user->emitOpError("there is no act.func @")
           << symbol.getValue() << " to differentiate";
  // The function itself stays as it was written.
  for (ApplyOp apply :
       llvm::make_early_inc_range(func.getBody().getOps<ApplyOp>()))
    if (failed(resolveApply(apply)))
      return failure();
  OpBuilder builder(func);
  auto copy = cast<FuncOp>(builder.clone(*func));
  // The gradient of a softmax is finite where that of its definition is not.
  LogicalResult expanded =
      success(succeeded(expandBody(copy)) && succeeded(recognizeSoftmax(copy)));
  graph.forgetUniform();
  for (unsigned i = 0; isRowFunction(copy) && i < copy.getNumArguments(); ++i)
    if (copy.getArgAttr(i, kUniformAttr) || copy.getArgAttr(i, kDroppedAttr))
      graph.markUniform(i);
  FailureOr<SmallVector<Expr>> results = failure();
  if (succeeded(expanded))
    results = graph.read(copy);
  Callee callee = signatureOf(copy);
  callee.identity = copy.getIdentityAttr();
  copy.erase();
  if (failed(results))
    return failure();
  callee.results = *results;
  return callee;
}

FailureOr<SmallVector<Expr>> Deriver::derivatives(Operation *op, Expr e,
                                                  unsigned i, unsigned n) {
  SmallVector<Expr> all = {e};
  if (method != DerivativeMethod::Taylor) {
    for (unsigned k = 1; k <= n; ++k)
      all.push_back(graph.differentiate(all.back(), i));
    unsigned size = graph.countOperations(all.back());
    if (method == DerivativeMethod::Symbolic || size <= kMaxSymbolicOperations)
      return all;
    op->emitRemark("the symbolic derivative of order ")
        << n << " has " << size << " operations, more than "
        << kMaxSymbolicOperations
        << "; truncated Taylor series are used in its place";
  }
  return graph.taylor(e, i, n);
}

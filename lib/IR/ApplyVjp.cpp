//===- ApplyVjp.cpp - The backward of act.apply ---------------------------===//

#include "RowUtil.h"
#include "act/IR/Act.h"
#include "act/IR/FunctionTable.h"
#include "mlir/Dialect/Traits.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace act;

/// Names of what the operands are: the callee's inputs, then `params`.
static SmallVector<StringRef> operandNames(ApplyOp op) {
  SmallVector<StringRef> names;
  if (auto fn = dyn_cast<FnAttr>(op.getCallee())) {
    for (StringRef name : inputsOf(*lookupFunction(fn.getName())))
      names.push_back(name);
  } else if (FuncOp func = op.resolve()) {
    for (unsigned i = 0; i < func.getNumInputs(); ++i)
      if (!func.getArgAttr(i, kPositionAttr))
        names.push_back(func.getArgName(i));
  }
  if (op.getParams())
    for (StringRef param : op.getParams()->getAsValueRange<StringAttr>())
      names.push_back(param);
  return names;
}

FuncOp act::declareOnce(FuncOp fresh, ModuleOp module) {
  std::string base = fresh.getSymName().str();
  for (unsigned n = 0;; ++n) {
    Operation *known = nullptr;
    for (Operation &other : *module.getBody())
      if (StringAttr name = SymbolTable::getSymbolName(&other);
          &other != fresh && name && name.getValue() == fresh.getSymName())
        known = &other;
    if (!known)
      return fresh;
    if (OperationEquivalence::isEquivalentTo(
            known, fresh, OperationEquivalence::IgnoreLocations)) {
      fresh.erase();
      return cast<FuncOp>(known);
    }
    fresh.setSymName(base + "_" + std::to_string(n));
  }
}

static ArrayRef<int64_t> shapeOf(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  return shaped ? shaped.getShape() : ArrayRef<int64_t>();
}

/// What the operands broadcast to.
static SmallVector<int64_t> commonShape(ApplyOp op) {
  SmallVector<int64_t> common;
  for (Type input : op.getInputs().getTypes()) {
    SmallVector<int64_t> joined;
    OpTrait::util::getBroadcastedShape(common, shapeOf(input), joined);
    common = joined;
  }
  return common;
}

/// A value that all elements of a row have in common is one of each element
/// where the result is a tensor of all, and so is its cotangent: the function,
/// or one like it that says so.
static FuncOp withSpreadResults(ApplyOp op, FuncOp func, ModuleOp module) {
  llvm::DenseSet<Value> uniform = uniformValues(func);
  SmallVector<int64_t> common = commonShape(op);
  SmallVector<unsigned> spread;
  for (unsigned i = 0; isRowFunction(func) && i < func.getNumResults(); ++i)
    if (isOnePerRow(func, i, uniform) && !common.empty() &&
        shapeOf(op.getResult(i).getType()) == ArrayRef<int64_t>(common))
      spread.push_back(i);
  if (spread.empty())
    return func;
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  auto copy = cast<FuncOp>(builder.clone(*func));
  copy.setSymName((func.getSymName() + "_spread").str());
  copy.setPrivate();
  for (unsigned i : spread) {
    copy.removeResultAttr(i, builder.getStringAttr(kDroppedAttr));
    copy.setResultAttr(i, kSpreadAttr, builder.getUnitAttr());
  }
  return declareOnce(copy, module);
}

/// Declares the backward of what is applied, once for each set of operands.
static FailureOr<FlatSymbolRefAttr> declareBackward(ApplyOp op,
                                                    ModuleOp module) {
  auto fn = dyn_cast<FnAttr>(op.getCallee());
  FuncOp func = op.resolve();
  if (!fn && !func)
    return op.emitOpError("applies a function that does not exist");
  Attribute callee = op.getCallee();
  if (func) {
    func = withSpreadResults(op, func, module);
    callee = FlatSymbolRefAttr::get(func.getSymNameAttr());
  }
  std::string base = (fn ? fn.getName() : func.getSymName()).str() + "_vjp";
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  // Inputs without a name are all inputs, which is the default.
  SmallVector<StringRef> names = operandNames(op);
  ArrayAttr wrt;
  if (!llvm::is_contained(names, ""))
    wrt = builder.getStrArrayAttr(names);
  std::string name = base;
  for (unsigned n = 0;; name = base + std::to_string(n++)) {
    Operation *known = SymbolTable::lookupSymbolIn(module, name);
    if (!known)
      break;
    auto vjp = dyn_cast<VjpOp>(known);
    if (vjp && vjp.getCallee() == callee && vjp.getWrtAttr() == wrt)
      return FlatSymbolRefAttr::get(op.getContext(), name);
  }
  builder.create<VjpOp>(op.getLoc(), builder.getStringAttr(name),
                        builder.getStringAttr("private"), callee, wrt,
                        builder.getI64IntegerAttr(0),
                        builder.getStringAttr("input"), StringAttr());
  return FlatSymbolRefAttr::get(op.getContext(), name);
}

FailureOr<SmallVector<Value>> ApplyOp::buildVjp(OpBuilder &builder,
                                                ValueRange cotangents) {
  if (!getOuts().empty())
    return emitOpError("writes to memrefs and has no backward; differentiate "
                       "it on tensors, before bufferisation");
  if (getReduced())
    return emitOpError("sums its results; their backward is not elementwise");
  auto module = (*this)->getParentOfType<ModuleOp>();
  FailureOr<FlatSymbolRefAttr> backward = declareBackward(*this, module);
  if (failed(backward))
    return failure();
  SmallVector<Value> operands(getInputs());
  llvm::append_range(operands, cotangents);
  // Operands smaller than what all broadcast to were broadcast.
  SmallVector<int64_t> common = commonShape(*this), reduced;
  for (auto [i, input] : llvm::enumerate(getInputs()))
    if (shapeOf(input.getType()) != ArrayRef<int64_t>(common))
      reduced.push_back(i);
  auto apply = builder.create<ApplyOp>(
      getLoc(), getInputs().getTypes(), *backward, operands, ValueRange(),
      ArrayAttr(),
      reduced.empty() ? DenseI64ArrayAttr()
                      : builder.getDenseI64ArrayAttr(reduced));
  return SmallVector<Value>(apply.getResults());
}

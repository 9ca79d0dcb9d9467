//===- ApplyVjp.cpp - The backward of act.apply ---------------------------===//

#include "act/IR/Act.h"
#include "act/IR/FunctionTable.h"
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
      names.push_back(func.getArgName(i));
  }
  if (op.getParams())
    for (StringRef param : op.getParams()->getAsValueRange<StringAttr>())
      names.push_back(param);
  return names;
}

/// Declares the backward of what is applied, once for each set of operands.
static FailureOr<FlatSymbolRefAttr> declareBackward(ApplyOp op,
                                                    ModuleOp module) {
  auto fn = dyn_cast<FnAttr>(op.getCallee());
  FuncOp func = op.resolve();
  if (!fn && !func)
    return op.emitOpError("applies a function that does not exist");
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
    if (vjp && vjp.getCallee() == op.getCallee() && vjp.getWrtAttr() == wrt)
      return FlatSymbolRefAttr::get(op.getContext(), name);
  }
  builder.create<VjpOp>(op.getLoc(), builder.getStringAttr(name),
                        builder.getStringAttr("private"), op.getCallee(), wrt,
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
  // Operands smaller than the result were broadcast.
  auto shapeOf = [](Type type) {
    auto shaped = dyn_cast<ShapedType>(type);
    return shaped ? shaped.getShape() : ArrayRef<int64_t>();
  };
  SmallVector<int64_t> reduced;
  for (auto [i, input] : llvm::enumerate(getInputs()))
    if (shapeOf(input.getType()) != shapeOf(getResult(0).getType()))
      reduced.push_back(i);
  auto apply = builder.create<ApplyOp>(
      getLoc(), getInputs().getTypes(), *backward, operands, ValueRange(),
      ArrayAttr(),
      reduced.empty() ? DenseI64ArrayAttr()
                      : builder.getDenseI64ArrayAttr(reduced));
  return SmallVector<Value>(apply.getResults());
}

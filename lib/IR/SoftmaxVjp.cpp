//===- SoftmaxVjp.cpp - The backward of act.softmax on tensors ------------===//
//
// The operation is written as a function of the module that is applied; that
// has a backward. act-fuse does without: it writes the operation where it is.
//
//===----------------------------------------------------------------------===//

#include "RowUtil.h"
#include "act/IR/Softmax.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace act;

/// Writes the function of scalars that the operation applies: its inputs are
/// the operands, then positions.
static FuncOp writeFunction(SoftmaxOp op, OpBuilder &builder) {
  Location loc = op.getLoc();
  Type real = builder.getF64Type();
  auto func = builder.create<FuncOp>(loc, "softmax_" + op.getForm().str(),
                                     builder.getFunctionType({}, {real}));
  func.setPrivate();
  OpBuilder::InsertionGuard guard(builder);
  Block *body = builder.createBlock(&func.getBody());
  SmallVector<Attribute> attributes;
  auto add = [&](StringRef name, NamedAttrList list = {}) -> Value {
    list.set(kNameAttr, builder.getStringAttr(name));
    attributes.push_back(list.getDictionary(op.getContext()));
    return body->addArgument(real, loc);
  };
  llvm::StringMap<Value> values;
  SoftmaxInputs inputs;
  inputs.x = add("x");
  for (StringRef name : op.getOptionNames()) {
    if (op.getOption(name))
      values[name] = add(name);
    else if (StringAttr number = op.getNumber(name))
      values[name] = builder.create<act::ConstantOp>(loc, real, number);
  }
  int64_t axis = op.getAxisFromEnd();
  inputs.scale = values.lookup("scale");
  inputs.softcap = values.lookup("softcap");
  inputs.bias = values.lookup("bias");
  inputs.temperature = values.lookup("temperature");
  inputs.sink = values.lookup("sink");
  if (Value mask = values.lookup("mask"))
    inputs.mask = buildIsNotZero(builder, loc, mask);
  if (op.getCausal()) {
    auto position = [&](int64_t along) {
      NamedAttrList list;
      list.set(kPositionAttr, builder.getI64IntegerAttr(along));
      return add(positionName(along), list);
    };
    Value key = position(axis), query = position(axis - 1);
    inputs.mask = buildCausalMask(builder, loc, key, query,
                                  values.lookup("causal_offset"), inputs.mask);
  }
  Value result =
      buildSoftmax(builder, loc, op.getForm(), op.getEmpty(), inputs);
  builder.create<act::ReturnOp>(loc, result);
  func.setFunctionType(
      builder.getFunctionType(body->getArgumentTypes(), {real}));
  func.setArgAttrsAttr(builder.getArrayAttr(attributes));
  func->setAttr(kAxisAttr, builder.getI64IntegerAttr(axis));
  if (op.getForm() == "sum" && !op.keepsOneOfRow())
    func.setResultAttr(0, kSpreadAttr, builder.getUnitAttr());
  return func;
}

FailureOr<SmallVector<Value>> SoftmaxOp::buildVjp(OpBuilder &builder,
                                                  ValueRange cotangents) {
  if (!isa<RankedTensorType>(getType()))
    return emitOpError("in a body is differentiated with its function");
  auto module = (*this)->getParentOfType<ModuleOp>();
  OpBuilder start = OpBuilder::atBlockBegin(module.getBody());
  FuncOp func = declareOnce(writeFunction(*this, start), module);
  auto x = cast<RankedTensorType>(getOperand().getType());
  SmallVector<Value> operands;
  for (Value operand : getOperands()) {
    // Functions are of numbers.
    auto type = cast<RankedTensorType>(operand.getType());
    if (type.getElementType().isInteger(1))
      operand = builder.create<arith::UIToFPOp>(
          getLoc(), type.clone(x.getElementType()), operand);
    operands.push_back(operand);
  }
  auto apply = builder.create<ApplyOp>(
      getLoc(), TypeRange(getType()),
      FlatSymbolRefAttr::get(getContext(), func.getSymName()), operands);
  FailureOr<SmallVector<Value>> gradients = apply.buildVjp(builder, cotangents);
  apply.erase();
  if (succeeded(gradients) && getMask())
    (*gradients)[getMaskMutable().begin()->getOperandNumber()] = Value();
  return gradients;
}

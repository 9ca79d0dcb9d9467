//===- DeriveTensors.cpp - The backward of functions on tensors -----------===//
//
// Before: act.vjp @bwd of @f, a func.func of act.apply and other operations
// that know their backward. After: a func.func that runs @f's operations and
// then their backwards in reverse. Derivatives of scalar functions that these
// name are resolved next.
//
//===----------------------------------------------------------------------===//

#include "DeriveTensors.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace act;

namespace {

/// Accumulates the gradients of the values of one function.
class TensorVjp {
public:
  TensorVjp(VjpOp op, func::FuncOp target)
      : op(op), target(target), builder(op) {}

  FailureOr<func::FuncOp> write();

private:
  LogicalResult visit(Operation &forward);
  void accumulate(Value value, Value gradient);
  /// A private function of the module that applies one scalar operation.
  FlatSymbolRefAttr helper(StringRef name, unsigned inputs);
  Value zero(Value like);

  VjpOp op;
  func::FuncOp target;
  OpBuilder builder;
  IRMapping mapping;
  /// By values of the forward function as it is cloned.
  DenseMap<Value, Value> gradients;
};

} // namespace

static bool hasGradient(Type type) {
  return isa<FloatType>(getElementTypeOrSelf(type));
}

FlatSymbolRefAttr TensorVjp::helper(StringRef name, unsigned inputs) {
  auto module = op->getParentOfType<ModuleOp>();
  if (!SymbolTable::lookupSymbolIn(module, name)) {
    OpBuilder at = OpBuilder::atBlockBegin(module.getBody());
    Type real = at.getF64Type();
    auto func = at.create<act::FuncOp>(
        op.getLoc(), name,
        at.getFunctionType(SmallVector<Type>(inputs, real), real));
    func.setPrivate();
    Block *body = at.createBlock(&func.getBody());
    for (unsigned i = 0; i < inputs; ++i)
      body->addArgument(real, op.getLoc());
    Value result =
        inputs == 2
            ? Value(at.create<arith::AddFOp>(op.getLoc(), body->getArgument(0),
                                             body->getArgument(1)))
            : Value(at.create<act::ConstantOp>(op.getLoc(), real,
                                               at.getStringAttr("0")));
    at.create<act::ReturnOp>(op.getLoc(), result);
  }
  return FlatSymbolRefAttr::get(op.getContext(), name);
}

Value TensorVjp::zero(Value like) {
  return builder
      .create<ApplyOp>(op.getLoc(), TypeRange(like.getType()),
                       helper("act_zero", 1), ValueRange(like))
      .getResult(0);
}

void TensorVjp::accumulate(Value value, Value gradient) {
  Value &sum = gradients[value];
  if (sum)
    gradient =
        builder
            .create<ApplyOp>(op.getLoc(), TypeRange(value.getType()),
                             helper("act_sum", 2), ValueRange{sum, gradient})
            .getResult(0);
  sum = gradient;
}

LogicalResult TensorVjp::visit(Operation &forward) {
  if (llvm::none_of(forward.getResults(),
                    [&](Value v) { return gradients.lookup(v); }))
    return success(); // Nothing depends on it.
  if (llvm::none_of(forward.getOperandTypes(), hasGradient))
    return success(); // Truth values do not change a little.
  auto differentiable = dyn_cast<DifferentiableOpInterface>(forward);
  if (!differentiable)
    return forward.emitOpError(
        "has no backward; act.vjp of a function on tensors takes operations "
        "that build their own, or what act-fuse has made one function of");
  SmallVector<Value> cotangents;
  for (Value result : forward.getResults()) {
    Value gradient = gradients.lookup(result);
    cotangents.push_back(gradient ? gradient : zero(result));
  }
  FailureOr<SmallVector<Value>> built =
      differentiable.buildVjp(builder, cotangents);
  if (failed(built))
    return failure();
  for (auto [operand, gradient] : llvm::zip(forward.getOperands(), *built))
    if (gradient)
      accumulate(operand, gradient);
  return success();
}

FailureOr<func::FuncOp> TensorVjp::write() {
  if (target.isDeclaration() || !target.getBody().hasOneBlock())
    return op.emitOpError("the function has no body of one block");
  if (op.getWrt() || op.getOrder() != 0 || op.getSave() != "input" ||
      op.getKink())
    return op.emitOpError("wrt, order, save and kink are for functions of "
                          "scalars; put them on the act.func that is applied");
  auto type = target.getFunctionType();
  SmallVector<Type> inputs(type.getInputs());
  llvm::append_range(inputs, type.getResults());
  SmallVector<Type> outputs(
      llvm::make_filter_range(type.getInputs(), hasGradient));
  auto func = builder.create<func::FuncOp>(
      op.getLoc(), op.getSymName(), builder.getFunctionType(inputs, outputs));
  Block *body = func.addEntryBlock();
  builder.setInsertionPointToStart(body);
  unsigned count = type.getNumInputs(), number = 0;
  for (unsigned i = 0; i < count; ++i) {
    mapping.map(target.getArgument(i), body->getArgument(i));
    bool isOutput = hasGradient(type.getInput(i));
    if (Attribute name = target.getArgAttr(i, kNameAttr)) {
      func.setArgAttr(i, kNameAttr, name);
      if (isOutput)
        func.setResultAttr(number, kNameAttr, name);
    }
    number += isOutput;
  }
  Block &source = target.getBody().front();
  SmallVector<Operation *> clones;
  for (Operation &forward : source.without_terminator())
    clones.push_back(builder.clone(forward, mapping));
  for (auto [k, result] :
       llvm::enumerate(source.getTerminator()->getOperands()))
    accumulate(mapping.lookup(result), body->getArgument(count + k));
  for (Operation *forward : llvm::reverse(clones))
    if (failed(visit(*forward)))
      return failure();
  SmallVector<Value> results;
  for (Value argument : body->getArguments().take_front(count)) {
    if (!hasGradient(argument.getType()))
      continue;
    Value gradient = gradients.lookup(argument);
    results.push_back(gradient ? gradient : zero(argument));
  }
  builder.create<func::ReturnOp>(op.getLoc(), results);
  // Forward values that no backward reads.
  for (Operation *forward : llvm::reverse(clones))
    if (isOpTriviallyDead(forward))
      forward->erase();
  return func;
}

FailureOr<func::FuncOp> act::writeTensorVjp(VjpOp op, func::FuncOp target) {
  FailureOr<func::FuncOp> written = TensorVjp(op, target).write();
  if (failed(written))
    return failure();
  written->setVisibility(SymbolTable::getSymbolVisibility(op));
  return written;
}

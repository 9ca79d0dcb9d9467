//===- DeriveFunctions.cpp - Derivatives and VJPs as functions -----------===//

#include "Deriver.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace act;
using sym::Expr;

/// A function that is constant piece by piece has nothing to differentiate.
LogicalResult Deriver::checkVaries(Operation *op, const Callee &callee, Expr f,
                                   Expr derivative, unsigned i) {
  if (!derivative->isNumber(0) || !graph.dependsOn(f, i))
    return success();
  return op->emitOpError("the function is constant piece by piece in '")
         << callee.names[i].getValue()
         << "': its derivative is 0 wherever there is one, so it has none "
            "worth a kernel; use a smooth surrogate such as sigmoid(k * x)";
}

LogicalResult Deriver::checkElementwise(Operation *op, const Callee &callee) {
  if (!callee.axis)
    return success();
  return op->emitOpError("the function combines the elements of a row, so its "
                         "derivative is a Jacobian; take its vector-Jacobian "
                         "product (act.vjp, --vjp)");
}

/// True where a NaN in argument i certainly makes e NaN.
static bool propagatesNaN(Expr e, unsigned i) {
  auto propagates = [&](Expr x) { return propagatesNaN(x, i); };
  switch (e->kind) {
  case sym::Kind::Number:
  case sym::Kind::Constant:
    return false;
  case sym::Kind::Argument:
    return e->index == i;
  case sym::Kind::Sum:
    return llvm::any_of(e->terms,
                        [&](auto &term) { return propagates(term.expr); });
  case sym::Kind::Product:
    return llvm::any_of(e->factors,
                        [&](auto &factor) { return propagates(factor.base); });
  case sym::Kind::Call:
    break;
  }
  if (e->isCall("arith.select"))
    return propagates(e->operands[1]) && propagates(e->operands[2]);
  return !e->isCall("arith.cmpf") && llvm::any_of(e->operands, propagates);
}

Expr Deriver::withNaN(const Callee &callee, Expr value, unsigned i) {
  if (!callee.identity || propagatesNaN(value, i))
    return value;
  Expr x = graph.argument(i);
  Expr isNaN =
      graph.call("arith.cmpf", {x, x}, int64_t(arith::CmpFPredicate::UNE));
  return graph.select(isNaN, x, value);
}

/// Writes the function with `results` in the place of `op`. `arguments` are
/// the callee's arguments that it has, inputs first; where there are more
/// inputs than that, the rest are `added`, numbered from the callee's last
/// argument on.
FuncOp Deriver::write(Operation *op, StringRef name, const Callee &callee,
                      ArrayRef<unsigned> arguments, unsigned numInputs,
                      ArrayRef<Result> results, ArrayRef<AddedInput> added) {
  OpBuilder builder(op);
  Type real = builder.getF64Type();
  auto func = builder.create<FuncOp>(
      op->getLoc(), name,
      builder.getFunctionType(SmallVector<Type>(arguments.size(), real),
                              SmallVector<Type>(results.size(), real)));
  if (callee.axis)
    func->setAttr(kAxisAttr, callee.axis);
  Block *body = builder.createBlock(&func.getBody());
  unsigned known = callee.names.size(), most = known;
  for (unsigned i : arguments)
    most = std::max(most, i + 1);
  SmallVector<Value> values(most);
  for (auto [k, i] : llvm::enumerate(arguments)) {
    values[i] = body->addArgument(real, op->getLoc());
    StringAttr argument = i < known ? callee.names[i] : added[i - known].name;
    if (!argument.empty())
      func.setArgAttr(k, kNameAttr, argument);
    if (i < known && callee.parts[i])
      func.setArgAttr(k, kPartAttr, callee.parts[i]);
    if (i < known)
      for (NamedAttribute mark : callee.marks[i])
        func.setArgAttr(k, mark.getName(), mark.getValue());
    else if (!added[i - known].rowMark.empty())
      func.setArgAttr(k, added[i - known].rowMark, builder.getUnitAttr());
    if (k >= numInputs)
      func.setArgAttr(k, kDefaultAttr, callee.defaults[i]);
  }
  sym::Writer writer(builder, op->getLoc(), real, values);
  SmallVector<Value> written;
  for (auto [k, result] : llvm::enumerate(results)) {
    written.push_back(writer.write(result.value));
    if (result.name && !result.name.empty())
      func.setResultAttr(k, kNameAttr, result.name);
    if (result.identity)
      func.setResultAttr(k, kIdentityAttr, result.identity);
    if (result.isReduced)
      func.setResultAttr(k, kReduceAttr, builder.getUnitAttr());
    if (result.isDropped)
      func.setResultAttr(k, kDroppedAttr, builder.getUnitAttr());
    if (result.storage)
      func.setResultAttr(k, kStorageAttr, TypeAttr::get(result.storage));
    if (result.part)
      func.setResultAttr(k, kPartAttr, result.part);
  }
  builder.create<ReturnOp>(op->getLoc(), written);
  return func;
}

FailureOr<FuncOp> Deriver::resolve(DerivativeOp op) {
  FailureOr<Callee> callee = load(op, op.getCallee());
  if (failed(callee))
    return failure();
  if (failed(checkElementwise(op, *callee)))
    return failure();
  if (callee->results.size() != 1)
    return op.emitOpError("the function has ")
           << callee->results.size()
           << " results; derivatives by an input need one";
  unsigned i = 0;
  if (op.getWrt()) {
    auto name = StringAttr::get(context, *op.getWrt());
    i = llvm::find(callee->names, name) - callee->names.begin();
    if (i == callee->names.size())
      return op.emitOpError("the function has no input or parameter '")
             << *op.getWrt() << "'";
  } else if (callee->numInputs != 1) {
    return op.emitOpError("the function has ")
           << callee->numInputs << " inputs; name one by wrt";
  }
  Expr f = callee->results[0];
  if (op.getKink().value_or("taken") != "taken")
    f = graph.fromOneSide(f, i, *op.getKink() == "right");
  int64_t highest = *llvm::max_element(op.getOrders());
  auto all = derivatives(op, f, i, highest);
  if (failed(all) ||
      (highest > 0 && failed(checkVaries(op, *callee, f, (*all)[1], i))))
    return failure();
  SmallVector<Result> results;
  for (int64_t order : op.getOrders()) {
    Result result;
    result.value = (*all)[order];
    if (i < callee->numInputs)
      result.value = withNaN(*callee, result.value, i);
    result.name = StringAttr::get(context, "d" + Twine(order));
    // Of several inputs, an order alone does not tell which is meant.
    if (callee->numInputs == 1 && i == 0)
      result.identity = withOrder(callee->identity, order);
    results.push_back(result);
  }
  if (op.getMask()) {
    FailureOr<SavedForm> form = savedForm(op, *callee, "mask");
    if (failed(form))
      return failure();
    Result mask;
    mask.value = form->mask;
    mask.name = StringAttr::get(context, "mask");
    mask.storage = IntegerType::get(context, 1);
    results.push_back(mask);
  }
  auto arguments =
      llvm::to_vector(llvm::seq<unsigned>(0, callee->names.size()));
  FuncOp func = write(op, op.getSymName(), *callee, arguments,
                      callee->numInputs, results, /*added=*/{});
  if (results.size() == 1 && results[0].identity)
    func.setIdentityAttr(results[0].identity);
  return func;
}

//===- DerivedOps.cpp - act.derivative and act.vjp ------------------------===//

#include "act/IR/Act.h"
#include "act/IR/FunctionTable.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace act;

namespace {
/// What the verifiers need of a callee; another derived function is known
/// only once it has been resolved, and a func.func once it has been fused.
struct Callee {
  SmallVector<StringRef> names;
  unsigned inputs = 0, results = 1;
  bool isKnown = true;
};
} // namespace

static FailureOr<Callee> calleeOf(Operation *op, Attribute attr,
                                  SymbolTableCollection &symbols) {
  Callee callee;
  if (auto fn = dyn_cast<FnAttr>(attr)) {
    const FunctionInfo &row = *lookupFunction(fn.getName());
    for (StringRef input : inputsOf(row))
      callee.names.push_back(input);
    callee.inputs = callee.names.size();
    for (const ParamInfo &param : paramsOf(row))
      callee.names.push_back(param.name);
    return callee;
  }
  auto symbol = cast<FlatSymbolRefAttr>(attr);
  Operation *target = symbols.lookupNearestSymbolFrom(op, symbol);
  if (auto func = dyn_cast_or_null<FuncOp>(target)) {
    for (unsigned i = 0; i < func.getNumArguments(); ++i)
      callee.names.push_back(func.getArgName(i));
    callee.inputs = func.getNumInputs();
    callee.results = func.getNumResults();
    return callee;
  }
  callee.isKnown = false;
  // A func.func is a function of the dialect once act-fuse has been there.
  if (isa_and_nonnull<DerivativeOp, VjpOp, JvpOp, FunctionOpInterface>(target))
    return callee;
  return op->emitOpError("there is no act.func @")
         << symbol.getValue() << " to differentiate";
}

static LogicalResult verifyOrder(Operation *op, int64_t order) {
  if (order >= 0 && order <= kMaxOrder)
    return success();
  return op->emitOpError("order ")
         << order << " is out of range; use 0 to " << kMaxOrder;
}

static LogicalResult verifyKink(Operation *op, std::optional<StringRef> kink) {
  if (!kink || *kink == "taken" || *kink == "left" || *kink == "right")
    return success();
  return op->emitOpError("kink '")
         << *kink << "' is none of taken, left and right";
}

static LogicalResult verifyName(Operation *op, StringRef name,
                                const Callee &callee) {
  if (!callee.isKnown || llvm::is_contained(callee.names, name))
    return success();
  return op->emitOpError("the function has no input or parameter '")
         << name << "'" << didYouMean(name, callee.names)
         << " (it has: " << llvm::join(callee.names, ", ") << ")";
}

void DerivativeOp::build(OpBuilder &builder, OperationState &state,
                         StringRef name, act::FuncOp callee,
                         ArrayRef<int64_t> orders) {
  build(builder, state, builder.getStringAttr(name), StringAttr(),
        FlatSymbolRefAttr::get(callee.getSymNameAttr()), StringAttr(),
        builder.getDenseI64ArrayAttr(orders), StringAttr(), UnitAttr());
}

LogicalResult DerivativeOp::verify() {
  // derivative_c3
  if (getOrders().empty())
    return emitOpError("names no order");
  for (int64_t order : getOrders())
    if (failed(verifyOrder(*this, order)))
      return failure();
  // derivative_c4
  return verifyKink(*this, getKink());
}

LogicalResult DerivativeOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // derivative_c1
  FailureOr<Callee> callee = calleeOf(*this, getCallee(), symbols);
  if (failed(callee))
    return failure();
  if (callee->results != 1)
    return emitOpError("the function has ")
           << callee->results
           << " results; derivatives by an input need one, act.vjp does not";
  // derivative_c2
  if (getWrt())
    return verifyName(*this, *getWrt(), *callee);
  if (callee->isKnown && callee->inputs != 1)
    return emitOpError("the function has ")
           << callee->inputs << " inputs ("
           << llvm::join(
                  ArrayRef<StringRef>(callee->names).take_front(callee->inputs),
                  ", ")
           << "); name one by wrt";
  return success();
}

LogicalResult VjpOp::verify() {
  // vjp_c3
  if (failed(verifyOrder(*this, getOrder())))
    return failure();
  // vjp_c4
  constexpr StringLiteral policies[] = {"input", "output", "recompute", "mask"};
  if (!llvm::is_contained(policies, getSave()))
    return emitOpError("save '")
           << getSave() << "' is none of input, output, recompute and mask";
  // vjp_c5
  return verifyKink(*this, getKink());
}

static LogicalResult verifyNames(Operation *op, Attribute attr,
                                 std::optional<ArrayAttr> wrt,
                                 SymbolTableCollection &symbols) {
  FailureOr<Callee> callee = calleeOf(op, attr, symbols);
  if (failed(callee))
    return failure();
  if (!wrt)
    return success();
  if (wrt->empty())
    return op->emitOpError("wrt names nothing; leave it out for all inputs");
  llvm::StringSet<> given;
  for (StringRef name : wrt->getAsValueRange<StringAttr>()) {
    if (failed(verifyName(op, name, *callee)))
      return failure();
    if (!given.insert(name).second)
      return op->emitOpError("'") << name << "' is given twice";
  }
  return success();
}

LogicalResult VjpOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // vjp_c1, vjp_c2
  return verifyNames(*this, getCallee(), getWrt(), symbols);
}

LogicalResult JvpOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // jvp_c1, jvp_c2
  return verifyNames(*this, getCallee(), getWrt(), symbols);
}

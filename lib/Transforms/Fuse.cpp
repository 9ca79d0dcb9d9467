//===- Fuse.cpp - A chain of applications becomes one function ------------===//
//
// Before: a func.func whose tensors pass through several act.apply; after: one
// act.func of scalars, which reads and writes memory once.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

namespace act {
#define GEN_PASS_DEF_ACTFUSE
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;

/// True for a function on ranked tensors of act.apply and return only.
static bool isChain(func::FuncOp func) {
  if (func.isDeclaration() || !func.getBody().hasOneBlock())
    return false;
  auto isTensor = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && isa<FloatType>(tensor.getElementType());
  };
  return llvm::all_of(func.getArgumentTypes(), isTensor) &&
         llvm::all_of(func.getResultTypes(), isTensor) &&
         func.getNumResults() > 0 &&
         llvm::all_of(func.getBody().front(), [](Operation &op) {
           return isa<act::ApplyOp, func::ReturnOp>(op);
         });
}

/// Storage attributes for these tensor types.
static ArrayAttr storageOf(Builder &builder, ArrayRef<Type> types) {
  SmallVector<Attribute> dictionaries;
  for (Type type : types)
    dictionaries.push_back(builder.getDictionaryAttr(builder.getNamedAttr(
        act::kStorageAttr,
        TypeAttr::get(cast<RankedTensorType>(type).getElementType()))));
  return builder.getArrayAttr(dictionaries);
}

static void fuse(func::FuncOp func) {
  OpBuilder builder(func);
  Type real = builder.getF64Type();
  SmallVector<Type> inputs(func.getNumArguments(), real);
  SmallVector<Type> results(func.getNumResults(), real);
  auto fused = builder.create<act::FuncOp>(
      func.getLoc(), func.getSymName(),
      builder.getFunctionType(inputs, results));
  fused.setVisibility(func.getVisibility());
  fused.setArgAttrsAttr(storageOf(builder, func.getArgumentTypes()));
  fused.setResAttrsAttr(storageOf(builder, func.getResultTypes()));
  Block *body = builder.createBlock(&fused.getBody());
  IRMapping mapping;
  for (BlockArgument arg : func.getArguments())
    mapping.map(arg, body->addArgument(real, arg.getLoc()));
  for (Operation &op : func.getBody().front()) {
    if (auto apply = dyn_cast<act::ApplyOp>(op)) {
      SmallVector<Value> operands;
      for (Value input : apply.getInputs())
        operands.push_back(mapping.lookup(input));
      SmallVector<Type> types(apply.getNumResults(), real);
      auto scalar = builder.create<act::ApplyOp>(
          op.getLoc(), types, apply.getCallee(), operands, ValueRange(),
          apply.getParamsAttr());
      mapping.map(apply.getResults(), scalar.getResults());
      continue;
    }
    SmallVector<Value> values;
    for (Value value : op.getOperands())
      values.push_back(mapping.lookup(value));
    builder.create<act::ReturnOp>(op.getLoc(), values);
  }
  func.erase();
}

namespace {
struct Fuse : act::impl::ActFuseBase<Fuse> {
  void runOnOperation() override {
    // What func.call names must stay a func.func.
    auto isUsed = [&](func::FuncOp func) {
      return !SymbolTable::symbolKnownUseEmpty(func, getOperation());
    };
    for (func::FuncOp func :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (isChain(func) && !isUsed(func))
        fuse(func);
  }
};
} // namespace

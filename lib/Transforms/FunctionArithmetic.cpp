//===- FunctionArithmetic.cpp - What a function is computed in ------------===//

#include "act/Transforms/FunctionArithmetic.h"
#include "RoundsOnce.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace act;

FnAttr act::identityOf(FuncOp func, unsigned number) {
  auto identity = func.getResultAttrOfType<FnAttr>(number, kIdentityAttr);
  if (!identity && func.getNumResults() == 1)
    identity = func.getIdentityAttr();
  return identity;
}

FnAttr act::identityAtDefaults(FuncOp func, unsigned number) {
  FnAttr identity = identityOf(func, number);
  return identity && identity.getParams().empty() ? identity : nullptr;
}

/// True if all results are rows of the catalogue or their first derivatives.
static bool isRow(FuncOp func) {
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    FnAttr identity = identityOf(func, i);
    if (!identity || identity.getOrder() > 1)
      return false;
  }
  return true;
}

/// True if what depends on several arguments is a product, as in the gradient
/// of a function of one: nothing cancels but in functions of one argument,
/// which have their patches.
static bool isProductOfUnary(FuncOp func) {
  if (func.getNumArguments() < 2)
    return false;
  Block &body = func.getBody().front();
  llvm::DenseMap<Value, llvm::SmallBitVector> depends;
  for (BlockArgument argument : body.getArguments()) {
    llvm::SmallBitVector &bits = depends[argument];
    bits.resize(body.getNumArguments());
    bits.set(argument.getArgNumber());
  }
  for (Operation &op : body.without_terminator()) {
    llvm::SmallBitVector bits(body.getNumArguments());
    for (Value operand : op.getOperands())
      bits |= depends[operand];
    if (bits.count() > 1 &&
        !isa<arith::MulFOp, arith::NegFOp, arith::SelectOp>(op))
      return false;
    for (Value result : op.getResults())
      depends[result] = bits;
  }
  return true;
}

/// The type of these that asks for most.
static DType moreDemanding(DType a, DType b) {
  for (DType type : {DType::F64, DType::F32, DType::BF16})
    if (a == type || b == type)
      return type;
  return DType::F16;
}

static DType storageNamed(Type type) {
  return type.isF64()    ? DType::F64
         : type.isF32()  ? DType::F32
         : type.isBF16() ? DType::BF16
                         : DType::F16; // Or a mask, which asks for nothing.
}

FloatType act::storageOf(FuncOp func, unsigned number, Type unstated) {
  if (func.getResultAttr(number, kReduceAttr))
    return nullptr;
  auto stated = func.getResultAttrOfType<TypeAttr>(number, kStorageAttr);
  return dyn_cast<FloatType>(stated ? stated.getValue() : unstated);
}

/// True if the arithmetic of the default class, in the type of the result,
/// gives the nearest number or nearly so.
static bool isNearest(FuncOp func, unsigned number, FloatType type,
                      Type unstated) {
  Arithmetic arithmetic = arithmeticOf(func, unstated, Accuracy::Default);
  if (storageNamed(type) != arithmetic.compute ||
      !func.getBody().getOps<RoundOp>().empty())
    return false;
  arithmetic.forStrict = true;
  FnAttr identity = identityAtDefaults(func, number);
  const ApproximationInfo *whole = nullptr;
  if (identity && func.getNumArguments() == 1)
    whole = chooseWhole(identity.getName(), identity.getOrder(), arithmetic);
  return whole ? !whole->NeedsSubnormals : roundsOnce(func, number, type);
}

Accuracy act::accuracyOf(FuncOp func, unsigned number, Type unstated,
                         Accuracy accuracy, bool forGpu) {
  FnAttr identity = identityOf(func, number);
  FloatType type = storageOf(func, number, unstated);
  // On a GPU the default class divides otherwise.
  if (accuracy == Accuracy::Strict)
    return type && !forGpu && isNearest(func, number, type, unstated)
               ? Accuracy::Default
               : Accuracy::Strict;
  if (!identity || !type)
    return accuracy;
  if (forGpu && type.getWidth() == 16)
    return accuracy;
  bool isAtDefaults =
      identity.getParams().empty() && func.getNumArguments() == 1;
  return isAsStrict(identity.getName(), identity.getOrder(), storageNamed(type),
                    isAtDefaults, accuracy)
             ? Accuracy::Strict
             : accuracy;
}

Accuracy act::accuracyOf(FuncOp func, Type unstated, Accuracy accuracy,
                         bool forGpu) {
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (accuracyOf(func, i, unstated, accuracy, forGpu) == Accuracy::Strict)
      return Accuracy::Strict;
  return accuracy == Accuracy::Strict ? Accuracy::Default : accuracy;
}

Arithmetic act::arithmeticOf(FuncOp func, Type unstated, Accuracy accuracy,
                             bool forGpu) {
  DType widest = DType::F16;
  auto add = [&](Attribute stated) {
    Type type = stated ? cast<TypeAttr>(stated).getValue() : unstated;
    widest = moreDemanding(widest, storageNamed(type));
  };
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    add(func.getArgAttr(i, kStorageAttr));
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    add(func.getResultAttr(i, kStorageAttr));
  bool isKnown = isRow(func) || (forGpu && isProductOfUnary(func));
  Arithmetic arithmetic = arithmeticFor(widest, accuracy, isKnown, forGpu);
  // Only another input may bring back what is below the range.
  if (forGpu && arithmetic.isQuick() && func.getNumArguments() == 1)
    arithmetic.fullRange = false;
  return arithmetic;
}

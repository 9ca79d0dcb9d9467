//===- FunctionArithmetic.cpp - What a function is computed in ------------===//

#include "act/Transforms/FunctionArithmetic.h"

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

Accuracy act::accuracyOf(FuncOp func, unsigned number, Type unstated,
                         Accuracy accuracy, bool forGpu) {
  FnAttr identity = identityOf(func, number);
  FloatType type = storageOf(func, number, unstated);
  if (accuracy == Accuracy::Strict || !identity || !type)
    return accuracy;
  if (forGpu && type.getWidth() == 16)
    return accuracy;
  // The fast class promises of f64 what the default class does.
  if (accuracy == Accuracy::Fast && !type.isF64())
    return accuracy;
  bool isAtDefaults =
      identity.getParams().empty() && func.getNumArguments() == 1;
  return isAsStrict(identity.getName(), identity.getOrder(), storageNamed(type),
                    isAtDefaults)
             ? Accuracy::Strict
             : accuracy;
}

Accuracy act::accuracyOf(FuncOp func, Type unstated, Accuracy accuracy,
                         bool forGpu) {
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (accuracyOf(func, i, unstated, accuracy, forGpu) == Accuracy::Strict)
      return Accuracy::Strict;
  return accuracy;
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
  return arithmeticFor(widest, accuracy, isRow(func), forGpu);
}

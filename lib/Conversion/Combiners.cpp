//===- Combiners.cpp - What the combiners of act.row do -------------------===//

#include "Combiners.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace act;

llvm::APFloat act::neutralOf(llvm::StringRef combiner, FloatType type) {
  const llvm::fltSemantics &semantics = type.getFloatSemantics();
  if (combiner == "sum")
    return llvm::APFloat::getZero(semantics);
  return combiner == "maxnum"
             ? llvm::APFloat::getLargest(semantics, /*Negative=*/true)
             : llvm::APFloat::getInf(semantics, /*Negative=*/true);
}

Value act::combine(llvm::StringRef combiner, Value before, Value next,
                   Location loc, OpBuilder &builder) {
  if (combiner == "sum")
    return builder.create<arith::AddFOp>(loc, before, next);
  Value isLarger = builder.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OGT,
                                                 next, before);
  if (combiner == "max") { // A NaN is taken, and stays.
    Value isNaN = builder.create<arith::CmpFOp>(loc, arith::CmpFPredicate::UNE,
                                                next, next);
    isLarger = builder.create<arith::OrIOp>(loc, isLarger, isNaN);
  }
  return builder.create<arith::SelectOp>(loc, isLarger, next, before);
}

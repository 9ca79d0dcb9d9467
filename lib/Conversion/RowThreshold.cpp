//===- RowThreshold.cpp - The threshold of a sparse vector ----------------===//
//
// f(t) = sum(max(z - t, 0)^k) is convex and falls; with the largest z at 0 it
// is at least 1 at t = -1. Newton's method from there rises to the t of
// f(t) = 1 and stops where it does not rise any more, after a few steps: of
// k = 1 when the elements above t stay the same. Each step sums over the
// row. (Michelot 1986, J. Optim. Theory Appl. 50, for k = 1; Peters, Niculae
// and Martins 2019, arXiv:1905.05702, for entmax.)
//
//===----------------------------------------------------------------------===//

#include "RowThreshold.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace act;

SmallVector<Value, 2> act::thresholdTerms(bool squared, Value z, Value t,
                                          Value mask, Location loc,
                                          OpBuilder &builder) {
  auto number = [&](double value) -> Value {
    Type type = z.getType();
    Type element = getElementTypeOrSelf(type);
    TypedAttr attr = builder.getFloatAttr(element, value);
    if (auto vector = dyn_cast<VectorType>(type))
      attr = DenseElementsAttr::get(vector, Attribute(attr));
    return builder.create<arith::ConstantOp>(loc, attr);
  };
  Value over = builder.create<arith::SubFOp>(loc, z, t);
  // A NaN is above t, so that t becomes NaN.
  Value counts =
      builder.create<arith::CmpFOp>(loc, arith::CmpFPredicate::UGT, z, t);
  if (mask)
    counts = builder.create<arith::AndIOp>(loc, counts, mask);
  Value value =
      squared ? Value(builder.create<arith::MulFOp>(loc, over, over)) : over;
  Value slope = squared ? Value(builder.create<arith::AddFOp>(loc, over, over))
                        : number(1);
  SmallVector<Value, 2> terms;
  for (Value term : {value, slope})
    terms.push_back(
        builder.create<arith::SelectOp>(loc, counts, term, number(0)));
  return terms;
}

Value act::writeThreshold(
    FloatType type, llvm::function_ref<SmallVector<Value, 2>(Value t)> sums,
    Location loc, OpBuilder &builder) {
  auto number = [&](double value) -> Value {
    return builder.create<arith::ConstantOp>(loc,
                                             builder.getFloatAttr(type, value));
  };
  auto isAbove = [&](arith::CmpFPredicate predicate, Value a, Value b) {
    return builder.create<arith::CmpFOp>(loc, predicate, a, b);
  };
  Value zero = number(0), one = number(1), first = number(-1);
  Value yes = builder.create<arith::ConstantOp>(loc, builder.getBoolAttr(true));
  // Steps as long as t rises.
  auto steps = builder.create<scf::WhileOp>(
      loc, TypeRange{type, builder.getI1Type()}, ValueRange{first, yes});
  OpBuilder::InsertionGuard guard(builder);
  Block *before = builder.createBlock(&steps.getBefore(), {},
                                      {type, builder.getI1Type()}, {loc, loc});
  builder.create<scf::ConditionOp>(loc, before->getArgument(1),
                                   before->getArguments());
  Block *step = builder.createBlock(&steps.getAfter(), {},
                                    {type, builder.getI1Type()}, {loc, loc});
  Value t = step->getArgument(0);
  // f(t), and how steeply it falls there.
  SmallVector<Value, 2> sum = sums(t);
  // Without elements above t the quotient is +inf, and so is what remains.
  Value excess = builder.create<arith::SubFOp>(loc, one, sum[0]);
  Value descent = builder.create<arith::SubFOp>(loc, zero, sum[1]);
  Value better = builder.create<arith::AddFOp>(
      loc, t, builder.create<arith::DivFOp>(loc, excess, descent));
  Value rises = isAbove(arith::CmpFPredicate::OGT, better, t);
  Value isBetter = isAbove(arith::CmpFPredicate::UGT, better, t);
  Value next = builder.create<arith::SelectOp>(loc, isBetter, better, t);
  builder.create<scf::YieldOp>(loc, ValueRange{next, rises});
  return steps.getResult(0);
}

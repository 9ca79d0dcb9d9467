//===- RoundToOdd.cpp - f64 to f32 without a second rounding --------------===//

#include "RoundToOdd.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

Value act::roundToOdd(OpBuilder &builder, Location loc, Value value) {
  Type f32 = builder.getF32Type(), i32 = builder.getI32Type();
  auto compare = [&](arith::CmpFPredicate predicate, Value a, Value b) {
    Value found = builder.create<arith::CmpFOp>(loc, predicate, a, b);
    return builder.create<arith::ExtSIOp>(loc, i32, found);
  };
  Value nearest = builder.create<arith::TruncFOp>(loc, f32, value);
  Value back = builder.create<arith::ExtFOp>(loc, value.getType(), nearest);
  // Towards zero first: one less in the order of magnitudes, infinity and the
  // smallest subnormal included.
  Value isTooLarge = compare(arith::CmpFPredicate::OGT,
                             builder.create<math::AbsFOp>(loc, back),
                             builder.create<math::AbsFOp>(loc, value));
  Value bits = builder.create<arith::BitcastOp>(loc, i32, nearest);
  bits = builder.create<arith::AddIOp>(loc, bits, isTooLarge);
  // Then the last bit, which a truncated value lacks or has already.
  Value isInexact = compare(arith::CmpFPredicate::ONE, back, value);
  Value one =
      builder.create<arith::ConstantOp>(loc, builder.getI32IntegerAttr(1));
  bits = builder.create<arith::OrIOp>(
      loc, bits, builder.create<arith::AndIOp>(loc, isInexact, one));
  Value odd = builder.create<arith::BitcastOp>(loc, f32, bits);
  return builder.create<arith::ExtFOp>(loc, value.getType(), odd);
}

//===- Rounding.cpp - Numbers of one type rounded to another --------------===//

#include "act/Transforms/Rounding.h"
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

Value act::patternOfBF16(OpBuilder &builder, Location loc, Value value) {
  Type i32 = builder.getI32Type();
  auto integer = [&](int32_t number) -> Value {
    return builder.create<arith::ConstantOp>(loc,
                                             builder.getI32IntegerAttr(number));
  };
  Value bits = builder.create<arith::BitcastOp>(loc, i32, value);
  Value high = builder.create<arith::ShRUIOp>(loc, bits, integer(16));
  Value odd = builder.create<arith::AndIOp>(loc, high, integer(1));
  Value bias = builder.create<arith::AddIOp>(loc, odd, integer(0x7fff));
  Value sum = builder.create<arith::AddIOp>(loc, bits, bias);
  Value rounded = builder.create<arith::ShRUIOp>(loc, sum, integer(16));
  // A NaN must not become an infinity: its quiet bit is set.
  Value quiet = builder.create<arith::OrIOp>(loc, high, integer(0x40));
  Value isNaN = builder.create<arith::CmpFOp>(loc, arith::CmpFPredicate::UNE,
                                              value, value);
  return builder.create<arith::SelectOp>(loc, isNaN, quiet, rounded);
}

Value act::roundF64To(OpBuilder &builder, Location loc, Value value, Type to) {
  if (to.isF64())
    return value;
  Type f32 = builder.getF32Type();
  if (!to.isF32())
    value = roundToOdd(builder, loc, value);
  Value narrow = builder.create<arith::TruncFOp>(loc, f32, value);
  if (to.isBF16()) {
    Value pattern = patternOfBF16(builder, loc, narrow);
    Value sixteen =
        builder.create<arith::ConstantOp>(loc, builder.getI32IntegerAttr(16));
    Value bits = builder.create<arith::ShLIOp>(loc, pattern, sixteen);
    narrow = builder.create<arith::BitcastOp>(loc, f32, bits);
  } else if (to.isF16()) {
    narrow = builder.create<arith::TruncFOp>(loc, to, narrow);
  }
  return builder.create<arith::ExtFOp>(loc, value.getType(), narrow);
}

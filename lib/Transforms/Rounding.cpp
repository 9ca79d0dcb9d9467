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

namespace {
/// What an f32 with the exponent of an 8-bit float looks like.
struct Small {
  /// Bits of the significand behind the point, the bits of the largest finite
  /// number and of the least normal one as f32, and the exponent of the least
  /// subnormal one.
  int mantissa;
  int32_t largest, leastNormal;
  int leastExponent;
};
} // namespace

/// Floats in integers: in the order of magnitudes, the 8-bit pattern of a
/// normal number is the f32's without its last bits, counted from another
/// exponent.
static Value patternOfSmall(OpBuilder &builder, Location loc, Value value,
                            const Small &format) {
  Type f32 = builder.getF32Type(), i32 = builder.getI32Type();
  auto integer = [&](int32_t number) -> Value {
    return builder.create<arith::ConstantOp>(loc,
                                             builder.getI32IntegerAttr(number));
  };
  auto add = [&](Value a, Value b) -> Value {
    return builder.create<arith::AddIOp>(loc, a, b);
  };
  int shift = 23 - format.mantissa;
  Value bits = builder.create<arith::BitcastOp>(loc, i32, value);
  Value magnitude =
      builder.create<arith::AndIOp>(loc, bits, integer(0x7fffffff));
  Value within =
      builder.create<arith::MinSIOp>(loc, magnitude, integer(format.largest));
  Value last = builder.create<arith::AndIOp>(
      loc, builder.create<arith::ShRUIOp>(loc, within, integer(shift)),
      integer(1));
  Value sum = add(add(within, last), integer((1 << (shift - 1)) - 1));
  // The exponent 0 is that of subnormal numbers.
  int32_t offset = (format.leastNormal >> shift) - (1 << format.mantissa);
  Value normal = add(builder.create<arith::ShRUIOp>(loc, sum, integer(shift)),
                     integer(-offset));
  // A sum with a number whose last place is the least subnormal number has as
  // many of these in its last bits.
  int32_t unit = (format.leastExponent + 23 + 127) << 23;
  Value large = builder.create<arith::BitcastOp>(loc, f32, integer(unit));
  Value shifted = builder.create<arith::AddFOp>(
      loc, builder.create<arith::BitcastOp>(loc, f32, within), large);
  Value subnormal =
      add(builder.create<arith::BitcastOp>(loc, i32, shifted), integer(-unit));
  Value isNormal = builder.create<arith::CmpIOp>(
      loc, arith::CmpIPredicate::sge, within, integer(format.leastNormal));
  Value rounded =
      builder.create<arith::SelectOp>(loc, isNormal, normal, subnormal);
  Value sign = builder.create<arith::AndIOp>(
      loc, builder.create<arith::ShRUIOp>(loc, bits, integer(24)),
      integer(0x80));
  Value isNaN = builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::sgt,
                                              magnitude, integer(0x7f800000));
  return builder.create<arith::SelectOp>(
      loc, isNaN, integer(0x7f),
      builder.create<arith::OrIOp>(loc, rounded, sign));
}

/// The bits of x + 1.5 2^23, of which the last are those of the integer x.
static Value patternOfInteger(OpBuilder &builder, Location loc, Value value) {
  auto number = [&](float x) -> Value {
    return builder.create<arith::ConstantOp>(loc, builder.getF32FloatAttr(x));
  };
  auto limit = [&](arith::CmpFPredicate predicate, Value x,
                   float end) -> Value {
    Value isInside =
        builder.create<arith::CmpFOp>(loc, predicate, x, number(end));
    return builder.create<arith::SelectOp>(loc, isInside, x, number(end));
  };
  Value isNumber = builder.create<arith::CmpFOp>(loc, arith::CmpFPredicate::ORD,
                                                 value, value);
  value = builder.create<arith::SelectOp>(loc, isNumber, value, number(0));
  value = limit(arith::CmpFPredicate::OLT, value, 127);
  value = limit(arith::CmpFPredicate::OGT, value, -128);
  value = builder.create<arith::AddFOp>(loc, value, number(0x1.8p23));
  return builder.create<arith::BitcastOp>(loc, builder.getI32Type(), value);
}

Value act::patternOf8Bits(OpBuilder &builder, Location loc, Value value,
                          Type type) {
  // 448 and 2^-6; 57344 and 2^-14.
  constexpr Small e4m3 = {3, 0x43e00000, 0x3c800000, -9};
  constexpr Small e5m2 = {2, 0x47600000, 0x38800000, -16};
  if (type.isInteger(8))
    return patternOfInteger(builder, loc, value);
  return patternOfSmall(builder, loc, value, type.isFloat8E5M2() ? e5m2 : e4m3);
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

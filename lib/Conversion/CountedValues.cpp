//===- CountedValues.cpp - What a stored value is counted as --------------===//

#include "CountedValues.h"
#include "act/Reference/Limits.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace act;

CountedValues::CountedValues(FuncOp func, unsigned result, FloatType format)
    : format(format) {
  // A mark that is still empty states no limits.
  auto texts = func.getResultAttrOfType<ArrayAttr>(result, kStatsAttr);
  if (!texts)
    return;
  for (auto text : texts.getAsValueRange<StringAttr>()) {
    APFloat limit = storedLimit(text, semantics());
    if (limit.isZero())
      hasZeroLimit = true;
    else
      nonzero.push_back(limit);
  }
}

/// A constant of the integer type, or the vector of them, of `pattern`.
static Value constantLike(Value pattern, const APInt &bits,
                          OpBuilder &builder) {
  Type type = pattern.getType();
  TypedAttr value = builder.getIntegerAttr(getElementTypeOrSelf(type), bits);
  if (auto vector = dyn_cast<VectorType>(type))
    value = DenseElementsAttr::get(vector, bits);
  return builder.create<arith::ConstantOp>(pattern.getLoc(), value);
}

Value CountedValues::magnitudeOf(Value pattern, OpBuilder &builder) const {
  APInt largest =
      APInt::getSignedMaxValue(APFloat::semanticsSizeInBits(semantics()));
  return builder.create<arith::AndIOp>(pattern.getLoc(), pattern,
                                       constantLike(pattern, largest, builder));
}

Value CountedValues::isOf(unsigned mask, Value pattern, Value magnitude,
                          OpBuilder &builder) const {
  Location loc = pattern.getLoc();
  auto compare = [&](arith::CmpIPredicate predicate, Value value,
                     const APFloat &number) -> Value {
    return builder.create<arith::CmpIOp>(
        loc, predicate, value,
        constantLike(value, number.bitcastToAPInt(), builder));
  };
  auto equals = [&](Value value, const APFloat &number) {
    return compare(arith::CmpIPredicate::eq, value, number);
  };
  if (mask == kZeroMask)
    return equals(magnitude, APFloat::getZero(semantics()));
  if (mask == kNonFiniteMask)
    // Magnitudes have no sign; not all levels compare unsigned integers.
    return compare(arith::CmpIPredicate::sge, magnitude,
                   APFloat::getInf(semantics()));
  bool isOfBothSigns = nonzero.size() > 1 && nonzero[0] == neg(nonzero[1]);
  if (isOfBothSigns)
    return equals(magnitude, abs(nonzero[0]));
  Value bit = equals(pattern, nonzero[0]);
  if (nonzero.size() > 1)
    bit = builder.create<arith::OrIOp>(loc, bit, equals(pattern, nonzero[1]));
  return bit;
}

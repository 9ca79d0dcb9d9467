//===- SoftmaxBody.cpp - What the options of a softmax mean ---------------===//

#include "act/IR/ExactNumber.h"
#include "act/IR/Softmax.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace act;

std::string act::exactTextOf(Value value) {
  if (auto constant = value.getDefiningOp<act::ConstantOp>())
    return constant.getValue().str();
  auto ratio = value.getDefiningOp<arith::DivFOp>();
  if (!ratio)
    return "";
  auto p = ratio.getLhs().getDefiningOp<act::ConstantOp>();
  auto q = ratio.getRhs().getDefiningOp<act::ConstantOp>();
  if (!p || !q || q.getValue().starts_with("-"))
    return "";
  std::string text = (p.getValue() + "/" + q.getValue()).str();
  return isExactNumber(text) ? text : "";
}

std::string act::positionName(int64_t axis) {
  return "position(" + std::to_string(axis) + ")";
}

Value act::buildIsNotZero(OpBuilder &builder, Location loc, Value number) {
  Value zero = builder.create<act::ConstantOp>(loc, number.getType(),
                                               builder.getStringAttr("0"));
  return builder.create<arith::CmpFOp>(loc, arith::CmpFPredicate::UNE, number,
                                       zero);
}

Value act::buildCausalMask(OpBuilder &builder, Location loc, Value key,
                           Value query, Value offset, Value mask) {
  if (offset)
    query = builder.create<arith::AddFOp>(loc, query, offset);
  Value causal =
      builder.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OLE, key, query);
  return mask ? builder.create<arith::AndIOp>(loc, causal, mask) : causal;
}

Value act::buildSoftmax(OpBuilder &builder, Location loc, StringRef form,
                        StringRef empty, SoftmaxInputs inputs) {
  Value x = inputs.x, scale = inputs.scale, temperature = inputs.temperature;
  Type type = x.getType();
  // A factor is applied behind the difference if it is known to be positive.
  bool isLate = scale && isPositiveNumber(exactTextOf(scale)) &&
                !inputs.softcap && !inputs.bias;
  if (scale && !isLate) {
    x = builder.create<arith::MulFOp>(loc, x, scale);
    scale = {};
  }
  if (Value cap = inputs.softcap) {
    Value inner = builder.create<arith::DivFOp>(loc, x, cap);
    Value bent = builder.create<math::TanhOp>(loc, inner);
    x = builder.create<arith::MulFOp>(loc, cap, bent);
  }
  if (inputs.bias)
    x = builder.create<arith::AddFOp>(loc, x, inputs.bias);
  // Of one that is computed nobody knows that it is positive.
  if (temperature && exactTextOf(temperature).empty() &&
      !inputs.hasPositiveTemperature) {
    x = builder.create<arith::DivFOp>(loc, x, temperature);
  } else if (temperature) {
    Value one = scale ? scale
                      : builder.create<act::ConstantOp>(
                            loc, type, builder.getStringAttr("1"));
    scale = builder.create<arith::DivFOp>(loc, one, temperature);
  }
  return builder.create<SoftmaxOp>(loc, type, builder.getStringAttr(form), x,
                                   scale, inputs.mask, inputs.sink,
                                   builder.getStringAttr(empty));
}

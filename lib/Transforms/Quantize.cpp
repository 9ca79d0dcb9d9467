//===- Quantize.cpp - A quantised result becomes operations ---------------===//
//
// Behind the approximation of the function, whose result y is so what any
// kernel of it computes before it rounds. Before: act.return %y, marked
// #act.quantization<e4m3, row>; after: the largest |y| of the row, the scale
// s, which is a second result, and y / s, which is stored in 8 bits.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Quantize.h"
#include "act/Reference/Quad.h"
#include "act/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace act {
#define GEN_PASS_DEF_ACTQUANTIZE
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

LogicalResult act::markQuantized(FuncOp func, QuantizationAttr quantization) {
  if (isRowFunction(func))
    return func.emitError("combines the elements of a row; only results of "
                          "elementwise functions are quantised, so give its "
                          "result to another kernel, of 'identity'");
  if (func.getQuantization())
    return func.emitError("has a result that is quantised already");
  if (func.getNumResults() > 1)
    return func.emitError("has ")
           << func.getNumResults()
           << " results; only that of a function of one is quantised";
  func.setResultAttr(0, kQuantizeAttr, quantization);
  if (quantization.isDynamic())
    func->setAttr(kAxisAttr, Builder(func.getContext()).getI64IntegerAttr(-1));
  return func.verifyQuantized();
}

namespace {

/// Writes what stands behind y, in its type.
class Quantizer {
public:
  Quantizer(FuncOp func, bool forGpu)
      : func(func), forGpu(forGpu), quantization(func.getQuantization()),
        builder(func.getReturn()), loc(func.getReturn().getLoc()),
        type(cast<FloatType>(func.getResultTypes().front())) {}

  void run();

private:
  Value constant(double value) {
    return builder.create<arith::ConstantOp>(loc,
                                             builder.getFloatAttr(type, value));
  }
  Value scaleOf(Value y);
  Value inverse(Value scale);
  void addScales();

  FuncOp func;
  bool forGpu;
  QuantizationAttr quantization;
  OpBuilder builder;
  Location loc;
  FloatType type;
};

} // namespace

/// 1 where the largest number is none that a scale can be made of: in rows of
/// zeros and of NaN, and where it is infinite.
Value Quantizer::scaleOf(Value y) {
  using Predicate = arith::CmpFPredicate;
  auto compare = [&](Predicate predicate, Value a, Value b) -> Value {
    return builder.create<arith::CmpFOp>(loc, predicate, a, b);
  };
  auto select = [&](Value condition, Value a, Value b) -> Value {
    return builder.create<arith::SelectOp>(loc, condition, a, b);
  };
  Value magnitude = builder.create<math::AbsFOp>(loc, y);
  Value largest = builder.create<RowOp>(loc, "maxnum", magnitude);
  Value least = constant(kLeastScale);
  Value scale = builder.create<arith::MulFOp>(
      loc, largest, constant(1 / quantizedMax(quantization.getFormat())));
  scale = select(compare(Predicate::OGT, scale, least), scale, least);
  Value finite = constant(std::numeric_limits<float>::max());
  Value isUsable = builder.create<arith::AndIOp>(
      loc, compare(Predicate::OGT, largest, constant(0)),
      compare(Predicate::OLE, largest, finite));
  scale = select(isUsable, scale, constant(1));
  if (!type.isF64())
    return scale;
  // Elements are divided by what is stored.
  Value stored =
      builder.create<arith::TruncFOp>(loc, builder.getF32Type(), scale);
  return builder.create<arith::ExtFOp>(loc, type, stored);
}

/// Once a row. A scale is far from the ends of the range of f32.
Value Quantizer::inverse(Value scale) {
  if (forGpu && type.isF32())
    return builder.create<NvOp>(loc, type, "rcp", scale);
  return builder.create<arith::DivFOp>(loc, constant(1), scale);
}

/// Declares the second result.
void Quantizer::addScales() {
  Type results[] = {type, type};
  Attribute first = func.getResAttrsAttr()[0];
  func.setFunctionType(
      builder.getFunctionType(func.getArgumentTypes(), results));
  NamedAttrList scales;
  scales.set(kNameAttr, builder.getStringAttr("scale"));
  scales.set(kStorageAttr, TypeAttr::get(builder.getF32Type()));
  func.setResAttrsAttr(builder.getArrayAttr(
      {first, scales.getDictionary(builder.getContext())}));
}

void Quantizer::run() {
  ReturnOp end = func.getReturn();
  Value y = end.getOperand(0), factor, scale;
  if (quantization.isDynamic()) {
    scale = scaleOf(y);
    factor = inverse(scale);
  } else if (double inverse = double(1 / quadFromText(quantization.getScale()));
             inverse != 1) {
    factor = constant(inverse);
  }
  if (factor)
    y = builder.create<arith::MulFOp>(loc, y, factor);
  func.removeResultAttr(0, builder.getStringAttr(kQuantizeAttr));
  func.setResultAttr(0, kStorageAttr,
                     TypeAttr::get(quantization.getElementType()));
  if (!scale) {
    end->setOperands(y);
    return;
  }
  func.setResultAttr(0, kSpreadAttr, builder.getUnitAttr());
  end->setOperands({y, scale});
  addScales();
}

namespace {
struct Quantize : act::impl::ActQuantizeBase<Quantize> {
  using ActQuantizeBase::ActQuantizeBase;

  void runOnOperation() override {
    if (getOperation().getQuantization())
      Quantizer(getOperation(), target == "nvptx").run();
  }
};
} // namespace

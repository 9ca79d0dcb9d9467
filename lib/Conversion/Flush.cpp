//===- Flush.cpp - Subnormal numbers become zeros in a kernel -------------===//

#include "Flush.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;
using namespace act;

static double leastNormal(FloatType format) {
  return llvm::APFloat::getSmallestNormalized(format.getFloatSemantics())
      .convertToDouble();
}

Value Flusher::zeroBelow(Value magnitude, double least, Value y) {
  Value isTiny = emit.lt(emit.abs(magnitude), emit.constant(least));
  return emit.select(isTiny, emit.copysign(emit.constant(0.0), y), y);
}

Value Flusher::input(Value x, FloatType format) {
  // True of a subnormal number whether or not DAZ compares it as zero.
  return zeroBelow(x, leastNormal(format), x);
}

/// A product just below the least normal number is rounded to it, or FTZ makes
/// a zero of it. The same product 2^kLift times as large shows which.
static constexpr int kLift = 100;

Value Flusher::settled(Value y) {
  Operation *op = y.getDefiningOp();
  if (!op)
    return y;
  Value &known = seen[y];
  if (known)
    return known;
  Value lift = emit.constant(std::ldexp(1.0, kLift));
  double least = std::ldexp(leastNormal(compute), kLift);
  Value done =
      llvm::TypeSwitch<Operation *, Value>(op)
          .Case([&](arith::MulFOp mul) {
            Value lifted = emit.mul(mul.getLhs(), lift);
            return zeroBelow(emit.mul(lifted, mul.getRhs()), least, y);
          })
          .Case([&](arith::DivFOp div) {
            Value lifted = emit.mul(div.getLhs(), lift);
            return zeroBelow(emit.div(lifted, div.getRhs()), least, y);
          })
          .Case([&](math::FmaOp fma) {
            Value lifted = emit.fma(emit.mul(fma.getA(), lift), fma.getB(),
                                    emit.mul(fma.getC(), lift));
            return zeroBelow(lifted, least, y);
          })
          .Case([&](arith::SelectOp select) {
            Value onTrue = settled(select.getTrueValue());
            Value onFalse = settled(select.getFalseValue());
            return emit.select(select.getCondition(), onTrue, onFalse);
          })
          .Case([&](arith::NegFOp neg) {
            return emit.neg(settled(neg.getOperand()));
          })
          .Case([&](math::AbsFOp abs) {
            return emit.abs(settled(abs.getOperand()));
          })
          .Case([&](math::CopySignOp copy) {
            return emit.copysign(settled(copy.getLhs()), copy.getRhs());
          })
          // A sum of normal numbers that is subnormal is exact.
          .Default(y);
  return seen[y] = done;
}

Value Flusher::result(Value y, FloatType format) {
  bool hasRoom = leastNormal(format) > leastNormal(compute);
  return input(hasRoom ? y : settled(y), format);
}

//===- BodySums.cpp - Sums and products of a body -------------------------===//
//
// Where a sum or a product is more than one operation: linear functions of an
// input, products that are part of a fused operation, and exponents that stay
// apart.
//
//===----------------------------------------------------------------------===//

#include "BodyApproximator.h"
#include "LinearRatio.h"

using namespace mlir;
using namespace act;

std::optional<LinearForm> BodyApproximator::linearForm(Value value) {
  if (isa<BlockArgument>(value))
    return LinearForm{value, 1, 0};
  Operation *op = value.getDefiningOp();
  if (!isa<arith::NegFOp, arith::AddFOp, arith::SubFOp, arith::MulFOp>(op))
    return std::nullopt;
  auto operand = [&](unsigned i) {
    // A patched value is not what it was.
    return care.contains(op->getOperand(i)) ? std::nullopt
                                            : linearForm(op->getOperand(i));
  };
  if (isa<arith::NegFOp>(op)) {
    std::optional<LinearForm> form = operand(0);
    if (form)
      *form = {form->input, -form->slope, -form->offset};
    return form;
  }
  std::optional<Quad> left = at(op->getOperand(0)).constant;
  std::optional<Quad> right = at(op->getOperand(1)).constant;
  if (left.has_value() == right.has_value())
    return std::nullopt;
  std::optional<LinearForm> form = operand(left ? 1 : 0);
  if (!form)
    return std::nullopt;
  Quad c = left ? *left : *right;
  auto &[input, slope, offset] = *form;
  if (isa<arith::MulFOp>(op))
    return LinearForm{input, c * slope, c * offset};
  if (isa<arith::AddFOp>(op))
    return LinearForm{input, slope, offset + c};
  return left ? LinearForm{input, -slope, c - offset}
              : LinearForm{input, slope, offset - c};
}

bool BodyApproximator::isShort(Value value) {
  if (!arithmetic.isWide() || care.contains(value))
    return false;
  std::optional<LinearForm> form = linearForm(value);
  if (!form || form->offset != 0 ||
      cast<BlockArgument>(form->input).getArgNumber() >= func.getNumInputs())
    return false;
  Quad slope = NumberTraits<Quad>::abs(form->slope);
  for (int k = -3; k <= 3; ++k)
    if (slope == Quad(std::ldexp(1.0, k)))
      return true;
  return false;
}

std::optional<Real> BodyApproximator::linear(Operation &op) {
  std::optional<LinearForm> form = linearForm(op.getResult(0));
  if (!form || form->slope == 0 || form->offset == 0)
    return std::nullopt;
  auto [x, slope, offset] = *form;
  if (arithmetic.resolvesTies())
    if (std::optional<LinearRatio> ratio = linearRatio(slope, offset))
      return RealEmitter::of(emitLinearRatio(real.emit, *ratio, plain(x)));
  Real shift = RealEmitter::of(offset);
  // A sum with a number of the compute type is one operation.
  if (slope == 1 && !real.low(shift))
    return std::nullopt;
  return real.mul(RealEmitter::of(slope), shifted(x, offset / slope),
                  arithmetic.twoWords);
}

Real BodyApproximator::shifted(Value x, Quad d) {
  Real shift = RealEmitter::of(d);
  if (arithmetic.twoWords)
    return real.add(at(x), shift, true);
  Real sum = real.sub(at(x), real.neg(shift), false);
  // The first addition is exact near the root.
  if (std::optional<Value> rest = real.low(shift))
    sum.hi = real.emit.add(sum.hi, *rest);
  return sum;
}

std::optional<Real> BodyApproximator::fused(Value product, Value summand,
                                            bool isNegated,
                                            bool isSummandNegated) {
  auto mul = product.getDefiningOp<arith::MulFOp>();
  if (!mul || !product.hasOneUse())
    return std::nullopt;
  Real a = at(mul.getLhs()), b = at(mul.getRhs()), c = at(summand);
  // An exponent that is apart, or a patched product, is not what it was.
  if (a.isApart() || b.isApart() || c.isApart() || at(product).constant ||
      care.contains(product))
    return std::nullopt;
  if (isNegated)
    a = real.neg(a);
  if (isSummandNegated)
    c = real.neg(c);
  return RealEmitter::of(
      real.emit.fma(real.plain(a), real.plain(b), real.plain(c)));
}

std::optional<Real> BodyApproximator::logisticSlope(Value lhs, Value rhs) {
  auto a = lhs.getDefiningOp<SigmoidOp>(), b = rhs.getDefiningOp<SigmoidOp>();
  if (!a || !b || !arithmetic.fullRange)
    return std::nullopt;
  auto isNegative = [](SigmoidOp of, SigmoidOp other) {
    auto neg = of.getOperand().getDefiningOp<arith::NegFOp>();
    return neg && neg.getOperand() == other.getOperand();
  };
  if (!isNegative(a, b) && !isNegative(b, a))
    return std::nullopt;
  Real z = at(a.getOperand());
  if (arithmetic.isQuick()) {
    Real slope = RealEmitter::of(
        approx::nvSplitSigmoidSlope(real.emit, real.plain(z)), false);
    // The sigmoid that is a term of its own.
    bool isFirst = !a->hasOneUse();
    Real shared = at(isFirst ? lhs : rhs), other = at(isFirst ? rhs : lhs);
    if (shared.last) {
      slope.hiBeside = real.emit.mul(shared.hi, real.plain(other));
      slope.beside = shared.last;
    }
    return slope;
  }
  std::optional<Value> lo = real.low(z);
  return RealEmitter::of(
      approx::sigmoidSlopeScaled(real.emit, real.plain(z), lo), false);
}

bool act::isMultiplied(Operation &op) {
  return llvm::any_of(op.getUsers(), [](Operation *user) {
    return isa<arith::MulFOp, arith::DivFOp>(user) ||
           (isa<arith::SelectOp, arith::NegFOp, arith::AddFOp, arith::SubFOp>(
                user) &&
            isMultiplied(*user));
  });
}

Real BodyApproximator::plainSum(Operation &op, Real a, Real b) {
  if (!arithmetic.flush)
    return isMultiplied(op) ? real.addScaled(a, b) : real.add(a, b, false);
  // A term may be subnormal where the sum, of larger terms, is not.
  real.shrink(a);
  real.shrink(b);
  return real.addScaled(a, b);
}

std::optional<Real> BodyApproximator::liftedProduct(Operation &op) {
  bool flush = arithmetic.flush && !arithmetic.isWide();
  if (!flush && !arithmetic.twoWords)
    return std::nullopt;
  // In two words a factor adds half an ulp of a subnormal number, which the
  // class has to spare for one, and not for another one behind a function.
  bool grows = (flush && isMultiplied(op)) ||
               llvm::any_of(op.getUsers(), [](auto *user) {
                 return isa<math::TanhOp, math::ErfOp, math::Log1pOp>(user);
               });
  for (unsigned i : {0, 1}) {
    std::optional<Quad> c = at(op.getOperand(i)).constant;
    Value x = op.getOperand(1 - i);
    if (!grows || !c || !isa<BlockArgument>(x))
      continue;
    Quad magnitude = NumberTraits<Quad>::abs(*c);
    if (magnitude < 1 && magnitude > Quad(0x1p-60))
      return real.mulLifted(*c, plain(x));
  }
  return std::nullopt;
}

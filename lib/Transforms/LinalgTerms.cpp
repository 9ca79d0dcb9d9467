//===- LinalgTerms.cpp - Sums of exponentials in linalg -------------------===//

#include "LinalgTerms.h"
#include "LinalgScaling.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace act;

linalg::LinalgOp act::elementwise(Value value) {
  auto op = value.getDefiningOp<linalg::LinalgOp>();
  return op && op.hasPureTensorSemantics() && op->getNumResults() == 1 &&
                 op.getNumReductionLoops() == 0 &&
                 op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity()
             ? op
             : nullptr;
}

Value act::yieldedBy(linalg::LinalgOp op) {
  return op.getBlock()->getTerminator()->getOperand(0);
}

Value act::tensorOf(linalg::LinalgOp op, Value inBody) {
  auto arg = dyn_cast<BlockArgument>(inBody);
  if (!arg || arg.getOwner() != op.getBlock() ||
      arg.getArgNumber() >= op.getNumDpsInputs())
    return nullptr;
  OpOperand *operand = op.getDpsInputOperand(arg.getArgNumber());
  return op.getMatchingIndexingMap(operand).isIdentity() ? operand->get()
                                                         : Value();
}

static bool isZero(Value value) {
  std::optional<APFloat> number = numberOf(value);
  return number && number->isZero();
}

static std::optional<Terms> termsOf(Value value) {
  linalg::LinalgOp op = elementwise(value);
  if (!op)
    return std::nullopt;
  Terms terms{op, Value(), {op, Value()}};
  Value term = yieldedBy(op);
  if (auto select = term.getDefiningOp<arith::SelectOp>();
      select && isZero(select.getFalseValue())) {
    terms.condition = select.getCondition();
    term = select.getTrueValue();
    // Of the terms without the condition.
    if (Value tensor = tensorOf(op, term)) {
      if (!(op = elementwise(tensor)))
        return std::nullopt;
      term = yieldedBy(op);
    }
  }
  auto exp = term.getDefiningOp<math::ExpOp>();
  if (!exp)
    return std::nullopt;
  terms.z = {op, exp.getOperand()};
  return terms;
}

/// A value that is handed from operation to operation, where it is computed.
static BodyValue source(BodyValue value) {
  while (Value tensor = tensorOf(value.op, value.value)) {
    linalg::LinalgOp op = elementwise(tensor);
    if (!op)
      break;
    value = {op, yieldedBy(op)};
  }
  return value;
}

Logits act::logitsOf(BodyValue z) {
  BodyValue at = source(z);
  Operation *op = at.value.getDefiningOp();
  if (!isa_and_nonnull<arith::MulFOp, arith::DivFOp>(op))
    return {z, std::nullopt};
  bool isDivisor = isa<arith::DivFOp>(op);
  for (unsigned i : {1, 0}) {
    std::optional<APFloat> number = numberOf(op->getOperand(i));
    if (number && number->isFinite() && !number->isNegative() &&
        !number->isZero() && (i == 1 || !isDivisor))
      return {{at.op, op->getOperand(1 - i)}, number, isDivisor};
  }
  return {z, std::nullopt};
}

bool act::isBelowLargest(BodyValue value) {
  value = source(value);
  auto sub = value.value.getDefiningOp<arith::SubFOp>();
  auto arg = sub ? dyn_cast<BlockArgument>(sub.getRhs()) : BlockArgument();
  if (!arg || arg.getArgNumber() >= value.op.getNumDpsInputs())
    return false;
  Value other = value.op.getDpsInputOperand(arg.getArgNumber())->get();
  if (auto broadcast = other.getDefiningOp<linalg::BroadcastOp>())
    other = broadcast.getInput();
  auto of = other.getDefiningOp<linalg::LinalgOp>();
  return of && of.getNumReductionLoops() != 0 &&
         isa_and_nonnull<arith::MaximumFOp, arith::MaxNumFOp>(
             yieldedBy(of).getDefiningOp());
}

std::optional<Terms> act::summedTerms(linalg::LinalgOp sum) {
  if (!sum.hasPureTensorSemantics() || sum.getNumReductionLoops() == 0 ||
      sum.getNumDpsInputs() != 1 || sum->getNumResults() != 1 ||
      !sum.getIndexingMapsArray()[0].isIdentity() ||
      !isa_and_nonnull<arith::AddFOp>(yieldedBy(sum).getDefiningOp()))
    return std::nullopt;
  return termsOf(sum.getDpsInputs()[0]);
}

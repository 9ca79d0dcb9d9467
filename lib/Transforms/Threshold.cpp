//===- Threshold.cpp - Comparisons decided by the input -------------------===//

#include "Threshold.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace act;
using Predicate = arith::CmpFPredicate;
using Traits = NumberTraits<Quad>;

namespace {
/// A comparison of an argument of the function, or of its magnitude, with a
/// number of the compute type.
struct Threshold {
  Value argument;
  Predicate predicate;
  double bound;
};
} // namespace

/// b p' a for a p b; nothing for predicates without an order.
static std::optional<Predicate> swapped(Predicate predicate) {
  switch (predicate) {
  case Predicate::OLT:
    return Predicate::OGT;
  case Predicate::OLE:
    return Predicate::OGE;
  case Predicate::OGT:
    return Predicate::OLT;
  case Predicate::OGE:
    return Predicate::OLE;
  default:
    return std::nullopt;
  }
}

static bool isLess(Predicate predicate) {
  return predicate == Predicate::OLT || predicate == Predicate::OLE;
}

static bool holds(Quad a, Predicate predicate, Quad b) {
  bool orEqual = predicate == Predicate::OLE || predicate == Predicate::OGE;
  return a == b ? orEqual : isLess(predicate) == (a < b);
}

/// The number of the compute type with which x p `value` is decided for all
/// others: the next one up for < and >=, the next one down for <= and >.
static double separating(Quad value, Predicate predicate, bool isDouble) {
  double nearest = isDouble ? double(value) : double(float(value));
  // What is off by the rounding of the way here is that number itself.
  Quad distance = value - Quad(nearest);
  if (Traits::abs(distance) <= Traits::abs(value) * Quad(0x1p-100))
    return nearest;
  bool isUp = predicate == Predicate::OLT || predicate == Predicate::OGE;
  if (isUp == (distance < 0))
    return nearest;
  double towards = std::numeric_limits<double>::infinity();
  if (!isUp)
    towards = -towards;
  return isDouble ? std::nextafter(nearest, towards)
                  : double(std::nextafter(float(nearest), float(towards)));
}

/// `compare` as an ordered comparison of an argument, with the same outcome for
/// each number of the compute type, infinities and NaN. Nothing where neither
/// side is a constant, or the other is not linear in one argument.
static std::optional<Threshold>
findThreshold(arith::CmpFOp compare, bool isDouble,
              llvm::function_ref<std::optional<Quad>(Value)> constantOf) {
  std::optional<Predicate> predicate = compare.getPredicate();
  std::optional<Predicate> mirrored = swapped(*predicate);
  Value side = compare.getLhs();
  std::optional<Quad> known = constantOf(compare.getRhs());
  if (!known) {
    known = constantOf(side);
    side = compare.getRhs();
    predicate = mirrored;
  }
  if (!known || !mirrored)
    return std::nullopt;
  Quad bound = *known;
  // `side` p `bound`, one operation of `side` undone after the other.
  auto flip = [&] { predicate = swapped(*predicate); };
  while (Operation *op = side.getDefiningOp()) {
    if (isa<arith::NegFOp>(op)) {
      bound = -bound, flip();
      side = op->getOperand(0);
      continue;
    }
    // A magnitude is exact, and so compares as an argument does.
    if (isa<math::AbsFOp>(op) && isa<BlockArgument>(op->getOperand(0)))
      break;
    if (op->getNumOperands() != 2)
      return std::nullopt;
    std::optional<Quad> left = constantOf(op->getOperand(0));
    std::optional<Quad> right = constantOf(op->getOperand(1));
    if (left.has_value() == right.has_value())
      return std::nullopt;
    Quad c = left ? *left : *right;
    side = op->getOperand(left ? 1 : 0);
    if (isa<arith::AddFOp>(op)) {
      bound = bound - c;
    } else if (isa<arith::SubFOp>(op)) {
      bound = left ? c - bound : bound + c;
      if (left)
        flip();
    } else if (isa<arith::MulFOp>(op) || (isa<arith::DivFOp>(op) && right)) {
      bound = isa<arith::MulFOp>(op) ? bound / c : bound * c;
      if (c < 0)
        flip();
    } else if (bool isMax = isa<arith::MaximumFOp>(op);
               isMax || isa<arith::MinimumFOp>(op)) {
      // Unless the constant alone decides.
      if (holds(c, *predicate, bound) != (isMax == isLess(*predicate)))
        return std::nullopt;
    } else {
      return std::nullopt;
    }
    if (Traits::isNaN(bound) || Traits::isInfinite(bound))
      return std::nullopt;
  }
  return Threshold{side, *predicate, separating(bound, *predicate, isDouble)};
}

Value act::emitComparison(OpBuilder &builder, arith::CmpFOp compare,
                          RealEmitter &real,
                          llvm::function_ref<Real &(Value)> at) {
  auto constantOf = [&](Value v) { return at(v).constant; };
  Predicate predicate = compare.getPredicate();
  Value lhs, rhs;
  if (std::optional<Threshold> found =
          findThreshold(compare, real.emit.isDouble(), constantOf)) {
    predicate = found->predicate;
    lhs = real.plain(at(found->argument));
    rhs = real.emit.constant(found->bound);
  } else {
    lhs = real.plain(at(compare.getLhs()));
    rhs = real.plain(at(compare.getRhs()));
  }
  return builder.create<arith::CmpFOp>(compare.getLoc(), predicate, lhs, rhs);
}

//===- LinalgScaling.cpp - What a common factor does to linalg ------------===//
//
// A quotient of two tensors does not change when both are multiplied by the
// same number, in whatever way it is written: with a reciprocal, with other
// factors, of sums, in one operation or in several. Products add degrees,
// quotients subtract them, sums and comparisons take equal ones.
//
//===----------------------------------------------------------------------===//

#include "LinalgScaling.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace act;

std::optional<APFloat> act::numberOf(Value value) {
  if (auto fill = value.getDefiningOp<linalg::FillOp>())
    value = fill.getInputs()[0];
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  if (!constant)
    return std::nullopt;
  if (auto number = dyn_cast<FloatAttr>(constant.getValue()))
    return number.getValue();
  auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
  if (splat && isa<FloatType>(splat.getElementType()))
    return splat.getSplatValue<APFloat>();
  return std::nullopt;
}

namespace {
/// Degrees of the values of one body.
class BodyDegrees {
public:
  /// A zero or an infinity, which no factor changes, or nothing that is known:
  /// any degree fits the former, none the latter.
  static constexpr int kAny = 1 << 20, kNone = kAny + 1;

  explicit BodyDegrees(linalg::LinalgOp op) : op(op) {}

  void set(Value value, int degree) { degrees[value] = degree; }
  /// The degree of what is yielded.
  int run(SmallVectorImpl<std::pair<math::LogOp, int>> &logs);

private:
  int of(Value value) const;
  int of(Operation &inner) const;
  /// The degree that values have in common.
  int join(ValueRange values) const;

  linalg::LinalgOp op;
  DenseMap<Value, int> degrees;
};
} // namespace

int BodyDegrees::of(Value value) const {
  if (auto found = degrees.find(value); found != degrees.end())
    return found->second;
  std::optional<APFloat> number = numberOf(value);
  return number && (number->isZero() || number->isInfinity()) ? kAny : 0;
}

int BodyDegrees::join(ValueRange values) const {
  int degree = kAny;
  for (Value value : values) {
    int other = of(value);
    if (degree == kAny)
      degree = other;
    else if (other != kAny && other != degree)
      return kNone;
  }
  return degree;
}

int BodyDegrees::of(Operation &inner) const {
  auto operand = [&](unsigned i) { return of(inner.getOperand(i)); };
  for (Value value : inner.getOperands())
    if (of(value) == kNone)
      return kNone;
  return llvm::TypeSwitch<Operation *, int>(&inner)
      .Case<arith::MulFOp>([&](auto) {
        return operand(0) == kAny || operand(1) == kAny
                   ? kAny
                   : operand(0) + operand(1);
      })
      .Case<arith::DivFOp>([&](auto) {
        if (operand(0) == kAny)
          return kAny;
        return operand(1) == kAny ? kNone : operand(0) - operand(1);
      })
      .Case<arith::NegFOp, math::AbsFOp, arith::ExtFOp, arith::TruncFOp>(
          [&](auto) { return operand(0); })
      .Case<arith::AddFOp, arith::SubFOp, arith::MaximumFOp, arith::MinimumFOp,
            arith::MaxNumFOp, arith::MinNumFOp>(
          [&](auto) { return join(inner.getOperands()); })
      .Case<arith::CmpFOp>([&](auto) {
        return join(inner.getOperands()) == kNone ? int(kNone) : 0;
      })
      .Case<arith::SelectOp>([&](auto) {
        return operand(0) == 0 ? join(inner.getOperands().drop_front()) : kNone;
      })
      .Default([&](Operation *) {
        int degree = join(inner.getOperands());
        return degree == 0 || degree == kAny ? 0 : kNone;
      });
}

int BodyDegrees::run(SmallVectorImpl<std::pair<math::LogOp, int>> &logs) {
  for (Operation &inner : op.getBlock()->without_terminator()) {
    if (inner.getNumResults() != 1 || inner.getNumRegions() != 0)
      return kNone;
    int degree = of(inner);
    auto log = dyn_cast<math::LogOp>(inner);
    int logged = log ? of(log.getOperand()) : 0;
    if (logged != 0 && logged != kAny && logged != kNone) {
      logs.push_back({log, logged});
      degree = 0;
    }
    degrees[inner.getResult(0)] =
        isa<arith::ConstantOp>(inner) ? of(inner.getResult(0)) : degree;
  }
  return of(op.getBlock()->getTerminator()->getOperand(0));
}

/// True where the accumulator of a reduction is only added to, or is a bound
/// of.
static bool accumulates(linalg::LinalgOp op) {
  BlockArgument accumulator = op.getRegionOutputArgs()[0];
  Operation *yielded =
      op.getBlock()->getTerminator()->getOperand(0).getDefiningOp();
  return accumulator.hasOneUse() && yielded &&
         isa<arith::AddFOp, arith::MaximumFOp, arith::MinimumFOp,
             arith::MaxNumFOp, arith::MinNumFOp>(yielded) &&
         *accumulator.getUsers().begin() == yielded;
}

/// The map of the loops' indices as one of the result's; null where an index of
/// a loop that the result does not have is needed.
static AffineMap ofResult(AffineMap row, AffineMap result) {
  MLIRContext *context = row.getContext();
  SmallVector<AffineExpr> places(row.getNumDims());
  for (auto [i, expr] : llvm::enumerate(result.getResults()))
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      places[dim.getPosition()] = getAffineDimExpr(i, context);
    else if (!isa<AffineConstantExpr>(expr))
      return {};
  for (unsigned i = 0; i < places.size(); ++i)
    if (!places[i] && row.isFunctionOfDim(i))
      return {};
    else if (!places[i])
      places[i] = getAffineConstantExpr(0, context);
  return row.replaceDimsAndSymbols(places, {}, result.getNumResults(), 0);
}

static std::optional<ScaledOp>
scalingOfBody(linalg::LinalgOp op, const DenseMap<Value, RowFactor> &known) {
  if (!op.hasPureTensorSemantics() || op->getNumResults() != 1)
    return std::nullopt;
  ScaledOp scaled;
  BodyDegrees degrees(op);
  for (OpOperand *operand : op.getDpsInputOperands()) {
    auto found = known.find(operand->get());
    if (found == known.end())
      continue;
    const RowFactor &scaling = found->second;
    AffineMap row = scaling.row.compose(op.getMatchingIndexingMap(operand));
    if (scaled.row && scaled.row != row)
      return std::nullopt;
    scaled.row = row;
    degrees.set(op.getMatchingBlockArgument(operand), scaling.degree);
  }
  if (!scaled.row || known.contains(op.getDpsInits()[0]))
    return std::nullopt;
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (op.getNumReductionLoops() != 0) {
    // A sum of nothing but the terms.
    std::optional<APFloat> first = numberOf(op.getDpsInits()[0]);
    if (!first || !(first->isZero() || first->isInfinity()) || !accumulates(op))
      return std::nullopt;
    degrees.set(op.getRegionOutputArgs()[0], BodyDegrees::kAny);
  }
  int degree = degrees.run(scaled.logs);
  AffineMap row = ofResult(scaled.row, result);
  if (degree == BodyDegrees::kNone || (!row && degree != 0))
    return std::nullopt;
  scaled.scaling = {degree == BodyDegrees::kAny ? 0 : degree, row};
  return scaled;
}

/// A tensor that only gets dimensions of size 1.
static std::optional<ScaledOp>
scalingOfExpanded(tensor::ExpandShapeOp op,
                  const DenseMap<Value, RowFactor> &known) {
  auto found = known.find(op.getSrc());
  if (found == known.end())
    return std::nullopt;
  MLIRContext *context = op.getContext();
  SmallVector<AffineExpr> places;
  for (const ReassociationIndices &group : op.getReassociationIndices()) {
    auto isWide = [&](int64_t dim) {
      return op.getResultType().getDimSize(dim) != 1;
    };
    if (llvm::count_if(group, isWide) > 1)
      return std::nullopt;
    auto wide = llvm::find_if(group, isWide);
    places.push_back(
        getAffineDimExpr(wide == group.end() ? group.front() : *wide, context));
  }
  AffineMap row = found->second.row.compose(AffineMap::get(
      op.getResultType().getRank(), /*symbolCount=*/0, places, context));
  return ScaledOp{{found->second.degree, row}, row, {}};
}

std::optional<ScaledOp>
act::scalingOf(Operation *op, const DenseMap<Value, RowFactor> &known) {
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
    return scalingOfExpanded(expand, known);
  auto inner = dyn_cast<linalg::LinalgOp>(op);
  return inner ? scalingOfBody(inner, known) : std::nullopt;
}

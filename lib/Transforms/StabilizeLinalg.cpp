//===- StabilizeLinalg.cpp - Softmax of other compilers -------------------===//
//
// A softmax that arrives as linalg operations on tensors, by its definition,
// overflows like any other. Before: exp(x), its sum along some dimensions, and
// the quotient of both; after: the same with the largest element of x along
// these dimensions subtracted first. Nothing else changes: the operations stay
// linalg's.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace act {
#define GEN_PASS_DEF_ACTSTABILIZELINALG
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;

/// The one operation of the body, apart from what yields its result.
template <class Op> static Op onlyOperation(linalg::LinalgOp op) {
  Block *body = op.getBlock();
  if (body->getOperations().size() != 2)
    return nullptr;
  auto inner = dyn_cast<Op>(body->front());
  auto yield = dyn_cast<linalg::YieldOp>(body->getTerminator());
  return inner && yield && yield.getNumOperands() == 1 &&
                 yield.getOperand(0).getDefiningOp() == inner
             ? inner
             : nullptr;
}

/// The operation that computes exp elementwise, each element at its place.
static linalg::LinalgOp exponentialOf(Value value) {
  auto op = value.getDefiningOp<linalg::LinalgOp>();
  if (!op || op.getNumDpsInputs() != 1 || op.getNumReductionLoops() != 0)
    return nullptr;
  auto exp = onlyOperation<math::ExpOp>(op);
  bool isPlain = exp && exp.getOperand() == op.getRegionInputArgs()[0] &&
                 llvm::all_of(op.getIndexingMapsArray(),
                              [](AffineMap map) { return map.isIdentity(); });
  return isPlain ? op : nullptr;
}

/// The value before it was broadcast, if it was; `map` says which dimensions
/// of the result index it.
static Value beforeBroadcast(Value value, AffineMap &map) {
  auto op = value.getDefiningOp<linalg::BroadcastOp>();
  if (!op)
    return value;
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  if (!maps[1].isIdentity())
    return value;
  map = maps[0].compose(map);
  return op.getInput();
}

/// The operation that sums `terms` along dimensions, and these.
static linalg::LinalgOp sumOf(Value value, Value terms) {
  auto op = value.getDefiningOp<linalg::LinalgOp>();
  if (!op || op.getNumDpsInputs() != 1 || op.getNumReductionLoops() == 0 ||
      op.getDpsInputOperand(0)->get() != terms)
    return nullptr;
  auto add = onlyOperation<arith::AddFOp>(op);
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  if (!add || !maps[0].isIdentity() || !maps[1].isProjectedPermutation())
    return nullptr;
  // Of the terms alone: the sum begins with 0.
  auto fill = op.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
  auto zero = fill ? fill.getInputs()[0].getDefiningOp<arith::ConstantOp>()
                   : arith::ConstantOp();
  auto number = zero ? dyn_cast<FloatAttr>(zero.getValue()) : FloatAttr();
  return number && number.getValue().isZero() ? op : nullptr;
}

/// Subtracts from x its largest element along what `sum` sums.
static Value belowLargest(OpBuilder &builder, linalg::LinalgOp sum, Value x) {
  Location loc = sum.getLoc();
  auto type = cast<RankedTensorType>(x.getType());
  auto element = cast<FloatType>(type.getElementType());
  SmallVector<AffineMap> maps = sum.getIndexingMapsArray();
  SmallVector<utils::IteratorType> iterators = sum.getIteratorTypesArray();
  // As many elements as the sum has.
  auto sumType = cast<RankedTensorType>(sum->getResult(0).getType());
  Value like = sum.getDpsInits()[0];
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(builder, loc, like);
  Value empty = builder.create<tensor::EmptyOp>(loc, sizes, element,
                                                sumType.getEncoding());
  Value lowest = builder.create<arith::ConstantOp>(
      loc,
      builder.getFloatAttr(element, APFloat::getInf(element.getFloatSemantics(),
                                                    /*Negative=*/true)));
  Value init = builder.create<linalg::FillOp>(loc, lowest, empty).getResult(0);
  Value largest =
      builder
          .create<linalg::GenericOp>(
              loc, init.getType(), x, init, maps, iterators,
              [&](OpBuilder &b, Location loc, ValueRange args) {
                Value most = b.create<arith::MaximumFOp>(loc, args[0], args[1]);
                b.create<linalg::YieldOp>(loc, most);
              })
          .getResult(0);
  Value out = builder.create<tensor::EmptyOp>(
      loc, tensor::getMixedSizes(builder, loc, x), element);
  AffineMap identity = maps[0];
  SmallVector<utils::IteratorType> parallel(type.getRank(),
                                            utils::IteratorType::parallel);
  return builder
      .create<linalg::GenericOp>(
          loc, type, ValueRange{x, largest}, out,
          ArrayRef<AffineMap>{identity, maps[1], identity}, parallel,
          [&](OpBuilder &b, Location loc, ValueRange args) {
            Value below = b.create<arith::SubFOp>(loc, args[0], args[1]);
            b.create<linalg::YieldOp>(loc, below);
          })
      .getResult(0);
}

/// True for a value that has had its largest element subtracted.
static bool isBelowLargest(Value value) {
  auto op = value.getDefiningOp<linalg::LinalgOp>();
  if (!op || op.getNumDpsInputs() != 2 || !onlyOperation<arith::SubFOp>(op))
    return false;
  AffineMap map = op.getIndexingMapsArray()[1];
  Value other = beforeBroadcast(op.getDpsInputOperand(1)->get(), map);
  auto row = other.getDefiningOp<linalg::LinalgOp>();
  return row && row.getNumReductionLoops() != 0 &&
         (onlyOperation<arith::MaximumFOp>(row) ||
          onlyOperation<arith::MaxNumFOp>(row));
}

/// exp(x) / sum(exp(x)): the stable form, and a remark.
static void stabilize(linalg::LinalgOp quotient) {
  auto div = onlyOperation<arith::DivFOp>(quotient);
  if (!div || quotient.getNumDpsInputs() != 2 ||
      div.getLhs() != quotient.getRegionInputArgs()[0] ||
      div.getRhs() != quotient.getRegionInputArgs()[1])
    return;
  SmallVector<AffineMap> maps = quotient.getIndexingMapsArray();
  Value terms = quotient.getDpsInputOperand(0)->get();
  linalg::LinalgOp exp = exponentialOf(terms);
  if (!exp || !maps[0].isIdentity() || !maps[2].isIdentity())
    return;
  Value total = beforeBroadcast(quotient.getDpsInputOperand(1)->get(), maps[1]);
  linalg::LinalgOp sum = sumOf(total, terms);
  OpOperand *input = exp.getDpsInputOperand(0);
  if (!sum || sum.getIndexingMapsArray()[1] != maps[1] ||
      isBelowLargest(input->get()))
    return;
  quotient->emitRemark("exp(x) / sum(exp(x)) is a softmax: the largest element "
                       "is subtracted first, so that nothing overflows");
  // In front of the exponential; other users of it keep what they have.
  OpBuilder builder(exp);
  builder.setInsertionPoint(sum);
  Value below = belowLargest(builder, sum, input->get());
  Operation *copy = builder.clone(*exp);
  cast<linalg::LinalgOp>(copy).getDpsInputOperand(0)->set(below);
  sum.getDpsInputOperand(0)->set(copy->getResult(0));
  quotient.getDpsInputOperand(0)->set(copy->getResult(0));
  if (exp->use_empty())
    exp->erase();
}

namespace {
struct StabilizeLinalg : act::impl::ActStabilizeLinalgBase<StabilizeLinalg> {
  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> ops;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (op.hasPureTensorSemantics())
        ops.push_back(op);
    });
    // A quotient is not erased by what is done for another.
    for (linalg::LinalgOp op : ops)
      if (op.getNumDpsInputs() == 2)
        stabilize(op);
  }
};
} // namespace

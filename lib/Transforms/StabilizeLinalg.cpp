//===- StabilizeLinalg.cpp - Softmax of other compilers -------------------===//
//
// A softmax that arrives as linalg operations on tensors, by its definition,
// overflows like any other. Before: exp(x), its sum along some dimensions, and
// the quotient of both; after: the same with the largest element of x along
// these dimensions subtracted first. Nothing else changes: the operations stay
// linalg's.
//
// Subtracting m from x multiplies the exponentials by exp(-m). Whatever is
// computed of them and does not change with such a factor is computed of the
// smaller ones; a logarithm gets m added.
//
//===----------------------------------------------------------------------===//

#include "LinalgScaling.h"
#include "LinalgTerms.h"
#include "act/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

namespace act {
#define GEN_PASS_DEF_ACTSTABILIZELINALG
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

using Body = function_ref<Value(OpBuilder &, Location, ValueRange)>;

/// An elementwise operation. Its result has the sizes of `like`.
static Value mapElements(OpBuilder &builder, Location loc, ValueRange inputs,
                         ArrayRef<AffineMap> inputMaps, Value like,
                         Type element, Body body) {
  Value empty = builder.create<tensor::EmptyOp>(
      loc, tensor::getMixedSizes(builder, loc, like), element);
  unsigned rank = cast<RankedTensorType>(like.getType()).getRank();
  SmallVector<AffineMap> maps(inputMaps);
  maps.push_back(builder.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> parallel(rank,
                                            utils::IteratorType::parallel);
  auto yield = [&](OpBuilder &b, Location loc, ValueRange args) {
    b.create<linalg::YieldOp>(loc, body(b, loc, args));
  };
  return builder
      .create<linalg::GenericOp>(loc, empty.getType(), inputs, empty, maps,
                                 parallel, yield)
      .getResult(0);
}

namespace {
/// What a value of the body of an operation is computed of.
class Slice {
public:
  Slice(linalg::LinalgOp op, Value value);

  /// The operation's inputs that are needed, and their maps.
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;

  /// The value of `args`, which are elements of the inputs.
  Value clone(OpBuilder &builder, ValueRange args) const;

private:
  Value value;
  SmallVector<BlockArgument> arguments;
  /// In their order.
  SmallVector<Operation *> operations;
};
} // namespace

Slice::Slice(linalg::LinalgOp op, Value value) : value(value) {
  SetVector<Value> needed;
  needed.insert(value);
  for (size_t i = 0; i < needed.size(); ++i)
    if (Operation *inner = needed[i].getDefiningOp();
        inner && inner->getBlock() == op.getBlock())
      needed.insert(inner->operand_begin(), inner->operand_end());
  for (OpOperand *operand : op.getDpsInputOperands()) {
    BlockArgument arg = op.getMatchingBlockArgument(operand);
    if (!needed.contains(arg))
      continue;
    arguments.push_back(arg);
    inputs.push_back(operand->get());
    maps.push_back(op.getMatchingIndexingMap(operand));
  }
  for (Operation &inner : op.getBlock()->without_terminator())
    if (needed.contains(inner.getResult(0)))
      operations.push_back(&inner);
}

Value Slice::clone(OpBuilder &builder, ValueRange args) const {
  IRMapping map;
  for (auto [arg, element] : llvm::zip(arguments, args))
    map.map(arg, element);
  for (Operation *inner : operations)
    builder.clone(*inner, map);
  return map.lookupOrDefault(value);
}

/// An infinity of the type of a value's elements.
static TypedAttr infinity(Value value, bool isNegative) {
  auto type = cast<FloatType>(getElementTypeOrSelf(value));
  return FloatAttr::get(type,
                        APFloat::getInf(type.getFloatSemantics(), isNegative));
}

namespace {
/// Rewrites what is computed of the terms of one sum.
class Rows {
public:
  /// `row` says which sum an element of the terms belongs to.
  Rows(Terms terms, AffineMap row)
      : terms(terms), row(row), all(AffineMap::getMultiDimIdentityMap(
                                    row.getNumDims(), row.getContext())),
        loc(this->terms.op.getLoc()) {}

  void run();

private:
  /// What follows from the terms.
  struct Step {
    Operation *op;
    ScaledOp scaled;

    bool isResult() const { return scaled.scaling.degree == 0; }
    bool hasLogs() const { return !scaled.logs.empty(); }
  };

  void findSteps();
  Value logitsTensor(OpBuilder &builder);
  Value largest(OpBuilder &builder);
  Value finite(OpBuilder &builder, Value value);
  Value scaled(OpBuilder &builder, Value value);
  Value below(OpBuilder &builder, ValueRange args);
  Value clone(const Step &step, Value shift);
  void replaceLogarithm(linalg::LinalgOp op, linalg::LinalgOp quotient,
                        arith::DivFOp div);
  void replaceLogarithms(const Step &step);

  Terms terms;
  AffineMap row, all;
  Location loc;
  Logits logits;
  SmallVector<Step> steps;
  /// The logits, and the largest of each row.
  Value x, most;
  /// From what was to what is computed of smaller terms.
  IRMapping map;
};
} // namespace

//===----------------------------------------------------------------------===//
// The stable form
//===----------------------------------------------------------------------===//

void Rows::findSteps() {
  DenseMap<Value, RowFactor> known;
  known[terms.op->getResult(0)] = {1, row};
  for (Operation *op = terms.op->getNextNode(); op; op = op->getNextNode()) {
    std::optional<ScaledOp> scaled = scalingOf(op, known);
    if (!scaled)
      continue;
    steps.push_back({op, *scaled});
    if (scaled->scaling.degree != 0)
      known[op->getResult(0)] = scaled->scaling;
  }
}

Value Rows::logitsTensor(OpBuilder &builder) {
  auto [op, value] = logits.x;
  Value tensor = tensorOf(op, value);
  if (!tensor) {
    Slice slice(op, value);
    tensor = mapElements(builder, loc, slice.inputs, slice.maps,
                         op.getDpsInits()[0], value.getType(),
                         [&](OpBuilder &b, Location, ValueRange args) {
                           return slice.clone(b, args);
                         });
  }
  if (!terms.condition)
    return tensor;
  // -inf where the condition is false.
  Slice slice(terms.op, terms.condition);
  slice.inputs.push_back(tensor);
  slice.maps.push_back(all);
  return mapElements(builder, loc, slice.inputs, slice.maps, tensor,
                     value.getType(),
                     [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
                       Value element = args[slice.inputs.size() - 1];
                       Value none = b.create<arith::ConstantOp>(
                           loc, infinity(element, /*isNegative=*/true));
                       return b.create<arith::SelectOp>(
                           loc, slice.clone(b, args), element, none);
                     });
}

Value Rows::largest(OpBuilder &builder) {
  SmallVector<OpFoldResult> sizes;
  SmallVector<utils::IteratorType> iterators(row.getNumDims(),
                                             utils::IteratorType::reduction);
  for (AffineExpr expr : row.getResults()) {
    unsigned dim = cast<AffineDimExpr>(expr).getPosition();
    sizes.push_back(tensor::getMixedSize(builder, loc, x, dim));
    iterators[dim] = utils::IteratorType::parallel;
  }
  TypedAttr lowest = infinity(x, /*isNegative=*/true);
  Value empty = builder.create<tensor::EmptyOp>(loc, sizes, lowest.getType());
  Value number = builder.create<arith::ConstantOp>(loc, lowest);
  Value init = builder.create<linalg::FillOp>(loc, number, empty).getResult(0);
  return builder
      .create<linalg::GenericOp>(
          loc, init.getType(), x, init, ArrayRef<AffineMap>{all, row},
          iterators,
          [&](OpBuilder &b, Location loc, ValueRange args) {
            Value most = b.create<arith::MaximumFOp>(loc, args[0], args[1]);
            b.create<linalg::YieldOp>(loc, most);
          })
      .getResult(0);
}

/// 0 in the place of infinities, with which a logarithm would be NaN.
Value Rows::finite(OpBuilder &builder, Value value) {
  AffineMap map = builder.getMultiDimIdentityMap(row.getNumResults());
  return mapElements(
      builder, loc, value, map, value, getElementTypeOrSelf(value),
      [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
        TypedAttr infinite = infinity(value, /*isNegative=*/false);
        Value isInfinite =
            b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OEQ,
                                    b.create<math::AbsFOp>(loc, args[0]),
                                    b.create<arith::ConstantOp>(loc, infinite));
        Value zero = b.create<arith::ConstantOp>(
            loc, b.getFloatAttr(infinite.getType(), 0));
        return b.create<arith::SelectOp>(loc, isInfinite, zero, args[0]);
      });
}

/// The value with what x is multiplied or divided by.
Value Rows::scaled(OpBuilder &builder, Value value) {
  if (!logits.factor)
    return value;
  Value factor = builder.create<arith::ConstantOp>(
      loc, builder.getFloatAttr(value.getType(), *logits.factor));
  if (logits.isDivisor)
    return builder.create<arith::DivFOp>(loc, value, factor);
  return builder.create<arith::MulFOp>(loc, value, factor);
}

/// Of an x and the largest of its row: z less the largest z.
Value Rows::below(OpBuilder &builder, ValueRange args) {
  return scaled(builder, builder.create<arith::SubFOp>(loc, args[0], args[1]));
}

/// The step on smaller terms. Logarithms of them get the degree times `shift`
/// added.
Value Rows::clone(const Step &step, Value shift) {
  OpBuilder builder(step.op);
  if (!step.hasLogs())
    return builder.clone(*step.op, map)->getResult(0);
  auto op = cast<linalg::LinalgOp>(step.op);
  SmallVector<Value> inputs;
  for (Value input : op.getDpsInputs())
    inputs.push_back(map.lookupOrDefault(input));
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  maps.insert(maps.begin() + inputs.size(), step.scaled.row);
  inputs.push_back(shift);
  auto body = [&](OpBuilder &b, Location loc, ValueRange args) {
    IRMapping inner;
    inner.map(op.getRegionInputArgs(), args.drop_back(2));
    inner.map(op.getRegionOutputArgs(), args.take_back());
    for (Operation &old : *op.getBlock()) {
      Operation *copy = b.clone(old, inner);
      for (auto [log, degree] : step.scaled.logs) {
        if (log != &old)
          continue;
        Value value = copy->getResult(0), more = args.drop_back().back();
        if (degree != 1)
          more = b.create<arith::MulFOp>(
              loc, more,
              b.create<arith::ConstantOp>(
                  loc, b.getFloatAttr(value.getType(), degree)));
        inner.map(log, b.create<arith::AddFOp>(loc, value, more).getResult());
      }
    }
  };
  return builder
      .create<linalg::GenericOp>(op.getLoc(), op->getResultTypes(), inputs,
                                 op.getDpsInits(), maps,
                                 op.getIteratorTypesArray(), body)
      .getResult(0);
}

/// log(exp(z) / sum), the result of `op`, as z less the largest z less the
/// logarithm of the smaller sum: where the quotient is 0, too.
void Rows::replaceLogarithm(linalg::LinalgOp op, linalg::LinalgOp quotient,
                            arith::DivFOp div) {
  auto arg = dyn_cast<BlockArgument>(div.getRhs());
  if (tensorOf(quotient, div.getLhs()) != terms.op->getResult(0) || !arg ||
      arg.getArgNumber() >= quotient.getNumDpsInputs())
    return;
  OpOperand *sum = quotient.getDpsInputOperand(arg.getArgNumber());
  OpBuilder builder(op);
  Value inputs[] = {x, most, map.lookupOrDefault(sum->get())};
  AffineMap maps[] = {all, row, quotient.getMatchingIndexingMap(sum)};
  op->getResult(0).replaceAllUsesWith(mapElements(
      builder, op.getLoc(), inputs, maps, x, getElementTypeOrSelf(x),
      [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
        return b.create<arith::SubFOp>(loc, below(b, args),
                                       b.create<math::LogOp>(loc, args[2]));
      }));
}

/// Logarithms of a quotient, in its own operation and in others.
void Rows::replaceLogarithms(const Step &step) {
  linalg::LinalgOp op = elementwise(step.op->getResult(0));
  if (!op)
    return;
  Value value = yieldedBy(op);
  if (auto log = value.getDefiningOp<math::LogOp>())
    if (auto div = log.getOperand().getDefiningOp<arith::DivFOp>())
      replaceLogarithm(op, op, div);
  auto div = value.getDefiningOp<arith::DivFOp>();
  for (Operation *user : llvm::to_vector(op->getUsers())) {
    linalg::LinalgOp other =
        user->getNumResults() == 1 ? elementwise(user->getResult(0)) : nullptr;
    auto log =
        other ? yieldedBy(other).getDefiningOp<math::LogOp>() : math::LogOp();
    if (!div || !log || tensorOf(other, log.getOperand()) != op->getResult(0))
      continue;
    replaceLogarithm(other, op, div);
    bool isStep =
        llvm::any_of(steps, [&](const Step &s) { return s.op == other; });
    if (!isStep && other->use_empty())
      other->erase();
  }
}

void Rows::run() {
  findSteps();
  logits = logitsOf(terms.z);
  if (llvm::none_of(steps, [](const Step &s) { return s.isResult(); }) ||
      isBelowLargest(terms.z) || isBelowLargest(logits.x))
    return;
  // In front of everything that follows from the terms.
  OpBuilder builder(terms.op);
  x = logitsTensor(builder);
  most = largest(builder);
  Value shift;
  if (llvm::any_of(steps, [](const Step &s) { return s.hasLogs(); })) {
    most = finite(builder, most);
    shift = most;
    if (logits.factor)
      shift = mapElements(builder, loc, most,
                          builder.getMultiDimIdentityMap(row.getNumResults()),
                          most, getElementTypeOrSelf(most),
                          [&](OpBuilder &b, Location, ValueRange args) {
                            return scaled(b, args[0]);
                          });
  }
  Value smaller = mapElements(
      builder, loc, {x, most}, {all, row}, x, getElementTypeOrSelf(x),
      [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
        return b.create<math::ExpOp>(loc, below(b, args));
      });
  map.map(terms.op->getResult(0), smaller);
  for (const Step &step : steps)
    map.map(step.op->getResult(0), clone(step, shift));
  for (const Step &step : steps) {
    if (!step.isResult())
      continue;
    step.op->emitRemark(
        step.hasLogs()
            ? "log(sum(exp(x))) is computed with the largest element "
              "subtracted first, so that nothing overflows"
            : "exp(x) / sum(exp(x)) is a softmax: the largest element is "
              "subtracted first, so that nothing overflows");
    replaceLogarithms(step);
    step.op->getResult(0).replaceAllUsesWith(map.lookup(step.op->getResult(0)));
  }
  // What nobody reads any more, results of smaller terms included.
  auto erase = [](Operation *op) {
    if (op->use_empty())
      op->erase();
  };
  for (const Step &step : llvm::reverse(steps)) {
    erase(map.lookup(step.op->getResult(0)).getDefiningOp());
    erase(step.op);
  }
  Operation *plain = terms.z.op;
  if (plain != terms.op)
    erase(terms.op);
  erase(plain);
}

namespace {
struct StabilizeLinalg : act::impl::ActStabilizeLinalgBase<StabilizeLinalg> {
  void runOnOperation() override {
    // Sums that are written anew for one are not looked at again.
    SmallVector<std::pair<Terms, AffineMap>> found;
    getOperation().walk([&](linalg::LinalgOp sum) {
      std::optional<Terms> terms = summedTerms(sum);
      if (!terms || llvm::any_of(found, [&](const auto &other) {
            return other.first.op == terms->op;
          }))
        return;
      SmallVector<AffineExpr> kept;
      for (auto [i, type] : llvm::enumerate(sum.getIteratorTypesArray()))
        if (type == utils::IteratorType::parallel)
          kept.push_back(getAffineDimExpr(i, &getContext()));
      found.push_back(
          {*terms, AffineMap::get(sum.getNumLoops(), 0, kept, &getContext())});
    });
    for (auto &[terms, row] : found)
      Rows(terms, row).run();
  }
};
} // namespace

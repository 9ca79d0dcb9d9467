//===- StabilizeRows.cpp - Softmax with its largest element subtracted ----===//
//
// Before: exp(x) / sum(exp(x)), which is NaN from x = 88.8 on in f32; after:
// with m the largest x, exp(x - m) / sum(exp(x - m)), whose terms are at most 1
// and one of which is 1. The logarithm of such a sum is taken of what the sum
// exceeds 1 by, so that the smaller side of it is not lost.
//
// A long row is read in blocks. With b the largest x of a block, its terms are
// exp(x - b), and exp(b - m) of each block brings their sums together when m is
// known: one loop over the row finds maxima and sums.
//
//===----------------------------------------------------------------------===//

#include "act/Reference/Quad.h"
#include "act/Transforms/Stabilize.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace act;

//===----------------------------------------------------------------------===//
// Simpler operands
//===----------------------------------------------------------------------===//

/// A number's sign, or that of one computed of numbers, as log(2) is of 2^x;
/// 0 of what is neither.
static int signOf(Value value) {
  Operation *op = value.getDefiningOp();
  if (auto constant = dyn_cast_or_null<ConstantOp>(op)) {
    Quad number = quadFromText(constant.getValue());
    return (number > 0) - (number < 0);
  }
  if (isa_and_nonnull<arith::NegFOp>(op))
    return -signOf(op->getOperand(0));
  if (isa_and_nonnull<arith::MulFOp, arith::DivFOp>(op))
    return signOf(op->getOperand(0)) * signOf(op->getOperand(1));
  if (isa_and_nonnull<math::SqrtOp>(op))
    return std::max(0, signOf(op->getOperand(0)));
  if (isa_and_nonnull<math::LogOp>(op))
    if (auto constant = op->getOperand(0).getDefiningOp<ConstantOp>()) {
      Quad number = quadFromText(constant.getValue());
      return number <= 0 ? 0 : (number > 1) - (number < 1);
    }
  return 0;
}

namespace {
/// softmax(c z) and softmax(z / c) -> softmax(z) with scale c or 1 / c, which
/// is applied to the difference; softmax(z + u) -> softmax(z) for what is one
/// value u for the row, which cancels. Where c is negative, or z is subtracted,
/// -z is in the place of z.
struct SimplerOperand : OpRewritePattern<SoftmaxOp> {
  SimplerOperand(FuncOp func)
      : OpRewritePattern(func.getContext()), func(func) {}

  LogicalResult matchAndRewrite(SoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    Simpler to;
    Value operand = op.getOperand();
    if (auto neg = operand.getDefiningOp<arith::NegFOp>()) {
      operand = neg.getOperand();
      to.isNegative = true;
    }
    if (Operation *source = operand.getDefiningOp())
      simplify(op, source, to);
    if (!to.z)
      return failure();
    Location loc = op.getLoc();
    auto negated = [&](Value value, bool isNegated) -> Value {
      return isNegated ? rewriter.create<arith::NegFOp>(loc, value) : value;
    };
    Value scale = op.getScale();
    if (to.factor || to.divisor) {
      Value factor =
          negated(to.factor ? to.factor : to.divisor, to.hasNegativeFactor);
      if (to.divisor)
        factor = rewriter.create<arith::DivFOp>(
            loc,
            rewriter.create<ConstantOp>(loc, op.getType(),
                                        rewriter.getStringAttr("1")),
            factor);
      scale =
          scale ? rewriter.create<arith::MulFOp>(loc, scale, factor) : factor;
    }
    Value z = negated(to.z, to.isNegative);
    rewriter.modifyOpInPlace(op, [&] {
      op.getOperandMutable().assign(z);
      if (scale)
        op.getScaleMutable().assign(scale);
    });
    return success();
  }

private:
  /// What an operand becomes: z or -z, which is null where it stays as it is,
  /// and what z had been multiplied or divided by.
  struct Simpler {
    Value z, factor, divisor;
    bool isNegative = false, hasNegativeFactor = false;

    void take(Value operand, Value &place, Value number) {
      z = operand;
      place = number;
      hasNegativeFactor = signOf(number) < 0;
      isNegative ^= hasNegativeFactor;
    }
  };

  void simplify(SoftmaxOp op, Operation *source, Simpler &to) const {
    if (isa<arith::NegFOp>(source)) {
      to.z = source->getOperand(0);
      to.isNegative = !to.isNegative;
      return;
    }
    if (!isa<arith::MulFOp, arith::DivFOp, arith::AddFOp, arith::SubFOp>(
            source))
      return;
    Value a = source->getOperand(0), b = source->getOperand(1);
    if (isa<arith::MulFOp>(source)) {
      if (signOf(b))
        to.take(a, to.factor, b);
      else if (signOf(a))
        to.take(b, to.factor, a);
      return;
    }
    if (isa<arith::DivFOp>(source)) {
      if (signOf(b))
        to.take(a, to.divisor, b);
      return;
    }
    // A sum of exponentials has the value in it, and so has a sink beside it.
    if (op.getForm() == "sum" || op.getSink())
      return;
    llvm::DenseSet<Value> uniform = uniformValues(func);
    if (uniform.contains(a) == uniform.contains(b))
      return;
    to.z = uniform.contains(b) ? a : b;
    to.isNegative ^= to.z == b && isa<arith::SubFOp>(source);
  }

  FuncOp func;
};
} // namespace

//===----------------------------------------------------------------------===//
// The stable form
//===----------------------------------------------------------------------===//

namespace {
/// Writes one softmax as operations on elements and act.row.
class Expansion {
public:
  Expansion(SoftmaxOp op, bool inBlocks)
      : op(op), inBlocks(inBlocks), builder(op), loc(op.getLoc()),
        type(op.getType()) {}

  void run();

private:
  Value number(StringRef text) {
    return builder.create<ConstantOp>(loc, type, builder.getStringAttr(text));
  }
  template <class Op> Value make(Value a, Value b) {
    return builder.create<Op>(loc, a, b);
  }
  /// Of the elements of the row, or of the block where there are blocks.
  Value combined(StringRef combiner, Value value) {
    return builder.create<RowOp>(loc, combiner, value, op.getMask(),
                                 inBlocks ? builder.getStringAttr("block")
                                          : StringAttr());
  }
  /// Of values that `combined` gives, or that follow from them: the row's.
  Value ofRow(StringRef combiner, Value value) {
    if (!inBlocks)
      return value;
    return builder.create<RowOp>(loc, combiner, value, Value(),
                                 builder.getStringAttr("blocks"));
  }
  Value equals(Value a, Value b) {
    return builder.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OEQ, a, b);
  }
  Value select(Value condition, Value a, Value b) {
    return builder.create<arith::SelectOp>(loc, condition, a, b);
  }
  /// exp of what is at most 0.
  Value exp(Value x) {
    auto op = builder.create<math::ExpOp>(loc, x);
    op->setAttr(kNonPositiveAttr, builder.getUnitAttr());
    return op;
  }
  Value scaled(Value x) {
    return op.getScale() ? make<arith::MulFOp>(x, op.getScale()) : x;
  }
  /// The sum of the exponentials over exp(scale largest + shift).
  Value sumOfTerms() {
    Value sum = combined("sum", e);
    return ofRow("sum", inBlocks ? make<arith::MulFOp>(sum, factor) : sum);
  }
  /// With the sink's term.
  Value wholeSum();
  void replaceShareOfSink();
  Value probability();
  /// log of the sum over exp(scale largest).
  void sumLogarithm();
  Value logProbability();
  Value sparse();
  /// The value where the row is empty: of the policies zero, uniform and nan.
  Value ofEmptyRow(Value nan);

  SoftmaxOp op;
  bool inBlocks;
  OpBuilder builder;
  Location loc;
  Type type;
  /// The largest x of the row, and what is subtracted: that, or the largest x
  /// of the block.
  Value largest, base;
  /// scale (x - largest), and exp(scale (x - base)), which takes the factor
  /// exp(scale (base - largest)) where there are blocks.
  Value z, e, factor;
  /// The larger of the sink and scale largest, whether it is the latter, and by
  /// how much the latter is less; what the sink adds to the exponents, not
  /// positive, and to the sum.
  Value most, isTop, belowMost, shift, sinkTerm;
  Value logarithm, isEmpty;
};
} // namespace

void Expansion::run() {
  base = combined("maxnum", op.getOperand());
  largest = ofRow("maxnum", base);
  z = scaled(make<arith::SubFOp>(op.getOperand(), largest));
  if (op.isSparse()) {
    op.replaceAllUsesWith(sparse());
    op.erase();
    return;
  }
  if (Value sink = op.getSink()) {
    Value top = scaled(largest);
    most = make<arith::MaximumFOp>(top, sink);
    isTop = equals(top, most);
    belowMost = make<arith::SubFOp>(top, most);
    // Of an infinite largest element there is no difference.
    shift = select(isTop, number("0"), belowMost);
    sinkTerm = exp(make<arith::SubFOp>(sink, most));
    z = make<arith::AddFOp>(z, shift);
  }
  if (inBlocks) {
    e = exp(scaled(make<arith::SubFOp>(op.getOperand(), base)));
    Value below = scaled(make<arith::SubFOp>(base, largest));
    factor = exp(shift ? make<arith::AddFOp>(below, shift) : below);
  } else {
    e = exp(z);
  }
  replaceShareOfSink();
  if (op.use_empty()) {
    op.erase();
    return;
  }
  Value result;
  if (op.getForm() == "probability") {
    result = probability();
  } else {
    sumLogarithm();
    result =
        op.getForm() == "log"
            ? logProbability()
            : make<arith::AddFOp>(most ? most : scaled(largest), logarithm);
  }
  op.replaceAllUsesWith(result);
  op.erase();
}

Value Expansion::wholeSum() {
  Value sum = sumOfTerms();
  return sinkTerm ? make<arith::AddFOp>(sum, sinkTerm) : sum;
}

/// exp(sink - sum), which the gradient by the sink has, is the sink's own share
/// and needs no logarithm.
void Expansion::replaceShareOfSink() {
  if (!sinkTerm || op.getForm() != "sum")
    return;
  for (Operation *user : llvm::make_early_inc_range(op->getUsers())) {
    auto below = dyn_cast<arith::SubFOp>(user);
    if (!below || below.getLhs() != op.getSink() ||
        !llvm::all_of(below->getUsers(),
                      [](Operation *next) { return isa<math::ExpOp>(next); }))
      continue;
    Value share = make<arith::MulFOp>(
        sinkTerm, make<arith::DivFOp>(number("1"), wholeSum()));
    for (Operation *next : llvm::make_early_inc_range(below->getUsers())) {
      next->replaceAllUsesWith(ValueRange(share));
      next->erase();
    }
    below.erase();
  }
}

Value Expansion::probability() {
  Value sum = wholeSum(), zero = number("0");
  // The sum is at least 1, but for an empty row.
  Value inverse = make<arith::DivFOp>(number("1"), sum);
  if (factor)
    inverse = make<arith::MulFOp>(factor, inverse);
  Value p = make<arith::MulFOp>(e, inverse);
  if (op.getMask())
    p = select(op.getMask(), p, zero);
  // 0 / 0 is NaN by itself where no mask has made it 0.
  if (sinkTerm || (op.getEmpty() == "nan" && !op.getMask()))
    return p;
  return select(equals(sum, zero), ofEmptyRow(make<arith::DivFOp>(sum, sum)),
                p);
}

Value Expansion::ofEmptyRow(Value nan) {
  if (op.getEmpty() == "zero")
    return number("0");
  if (op.getEmpty() == "nan")
    return nan;
  return make<arith::DivFOp>(number("1"),
                             builder.create<RowOp>(loc, "sum", number("1")));
}

/// The threshold is between -1 and 0 whatever the largest element is, and an
/// element less the largest is exact where it is near it.
Value Expansion::sparse() {
  bool isSquare = op.getForm() == "entmax15";
  if (isSquare)
    z = make<arith::MulFOp>(z, number("1/2"));
  Value threshold = combined(isSquare ? "threshold_squared" : "threshold", z);
  Value zero = number("0");
  Value p = make<arith::MaximumFOp>(make<arith::SubFOp>(z, threshold), zero);
  if (isSquare)
    p = make<arith::MulFOp>(p, p);
  if (op.getMask())
    p = select(op.getMask(), p, zero);
  Value infinite = builder.create<arith::NegFOp>(
      loc, builder.create<math::LogOp>(loc, zero));
  Value nan = make<arith::SubFOp>(infinite, infinite);
  return select(equals(threshold, infinite), ofEmptyRow(nan), p);
}

void Expansion::sumLogarithm() {
  Value zero = number("0"), one = number("1");
  // Elements that are the largest add exactly 1 each, or exp(shift) below a
  // sink. The first 1 of these or of the sink is that of log1p.
  Value isLargest = equals(op.getOperand(), base);
  Value others = combined("sum", select(isLargest, zero, e));
  Value count = combined("sum", select(isLargest, one, zero));
  Value ofLargest = shift ? exp(shift) : Value();
  if (inBlocks) {
    // The largest of another block are less than that of the row.
    Value hasLargest = equals(base, largest);
    Value terms =
        make<arith::MulFOp>(make<arith::AddFOp>(others, count), factor);
    if (ofLargest)
      others = make<arith::MulFOp>(others, ofLargest);
    others = ofRow("sum", select(hasLargest, others, terms));
    count = ofRow("sum", select(hasLargest, count, zero));
  }
  Value rest = make<arith::SubFOp>(count, one);
  if (sinkTerm)
    rest = select(isTop, make<arith::AddFOp>(rest, sinkTerm),
                  make<arith::MulFOp>(count, ofLargest));
  logarithm =
      builder.create<math::Log1pOp>(loc, make<arith::AddFOp>(others, rest));
  if (op.getForm() == "log") {
    // Over exp(scale largest), not over what the shift made of it. NaN of the
    // whole row where the largest is infinite: all are less by that.
    logarithm = shift ? make<arith::SubFOp>(logarithm, belowMost)
                      : make<arith::AddFOp>(
                            logarithm, make<arith::SubFOp>(largest, largest));
  }
  if (!sinkTerm)
    isEmpty = equals(count, zero);
}

Value Expansion::logProbability() {
  // With a sink, z has the shift already.
  Value l = make<arith::SubFOp>(sinkTerm ? make<arith::SubFOp>(z, shift) : z,
                                logarithm);
  Value zero = number("0");
  if (op.getMask()) // The logarithm of 0.
    l = select(op.getMask(), l, builder.create<math::LogOp>(loc, zero));
  if (!isEmpty || (op.getEmpty() == "nan" && !op.getMask()))
    return l;
  Value empty;
  if (op.getEmpty() == "zero") {
    empty = builder.create<math::LogOp>(loc, zero);
  } else if (op.getEmpty() == "nan") {
    Value infinite = builder.create<math::LogOp>(loc, zero);
    empty = make<arith::SubFOp>(infinite, infinite);
  } else {
    Value count = builder.create<RowOp>(loc, "sum", number("1"));
    empty = builder.create<arith::NegFOp>(
        loc, builder.create<math::LogOp>(loc, count));
  }
  return select(isEmpty, empty, l);
}

/// A scale that differs between elements is applied to them at once: it does
/// not leave the largest the largest.
static LogicalResult settleScales(FuncOp func) {
  llvm::DenseSet<Value> uniform = uniformValues(func);
  for (SoftmaxOp op : func.getBody().getOps<SoftmaxOp>()) {
    if (op.getSink() && !uniform.contains(op.getSink()))
      return op.emitOpError("the sink differs between elements of a row; give "
                            "one value for each row");
    Value scale = op.getScale();
    if (!scale || uniform.contains(scale))
      continue;
    OpBuilder builder(op);
    op.getOperandMutable().assign(
        builder.create<arith::MulFOp>(op.getLoc(), op.getOperand(), scale));
    op.getScaleMutable().clear();
  }
  return success();
}

/// True for a function that can be read in blocks and gains by it: a softmax,
/// and nothing that takes loops over the whole row.
static bool takesBlocks(FuncOp func) {
  bool hasSoftmax = false;
  for (Operation &op : func.getBody().getOps()) {
    auto row = dyn_cast<RowOp>(op);
    auto softmax = dyn_cast<SoftmaxOp>(op);
    if ((row && row.isThreshold()) || (softmax && softmax.isSparse()))
      return false;
    hasSoftmax |= bool(softmax);
  }
  return hasSoftmax;
}

/// Every other combined value is one of blocks, too.
static void combineBlocks(FuncOp func) {
  llvm::DenseSet<Value> uniform = uniformValues(func);
  for (RowOp op : llvm::make_early_inc_range(func.getBody().getOps<RowOp>())) {
    // Without a loop: the same value of all elements.
    if (op.getScope() || (!op.getMask() && uniform.contains(op.getOperand())))
      continue;
    OpBuilder builder(op);
    Value ofBlock =
        builder.create<RowOp>(op.getLoc(), op.getCombiner(), op.getOperand(),
                              op.getMask(), builder.getStringAttr("block"));
    Value ofRow =
        builder.create<RowOp>(op.getLoc(), op.getCombiner(), ofBlock, Value(),
                              builder.getStringAttr("blocks"));
    op.replaceAllUsesWith(ofRow);
    op.erase();
  }
}

LogicalResult act::stabilizeRows(FuncOp func, bool inBlocks) {
  if (!isRowFunction(func))
    return success();
  MLIRContext *context = func.getContext();
  RewritePatternSet patterns(context);
  patterns.add<SimplerOperand>(func);
  if (failed(settleScales(func)))
    return failure();
  GreedyRewriteConfig config;
  config.enableRegionSimplification = GreedySimplifyRegionLevel::Disabled;
  if (failed(recognizeSoftmax(func)) ||
      failed(applyPatternsAndFoldGreedily(func, std::move(patterns), config)))
    return func.emitOpError("did not reach a stable form of its rows; this is "
                            "a defect in the rewrite rules");
  inBlocks &= takesBlocks(func);
  for (SoftmaxOp op :
       llvm::make_early_inc_range(func.getBody().getOps<SoftmaxOp>()))
    Expansion(op, inBlocks).run();
  if (inBlocks)
    combineBlocks(func);
  return success();
}

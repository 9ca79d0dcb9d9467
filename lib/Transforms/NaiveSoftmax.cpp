//===- NaiveSoftmax.cpp - Softmax as it is defined becomes act.softmax ----===//
//
// Before: 2 exp(x) / (1 + sum(exp(x))), in which exp(x) overflows; after:
// 2 act.softmax probability x sink 0. A quotient is read as a product of
// factors, some of them in the denominator, so that others may stand between
// the exponential and the sum.
//
//===----------------------------------------------------------------------===//

#include "act/Reference/Quad.h"
#include "act/Transforms/Stabilize.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace act;

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

namespace {
/// The factors of a value, and those that it is divided by.
struct Product {
  SmallVector<Value> over, under;
  bool isNegative = false;

  explicit Product(Value value) { add(value, false); }
  /// The product again; null for one of no factors.
  Value build(OpBuilder &builder, Location loc) const;

private:
  /// A square of a square ... has many factors, of which none is of use.
  static constexpr size_t kMostFactors = 16;

  void add(Value value, bool isUnder);
};
} // namespace

void Product::add(Value value, bool isUnder) {
  Operation *op = value.getDefiningOp();
  if (op && over.size() + under.size() < kMostFactors) {
    if (isa<arith::NegFOp>(op)) {
      isNegative = !isNegative;
      return add(op->getOperand(0), isUnder);
    }
    if (isa<arith::MulFOp, arith::DivFOp>(op)) {
      add(op->getOperand(0), isUnder);
      return add(op->getOperand(1), isUnder != isa<arith::DivFOp>(op));
    }
  }
  if (!isNumber(value, 1))
    (isUnder ? under : over).push_back(value);
}

Value Product::build(OpBuilder &builder, Location loc) const {
  auto productOf = [&](ArrayRef<Value> factors) {
    Value product;
    for (Value factor : factors)
      product = product ? builder.create<arith::MulFOp>(loc, product, factor)
                        : factor;
    return product;
  };
  Value value = productOf(over);
  if (Value divisor = productOf(under)) {
    if (!value)
      value = builder.create<ConstantOp>(loc, divisor.getType(),
                                         builder.getStringAttr("1"));
    value = builder.create<arith::DivFOp>(loc, value, divisor);
  }
  return value && isNegative ? builder.create<arith::NegFOp>(loc, value)
                             : value;
}

//===----------------------------------------------------------------------===//
// Exponentials and their sums
//===----------------------------------------------------------------------===//

namespace {
/// exp(z), or 0 where a mask is false.
struct Term {
  Value z, mask;

  bool operator==(const Term &other) const {
    return z == other.z && mask == other.mask;
  }
};

/// The sum of terms over a row and one that is the same for the row: exp(sink),
/// or a positive number.
struct Denominator {
  Term term;
  Value sink, number;
};

/// A product whose numerator has the term of a sum in its denominator, both
/// taken out of it.
struct Quotient {
  Product rest;
  Denominator sum;
  /// Of a sum over the row of products with the term: the others' product,
  /// null where there are none.
  RowOp average;
  std::optional<Product> averaged;
};

/// Reads the values of one function.
class Reader {
public:
  explicit Reader(FuncOp func) : func(func) {}

  std::optional<Denominator> sumOf(Value value) const;
  std::optional<Quotient> quotientOf(Value value) const;

private:
  FuncOp func;
};
} // namespace

static std::optional<Term> termOf(Value value) {
  Term term;
  if (auto select = value.getDefiningOp<arith::SelectOp>();
      select && isNumber(select.getFalseValue(), 0)) {
    term.mask = select.getCondition();
    value = select.getTrueValue();
  }
  auto exp = value.getDefiningOp<math::ExpOp>();
  if (!exp)
    return std::nullopt;
  term.z = exp.getOperand();
  return term;
}

/// The act.row of the sum of all elements.
static RowOp sumOfRow(Value value) {
  auto row = value.getDefiningOp<RowOp>();
  return row && row.getCombiner() == "sum" && !row.getScope() ? row : RowOp();
}

static std::optional<Term> summedTerm(Value value) {
  RowOp row = sumOfRow(value);
  std::optional<Term> term = row ? termOf(row.getOperand()) : std::nullopt;
  if (!term || (row.getMask() && term->mask))
    return std::nullopt;
  if (row.getMask())
    term->mask = row.getMask();
  return term;
}

std::optional<Denominator> Reader::sumOf(Value value) const {
  if (std::optional<Term> term = summedTerm(value))
    return Denominator{*term, Value(), Value()};
  auto add = value.getDefiningOp<arith::AddFOp>();
  if (!add)
    return std::nullopt;
  for (auto [sum, other] : {std::pair(add.getLhs(), add.getRhs()),
                            std::pair(add.getRhs(), add.getLhs())}) {
    std::optional<Term> term = summedTerm(sum);
    if (!term)
      continue;
    if (auto number = other.getDefiningOp<ConstantOp>();
        number && quadFromText(number.getValue()) > 0)
      return Denominator{*term, Value(), other};
    if (auto exp = other.getDefiningOp<math::ExpOp>();
        exp && uniformValues(func).contains(exp.getOperand()))
      return Denominator{*term, exp.getOperand(), Value()};
  }
  return std::nullopt;
}

std::optional<Quotient> Reader::quotientOf(Value value) const {
  Product product(value);
  for (auto *under = product.under.begin(); under != product.under.end();
       ++under) {
    std::optional<Denominator> sum = sumOf(*under);
    if (!sum)
      continue;
    for (auto *over = product.over.begin(); over != product.over.end();
         ++over) {
      Quotient quotient{product, *sum, RowOp(), std::nullopt};
      auto takeOut = [&] {
        quotient.rest.over.erase(quotient.rest.over.begin() +
                                 (over - product.over.begin()));
        quotient.rest.under.erase(quotient.rest.under.begin() +
                                  (under - product.under.begin()));
        return quotient;
      };
      if (termOf(*over) == sum->term)
        return takeOut();
      RowOp average = sumOfRow(*over);
      if (!average || average.getMask())
        continue;
      Product averaged(average.getOperand());
      auto *term = llvm::find_if(averaged.over, [&](Value factor) {
        return termOf(factor) == sum->term;
      });
      if (term == averaged.over.end())
        continue;
      averaged.over.erase(term);
      quotient.average = average;
      quotient.averaged = averaged;
      return takeOut();
    }
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Rewriting
//===----------------------------------------------------------------------===//

/// Says what is done in another way than it is written: once, though the same
/// function may be there with split rows.
static void remark(Operation *op, StringRef text) {
  if (!op->getParentOfType<FuncOp>()->hasAttr(kSplitAttr))
    op->emitRemark(text);
}

/// The value times the product of the others, which may have no factors.
static Value times(OpBuilder &builder, Location loc, Value value,
                   Product others) {
  others.over.insert(others.over.begin(), value);
  return others.build(builder, loc);
}

static Value softmaxOf(OpBuilder &builder, Location loc, StringRef form,
                       const Denominator &sum) {
  Value sink = sum.sink;
  if (sum.number)
    sink = isNumber(sum.number, 1)
               ? builder.create<ConstantOp>(loc, sum.number.getType(),
                                            builder.getStringAttr("0"))
               : Value(builder.create<math::LogOp>(loc, sum.number));
  return builder.create<SoftmaxOp>(
      loc, sum.term.z.getType(), builder.getStringAttr(form), sum.term.z,
      Value(), sum.term.mask, sink, builder.getStringAttr("nan"));
}

/// The same softmax in the form `log`.
static Value logarithm(PatternRewriter &rewriter, SoftmaxOp op) {
  auto copy = cast<SoftmaxOp>(rewriter.clone(*op));
  copy.setForm("log");
  return copy;
}

namespace {
/// c exp(z) / sum(exp(z)) -> c softmax(z), and
/// c sum(v exp(z)) / sum(exp(z)) -> c sum(v softmax(z)).
template <class Op> struct NaiveQuotient : OpRewritePattern<Op> {
  explicit NaiveQuotient(FuncOp func)
      : OpRewritePattern<Op>(func.getContext()), reader(func) {}

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    std::optional<Quotient> quotient = reader.quotientOf(op);
    if (!quotient)
      return failure();
    Location loc = op.getLoc();
    remark(op, "exp(x) / sum(exp(x)) is computed as a softmax: the largest "
               "element is subtracted first, so that nothing overflows");
    Value p = softmaxOf(rewriter, loc, "probability", quotient->sum);
    if (quotient->average)
      p = rewriter.create<RowOp>(
          loc, "sum", times(rewriter, loc, p, *quotient->averaged), Value());
    rewriter.replaceOp(op, times(rewriter, loc, p, quotient->rest));
    return success();
  }

  Reader reader;
};

/// log(sum(exp(z)) c) -> logsumexp(z) + log(c).
struct LogOfSum : OpRewritePattern<math::LogOp> {
  explicit LogOfSum(FuncOp func)
      : OpRewritePattern(func.getContext()), reader(func) {}

  LogicalResult matchAndRewrite(math::LogOp op,
                                PatternRewriter &rewriter) const override {
    Product product(op.getOperand());
    if (product.isNegative)
      return failure();
    for (Value &factor : product.over) {
      std::optional<Denominator> sum = reader.sumOf(factor);
      if (!sum)
        continue;
      remark(op, "log(sum(exp(x))) is computed with the largest element "
                 "subtracted first, so that nothing overflows");
      product.over.erase(&factor);
      Value log = softmaxOf(rewriter, op.getLoc(), "sum", *sum);
      if (Value rest = product.build(rewriter, op.getLoc()))
        log = rewriter.create<arith::AddFOp>(
            op.getLoc(), log, rewriter.create<math::LogOp>(op.getLoc(), rest));
      rewriter.replaceOp(op, log);
      return success();
    }
    return failure();
  }

  Reader reader;
};

/// log1p(sum(exp(z))) -> logsumexp(z) with a sink of 0.
struct Log1pOfSum : OpRewritePattern<math::Log1pOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::Log1pOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<Term> term = summedTerm(op.getOperand());
    if (!term)
      return failure();
    remark(op, "log1p(sum(exp(x))) is computed with the largest element "
               "subtracted first, so that nothing overflows");
    Value sink = rewriter.create<ConstantOp>(op.getLoc(), op.getType(),
                                             rewriter.getStringAttr("0"));
    rewriter.replaceOp(
        op, softmaxOf(rewriter, op.getLoc(), "sum", {*term, sink, Value()}));
    return success();
  }
};

/// log(softmax(z)) -> log_softmax(z).
struct LogOfSoftmax : OpRewritePattern<math::LogOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::LogOp op,
                                PatternRewriter &rewriter) const override {
    auto softmax = op.getOperand().getDefiningOp<SoftmaxOp>();
    if (!softmax || softmax.getForm() != "probability")
      return failure();
    rewriter.replaceOp(op, logarithm(rewriter, softmax));
    return success();
  }
};

/// z - logsumexp(z) -> log_softmax(z), which keeps what is small.
struct MinusLogSum : OpRewritePattern<arith::SubFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::SubFOp op,
                                PatternRewriter &rewriter) const override {
    auto sum = op.getRhs().getDefiningOp<SoftmaxOp>();
    if (!sum || sum.getForm() != "sum" || sum.getScale() || sum.getMask() ||
        sum.getOperand() != op.getLhs())
      return failure();
    rewriter.replaceOp(op, logarithm(rewriter, sum));
    return success();
  }
};
} // namespace

LogicalResult act::recognizeSoftmax(FuncOp func) {
  if (!isRowFunction(func))
    return success();
  MLIRContext *context = func.getContext();
  // Terms are known by their values, of which there is one each.
  IRRewriter rewriter(context);
  DominanceInfo dominance(func);
  eliminateCommonSubExpressions(rewriter, dominance, func);
  RewritePatternSet patterns(context);
  patterns.add<NaiveQuotient<arith::DivFOp>, NaiveQuotient<arith::MulFOp>,
               LogOfSum>(func);
  patterns.add<Log1pOfSum, LogOfSoftmax, MinusLogSum>(context);
  GreedyRewriteConfig config;
  config.enableRegionSimplification = GreedySimplifyRegionLevel::Disabled;
  return applyPatternsAndFoldGreedily(func, std::move(patterns), config);
}

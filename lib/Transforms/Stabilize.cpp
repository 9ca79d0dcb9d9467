//===- Stabilize.cpp - Forms that keep their tails ------------------------===//
//
// Rewrites that are exact over the reals and avoid cancellation or overflow in
// floating point. Before: log(1 + exp(x)), which is inf from x = 88.8 on in
// f32 and 0 below -16.6; after: act.softplus, which is neither.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Stabilize.h"
#include "act/IR/ExactNumber.h"
#include "act/Reference/Quad.h"
#include "act/Transforms/Passes.h"
#include "act/Transforms/Recognize.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace act {
#define GEN_PASS_DEF_ACTSTABILIZE
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

//===----------------------------------------------------------------------===//
// Matching and building
//===----------------------------------------------------------------------===//

static bool isConstant(Value value) {
  return value.getDefiningOp<ConstantOp>() != nullptr;
}

bool act::isNumber(Value value, int n) {
  auto constant = value.getDefiningOp<ConstantOp>();
  return constant && quadFromText(constant.getValue()) == Quad(n);
}

/// For a commutative operation with exactly one operand that satisfies
/// `accepts`: the other operand, else null.
template <class Op, class Predicate>
static Value otherOperand(Op op, Predicate accepts) {
  if (accepts(op.getLhs()))
    return op.getRhs();
  if (accepts(op.getRhs()))
    return op.getLhs();
  return nullptr;
}

/// The operand x of f(x) when `value` is defined by an f.
template <class Op> static Value argumentOf(Value value) {
  auto op = value.getDefiningOp<Op>();
  return op ? op->getOperand(0) : Value();
}

namespace {
/// Shorthand for building the right-hand sides.
struct Rewrite {
  PatternRewriter &rewriter;
  Location loc;
  Type type;

  template <class Op, class... Args> Value make(Args... args) {
    return rewriter.create<Op>(loc, type, args...);
  }
  Value number(StringRef text) {
    return rewriter.create<ConstantOp>(loc, type, rewriter.getStringAttr(text));
  }
  Value neg(Value x) { return make<arith::NegFOp>(x); }
  Value mul(Value x, Value y) { return make<arith::MulFOp>(x, y); }
  Value add(Value x, Value y) { return make<arith::AddFOp>(x, y); }
  Value div(Value x, Value y) { return make<arith::DivFOp>(x, y); }
  Value select(Value c, Value x, Value y) {
    return rewriter.create<arith::SelectOp>(loc, c, x, y);
  }
};
} // namespace

static Rewrite at(PatternRewriter &rewriter, Operation *op) {
  return {rewriter, op->getLoc(), op->getResult(0).getType()};
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {
/// 1 + erf(z) -> erfc(-z), 1 + tanh(u) -> 2 sigmoid(2u), exp(z) + ... is left.
struct OnePlus : OpRewritePattern<arith::AddFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::AddFOp op,
                                PatternRewriter &rewriter) const override {
    Value other = otherOperand(op, [](Value v) { return isNumber(v, 1); });
    if (!other)
      return failure();
    Rewrite to = at(rewriter, op);
    if (Value z = argumentOf<math::ErfOp>(other)) {
      rewriter.replaceOpWithNewOp<ErfcOp>(op, z.getType(), to.neg(z));
      return success();
    }
    if (Value u = argumentOf<math::TanhOp>(other)) {
      Value two = to.number("2");
      rewriter.replaceOp(op, to.mul(two, to.make<SigmoidOp>(to.mul(two, u))));
      return success();
    }
    return failure();
  }
};

/// 1 + 2 sin(z) cos(z) -> 2 sin(z + pi / 4)^2, which keeps its double roots.
struct OnePlusSine : OpRewritePattern<arith::AddFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::AddFOp op,
                                PatternRewriter &rewriter) const override {
    Value other = otherOperand(op, [](Value v) { return isNumber(v, 1); });
    if (!other)
      return failure();
    // The factors of the product: one 2, one sine and one cosine.
    SmallVector<Value> open = {other}, factors;
    while (!open.empty() && factors.size() < 4) {
      Value value = open.pop_back_val();
      if (auto mul = value.getDefiningOp<arith::MulFOp>())
        open.append({mul.getLhs(), mul.getRhs()});
      else
        factors.push_back(value);
    }
    Value sine, cosine;
    bool hasTwo = false;
    for (Value factor : factors) {
      hasTwo |= isNumber(factor, 2);
      if (Value z = argumentOf<math::SinOp>(factor))
        sine = z;
      if (Value z = argumentOf<math::CosOp>(factor))
        cosine = z;
    }
    if (factors.size() != 3 || !hasTwo || !sine || sine != cosine)
      return failure();
    Rewrite to = at(rewriter, op);
    Value root = to.make<math::SinOp>(to.add(sine, to.number(kEighthTurn)));
    rewriter.replaceOp(op, to.mul(to.number("2"), to.mul(root, root)));
    return success();
  }
};

/// 1 - erf(z) -> erfc(z), 1 - tanh(u) -> 2 sigmoid(-2u),
/// 1 - sigmoid(z) -> sigmoid(-z), exp(z) - 1 -> expm1(z).
struct OneMinus : OpRewritePattern<arith::SubFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::SubFOp op,
                                PatternRewriter &rewriter) const override {
    Rewrite to = at(rewriter, op);
    if (isNumber(op.getRhs(), 1)) {
      Value z = argumentOf<math::ExpOp>(op.getLhs());
      if (!z)
        return failure();
      rewriter.replaceOpWithNewOp<math::ExpM1Op>(op, z);
      return success();
    }
    if (!isNumber(op.getLhs(), 1))
      return failure();
    if (Value z = argumentOf<math::ErfOp>(op.getRhs())) {
      rewriter.replaceOpWithNewOp<ErfcOp>(op, z.getType(), z);
      return success();
    }
    if (Value u = argumentOf<math::TanhOp>(op.getRhs())) {
      Value argument = to.mul(to.number("-2"), u);
      rewriter.replaceOp(op,
                         to.mul(to.number("2"), to.make<SigmoidOp>(argument)));
      return success();
    }
    if (Value z = argumentOf<SigmoidOp>(op.getRhs())) {
      rewriter.replaceOpWithNewOp<SigmoidOp>(op, z.getType(), to.neg(z));
      return success();
    }
    return failure();
  }
};

/// cos(z)^2 - sin(z)^2 -> 2 sin(z + pi / 4) sin(-z + pi / 4), which keeps its
/// roots; cos(2 z) would overflow.
struct CosineOfTwice : OpRewritePattern<arith::SubFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::SubFOp op,
                                PatternRewriter &rewriter) const override {
    auto rootOfSquare = [](Value v) {
      auto mul = v.getDefiningOp<arith::MulFOp>();
      return mul && mul.getLhs() == mul.getRhs() ? mul.getLhs() : Value();
    };
    Value cosine = rootOfSquare(op.getLhs()), sine = rootOfSquare(op.getRhs());
    Value z = cosine ? argumentOf<math::CosOp>(cosine) : Value();
    if (!z || !sine || argumentOf<math::SinOp>(sine) != z)
      return failure();
    Rewrite to = at(rewriter, op);
    auto root = [&](Value v) {
      return to.make<math::SinOp>(to.add(v, to.number(kEighthTurn)));
    };
    Value product = to.mul(root(z), root(to.neg(z)));
    rewriter.replaceOp(op, to.mul(to.number("2"), product));
    return success();
  }
};

/// y / (1 + exp(z)) -> y sigmoid(-z), or sigmoid(z) where y is exp(z).
struct LogisticQuotient : OpRewritePattern<arith::DivFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::DivFOp op,
                                PatternRewriter &rewriter) const override {
    auto sum = op.getRhs().getDefiningOp<arith::AddFOp>();
    if (!sum)
      return failure();
    Value other = otherOperand(sum, [](Value v) { return isNumber(v, 1); });
    Value z = other ? argumentOf<math::ExpOp>(other) : Value();
    if (!z)
      return failure();
    Rewrite to = at(rewriter, op);
    if (argumentOf<math::ExpOp>(op.getLhs()) == z) {
      rewriter.replaceOpWithNewOp<SigmoidOp>(op, z.getType(), z);
      return success();
    }
    Value sigmoid = to.make<SigmoidOp>(to.neg(z));
    rewriter.replaceOp(
        op, isNumber(op.getLhs(), 1) ? sigmoid : to.mul(op.getLhs(), sigmoid));
    return success();
  }
};

/// log(1 + exp(z)) -> softplus(z), log(1 + z) -> log1p(z),
/// log(sigmoid(z)) -> -softplus(-z), log(exp(z)) is left: it overflows to inf
/// where exp does, and that is what was written.
struct LogOfSum : OpRewritePattern<math::LogOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::LogOp op,
                                PatternRewriter &rewriter) const override {
    Rewrite to = at(rewriter, op);
    if (Value z = argumentOf<SigmoidOp>(op.getOperand())) {
      rewriter.replaceOp(op, to.neg(to.make<SoftplusOp>(to.neg(z))));
      return success();
    }
    auto sum = op.getOperand().getDefiningOp<arith::AddFOp>();
    if (!sum)
      return failure();
    Value other = otherOperand(sum, [](Value v) { return isNumber(v, 1); });
    if (!other || isConstant(other))
      return failure();
    rewriter.replaceOpWithNewOp<math::Log1pOp>(op, other);
    return success();
  }
};

/// log1p(exp(z)) -> softplus(z).
struct Log1pOfExp : OpRewritePattern<math::Log1pOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::Log1pOp op,
                                PatternRewriter &rewriter) const override {
    Value z = argumentOf<math::ExpOp>(op.getOperand());
    if (!z)
      return failure();
    rewriter.replaceOpWithNewOp<SoftplusOp>(op, z.getType(), z);
    return success();
  }
};

/// The t of 1 - t t, else null.
static Value rootOfOneMinusSquare(arith::SubFOp op) {
  auto square = op.getRhs().getDefiningOp<arith::MulFOp>();
  if (!isNumber(op.getLhs(), 1) || !square ||
      square.getLhs() != square.getRhs())
    return nullptr;
  return square.getLhs();
}

/// tanh(softplus(x)) -> a quotient of polynomials in e = exp(-|x|), which
/// keeps the left tail's exponent apart and does not overflow:
///   x > 0:  (1 + 2e) / (1 + 2e (1 + e));   else  t / (2 + t), t = e (2 + e).
struct TanhOfSoftplus : OpRewritePattern<math::TanhOp> {
  using OpRewritePattern::OpRewritePattern;

  struct Parts {
    Value e, isPositive, numerator, denominator;
  };
  static Parts partsOf(Rewrite to, Value x) {
    Parts parts;
    Value one = to.number("1"), two = to.number("2");
    parts.e = to.make<math::ExpOp>(to.neg(to.make<math::AbsFOp>(x)));
    Value twice = to.mul(two, parts.e);
    Value t = to.mul(parts.e, to.add(two, parts.e));
    parts.isPositive = to.rewriter.create<arith::CmpFOp>(
        to.loc, arith::CmpFPredicate::OGT, x, to.number("0"));
    parts.numerator = to.select(parts.isPositive, to.add(one, twice), t);
    parts.denominator = to.select(
        parts.isPositive, to.add(one, to.mul(twice, to.add(one, parts.e))),
        to.add(two, t));
    return parts;
  }

  LogicalResult matchAndRewrite(math::TanhOp op,
                                PatternRewriter &rewriter) const override {
    Value x = argumentOf<SoftplusOp>(op.getOperand());
    if (!x)
      return failure();
    // 1 - t^2 must still see that t is a tanh.
    for (Operation *user : op->getUsers())
      for (Operation *next : user->getUsers())
        if (auto sub = dyn_cast<arith::SubFOp>(next);
            sub && rootOfOneMinusSquare(sub) == op.getResult())
          return failure();
    Rewrite to = at(rewriter, op);
    Parts parts = partsOf(to, x);
    rewriter.replaceOp(op, to.div(parts.numerator, parts.denominator));
    return success();
  }
};

/// 1 - tanh(u)^2 -> 4 sigmoid(2u) sigmoid(-2u), which does not cancel where
/// tanh saturates. Of tanh(softplus(x)), which has a form of its own, it is the
/// square of 2 (1 + e) over the denominator there, times e for x > 0.
struct OneMinusTanhSquare : OpRewritePattern<arith::SubFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::SubFOp op,
                                PatternRewriter &rewriter) const override {
    Value t = rootOfOneMinusSquare(op);
    Value u = t ? argumentOf<math::TanhOp>(t) : Value();
    if (!u)
      return failure();
    Rewrite to = at(rewriter, op);
    Value two = to.number("2");
    if (Value x = argumentOf<SoftplusOp>(u)) {
      TanhOfSoftplus::Parts parts = TanhOfSoftplus::partsOf(to, x);
      Value twice = to.mul(two, to.add(to.number("1"), parts.e));
      Value factor = to.select(parts.isPositive, parts.e, to.number("1"));
      Value q = to.mul(to.div(twice, parts.denominator), factor);
      rewriter.replaceOp(op, to.mul(q, q));
      return success();
    }
    Value v = to.mul(two, u);
    // The product of the two is one operation of the approximation.
    Value slope = to.mul(to.make<SigmoidOp>(v), to.make<SigmoidOp>(to.neg(v)));
    rewriter.replaceOp(op, to.mul(to.number("4"), slope));
    return success();
  }
};

/// c (d v) -> (c d) v and (c u) (d v) -> ((c d) u) v for constants c, d:
/// constant factors meet and are folded exactly later.
struct GatherConstantFactors : OpRewritePattern<arith::MulFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::MulFOp op,
                                PatternRewriter &rewriter) const override {
    Rewrite to = at(rewriter, op);
    auto factor = [](Value v) -> std::pair<Value, Value> {
      auto mul = v.getDefiningOp<arith::MulFOp>();
      if (!mul || isConstantTree(mul.getResult()))
        return {};
      if (isConstantTree(mul.getLhs()))
        return {mul.getLhs(), mul.getRhs()};
      if (isConstantTree(mul.getRhs()))
        return {mul.getRhs(), mul.getLhs()};
      return {};
    };
    Value lhs = op.getLhs(), rhs = op.getRhs();
    if (isConstantTree(rhs))
      std::swap(lhs, rhs);
    auto [d, v] = factor(rhs);
    if (!d)
      return failure();
    if (isConstantTree(lhs)) {
      rewriter.replaceOp(op, to.mul(to.mul(lhs, d), v));
      return success();
    }
    auto [c, u] = factor(lhs);
    if (!c)
      return failure();
    rewriter.replaceOp(op, to.mul(to.mul(to.mul(c, d), u), v));
    return success();
  }

  /// A value computed from constants only. Nothing less will do: a constant
  /// that were taken for a variable would be gathered again and again.
  static bool isConstantTree(Value value) {
    SmallVector<Value> open = {value};
    llvm::SmallDenseSet<Value, 8> seen;
    while (!open.empty()) {
      Operation *op = open.pop_back_val().getDefiningOp();
      if (!op)
        return false;
      for (Value operand : op->getOperands())
        if (seen.insert(operand).second)
          open.push_back(operand);
    }
    return true;
  }
};

/// -(-x) -> x.
struct DoubleNegation : OpRewritePattern<arith::NegFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::NegFOp op,
                                PatternRewriter &rewriter) const override {
    Value x = argumentOf<arith::NegFOp>(op.getOperand());
    if (!x)
      return failure();
    rewriter.replaceOp(op, x);
    return success();
  }
};
} // namespace

LogicalResult act::stabilizeBody(FuncOp func) {
  MLIRContext *context = func.getContext();
  RewritePatternSet patterns(context);
  patterns.add<OnePlus, OnePlusSine, OneMinus, CosineOfTwice, LogisticQuotient,
               LogOfSum, Log1pOfExp, TanhOfSoftplus, OneMinusTanhSquare,
               GatherConstantFactors, DoubleNegation>(context);
  GreedyRewriteConfig config;
  config.enableRegionSimplification = GreedySimplifyRegionLevel::Disabled;
  return applyPatternsAndFoldGreedily(func, std::move(patterns), config);
}

namespace {
struct Stabilize : act::impl::ActStabilizeBase<Stabilize> {
  using ActStabilizeBase::ActStabilizeBase;
  void runOnOperation() override {
    FuncOp func = getOperation();
    // A row may be met as it is written or in its stable form.
    recognize(func);
    if (failed(stabilizeRows(func, longRows || func->hasAttr(kSplitAttr))))
      return signalPassFailure();
    if (failed(stabilizeBody(func))) {
      func.emitOpError("did not reach a stable form; this is a defect in the "
                       "rewrite rules");
      return signalPassFailure();
    }
    recognize(func);
  }
};
} // namespace

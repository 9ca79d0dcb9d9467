//===- Approximate.cpp - Real arithmetic becomes machine arithmetic -------===//
//
// Up to here a body means real numbers; from here on it is operations of one
// compute type that the target runs natively. Before: act.sigmoid on "f64 by
// convention"; after: fma, bit operations and one small table on f32.
//
//===----------------------------------------------------------------------===//

#include "EmitApproximation.h"
#include "EmitCare.h"
#include "LinearRatio.h"
#include "ReadyToRound.h"
#include "Threshold.h"
#include "act/IR/FunctionTable.h"
#include "act/IR/PrimitiveTable.h"
#include "act/Reference/Interpreter.h"
#include "act/Transforms/FunctionArithmetic.h"
#include "act/Transforms/Passes.h"
#include "act/Transforms/Real.h"
#include "act/Transforms/Rounding.h"
#include "act/Transforms/Stabilize.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/TypeSwitch.h"

namespace act {
#define GEN_PASS_DEF_ACTAPPROXIMATE
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

/// True for u + pi / 4.
static bool isEighthTurn(Value value) {
  auto sum = value.getDefiningOp<arith::AddFOp>();
  auto constant = sum ? sum.getRhs().getDefiningOp<ConstantOp>() : nullptr;
  return constant && constant.getValue() == kEighthTurn;
}

namespace {

/// Values whose low word some consumer uses: arguments of the exponential
/// family, whose absolute error becomes a relative error of the result, and
/// everything such an argument is computed from; in two words all.
class LowWords {
public:
  /// None where the compute type has bits to spare, or the class needs fewer.
  LowWords(FuncOp func, const Arithmetic &arithmetic)
      : isAll(arithmetic.twoWords) {
    if (!arithmetic.fullRange || isAll)
      return;
    for (Operation &op : llvm::reverse(func.getBody().front())) {
      if (isa<math::ExpOp, math::ExpM1Op, SigmoidOp, SoftplusOp, ErfcOp>(op))
        wanted.insert(op.getOperand(0));
      else if (op.getNumResults() == 1 && wanted.contains(op.getResult(0)) &&
               isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp,
                   arith::NegFOp, arith::SelectOp, math::AbsFOp>(op))
        for (Value operand : op.getOperands())
          wanted.insert(operand);
    }
  }
  bool contains(Value value) const { return isAll || wanted.contains(value); }

private:
  bool isAll;
  llvm::DenseSet<Value> wanted;
};

/// slope * input + offset.
struct LinearForm {
  Value input;
  Quad slope, offset;
};

/// Rewrites one body into a new block.
class BodyApproximator {
public:
  /// `storage` is that of results that state none.
  BodyApproximator(FuncOp func, const Arithmetic &arithmetic, Type storage,
                   OpBuilder &builder)
      : func(func), arithmetic(arithmetic), storage(storage), builder(builder),
        type(arithmetic.compute == DType::F64 ? builder.getF64Type()
                                              : builder.getF32Type()),
        lowWords(func, arithmetic),
        real(builder, func.getLoc(), type, arithmetic) {}

  FloatType computeType() const { return type; }

  /// Appends the approximated body to the block at the builder's place, whose
  /// arguments stand for the function's. Fails with a diagnostic.
  LogicalResult run(Block &target);

private:
  /// Result `number` as one approximation of the whole function, if there is
  /// one.
  std::optional<Value> composite(Block &target, unsigned number);
  LogicalResult convert(Operation &op);
  /// Evaluates an operation on constants exactly, if all its operands are.
  std::optional<Quad> fold(Operation &op);
  FailureOr<Real> convertValue(Operation &op);
  /// The value of a primitive that the table has a method for.
  std::optional<Real> primitive(Operation &op);
  /// a b + c with one rounding, if `product` is a b and nothing else uses it.
  std::optional<Real> fused(Value product, Value summand, bool isNegated,
                            bool isSummandNegated);
  /// sigmoid(z) sigmoid(-z), if the operands of a multiplication are that.
  std::optional<Real> logisticSlope(Value lhs, Value rhs);
  /// a + b without a low word.
  Real plainSum(Operation &op, Real a, Real b);
  /// c x with its exponent apart, where x is an input and something that uses
  /// the product may make a normal number of a subnormal one: another factor,
  /// or a primitive that is linear near 0.
  std::optional<Real> liftedProduct(Operation &op);
  /// c x + d of an input x, if that is what a value is.
  std::optional<LinearForm> linearForm(Value value);
  /// The result of a sum, a difference or a product as c (x + d / c), whose
  /// root is where it should be, if it is c x + d; or with a divisor, where
  /// ties must be exact. Factors that stand apart become one, so that nothing
  /// overflows between them.
  std::optional<Real> linear(Operation &op);
  /// x + d by both words of d, for an input x.
  Real shifted(Value x, Quad d);
  /// y, or what the row of the identity states where the input is infinite.
  Value withStatedLimits(Block &target, Value y);

  Real &at(Value value) { return values[value]; }
  Value plain(Value value) { return real.plain(values[value]); }

  FuncOp func;
  Arithmetic arithmetic;
  Type storage;
  OpBuilder &builder;
  FloatType type;
  LowWords lowWords;
  RealEmitter real;
  DenseMap<Value, Care> care;
  DenseMap<Value, Real> values;
  DenseMap<Value, Value> conditions;
};

} // namespace

std::optional<Quad> BodyApproximator::fold(Operation &op) {
  if (op.getNumOperands() == 0 || !isa<FloatType>(op.getResult(0).getType()))
    return std::nullopt;
  SmallVector<Quad> operands;
  for (Value operand : op.getOperands()) {
    auto it = values.find(operand);
    if (it == values.end() || !it->second.constant)
      return std::nullopt;
    operands.push_back(*it->second.constant);
  }
  return evaluateScalarOp<Quad>(&op, operands);
}

std::optional<Real> BodyApproximator::primitive(Operation &op) {
  const PrimitiveInfo *row = lookupPrimitiveOp(op.getName().getStringRef());
  if (!row)
    return std::nullopt;
  const ApproximationInfo *method = choosePrimitive(row->Name, arithmetic);
  if (!method)
    return std::nullopt;
  return emitApproximation(*method, real, at(op.getOperand(0)));
}

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
  if (a.exponent || b.exponent || c.exponent || at(product).constant ||
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
  std::optional<Value> lo = real.low(z);
  return RealEmitter::of(
      approx::sigmoidSlopeScaled(real.emit, real.plain(z), lo), false);
}

/// True if some user multiplies the result, so that a tiny one may still give
/// a normal number.
static bool isMultiplied(Operation &op) {
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

FailureOr<Real> BodyApproximator::convertValue(Operation &op) {
  Emitter &emit = real.emit;
  bool low = lowWords.contains(op.getResult(0));
  auto operand = [&](unsigned i) { return at(op.getOperand(i)); };
  auto unary = [&](auto function) {
    return RealEmitter::of(function(emit, plain(op.getOperand(0))));
  };
  if (low && !arithmetic.twoWords) {
    if (isa<math::LogOp>(op))
      return RealEmitter::of(approx::logPair(emit, plain(op.getOperand(0))));
    if (isa<SoftplusOp>(op))
      return real.softplusPair(at(op.getOperand(0)));
  }
  if (isa<math::SinOp>(op) && isEighthTurn(op.getOperand(0))) {
    Real z = at(op.getOperand(0).getDefiningOp()->getOperand(0));
    std::optional<Value> lo = real.low(z);
    return arithmetic.twoWords
               ? RealEmitter::of(approx::sinPair(emit, z.hi, lo, true))
               : RealEmitter::of(approx::sin(emit, z.hi, true));
  }
  if (std::optional<Real> y = primitive(op))
    return *y;
  return TypeSwitch<Operation *, FailureOr<Real>>(&op)
      .Case([&](arith::AddFOp sum) {
        std::pair<Value, Value> ways[] = {{sum.getLhs(), sum.getRhs()},
                                          {sum.getRhs(), sum.getLhs()}};
        if (!low || arithmetic.twoWords)
          if (std::optional<Real> y = linear(op))
            return *y;
        if (!low) {
          for (auto [a, b] : ways)
            if (std::optional<Real> y = fused(a, b, false, false))
              return *y;
        }
        return low ? real.add(operand(0), operand(1), low)
                   : plainSum(op, operand(0), operand(1));
      })
      .Case([&](arith::SubFOp difference) {
        Value a = difference.getLhs(), b = difference.getRhs();
        if (!low || arithmetic.twoWords)
          if (std::optional<Real> y = linear(op))
            return *y;
        if (!low) {
          if (std::optional<Real> y = fused(b, a, true, false))
            return *y;
          if (std::optional<Real> y = fused(a, b, false, true))
            return *y;
        }
        return !low && (arithmetic.flush || isMultiplied(op))
                   ? plainSum(op, operand(0), real.neg(operand(1)))
                   : real.sub(operand(0), operand(1), low);
      })
      .Case([&](arith::MulFOp mul) {
        if (!low)
          if (std::optional<Real> y = logisticSlope(mul.getLhs(), mul.getRhs()))
            return *y;
        if (!low || arithmetic.twoWords) {
          if (std::optional<Real> y = linear(op))
            return *y;
          if (std::optional<Real> lifted = liftedProduct(op))
            return *lifted;
        }
        return real.mul(operand(0), operand(1), low);
      })
      .Case(
          [&](arith::DivFOp) { return real.div(operand(0), operand(1), low); })
      .Case([&](arith::NegFOp) { return real.neg(operand(0)); })
      .Case([&](math::AbsFOp) { return real.abs(operand(0)); })
      .Case([&](arith::SelectOp) {
        return real.select(conditions[op.getOperand(0)], operand(1),
                           operand(2));
      })
      .Case([&](arith::MaximumFOp) {
        return real.extremum(operand(0), operand(1), true);
      })
      .Case([&](arith::MinimumFOp) {
        return real.extremum(operand(0), operand(1), false);
      })
      .Case([&](ClampOp) {
        return real.extremum(real.extremum(operand(0), operand(1), true),
                             operand(2), false);
      })
      .Case([&](math::SqrtOp) { return real.sqrt(operand(0)); })
      .Case([&](math::RsqrtOp) {
        Real root = real.sqrt(operand(0));
        return real.div(RealEmitter::of(Quad(1)), root, low);
      })
      .Case([&](RoundOp round) {
        return RealEmitter::of(roundF64To(
            builder, op.getLoc(), plain(op.getOperand(0)), round.getTo()));
      })
      .Case([&](math::FloorOp) { return real.floor(operand(0)); })
      .Case([&](SignOp) {
        return unary([](Emitter &e, Value x) {
          Value zero = e.constant(0.0);
          Value isSigned = e.lor(e.lt(x, zero), e.gt(x, zero));
          return e.select(isSigned, e.copysign(e.constant(1.0), x), x);
        });
      })
      .Case([&](math::FmaOp) {
        return real.add(real.mul(operand(0), operand(1), true), operand(2),
                        low);
      })
      .Default([&](Operation *op) -> FailureOr<Real> {
        return op->emitOpError("has no approximation; write it with the "
                               "functions of the expression language");
      });
}

LogicalResult BodyApproximator::convert(Operation &op) {
  if (auto constant = dyn_cast<ConstantOp>(op)) {
    values[constant.getResult()] =
        RealEmitter::of(quadFromText(constant.getValue()));
    return success();
  }
  if (auto compare = dyn_cast<arith::CmpFOp>(op)) {
    conditions[compare.getResult()] = emitComparison(
        builder, compare, real, [&](Value v) -> Real & { return at(v); });
    return success();
  }
  if (op.getNumResults() == 1 && op.getResult(0).getType().isInteger(1)) {
    IRMapping mapping;
    for (Value operand : op.getOperands())
      mapping.map(operand, conditions[operand]);
    conditions[op.getResult(0)] = builder.clone(op, mapping)->getResult(0);
    return success();
  }
  if (std::optional<Quad> constant = fold(op)) {
    values[op.getResult(0)] = RealEmitter::of(*constant);
    return success();
  }
  FailureOr<Real> result = convertValue(op);
  if (failed(result))
    return failure();
  auto found = care.find(op.getResult(0));
  if (found != care.end()) {
    Value x = at(func.getArgument(found->second.argument)).hi;
    result = emitCare(real, found->second, x, *result);
  }
  values[op.getResult(0)] = *result;
  return success();
}

Value BodyApproximator::withStatedLimits(Block &target, Value y) {
  FnAttr identity = func.getIdentityAttr();
  if (!identity || identity.getOrder() != 0 || func.getNumInputs() != 1)
    return y;
  const FunctionInfo &row = *lookupFunction(identity.getName());
  Value x = target.getArgument(0);
  Emitter &emit = real.emit;
  auto limit = [&](const char *text, double infinity) {
    if (*text == '\0')
      return;
    Value isInfinite = emit.eq(x, emit.constant(infinity));
    double value = StringRef(text) == "-0" ? -0.0 : double(quadFromText(text));
    y = emit.select(isInfinite, emit.constant(value), y);
  };
  limit(row.AtMinusInf, -std::numeric_limits<double>::infinity());
  limit(row.AtPlusInf, std::numeric_limits<double>::infinity());
  return y;
}

std::optional<Value> BodyApproximator::composite(Block &target,
                                                 unsigned number) {
  FnAttr identity = identityAtDefaults(func, number);
  if (!identity || func.getNumArguments() != 1)
    return std::nullopt;
  const ApproximationInfo *method =
      chooseWhole(identity.getName(), identity.getOrder(), arithmetic);
  if (!method)
    return std::nullopt;
  return emitApproximation(*method, real,
                           RealEmitter::of(Value(target.getArgument(0))))
      .hi;
}

LogicalResult BodyApproximator::run(Block &target) {
  builder.setInsertionPointToEnd(&target);
  Block &source = func.getBody().front();
  for (auto [from, to] :
       llvm::zip(source.getArguments(), target.getArguments()))
    values[from] = RealEmitter::of(Value(to));
  SmallVector<std::optional<Value>> composites;
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    composites.push_back(composite(target, i));
  if (llvm::is_contained(composites, std::nullopt)) {
    care = findCare(func, WorkingPrecision::of(arithmetic));
    for (Operation &op : source.without_terminator())
      if (failed(convert(op)))
        return failure();
  }
  SmallVector<Value> results;
  for (auto [number, value] : llvm::enumerate(func.getReturn().getValues())) {
    Value y = composites[number] ? *composites[number]
                                 : withStatedLimits(target, plain(value));
    results.push_back(readyToRound(real.emit, func, number, storage, arithmetic,
                                   target.getArguments(), y));
  }
  builder.create<ReturnOp>(func.getLoc(), results);
  return success();
}

namespace {
struct Approximate : act::impl::ActApproximateBase<Approximate> {
  using ActApproximateBase::ActApproximateBase;

  void runOnOperation() override {
    FuncOp func = getOperation();
    OpBuilder builder(&getContext());
    std::optional<Accuracy> wanted = accuracyNamed(accuracy.getValue());
    if (!wanted) {
      func.emitError("unknown accuracy class '")
          << accuracy << "'; use strict, default or fast";
      return signalPassFailure();
    }
    // Operations are correctly rounded only with bits to spare.
    if (!func.getBody().getOps<RoundOp>().empty())
      wanted = Accuracy::Strict;
    Type storage = parseType(dtype, &getContext());
    if (!storage) // Reported.
      return signalPassFailure();
    Arithmetic arithmetic = arithmeticOf(func, storage, *wanted);
    arithmetic.flush = flush;
    BodyApproximator approximator(func, arithmetic, storage, builder);
    FloatType type = approximator.computeType();
    Block &source = func.getBody().front();
    Block *target = new Block();
    func.getBody().push_back(target);
    for (BlockArgument arg : source.getArguments())
      target->addArgument(type, arg.getLoc());
    if (failed(approximator.run(*target)))
      return signalPassFailure();
    source.dropAllDefinedValueUses();
    source.erase();
    func.setFunctionType(FunctionType::get(
        &getContext(), SmallVector<Type>(func.getNumArguments(), type),
        SmallVector<Type>(func.getNumResults(), type)));
  }
};
} // namespace

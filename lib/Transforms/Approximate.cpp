//===- Approximate.cpp - Real arithmetic becomes machine arithmetic -------===//
//
// Up to here a body means real numbers; from here on it is operations of one
// compute type that the target runs natively. Before: act.sigmoid on "f64 by
// convention"; after: fma, bit operations and one small table on f32.
//
//===----------------------------------------------------------------------===//

#include "NearTie.h"
#include "RoundToOdd.h"
#include "WidePrimitive.h"
#include "act/IR/FunctionTable.h"
#include "act/Numerics.h"
#include "act/Reference/Interpreter.h"
#include "act/Transforms/Passes.h"
#include "act/Transforms/Patches.h"
#include "act/Transforms/Real.h"
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
/// everything such an argument is computed from.
class LowWords {
public:
  /// None if `isWide`: the compute type has bits to spare then.
  LowWords(FuncOp func, bool isWide) {
    if (isWide)
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
  bool contains(Value value) const { return wanted.contains(value); }

private:
  llvm::DenseSet<Value> wanted;
};

/// Rewrites one body into a new block.
class BodyApproximator {
public:
  /// `storage` is that of results that state none; `isWide` says that the
  /// compute type is wider than every result, `flush` that no normal result may
  /// depend on a subnormal number.
  BodyApproximator(FuncOp func, FloatType type, bool isWide, Type storage,
                   bool flush, OpBuilder &builder)
      : func(func), type(type), isWide(isWide), storage(storage), flush(flush),
        builder(builder), lowWords(func, isWide),
        real(builder, func.getLoc(), type) {
    care = findCare(func, isWide         ? WorkingPrecision::ofWide()
                          : type.isF64() ? WorkingPrecision::ofF64()
                                         : WorkingPrecision::ofF32());
  }

  /// Appends the approximated body to the block at the builder's place, whose
  /// arguments stand for the function's. Fails with a diagnostic.
  LogicalResult run(Block &target);

private:
  LogicalResult convert(Operation &op);
  /// Evaluates an operation on constants exactly, if all its operands are.
  std::optional<Quad> fold(Operation &op);
  FailureOr<Real> convertValue(Operation &op);
  Real exponentialFamily(Operation &op, Real z);
  /// f(z), or c z where z is so small that f is linear, if z has its exponent
  /// apart: the result keeps it.
  Real nearZero(Real z, Quad c, llvm::function_ref<Value(Value)> f);
  /// a + b without a low word.
  Real plainSum(Operation &op, Real a, Real b);
  /// c x with its exponent apart, where x is an input and something that uses
  /// the product may make a normal number of a subnormal one: another factor,
  /// or a primitive that is linear near 0.
  std::optional<Real> liftedProduct(Operation &op);
  /// c x + d as c (x + d / c), whose root is where it should be, if the
  /// operands of an addition are that; x is an input.
  std::optional<Real> linear(Value product, Value constant);
  /// y, or what a patch or a limit gives instead of it.
  Real withCare(Real y, const Care &care);
  Value polynomial(const Patch &patch, Value d);
  /// The type that result `number` is stored as.
  Type storageOf(unsigned number);
  /// y, result `number`, as the value that storing it is to round.
  Value readyToRound(unsigned number, Value y);
  /// y, or what the row of the identity states where the input is infinite.
  Value withStatedLimits(Block &target, Value y);

  Real &at(Value value) { return values[value]; }
  Value plain(Value value) { return real.plain(values[value]); }

  FuncOp func;
  FloatType type;
  bool isWide;
  Type storage;
  bool flush;
  OpBuilder &builder;
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

Real BodyApproximator::exponentialFamily(Operation &op, Real z) {
  Emitter &emit = real.emit;
  std::optional<Value> lo = real.low(z);
  Value hi = z.hi;
  if (isa<math::ExpOp>(op))
    return RealEmitter::of(approx::expScaled(emit, hi, lo), true);
  if (isa<math::ExpM1Op>(op))
    return RealEmitter::of(approx::expm1(emit, hi, lo));
  if (isa<SigmoidOp>(op))
    return RealEmitter::of(approx::sigmoidScaled(emit, hi, lo), false);
  if (isa<SoftplusOp>(op))
    return RealEmitter::of(approx::softplusScaled(emit, hi, lo), false);
  return RealEmitter::of(approx::erfcScaled(emit, hi, lo), false);
}

Real BodyApproximator::nearZero(Real z, Quad c,
                                llvm::function_ref<Value(Value)> f) {
  // The copy that is rounded; z keeps its exponent.
  Real rounded = z;
  Value x = real.plain(rounded);
  Real y = RealEmitter::of(f(x));
  if (!z.exponent)
    return y;
  Emitter &emit = real.emit;
  Value isTiny = emit.lt(emit.abs(x), emit.constant(0x1p-64));
  return real.select(isTiny, real.mul(z, RealEmitter::of(c), false), y);
}

std::optional<Real> BodyApproximator::linear(Value product, Value constant) {
  auto mul = product.getDefiningOp<arith::MulFOp>();
  std::optional<Quad> d = at(constant).constant;
  if (!mul || !d)
    return std::nullopt;
  for (auto [factor, x] : {std::pair(mul.getLhs(), mul.getRhs()),
                           std::pair(mul.getRhs(), mul.getLhs())}) {
    std::optional<Quad> c = at(factor).constant;
    if (!c || *c == 0 || !isa<BlockArgument>(x))
      continue;
    Real sum = at(x), shift = RealEmitter::of(*d / *c);
    sum = real.sub(sum, real.neg(shift), false);
    // The first addition is exact near the root.
    if (std::optional<Value> rest = real.low(shift))
      sum.hi = real.emit.add(sum.hi, *rest);
    return real.mul(RealEmitter::of(*c), sum, false);
  }
  return std::nullopt;
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
  if (!flush)
    return isMultiplied(op) ? real.addScaled(a, b) : real.add(a, b, false);
  // A term may be subnormal where the sum, of larger terms, is not.
  real.shrink(a);
  real.shrink(b);
  return real.addScaled(a, b);
}

std::optional<Real> BodyApproximator::liftedProduct(Operation &op) {
  if (!flush || isWide)
    return std::nullopt;
  bool grows = isMultiplied(op) || llvm::any_of(op.getUsers(), [](auto *user) {
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
  if (isWide && op.getNumOperands() == 1)
    if (Value y = emitWidePrimitive(emit, op, plain(op.getOperand(0))))
      return RealEmitter::of(y);
  bool low = lowWords.contains(op.getResult(0));
  auto operand = [&](unsigned i) { return at(op.getOperand(i)); };
  auto unary = [&](auto function) {
    return RealEmitter::of(function(emit, plain(op.getOperand(0))));
  };
  return TypeSwitch<Operation *, FailureOr<Real>>(&op)
      .Case([&](arith::AddFOp sum) {
        if (!low)
          for (auto [a, b] : {std::pair(sum.getLhs(), sum.getRhs()),
                              std::pair(sum.getRhs(), sum.getLhs())})
            if (std::optional<Real> y = linear(a, b))
              return *y;
        return low ? real.add(operand(0), operand(1), low)
                   : plainSum(op, operand(0), operand(1));
      })
      .Case([&](arith::SubFOp) {
        return !low && (flush || isMultiplied(op))
                   ? plainSum(op, operand(0), real.neg(operand(1)))
                   : real.sub(operand(0), operand(1), low);
      })
      .Case([&](arith::MulFOp) {
        if (!low)
          if (std::optional<Real> lifted = liftedProduct(op))
            return *lifted;
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
      .Case<math::ExpOp, math::ExpM1Op, SigmoidOp, SoftplusOp, ErfcOp>(
          [&](auto) { return exponentialFamily(op, operand(0)); })
      .Case([&](math::LogOp) {
        Value x = plain(op.getOperand(0));
        if (low)
          return RealEmitter::of(approx::logPair(emit, x, std::nullopt));
        return RealEmitter::of(approx::log(emit, x));
      })
      .Case([&](math::Log1pOp) {
        return nearZero(operand(0), 1, [&](Value x) {
          return approx::log1p(emit, x, std::nullopt);
        });
      })
      .Case([&](math::TanhOp) {
        return nearZero(operand(0), 1, [&](Value x) {
          return approx::tanh(emit, x, std::nullopt);
        });
      })
      .Case([&](math::ErfOp) {
        static const Quad slope =
            quadFromText("1.1283791670955125738961589031215451717");
        return nearZero(operand(0), slope,
                        [&](Value x) { return approx::erf(emit, x); });
      })
      .Case([&](math::SinOp) {
        if (!isEighthTurn(op.getOperand(0)))
          return unary([](Emitter &e, Value x) { return approx::sin(e, x); });
        Value z = op.getOperand(0).getDefiningOp()->getOperand(0);
        return RealEmitter::of(approx::sin(emit, plain(z), true));
      })
      .Case([&](math::CosOp) {
        return unary([](Emitter &e, Value x) { return approx::cos(e, x); });
      })
      .Case([&](math::SinhOp) {
        return unary([](Emitter &e, Value x) { return approx::sinh(e, x); });
      })
      .Case([&](math::CoshOp) {
        return unary([](Emitter &e, Value x) { return approx::cosh(e, x); });
      })
      .Case([&](math::SqrtOp) {
        return unary([](Emitter &e, Value x) { return e.sqrt(x); });
      })
      .Case([&](math::RsqrtOp) {
        return unary([](Emitter &e, Value x) {
          return e.div(e.constant(1.0), e.sqrt(x));
        });
      })
      .Case([&](math::FloorOp) {
        return unary([](Emitter &e, Value x) { return e.floor(x); });
      })
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
    conditions[compare.getResult()] = builder.create<arith::CmpFOp>(
        op.getLoc(), compare.getPredicate(), plain(compare.getLhs()),
        plain(compare.getRhs()));
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
  values[op.getResult(0)] =
      found == care.end() ? *result : withCare(*result, found->second);
  return success();
}

/// The value of a patch from d = x - c.
Value BodyApproximator::polynomial(const Patch &patch, Value d) {
  Emitter &emit = real.emit;
  Value u = emit.sub(d, emit.constant(patch.middle()));
  Value sum;
  for (Quad coefficient : llvm::reverse(patch.coefficients)) {
    Value c = emit.constant(coefficient);
    sum = sum ? emit.fma(sum, u, c) : c;
  }
  for (unsigned i = 0; i < patch.multiplicity; ++i)
    sum = emit.mul(sum, d);
  return sum;
}

Real BodyApproximator::withCare(Real y, const Care &care) {
  Emitter &emit = real.emit;
  Value x = at(func.getArgument(care.argument)).hi;
  for (const Patch &patch : care.patches) {
    // x - high is exact near the centre, where it matters.
    double high =
        type.isF64() ? double(patch.centre) : double(float(patch.centre));
    Value d = high == 0 ? x : emit.sub(x, emit.constant(high));
    if (Quad low = patch.centre - Quad(high); low != 0)
      d = emit.sub(d, emit.constant(double(low)));
    Value inside = emit.land(emit.ge(d, emit.constant(patch.below)),
                             emit.le(d, emit.constant(patch.above)));
    y = real.select(inside, RealEmitter::of(polynomial(patch, d)), y);
  }
  for (bool isRight : {false, true}) {
    const std::optional<Limit> &limit = care.limits[isRight];
    if (!limit)
      continue;
    Value isFar = isRight ? emit.ge(x, emit.constant(limit->from))
                          : emit.le(x, emit.constant(-limit->from));
    Value value = emit.constant(limit->value);
    for (int i = 0; i < std::abs(limit->power); ++i)
      value = limit->power > 0 ? emit.mul(value, x) : emit.div(value, x);
    y = real.select(isFar, RealEmitter::of(value), y);
  }
  return y;
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

Type BodyApproximator::storageOf(unsigned number) {
  if (func.getResultAttr(number, kReduceAttr)) // As it is computed.
    return type;
  if (auto stated = func.getResultAttrOfType<TypeAttr>(number, kStorageAttr))
    return stated.getValue();
  return storage;
}

Value BodyApproximator::readyToRound(unsigned number, Value y) {
  Type to = storageOf(number);
  unsigned bits = to.getIntOrFloatBitWidth();
  // The default class promises of f16 no more than 1 ulp.
  if (to.isF64() || bits == 1 || !(isWide || to.isBF16()))
    return y;
  if (func.getNumArguments() == 1 && func.getArgAttr(0, kStorageAttr)) {
    auto from = cast<TypeAttr>(func.getArgAttr(0, kStorageAttr)).getValue();
    llvm::Expected<Tape> tape =
        Tape::build(func, func.getReturn().getValues()[number]);
    if (auto format = dyn_cast<FloatType>(from); format && tape) {
      if (auto tie =
              findNearTie(*tape, format.getFPMantissaWidth(), isWide ? 40 : 19))
        y = emitNearTie(real.emit, *tie, at(func.getArgument(0)).hi, y);
    }
    llvm::consumeError(tape.takeError());
  }
  return isWide && bits == 16 ? roundToOdd(builder, func.getLoc(), y) : y;
}

LogicalResult BodyApproximator::run(Block &target) {
  builder.setInsertionPointToEnd(&target);
  Block &source = func.getBody().front();
  for (auto [from, to] :
       llvm::zip(source.getArguments(), target.getArguments()))
    values[from] = RealEmitter::of(Value(to));
  for (Operation &op : source.without_terminator())
    if (failed(convert(op)))
      return failure();
  SmallVector<Value> results;
  for (auto [number, value] : llvm::enumerate(func.getReturn().getValues())) {
    Value y = withStatedLimits(target, plain(value));
    results.push_back(readyToRound(number, y));
  }
  builder.create<ReturnOp>(func.getLoc(), results);
  return success();
}

namespace {
struct Approximate : act::impl::ActApproximateBase<Approximate> {
  using ActApproximateBase::ActApproximateBase;

  /// f64 storage anywhere asks for f64 arithmetic.
  bool isStoredInF64(FuncOp func) {
    if (dtype == "f64")
      return true;
    for (unsigned i = 0; i < func.getNumArguments(); ++i)
      if (auto storage = func.getArgAttrOfType<TypeAttr>(i, kStorageAttr))
        if (storage.getValue().isF64())
          return true;
    return false;
  }

  void runOnOperation() override {
    FuncOp func = getOperation();
    OpBuilder builder(&getContext());
    std::optional<Accuracy> wanted = accuracyNamed(accuracy.getValue());
    if (!wanted) {
      func.emitError("unknown accuracy class '")
          << accuracy << "'; use strict, default or fast";
      return signalPassFailure();
    }
    bool isStoredInDouble = isStoredInF64(func);
    bool isWide = *wanted == Accuracy::Strict && !isStoredInDouble;
    FloatType type = isStoredInDouble || isWide ? builder.getF64Type()
                                                : builder.getF32Type();
    Block &source = func.getBody().front();
    Block *target = new Block();
    func.getBody().push_back(target);
    for (BlockArgument arg : source.getArguments())
      target->addArgument(type, arg.getLoc());
    Type storage = parseType(dtype, &getContext());
    if (!storage) // Reported.
      return signalPassFailure();
    if (failed(BodyApproximator(func, type, isWide, storage, flush, builder)
                   .run(*target)))
      return signalPassFailure();
    source.dropAllDefinedValueUses();
    source.erase();
    func.setFunctionType(FunctionType::get(
        &getContext(), SmallVector<Type>(func.getNumArguments(), type),
        SmallVector<Type>(func.getNumResults(), type)));
  }
};
} // namespace

//===- BodyApproximator.cpp - One body in one arithmetic ------------------===//

#include "BodyApproximator.h"
#include "EmitApproximation.h"
#include "EmitCare.h"
#include "ReadyToRound.h"
#include "Threshold.h"
#include "act/IR/FunctionTable.h"
#include "act/IR/PrimitiveTable.h"
#include "act/Reference/Interpreter.h"
#include "act/Transforms/FunctionArithmetic.h"
#include "act/Transforms/Rounding.h"
#include "act/Transforms/Stabilize.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace act;

FloatType act::computeTypeOf(const Arithmetic &arithmetic, Builder &builder) {
  return arithmetic.compute == DType::F64 ? builder.getF64Type()
                                          : builder.getF32Type();
}

/// What depends on combined values of the row.
static llvm::DenseSet<Value> valuesOfRow(FuncOp func) {
  llvm::DenseSet<Value> found;
  for (Operation &op : func.getBody().front())
    if (isa<RowOp>(op) || llvm::any_of(op.getOperands(), [&](Value operand) {
          return found.contains(operand);
        }))
      found.insert(op.getResults().begin(), op.getResults().end());
  return found;
}

LowWords::LowWords(FuncOp func, const Arithmetic &arithmetic)
    : isAll(arithmetic.twoWords) {
  if (arithmetic.isQuick() || arithmetic.isWide() || isAll)
    return;
  // What lies below the largest of its row needs no more than f32: the bounds
  // of rows grow with it.
  llvm::DenseSet<Value> ofRow = valuesOfRow(func);
  for (Operation &op : llvm::reverse(func.getBody().front())) {
    if (isa<math::ExpOp>(op) && ofRow.contains(op.getOperand(0)))
      continue;
    if (isa<math::ExpOp, math::ExpM1Op, SigmoidOp, SoftplusOp, ErfcOp>(op))
      wanted.insert(op.getOperand(0));
    else if (op.getNumResults() == 1 && wanted.contains(op.getResult(0)) &&
             isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp,
                 arith::NegFOp, arith::SelectOp, math::AbsFOp>(op))
      for (Value operand : op.getOperands())
        wanted.insert(operand);
  }
}

/// True for u + pi / 4.
static bool isEighthTurn(Value value) {
  auto sum = value.getDefiningOp<arith::AddFOp>();
  auto constant = sum ? sum.getRhs().getDefiningOp<ConstantOp>() : nullptr;
  return constant && constant.getValue() == kEighthTurn;
}

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

std::optional<Real> BodyApproximator::sineOfProduct(Operation &op) {
  if (!isa<math::SinOp, math::CosOp>(op) || arithmetic.isWide())
    return std::nullopt;
  bool isSine = isa<math::SinOp>(op);
  bool isTurned = isSine && isEighthTurn(op.getOperand(0));
  Value angle = isTurned ? op.getOperand(0).getDefiningOp()->getOperand(0)
                         : op.getOperand(0);
  std::optional<LinearForm> form =
      care.contains(angle) ? std::nullopt : linearForm(angle);
  if (!form || form->offset != 0)
    return std::nullopt;
  double slope = std::fabs(double(form->slope));
  if (!(slope > 1 && slope < (type.isF64() ? 0x1p14 : 8)))
    return std::nullopt;
  // c x 2^-k cannot overflow.
  int k = std::ilogb(slope) + 1;
  Emitter &emit = real.emit;
  Value x = plain(form->input);
  Value isLarge =
      emit.gt(emit.abs(x), emit.constant(emit.isDouble() ? 0x1p1000 : 0x1p100));
  Value scaled =
      emit.select(isLarge, emit.mul(x, emit.constant(std::ldexp(1.0, -k))), x);
  Value shift = emit.selectI(isLarge, emit.integer(k), emit.integer(0));
  Real z = real.mul(RealEmitter::of(form->slope), RealEmitter::of(scaled),
                    arithmetic.twoWords);
  std::optional<Value> lo = real.low(z);
  Real y =
      arithmetic.twoWords
          ? RealEmitter::of(
                isSine ? approx::sinPair(emit, z.hi, lo, isTurned, shift)
                       : approx::cosPair(emit, z.hi, lo, shift))
          : RealEmitter::of(isSine ? approx::sin(emit, z.hi, isTurned, shift)
                                   : approx::cos(emit, z.hi, shift));
  // As its argument may be: an exponent apart, or a subnormal low word.
  if (!isSine || isTurned || !(at(angle).isApart() || real.flush))
    return y;
  return real.select(emit.lt(emit.abs(x), emit.constant(0x1p-80)), at(angle),
                     y);
}

std::optional<Real> BodyApproximator::primitive(Operation &op) {
  const PrimitiveInfo *row = lookupPrimitiveOp(op.getName().getStringRef());
  if (!row)
    return std::nullopt;
  const ApproximationInfo *method = choosePrimitive(
      row->Name, arithmetic,
      {op.hasAttr(kNonPositiveAttr), isShort(op.getOperand(0))});
  if (!method)
    return std::nullopt;
  return emitApproximation(*method, real, at(op.getOperand(0)));
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
  if (std::optional<Real> y = sineOfProduct(op))
    return *y;
  if (isa<math::SinOp>(op) && isEighthTurn(op.getOperand(0))) {
    Value angle = op.getOperand(0).getDefiningOp()->getOperand(0);
    Real z = at(angle);
    std::optional<Value> lo = real.low(z);
    if (arithmetic.twoWords)
      return RealEmitter::of(approx::sinPair(emit, z.hi, lo, true));
    return RealEmitter::of(isShort(angle) && !arithmetic.resolvesTies()
                               ? approx::singleSin(emit, z.hi, true)
                               : approx::sin(emit, z.hi, true));
  }
  if (std::optional<Real> y = gaussian(op))
    return *y;
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
      .Case([&](arith::DivFOp) {
        // With bits to spare a product is as good, unless it is to be a tie.
        std::optional<Quad> divisor = operand(1).constant;
        if (divisor && arithmetic.isWide() && !arithmetic.resolvesTies())
          return real.mul(operand(0), RealEmitter::of(1 / *divisor), low);
        return real.div(operand(0), operand(1), low);
      })
      .Case([&](arith::NegFOp) { return real.neg(operand(0)); })
      .Case([&](math::AbsFOp) { return real.abs(operand(0)); })
      .Case([&](arith::SelectOp) {
        Real a = operand(1), b = operand(2);
        real.joinUnless(isMultiplied(op), a);
        real.joinUnless(isMultiplied(op), b);
        return real.select(conditions[op.getOperand(0)], a, b);
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
      .Case([&](RowOp row) {
        Value mask = row.getMask() ? conditions[row.getMask()] : Value();
        return RealEmitter::of(builder
                                   .create<RowOp>(op.getLoc(),
                                                  row.getCombiner(),
                                                  plain(row.getOperand()), mask,
                                                  row.getScopeAttr())
                                   .getResult());
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
    real.joinUnless(isMultiplied(op), *result);
    result = emitCare(real, found->second, x, *result);
  }
  values[op.getResult(0)] = *result;
  return success();
}

Value BodyApproximator::withStatedLimits(Value result, Value y) {
  FnAttr identity = func.getIdentityAttr();
  if (!identity || identity.getOrder() != 0 || func.getNumInputs() != 1)
    return y;
  const FunctionInfo &row = *lookupFunction(identity.getName());
  auto found = care.find(result);
  Emitter &emit = real.emit;
  for (bool isRight : {false, true}) {
    StringRef text = isRight ? row.AtPlusInf : row.AtMinusInf;
    if (text.empty())
      continue;
    double value = text == "-0" ? -0.0 : double(quadFromText(text));
    // Where the limit is selected anyway there is nothing to add.
    if (found != care.end())
      if (const std::optional<Limit> &limit = found->second.limits[isRight])
        if (limit->power == 0 && double(limit->value) == value &&
            std::signbit(double(limit->value)) == std::signbit(value))
          continue;
    double infinity = std::numeric_limits<double>::infinity();
    Value isInfinite =
        emit.eq(arguments[0], emit.constant(isRight ? infinity : -infinity));
    y = emit.select(isInfinite, emit.constant(value), y);
  }
  return y;
}

std::optional<Value> BodyApproximator::composite(unsigned number) {
  FnAttr identity = identityAtDefaults(func, number);
  if (!identity || func.getNumArguments() != 1)
    return std::nullopt;
  FloatType to = storageOf(func, number, storage);
  Arithmetic ofResult = arithmetic;
  ofResult.toF32 = to && to.isF32();
  const ApproximationInfo *method =
      chooseWhole(identity.getName(), identity.getOrder(), ofResult);
  if (!method)
    return std::nullopt;
  return emitApproximation(*method, real, RealEmitter::of(arguments[0])).hi;
}

LogicalResult BodyApproximator::convertFor(ArrayRef<Value> results) {
  care = findCare(func, WorkingPrecision::of(arithmetic));
  Block &source = func.getBody().front();
  llvm::SmallPtrSet<Operation *, 32> needed;
  auto need = [&](ValueRange operands) {
    for (Value value : operands)
      if (Operation *op = value.getDefiningOp())
        needed.insert(op);
  };
  need(results);
  for (Operation &op : llvm::reverse(source))
    if (needed.contains(&op))
      need(op.getOperands());
  for (Operation &op : source)
    if (needed.contains(&op) && failed(convert(op)))
      return failure();
  return success();
}

FailureOr<SmallVector<Value>>
BodyApproximator::run(ArrayRef<unsigned> numbers) {
  for (auto [from, to] : llvm::zip(func.getBody().getArguments(), arguments))
    values[from] = RealEmitter::of(to);
  SmallVector<Value> results, others;
  for (unsigned number : numbers) {
    std::optional<Value> whole = composite(number);
    results.push_back(whole ? *whole : Value());
    if (!whole)
      others.push_back(func.getReturn().getOperand(number));
  }
  if (!others.empty() && failed(convertFor(others)))
    return failure();
  for (auto [number, y] : llvm::zip(numbers, results)) {
    if (!y) {
      Value result = func.getReturn().getOperand(number);
      y = withStatedLimits(result, plain(result));
    }
    y = readyToRound(real.emit, func, number, storage, arithmetic, arguments,
                     y);
  }
  return results;
}

//===- SymbolicBody.cpp - Expressions from operations and back ------------===//

#include "act/IR/PrimitiveTable.h"
#include "act/Transforms/Symbolic.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace act;
using namespace act::sym;

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// The name and index of a call that stands for an operation on a row.
static std::optional<std::pair<std::string, int64_t>> rowCallOf(Operation &op) {
  if (auto row = dyn_cast<RowOp>(op); row && !row.getScope())
    return std::pair(("act.row:" + row.getCombiner()).str(),
                     int64_t(bool(row.getMask())));
  if (auto softmax = dyn_cast<SoftmaxOp>(op)) {
    int64_t empty = softmax.getEmpty() == "nan"    ? kEmptyIsNaN
                    : softmax.getEmpty() == "zero" ? kEmptyIsZero
                                                   : kEmptyIsUniform;
    return std::pair(("act.softmax:" + softmax.getForm()).str(),
                     empty | (softmax.getScale() ? kHasScale : 0) |
                         (softmax.getMask() ? kHasMask : 0) |
                         (softmax.getSink() ? kHasSink : 0));
  }
  return std::nullopt;
}

/// True for operations that are read as calls of their name.
static bool isReadAsCall(Operation &op) {
  return isa<arith::CmpFOp, arith::SelectOp, arith::AndIOp, arith::OrIOp,
             arith::XOrIOp>(op) ||
         lookupPrimitiveOp(op.getName().getStringRef());
}

FailureOr<SmallVector<Expr>> Graph::read(FuncOp func,
                                         ArrayRef<Expr> arguments) {
  DenseMap<Value, Expr> values;
  for (BlockArgument arg : func.getBody().getArguments())
    values[arg] = arguments.empty() ? argument(arg.getArgNumber())
                                    : arguments[arg.getArgNumber()];
  for (Operation &op : func.getBody().front().without_terminator()) {
    auto operand = [&](unsigned i) { return values.lookup(op.getOperand(i)); };
    Expr result =
        llvm::TypeSwitch<Operation *, Expr>(&op)
            .Case([&](ConstantOp c) { return fromText(c.getValue()); })
            .Case([&](arith::AddFOp) { return add(operand(0), operand(1)); })
            .Case([&](arith::SubFOp) { return sub(operand(0), operand(1)); })
            .Case([&](arith::MulFOp) { return mul(operand(0), operand(1)); })
            .Case([&](arith::DivFOp) { return div(operand(0), operand(1)); })
            .Case([&](arith::NegFOp) { return neg(operand(0)); })
            .Case([&](math::FmaOp) {
              return add(mul(operand(0), operand(1)), operand(2));
            })
            .Default([&](Operation *) -> Expr {
              SmallVector<Expr> operands;
              for (Value value : op.getOperands())
                operands.push_back(values.lookup(value));
              if (auto row = rowCallOf(op))
                return call(row->first, operands, row->second);
              if (!isReadAsCall(op))
                return nullptr;
              auto cmp = dyn_cast<arith::CmpFOp>(op);
              return call(op.getName().getStringRef(), operands,
                          cmp ? int64_t(cmp.getPredicate()) : 0);
            });
    if (!result || op.getNumResults() != 1)
      return op.emitOpError("has no derivative rule; write the function with "
                            "the operations of the expression language");
    values[op.getResult(0)] = result;
  }
  SmallVector<Expr> results;
  for (Value value : func.getReturn().getValues())
    results.push_back(values.lookup(value));
  return results;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

Value Writer::constant(StringRef text) {
  Value &value = constants[text.str()];
  if (!value)
    value = builder.create<ConstantOp>(loc, type, builder.getStringAttr(text));
  return value;
}

Value Writer::constant(const Fraction &value) {
  return constant(textOf(value));
}

Value Writer::write(Expr e) {
  if (Value known = written.lookup(e))
    return known;
  Value value = compute(e);
  written[e] = value;
  return value;
}

/// x^n by repeated squaring.
Value Writer::writePower(Value base, uint64_t n) {
  Value result = base;
  for (int bit = int(llvm::Log2_64(n)) - 1; bit >= 0; --bit) {
    result = builder.create<arith::MulFOp>(loc, result, result);
    if (n >> bit & 1)
      result = builder.create<arith::MulFOp>(loc, result, base);
  }
  return result;
}

/// c (a + 2 b) with as few products as c a + 2c b, if that has fewer; a sum
/// with a constant keeps its form, whose zero may be exact.
static Expr distributed(Expr e) {
  if (e->factors.size() != 1 || e->factors[0].halves != 2)
    return nullptr;
  Expr inner = e->factors[0].base;
  if (inner->kind != Kind::Sum || inner->number != Fraction(0))
    return nullptr;
  unsigned before = 1, after = 0;
  for (const Term &term : inner->terms) {
    before += abs(term.coefficient) != Fraction(1);
    after += abs(term.coefficient * e->number) != Fraction(1);
  }
  return after < before ? inner : nullptr;
}

int Writer::ownerOf(Expr e) {
  if (!e->isVariable)
    return kNoArgument;
  if (e->kind == Kind::Argument)
    return int(e->index);
  auto found = owners.find(e);
  if (found != owners.end())
    return found->second;
  int owner = kNoArgument;
  auto join = [&](Expr part) {
    int other = ownerOf(part);
    if (other != kNoArgument && other != owner)
      owner = owner == kNoArgument ? other : kManyArguments;
  };
  for (Expr operand : e->operands)
    join(operand);
  for (const Factor &factor : e->factors)
    join(factor.base);
  for (const Term &term : e->terms)
    join(term.expr);
  owners[e] = owner;
  return owner;
}

/// The factors of a product that depend on one argument (or on several),
/// times `number` if that is given.
Value Writer::writeFactors(Expr e, int owner, Value number) {
  Value result = number, divisor;
  SmallVector<std::pair<Value, uint64_t>> reciprocals;
  auto multiply = [&](Value a, Value b) {
    return a ? Value(builder.create<arith::MulFOp>(loc, a, b)) : b;
  };
  for (const Factor &factor : e->factors) {
    if (!factor.base->isVariable || ownerOf(factor.base) != owner)
      continue;
    Value base = write(factor.base);
    uint64_t n = std::abs(factor.halves) / 2;
    if (factor.halves > 0)
      result = multiply(result, writePower(base, n));
    else if (n == 1 && !divisor)
      divisor = base;
    else
      reciprocals.push_back({base, n});
  }
  // A quotient rounds once; higher powers multiply by a reciprocal, since the
  // power itself could overflow.
  if (divisor)
    result = builder.create<arith::DivFOp>(loc, result ? result : constant("1"),
                                           divisor);
  for (auto [base, n] : reciprocals) {
    Value reciprocal = builder.create<arith::DivFOp>(loc, constant("1"), base);
    for (uint64_t i = 0; i < n; ++i)
      result = multiply(result, reciprocal);
  }
  return result;
}

Value Writer::writeProduct(Expr e) {
  if (Expr inner = distributed(e))
    return writeSum(inner, e->number);
  auto multiply = [&](Value a, Value b) {
    return a ? Value(builder.create<arith::MulFOp>(loc, a, b)) : b;
  };
  // Constants are one subexpression, which the approximation folds, and their
  // roots one root: sqrt(2 / pi).
  Value number, over, root, rootOver;
  Fraction coefficient = abs(e->number);
  bool isNegative = e->number < Fraction(0);
  for (const Factor &factor : e->factors) {
    if (factor.base->isVariable)
      continue;
    Value base = write(factor.base);
    uint64_t n = std::abs(factor.halves);
    bool isAbove = factor.halves > 0;
    if (n % 2)
      (isAbove ? root : rootOver) = multiply(isAbove ? root : rootOver, base);
    if (n / 2)
      (isAbove ? number : over) =
          multiply(isAbove ? number : over, writePower(base, n / 2));
  }
  if (root && rootOver)
    root = builder.create<arith::DivFOp>(loc, root, rootOver);
  if (root)
    number = multiply(number, builder.create<math::SqrtOp>(loc, root));
  else if (rootOver)
    over = multiply(over, builder.create<math::SqrtOp>(loc, rootOver));
  if (coefficient != Fraction(1) || (over && !number))
    number = number ? multiply(constant(coefficient), number)
                    : constant(coefficient);
  if (over)
    number = builder.create<arith::DivFOp>(loc, number, over);

  // What depends on one argument comes together: cotangent * (s * N) keeps the
  // function whole, whose limits and roots are then cared for as one.
  SmallVector<int> owners;
  for (const Factor &factor : e->factors)
    if (factor.base->isVariable &&
        !llvm::is_contained(owners, ownerOf(factor.base)))
      owners.push_back(ownerOf(factor.base));
  Value result =
      owners.size() == 1 ? writeFactors(e, owners[0], number) : number;
  if (owners.size() != 1)
    for (int owner : owners)
      result = multiply(result, writeFactors(e, owner, Value()));
  if (isNegative)
    result = builder.create<arith::NegFOp>(loc, result);
  return result;
}

Value Writer::writeSum(Expr e, const Fraction &scale) {
  // A positive summand leads, the constant if it is one.
  SmallVector<std::pair<Fraction, Expr>> summands;
  if (e->number != Fraction(0))
    summands.push_back({scale * e->number, nullptr});
  for (const Term &term : e->terms)
    summands.push_back({scale * term.coefficient, term.expr});
  auto lead =
      llvm::find_if(summands, [](auto &s) { return s.first > Fraction(0); });
  if (lead != summands.end())
    std::rotate(summands.begin(), lead, lead + 1);
  Value result;
  for (auto &[coefficient, expr] : summands) {
    Fraction magnitude = abs(coefficient);
    Value value = expr ? write(expr) : constant(magnitude);
    if (expr && magnitude != Fraction(1))
      value = builder.create<arith::MulFOp>(loc, constant(magnitude), value);
    bool isNegative = coefficient < Fraction(0);
    if (!result)
      result =
          isNegative ? Value(builder.create<arith::NegFOp>(loc, value)) : value;
    else if (isNegative)
      result = builder.create<arith::SubFOp>(loc, result, value);
    else
      result = builder.create<arith::AddFOp>(loc, result, value);
  }
  return result;
}

Value Writer::writeRowCall(Expr e, ArrayRef<Value> operands) {
  auto [op, form] = StringRef(e->name).split(':');
  if (op == "act.row")
    return builder.create<RowOp>(loc, form, operands[0],
                                 e->index ? operands[1] : Value());
  unsigned next = 1;
  auto optional = [&](int64_t bit) {
    return e->index & bit ? operands[next++] : Value();
  };
  Value scale = optional(kHasScale), mask = optional(kHasMask);
  Value sink = optional(kHasSink);
  StringRef empty = e->index & kEmptyIsNaN    ? "nan"
                    : e->index & kEmptyIsZero ? "zero"
                                              : "uniform";
  return builder.create<SoftmaxOp>(loc, type, builder.getStringAttr(form),
                                   operands[0], scale, mask, sink,
                                   builder.getStringAttr(empty));
}

Value Writer::compute(Expr e) {
  switch (e->kind) {
  case Kind::Number:
    return constant(e->number);
  case Kind::Constant:
    return constant(e->name);
  case Kind::Argument:
    return arguments[e->index];
  case Kind::Product:
    return writeProduct(e);
  case Kind::Sum:
    return writeSum(e, Fraction(1));
  case Kind::Call:
    break;
  }
  SmallVector<Value> operands;
  for (Expr operand : e->operands)
    operands.push_back(write(operand));
  if (isRowCall(e))
    return writeRowCall(e, operands);
  bool isCondition = StringRef(e->name) == "arith.cmpf" ||
                     (!operands.empty() && operands[0].getType().isInteger(1) &&
                      e->name != "arith.select");
  OperationState state(loc, e->name, operands,
                       isCondition ? Type(builder.getI1Type()) : type);
  if (e->name == "arith.cmpf")
    state.addAttribute("predicate", builder.getI64IntegerAttr(e->index));
  return builder.create(state)->getResult(0);
}

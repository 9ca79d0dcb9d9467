//===- RoundsOnce.cpp - Results that one operation rounds -----------------===//

#include "RoundsOnce.h"
#include "act/Reference/Interpreter.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace act;
using Traits = NumberTraits<Quad>;

namespace {

/// What is known of a value.
struct Form {
  /// A number of the format; or one rounded to it, once.
  bool isExact = false;
  /// Where that is known.
  std::optional<Quad> constant;
  /// No magnitude is below it but 0.
  Quad least = 0;
  /// Rounding has made no 0 of another number.
  bool keepsSign = true;
};

class Analysis {
public:
  Analysis(FuncOp func, FloatType format)
      : isDouble(format.isF64()), leastNormal(isDouble ? 0x1p-1022 : 0x1p-126),
        precision(isDouble ? 53 : 24) {
    for (BlockArgument arg : func.getBody().getArguments())
      if (arg.getArgNumber() < func.getNumInputs())
        forms[arg].isExact = true;
    for (Operation &op : func.getBody().front())
      if (op.getNumResults() == 1)
        visit(op);
  }

  bool isKnown(Value value) const { return forms.contains(value); }

private:
  using Found = std::optional<Form>;

  void visit(Operation &op) {
    Value result = op.getResult(0);
    if (result.getType().isInteger(1)) {
      if (isExactCondition(op))
        conditions.insert(result);
      return;
    }
    if (Found form = formOf(op))
      forms[result] = *form;
  }

  Found of(Value value) const {
    auto it = forms.find(value);
    return it == forms.end() ? std::nullopt : Found(it->second);
  }

  Form ofConstant(Quad value) const {
    Quad nearest = isDouble ? Quad(double(value)) : Quad(float(value));
    return {nearest == value, value, Traits::abs(value), true};
  }

  /// A comparison of exact numbers, or of the sign of a rounded one.
  bool isExactCondition(Operation &op) const {
    if (auto compare = dyn_cast<arith::CmpFOp>(op)) {
      Found a = of(compare.getLhs()), b = of(compare.getRhs());
      if (!a || !b)
        return false;
      auto isZero = [](const Form &form) {
        return form.constant && *form.constant == 0;
      };
      return (a->isExact && b->isExact) || (a->keepsSign && isZero(*b)) ||
             (b->keepsSign && isZero(*a));
    }
    return llvm::all_of(op.getOperands(), [&](Value operand) {
      return conditions.contains(operand);
    });
  }

  /// Whichever of the two.
  static Found either(Found a, Found b) {
    if (!a || !b)
      return std::nullopt;
    return Form{a->isExact && b->isExact, std::nullopt, leastOf(*a, *b),
                a->keepsSign && b->keepsSign};
  }
  static Quad leastOf(const Form &a, const Form &b) {
    auto isZero = [](const Form &form) {
      return form.constant && *form.constant == 0;
    };
    if (isZero(a) || isZero(b))
      return isZero(a) ? b.least : a.least;
    return a.least < b.least ? a.least : b.least;
  }

  /// One rounded operation on numbers of the format.
  static Found rounded(Found a, Found b) {
    if (!a || !b || !a->isExact || !b->isExact)
      return std::nullopt;
    return Form{false, std::nullopt, 0, false};
  }

  /// It is 0 or at least a quarter of a unit in the last place of a term.
  Found sum(Found a, Found b) const {
    Found form = rounded(a, b);
    if (!form)
      return form;
    form->keepsSign = true;
    for (const Found &term : {a, b})
      if (term->constant)
        form->least =
            Traits::scale(Traits::abs(*term->constant), -precision - 1);
    return form;
  }

  Found product(Found a, Found b) const {
    if (!a || !b)
      return std::nullopt;
    if (b->constant)
      std::swap(a, b);
    if (!a->constant || !isPowerOfTwo(*a->constant))
      return rounded(a, b);
    // A power of two rounds nothing again, unless the product is subnormal.
    Quad magnitude = Traits::abs(*a->constant), least = b->least * magnitude;
    if (magnitude == 1 ||
        (!b->isExact && (magnitude > 1 || least >= leastNormal)))
      return Form{b->isExact, std::nullopt, least, b->keepsSign};
    return rounded(a, b);
  }
  static bool isPowerOfTwo(Quad value) {
    double magnitude = std::fabs(double(value));
    return value != 0 && std::isfinite(magnitude) &&
           Traits::abs(value) == Quad(std::exp2(std::ilogb(magnitude)));
  }

  Found formOf(Operation &op) const {
    if (auto constant = dyn_cast<ConstantOp>(op))
      return ofConstant(quadFromText(constant.getValue()));
    SmallVector<Found> operands;
    SmallVector<Quad> numbers;
    for (Value operand : op.getOperands()) {
      operands.push_back(of(operand));
      if (operands.back() && operands.back()->constant)
        numbers.push_back(*operands.back()->constant);
    }
    if (!operands.empty() && numbers.size() == operands.size())
      if (std::optional<Quad> value = evaluateScalarOp<Quad>(&op, numbers))
        return ofConstant(*value);
    return TypeSwitch<Operation *, Found>(&op)
        .Case<arith::AddFOp, arith::SubFOp>(
            [&](auto) { return sum(operands[0], operands[1]); })
        .Case([&](arith::MulFOp) { return product(operands[0], operands[1]); })
        .Case([&](arith::DivFOp) {
          Found divisor = operands[1];
          if (divisor && divisor->constant && isPowerOfTwo(*divisor->constant))
            divisor = ofConstant(1 / *divisor->constant);
          else
            return rounded(operands[0], divisor);
          return product(operands[0], divisor);
        })
        .Case([&](math::SqrtOp) { return rounded(operands[0], operands[0]); })
        .Case<arith::NegFOp, math::AbsFOp>([&](auto) -> Found {
          if (operands[0])
            operands[0]->constant.reset();
          return operands[0];
        })
        .Case([&](SignOp) -> Found {
          if (operands[0] && operands[0]->keepsSign)
            return Form{true, std::nullopt, 1, true};
          return std::nullopt;
        })
        .Case([&](math::FloorOp) -> Found {
          if (operands[0] && operands[0]->isExact)
            return Form{true, std::nullopt, 1, true};
          return std::nullopt;
        })
        // Rounding is monotone.
        .Case<arith::MaximumFOp, arith::MinimumFOp>(
            [&](auto) { return either(operands[0], operands[1]); })
        .Case([&](ClampOp) {
          return either(operands[0], either(operands[1], operands[2]));
        })
        .Case([&](arith::SelectOp select) -> Found {
          if (!conditions.contains(select.getCondition()))
            return std::nullopt;
          return either(operands[1], operands[2]);
        })
        .Default([](Operation *) { return std::nullopt; });
  }

  bool isDouble;
  Quad leastNormal;
  int precision;
  llvm::DenseMap<Value, Form> forms;
  llvm::DenseSet<Value> conditions;
};

} // namespace

bool act::roundsOnce(FuncOp func, unsigned number, FloatType format) {
  return Analysis(func, format).isKnown(func.getReturn().getOperand(number));
}

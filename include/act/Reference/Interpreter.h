//===- Interpreter.h - Functions evaluated in any number --------*- C++ -*-===//
//
// The reference that kernels are compared with: every operation of a body in
// order, in a number wide enough, in forms that keep their tails. Plain on
// purpose; nothing here is shared with the code generator.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REFERENCE_INTERPRETER_H
#define ACT_REFERENCE_INTERPRETER_H

#include "act/Reference/Number.h"
#include "act/Reference/Quad.h"
#include "act/Reference/Tape.h"
#include "act/Reference/Ulp.h"
#include "llvm/ADT/ArrayRef.h"
#include <cassert>

namespace act {

/// 1 / (1 + exp(-x)), accurate in both tails.
template <class Number> Number sigmoidOf(const Number &x) {
  using Traits = NumberTraits<Number>;
  Number one = Traits::fromDouble(1);
  if (x < Traits::fromDouble(0)) {
    Number e = Traits::exp(x);
    return e / (one + e);
  }
  return one / (one + Traits::exp(-x));
}

/// log(1 + exp(x)), accurate in both tails and without overflow.
template <class Number> Number softplusOf(const Number &x) {
  using Traits = NumberTraits<Number>;
  if (x > Traits::fromDouble(0))
    return x + Traits::log1p(Traits::exp(-x));
  return Traits::log1p(Traits::exp(x));
}

/// IEEE 754-2019 maximum: NaN propagates and -0 is below +0.
template <class Number> Number maximumOf(const Number &a, const Number &b) {
  using Traits = NumberTraits<Number>;
  if (Traits::isNaN(a) || Traits::isNaN(b))
    return a + b;
  if (a == b)
    return Traits::isNegative(a) ? b : a;
  return a > b ? a : b;
}

/// IEEE 754-2019 minimum: NaN propagates and -0 is below +0.
template <class Number> Number minimumOf(const Number &a, const Number &b) {
  using Traits = NumberTraits<Number>;
  if (Traits::isNaN(a) || Traits::isNaN(b))
    return a + b;
  if (a == b)
    return Traits::isNegative(a) ? a : b;
  return a < b ? a : b;
}

/// The value of one operation; operands that it does not have are ignored.
template <class Number>
Number evaluateScalar(ScalarOp op, const Number &a, const Number &b,
                      const Number &c) {
  using Traits = NumberTraits<Number>;
  auto number = [](double x) { return Traits::fromDouble(x); };
  auto holds = [](const Number &x) { return x != Traits::fromDouble(0); };
  switch (op.opcode) {
  case Opcode::Constant:
    return a;
  case Opcode::Add:
    return a + b;
  case Opcode::Sub:
    return a - b;
  case Opcode::Mul:
    return a * b;
  case Opcode::Div:
    return a / b;
  case Opcode::Neg:
    return -a;
  case Opcode::Max:
    return maximumOf(a, b);
  case Opcode::Min:
    return minimumOf(a, b);
  case Opcode::Compare: {
    uint8_t outcome = a < b    ? CompareLess
                      : a > b  ? CompareGreater
                      : a == b ? CompareEqual
                               : CompareUnordered;
    return number(op.mask & outcome ? 1 : 0);
  }
  case Opcode::Select:
    return holds(a) ? b : c;
  case Opcode::And:
    return number(holds(a) && holds(b));
  case Opcode::Or:
    return number(holds(a) || holds(b));
  case Opcode::Xor:
    return number(holds(a) != holds(b));
  case Opcode::Exp:
    return Traits::exp(a);
  case Opcode::Expm1:
    return Traits::expm1(a);
  case Opcode::Log:
    return Traits::log(a);
  case Opcode::Log1p:
    return Traits::log1p(a);
  case Opcode::Sqrt:
    return Traits::sqrt(a);
  case Opcode::Rsqrt:
    return number(1) / Traits::sqrt(a);
  case Opcode::Sin:
    return Traits::sin(a);
  case Opcode::Cos:
    return Traits::cos(a);
  case Opcode::Sinh:
    return Traits::sinh(a);
  case Opcode::Cosh:
    return Traits::cosh(a);
  case Opcode::Tanh:
    return Traits::tanh(a);
  case Opcode::Erf:
    return Traits::erf(a);
  case Opcode::Erfc:
    return Traits::erfc(a);
  case Opcode::Sigmoid:
    return sigmoidOf(a);
  case Opcode::Softplus:
    return softplusOf(a);
  case Opcode::Abs:
    return Traits::abs(a);
  case Opcode::Sign:
    return a > number(0) ? number(1) : a < number(0) ? number(-1) : a;
  case Opcode::Floor:
    return Traits::floor(a);
  case Opcode::Clamp:
    return minimumOf(maximumOf(a, b), c);
  case Opcode::Fma:
    return Traits::fma(a, b, c);
  case Opcode::Pow:
    return Traits::pow(a, b);
  case Opcode::Round:
    return number(roundTo(a, DType(op.mask)));
  default:
    assert(combinesRow(op.opcode) && "an operation without a value");
    break;
  }
  return a;
}

/// The value of one operation of arith, math or act on numbers; nothing if
/// it is a constant, an act.apply or has no meaning on numbers.
template <class Number>
std::optional<Number> evaluateScalarOp(mlir::Operation *op,
                                       llvm::ArrayRef<Number> operands) {
  std::optional<ScalarOp> scalar = scalarOpOf(op);
  if (!scalar || operands.size() != scalar->numOperands)
    return std::nullopt;
  return evaluateScalar<Number>(*scalar, operands.front(),
                                operands[operands.size() > 1 ? 1 : 0],
                                operands.back());
}

/// Evaluates a function many times. Copies are independent; one interpreter
/// serves one thread at a time.
template <class Number> class Interpreter {
public:
  using Traits = NumberTraits<Number>;

  /// Reads the function once; the IR may go away afterwards. Fails with an
  /// error that names an operation it cannot evaluate.
  static llvm::Expected<Interpreter> create(FuncOp func) {
    llvm::Expected<Tape> tape = Tape::build(func);
    if (!tape)
      return tape.takeError();
    return Interpreter(std::move(*tape));
  }

  explicit Interpreter(Tape steps)
      : tape(std::move(steps)), slots(tape.getNumSlots()) {
    for (const std::string &text : tape.defaults)
      defaults.push_back(Traits::fromText(text));
    for (auto [i, step] : llvm::enumerate(tape.steps))
      if (step.op.opcode == Opcode::Constant)
        slots[tape.numArgs + i] = Traits::fromText(step.text);
  }

  const Tape &getTape() const { return tape; }
  unsigned getNumInputs() const { return tape.numInputs; }
  unsigned getNumParams() const { return tape.numArgs - tape.numInputs; }
  unsigned getNumResults() const { return tape.results.size(); }

  /// Evaluates the formula as it stands. `args` are the inputs, then the
  /// first parameters if any; the other parameters have their defaults.
  void evaluate(llvm::ArrayRef<Number> args,
                llvm::MutableArrayRef<Number> results) {
    (void)evaluateSlots(args);
    for (auto [result, slot] : llvm::zip(results, tape.results))
      result = slots[slot];
  }

  /// The only result of a function with one.
  Number evaluate(llvm::ArrayRef<Number> args) {
    Number result = Traits::fromDouble(0);
    evaluate(args, result);
    return result;
  }

  /// What the row of the function's identity states for an infinite `x`, if
  /// it states anything.
  std::optional<Number> identityLimit(const Number &x) const {
    if (!Traits::isInfinite(x))
      return std::nullopt;
    const std::string &text =
        Traits::isNegative(x) ? tape.atMinusInf : tape.atPlusInf;
    if (text.empty())
      return std::nullopt;
    return Traits::fromText(text);
  }

  /// Result `k` of the last evaluation.
  const Number &getResult(unsigned k) const { return slots[tape.results[k]]; }

  /// Evaluates and gives the values of all slots of the tape, valid until
  /// the next evaluation.
  llvm::ArrayRef<Number> evaluateSlots(llvm::ArrayRef<Number> args) {
    for (unsigned i = 0; i < tape.numArgs; ++i)
      slots[i] = i < args.size() ? args[i] : defaults[i - tape.numInputs];
    Number *out = slots.data() + tape.numArgs;
    for (const TapeStep &step : tape.steps) {
      if (step.op.opcode != Opcode::Constant)
        *out = evaluateScalar<Number>(step.op, slots[step.operands[0]],
                                      slots[step.operands[1]],
                                      slots[step.operands[2]]);
      ++out;
    }
    return slots;
  }

private:
  Tape tape;
  std::vector<Number> slots;
  std::vector<Number> defaults;
};

} // namespace act

#endif // ACT_REFERENCE_INTERPRETER_H

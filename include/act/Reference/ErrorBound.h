//===- ErrorBound.h - How wrong a plain evaluation may be -------*- C++ -*-===//
//
// A formula that nobody analysed has no stated bound. What it can be held to
// is what evaluating it operation by operation gives: each operation adds 2
// ulp of its result and passes its operands' errors on, multiplied by its
// partial derivatives. This is first order; where an intermediate result
// overflows, the operations after it are compared with what they give on
// that infinity.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REFERENCE_ERRORBOUND_H
#define ACT_REFERENCE_ERRORBOUND_H

#include "act/Reference/Interpreter.h"
#include "act/Reference/Ulp.h"
#include <array>

namespace act {

/// |partial derivatives| of an operation with result r.
template <class Number>
std::array<Number, 3> partialsOf(ScalarOp op, const Number &a, const Number &b,
                                 const Number &c, const Number &r) {
  using Traits = NumberTraits<Number>;
  auto number = [](double x) { return Traits::fromDouble(x); };
  Number zero = number(0), one = number(1);
  auto abs = [](const Number &x) { return Traits::abs(x); };
  // 1 for the operand that is the result.
  auto taken = [&](const Number &x) { return x == r ? one : zero; };
  switch (op.opcode) {
  case Opcode::Add:
  case Opcode::Sub:
    return {one, one, zero};
  case Opcode::Mul:
    return {abs(b), abs(a), zero};
  case Opcode::Div:
    return {one / abs(b), abs(r / b), zero};
  case Opcode::Neg:
  case Opcode::Abs:
    return {one, zero, zero};
  case Opcode::Max:
  case Opcode::Min:
    return {taken(a), taken(b), zero};
  case Opcode::Clamp:
    return {taken(a), taken(b), taken(c)};
  case Opcode::Select:
    return {zero, a != zero ? one : zero, a != zero ? zero : one};
  case Opcode::Exp:
    return {r, zero, zero};
  case Opcode::Expm1:
    return {Traits::exp(a), zero, zero};
  case Opcode::Log:
    return {one / abs(a), zero, zero};
  case Opcode::Log1p:
    return {one / abs(one + a), zero, zero};
  case Opcode::Sqrt:
    return {one / (r + r), zero, zero};
  case Opcode::Rsqrt:
    return {r / (a + a), zero, zero};
  case Opcode::Sin:
    return {abs(Traits::cos(a)), zero, zero};
  case Opcode::Cos:
    return {abs(Traits::sin(a)), zero, zero};
  case Opcode::Sinh:
    return {Traits::cosh(a), zero, zero};
  case Opcode::Cosh:
    return {abs(Traits::sinh(a)), zero, zero};
  case Opcode::Tanh: {
    Number h = Traits::cosh(a);
    return {one / (h * h), zero, zero};
  }
  case Opcode::Erf:
  case Opcode::Erfc:
    // 2 / sqrt(pi) * exp(-a^2)
    return {number(1.1283791670955126) * Traits::exp(-(a * a)), zero, zero};
  case Opcode::Sigmoid:
    return {r * sigmoidOf<Number>(-a), zero, zero};
  case Opcode::Softplus:
    return {sigmoidOf<Number>(a), zero, zero};
  case Opcode::Fma:
    return {abs(b), abs(a), one};
  case Opcode::Pow:
    return {abs(b * r / a), abs(r * Traits::log(abs(a))), zero};
  default: // Constants, conditions and what is constant piece by piece.
    return {zero, zero, zero};
  }
}

/// True for operations whose result is one of their operands, up to its sign,
/// or is otherwise exact.
inline bool isExactOperation(Opcode opcode) {
  switch (opcode) {
  case Opcode::Neg:
  case Opcode::Max:
  case Opcode::Min:
  case Opcode::Compare:
  case Opcode::Select:
  case Opcode::And:
  case Opcode::Or:
  case Opcode::Xor:
  case Opcode::Abs:
  case Opcode::Sign:
  case Opcode::Floor:
  case Opcode::Clamp:
    return true;
  default:
    return false;
  }
}

/// True for operations of the machine, as opposed to functions such as exp.
inline bool isArithmetic(Opcode opcode) {
  switch (opcode) {
  case Opcode::Add:
  case Opcode::Sub:
  case Opcode::Mul:
  case Opcode::Div:
  case Opcode::Fma:
    return true;
  default:
    return isExactOperation(opcode);
  }
}

/// Bounds of the absolute error of a function's operations in `compute`.
/// Number should be wider than it: the values are taken as exact.
template <class Number> class ErrorBound {
public:
  using Traits = NumberTraits<Number>;

  ErrorBound(Interpreter<Number> &interpreter, DType compute)
      : interpreter(interpreter), compute(compute) {}

  /// Bound for each result at these inputs (exact values of `compute`), in
  /// ulp of `storage` at the result. An infinite bound means that a plain
  /// evaluation overflows there, or that a slope is infinite.
  void evaluate(llvm::ArrayRef<Number> args, DType storage,
                llvm::MutableArrayRef<double> bounds);

  /// True if a plain evaluation of result `k` at the inputs of the last call
  /// of evaluate() gives an infinity or NaN where the exact value is finite.
  bool overflows(unsigned k) const {
    return errors[interpreter.getTape().results[k]].overflow.has_value();
  }

  /// False if the error of an operand could have turned a comparison, a sign
  /// or a floor in the last call of evaluate(): the bounds then say nothing.
  bool isDecided() const { return decided; }

private:
  /// What is known of a slot besides its exact value.
  struct Error {
    Number bound = Traits::fromDouble(0);
    /// What the operation gives in the compute type where that is infinite.
    std::optional<Number> overflow;
  };

  Error ofConstant(const Number &value) const;
  Error ofStep(const TapeStep &step, llvm::ArrayRef<Number> values) const;
  /// True if operands as wrong as their bounds would give the same outcome.
  bool isCertain(const TapeStep &step, llvm::ArrayRef<Number> values) const;
  static Number number(double x) { return Traits::fromDouble(x); }
  static Number ulps(double count, const Number &at, DType type) {
    return Traits::scale(number(count), ulpExponent(at, type));
  }
  static bool isFinite(const Number &x) {
    return !Traits::isNaN(x) && !Traits::isInfinite(x);
  }

  Interpreter<Number> &interpreter;
  DType compute;
  std::vector<Error> errors;
  bool decided = true;
};

template <class Number>
typename ErrorBound<Number>::Error
ErrorBound<Number>::ofConstant(const Number &value) const {
  Error error;
  if (!isFinite(value))
    return error;
  double rounded = roundTo(value, compute);
  if (std::isinf(rounded))
    error.overflow = number(rounded);
  else if (number(rounded) != value)
    error.bound = ulps(0.5, value, compute);
  return error;
}

template <class Number>
typename ErrorBound<Number>::Error
ErrorBound<Number>::ofStep(const TapeStep &step,
                           llvm::ArrayRef<Number> values) const {
  auto [i, j, k] = step.operands;
  const Number &a = values[i], &b = values[j], &c = values[k];
  Number exact = evaluateScalar<Number>(step.op, a, b, c);
  Error error;
  // An infinity or NaN that is exact is what the kernel gives, too.
  if (!isFinite(exact))
    return error;

  std::array<Number, 3> slopes = partialsOf(step.op, a, b, c, exact);
  bool anyOverflow = false;
  std::array<Number, 3> computed = {a, b, c};
  for (unsigned n = 0; n < step.op.numOperands; ++n) {
    const Error &operand = errors[step.operands[n]];
    if (operand.overflow) {
      computed[n] = *operand.overflow;
      anyOverflow = true;
    } else if (operand.bound != number(0)) {
      error.bound = error.bound + slopes[n] * operand.bound;
    }
  }
  if (!isExactOperation(step.op.opcode))
    error.bound = error.bound + ulps(2, exact, compute);
  double infinity = std::numeric_limits<double>::infinity();
  bool isBeyond = Traits::abs(exact) > number(largestOf(compute));
  if (!anyOverflow) {
    if (isBeyond)
      error.overflow = number(exact < number(0) ? -infinity : infinity);
    return error;
  }
  Number given =
      evaluateScalar<Number>(step.op, computed[0], computed[1], computed[2]);
  if (isFinite(given)) {
    error.bound = error.bound + Traits::abs(given - exact);
    return error;
  }
  error.overflow = given;
  // An exact value beyond the range rounds to an infinity as it should.
  if (!isBeyond || Traits::isNaN(given))
    error.bound = number(infinity);
  return error;
}

template <class Number>
bool ErrorBound<Number>::isCertain(const TapeStep &step,
                                   llvm::ArrayRef<Number> values) const {
  auto [i, j, k] = step.operands;
  const Number &a = values[i], &b = values[j], zero = number(0);
  const Number &error = errors[i].bound;
  switch (step.op.opcode) {
  case Opcode::Compare: {
    Number both = error + errors[j].bound;
    return both == zero || Traits::abs(a - b) > both;
  }
  case Opcode::Sign:
    return error == zero || Traits::abs(a) > error;
  case Opcode::Floor:
    return error == zero ||
           Traits::floor(a - error) == Traits::floor(a + error);
  default:
    return true;
  }
}

template <class Number>
void ErrorBound<Number>::evaluate(llvm::ArrayRef<Number> args, DType storage,
                                  llvm::MutableArrayRef<double> bounds) {
  const Tape &tape = interpreter.getTape();
  llvm::ArrayRef<Number> values = interpreter.evaluateSlots(args);
  errors.assign(tape.getNumSlots(), Error());
  decided = true;
  // Parameters that were left at their defaults are constants.
  for (unsigned i = args.size(); i < tape.numArgs; ++i)
    errors[i] = ofConstant(values[i]);
  for (auto [i, step] : llvm::enumerate(tape.steps)) {
    unsigned slot = tape.numArgs + i;
    decided &= isCertain(step, values);
    errors[slot] = step.op.opcode == Opcode::Constant ? ofConstant(values[slot])
                                                      : ofStep(step, values);
  }
  for (auto [bound, slot] : llvm::zip(bounds, tape.results)) {
    const Number &value = values[slot];
    const Error &error = errors[slot];
    if (!isFinite(value))
      bound = 0;
    else if (!isFinite(error.bound))
      bound = std::numeric_limits<double>::infinity();
    else
      bound = Traits::toDouble(
                  Traits::scale(error.bound, -ulpExponent(value, storage))) +
              (storage == compute ? 0 : 0.5);
  }
}

} // namespace act

#endif // ACT_REFERENCE_ERRORBOUND_H

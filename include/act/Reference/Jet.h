//===- Jet.h - Higher derivatives of a function -----------------*- C++ -*-===//
//
// The oracle of derivatives: Taylor arithmetic over a tape. It never sees the
// formulas of the symbolic differentiator, only the operations of the
// function itself.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REFERENCE_JET_H
#define ACT_REFERENCE_JET_H

#include "act/Reference/Series.h"
#include <cassert>

namespace act {

/// Derivatives of a function with respect to one argument at a time, in any
/// number. At kinks they follow section 9 of docs/Language.md: select takes
/// the branch it takes, min and max the second operand at a tie, clamp its
/// first operand at both ends; abs at 0 has derivative 0, and sign and floor
/// have it everywhere.
///
/// Every operation keeps the tails of its derivatives (those of tanh and
/// sigmoid included), but the sums of a formula may cancel: 1 + tanh(x) loses
/// 2.9 bits for each unit of -x. The caller picks a precision that covers
/// that. The constants of an MPFR tape have the precision that was set when
/// the interpreter was made; one made and used under the same MpfrPrecision
/// is right.
///
/// Copies are independent; one interpreter serves one thread at a time.
template <class Number> class JetInterpreter {
public:
  using Traits = NumberTraits<Number>;
  using Math = SeriesMath<Number>;

  /// Highest order of a derivative.
  static constexpr unsigned kMaxOrder = 8;

  /// Reads the function once; the IR may go away afterwards. Fails with an
  /// error that names an operation it cannot evaluate.
  static llvm::Expected<JetInterpreter> create(FuncOp func) {
    llvm::Expected<Tape> tape = Tape::build(func);
    if (!tape)
      return tape.takeError();
    return JetInterpreter(std::move(*tape));
  }

  explicit JetInterpreter(Tape tape) : values(std::move(tape)) {}

  const Tape &getTape() const { return values.getTape(); }

  /// Taylor coefficients 0..order of each result around `args`, in powers of
  /// what is added to argument `wrt`. `args` are the inputs, then the first
  /// parameters if any; the other parameters have their defaults, and `wrt`
  /// may be one of them. The formula is taken as it stands: limits that a row
  /// states at infinities do not enter.
  std::vector<Series<Number>> taylor(llvm::ArrayRef<Number> args, unsigned wrt,
                                     unsigned order);

  /// The same, times k!: value and derivatives 1..order of each result.
  std::vector<Series<Number>> derivatives(llvm::ArrayRef<Number> args,
                                          unsigned wrt, unsigned order);

  /// d result / d argument: one row a result, one column for each input and
  /// parameter.
  std::vector<std::vector<Number>> gradient(llvm::ArrayRef<Number> args);

  /// True if a result at `args` depends on an operation that is within `eps`
  /// of a kink or jump: operands of a comparison, min, max or clamp that
  /// differ by so little, or the operand of abs or sign from 0, or that of
  /// floor from an integer. Distances are relative to the larger operand, and
  /// to 1 if that is below 1. Branches not taken do not count. With an `eps`
  /// of 0, true only at the kinks themselves.
  bool isNearKink(llvm::ArrayRef<Number> args, double eps);

private:
  using S = Series<Number>;

  static S evaluateStep(ScalarOp op, const S &a, const S &b, const S &c);
  /// Marks the slots that a step's result depends on; true if it is near a
  /// kink.
  bool visit(const TapeStep &step, llvm::ArrayRef<Number> slots, double eps,
             std::vector<char> &isNeeded) const;

  static Number number(double x) { return Traits::fromDouble(x); }
  static bool areNear(const Number &a, const Number &b, double eps) {
    Number size =
        maximumOf(number(1), maximumOf(Traits::abs(a), Traits::abs(b)));
    return a == b || Traits::abs(a - b) < number(eps) * size;
  }

  /// Has the tape, the constants and the defaults as numbers.
  Interpreter<Number> values;
};

template <class Number>
Series<Number> JetInterpreter<Number>::evaluateStep(ScalarOp op, const S &a,
                                                    const S &b, const S &c) {
  switch (op.opcode) {
  case Opcode::Add:
    return Math::add(a, b);
  case Opcode::Sub:
    return Math::sub(a, b);
  case Opcode::Mul:
    return Math::mul(a, b);
  case Opcode::Div:
    return Math::div(a, b);
  case Opcode::Neg:
    return Math::neg(a);
  case Opcode::Max:
    return Math::max(a, b);
  case Opcode::Min:
    return Math::min(a, b);
  case Opcode::Select:
    return a[0] != number(0) ? b : c;
  case Opcode::Exp:
    return Math::exp(a);
  case Opcode::Expm1:
    return Math::expm1(a);
  case Opcode::Log:
    return Math::log(a);
  case Opcode::Log1p:
    return Math::log1p(a);
  case Opcode::Sqrt:
    return Math::sqrt(a);
  case Opcode::Rsqrt:
    return Math::rsqrt(a);
  case Opcode::Sin:
    return Math::sinCos(a).first;
  case Opcode::Cos:
    return Math::sinCos(a).second;
  case Opcode::Sinh:
    return Math::sinhCosh(a).first;
  case Opcode::Cosh:
    return Math::sinhCosh(a).second;
  case Opcode::Tanh:
    return Math::tanh(a);
  case Opcode::Erf:
    return Math::erf(a);
  case Opcode::Erfc:
    return Math::erfc(a);
  case Opcode::Sigmoid:
    return Math::sigmoid(a);
  case Opcode::Softplus:
    return Math::softplus(a);
  case Opcode::Abs:
    return Math::abs(a);
  case Opcode::Clamp:
    return Math::clamp(a, b, c);
  case Opcode::Fma:
    return Math::fma(a, b, c);
  case Opcode::Pow:
    return Math::pow(a, b);
  // Constant piece by piece.
  case Opcode::Constant:
  case Opcode::Compare:
  case Opcode::And:
  case Opcode::Or:
  case Opcode::Xor:
  case Opcode::Sign:
  case Opcode::Floor:
    return {evaluateScalar<Number>(op, a[0], b[0], c[0])};
  default: // In no function that is differentiated.
    assert((op.opcode == Opcode::Round || combinesRow(op.opcode)) &&
           "an operation without a value");
    break;
  }
  return a;
}

template <class Number>
std::vector<Series<Number>>
JetInterpreter<Number>::taylor(llvm::ArrayRef<Number> args, unsigned wrt,
                               unsigned order) {
  assert(order <= kMaxOrder && "order of the derivative is too high");
  assert(wrt < getTape().numArgs && "no such argument");
  const Tape &tape = getTape();
  // For the constants and the defaults; the operations are done again.
  llvm::ArrayRef<Number> plain = values.evaluateSlots(args);
  std::vector<S> slots;
  for (unsigned i = 0; i < tape.numArgs; ++i)
    slots.push_back({plain[i]});
  if (order > 0) {
    slots[wrt].resize(order + 1, number(0));
    slots[wrt][1] = number(1);
  }
  for (const TapeStep &step : tape.steps) {
    if (step.op.opcode == Opcode::Constant)
      slots.push_back({plain[slots.size()]});
    else
      slots.push_back(evaluateStep(step.op, slots[step.operands[0]],
                                   slots[step.operands[1]],
                                   slots[step.operands[2]]));
  }
  std::vector<S> results;
  for (unsigned slot : tape.results) {
    results.push_back(slots[slot]);
    results.back().resize(order + 1, number(0));
  }
  return results;
}

template <class Number>
std::vector<Series<Number>>
JetInterpreter<Number>::derivatives(llvm::ArrayRef<Number> args, unsigned wrt,
                                    unsigned order) {
  std::vector<S> results = taylor(args, wrt, order);
  for (S &result : results) {
    double factorial = 1;
    for (unsigned k = 2; k <= order; ++k)
      result[k] = number(factorial *= k) * result[k];
  }
  return results;
}

template <class Number>
std::vector<std::vector<Number>>
JetInterpreter<Number>::gradient(llvm::ArrayRef<Number> args) {
  std::vector<std::vector<Number>> rows(getTape().results.size());
  for (unsigned i = 0; i < getTape().numArgs; ++i)
    for (auto [row, jet] : llvm::zip(rows, taylor(args, i, 1)))
      row.push_back(jet[1]);
  return rows;
}

template <class Number>
bool JetInterpreter<Number>::visit(const TapeStep &step,
                                   llvm::ArrayRef<Number> slots, double eps,
                                   std::vector<char> &isNeeded) const {
  auto [i, j, k] = step.operands;
  const Number &a = slots[i], &b = slots[j], &c = slots[k];
  auto need = [&](unsigned slot) { isNeeded[slot] = true; };
  switch (step.op.opcode) {
  case Opcode::Select:
    need(i);
    need(a != number(0) ? j : k);
    return false;
  case Opcode::Max:
  case Opcode::Min:
    need((step.op.opcode == Opcode::Max ? a > b : a < b) ? i : j);
    return areNear(a, b, eps);
  case Opcode::Clamp: {
    Number raised = maximumOf(a, b);
    need(raised > c ? k : a < b ? j : i);
    return areNear(a, b, eps) || areNear(raised, c, eps);
  }
  default:
    for (unsigned n = 0; n < step.op.numOperands; ++n)
      need(step.operands[n]);
  }
  switch (step.op.opcode) {
  case Opcode::Compare:
    return areNear(a, b, eps);
  case Opcode::Abs:
  case Opcode::Sign:
    return areNear(a, number(0), eps);
  case Opcode::Floor:
    return areNear(a, Traits::floor(a + number(0.5)), eps);
  default:
    return false;
  }
}

template <class Number>
bool JetInterpreter<Number>::isNearKink(llvm::ArrayRef<Number> args,
                                        double eps) {
  const Tape &tape = getTape();
  llvm::ArrayRef<Number> slots = values.evaluateSlots(args);
  std::vector<char> isNeeded(tape.getNumSlots());
  for (unsigned slot : tape.results)
    isNeeded[slot] = true;
  for (unsigned i = tape.steps.size(); i-- > 0;)
    if (isNeeded[tape.numArgs + i] &&
        visit(tape.steps[i], slots, eps, isNeeded))
      return true;
  return false;
}

} // namespace act

#endif // ACT_REFERENCE_JET_H

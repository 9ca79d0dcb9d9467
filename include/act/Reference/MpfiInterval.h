//===- MpfiInterval.h - Enclosures of functions over intervals --*- C++ -*-===//
//
// Rigorous interval arithmetic by MPFI, for tools and tests, which link mpfi,
// mpfr and gmp themselves: nothing in the libraries may include this file.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REFERENCE_MPFIINTERVAL_H
#define ACT_REFERENCE_MPFIINTERVAL_H

#include "act/Reference/MpfrNumber.h"
#include <cassert>
#include <mpfi.h>

namespace act {

/// A closed interval with ends of 80 bits. An operation's result holds every
/// value that it takes on its operands; where some operands have no value (the
/// log of -1..1) it is NaN, which stands for "anything or nothing".
class MpfiInterval {
public:
  MpfiInterval() { mpfi_init2(value, kBits); }
  MpfiInterval(double lo, double hi) : MpfiInterval() {
    mpfi_interv_d(value, lo, hi);
  }
  MpfiInterval(const MpfiInterval &other) : MpfiInterval() {
    mpfi_set(value, other.value);
  }
  MpfiInterval &operator=(const MpfiInterval &other) {
    mpfi_set(value, other.value);
    return *this;
  }
  ~MpfiInterval() { mpfi_clear(value); }

  /// The tightest interval around an exact number's text.
  static MpfiInterval fromText(llvm::StringRef text) {
    MpfrPrecision scope(512);
    MpfrNumber number = NumberTraits<MpfrNumber>::fromText(text);
    MpfiInterval result;
    mpfi_set_fr(result.value, number.get());
    return result;
  }

  mpfi_srcptr get() const { return value; }
  mpfi_ptr get() { return value; }
  mpfr_srcptr lo() const { return &value->left; }
  mpfr_srcptr hi() const { return &value->right; }
  bool isNaN() const { return mpfi_nan_p(value); }

  template <class Function, class... Intervals>
  static MpfiInterval apply(Function function, const Intervals &...operands) {
    MpfiInterval result;
    function(result.value, operands.value...);
    return result;
  }

  /// Of a function that does not decrease: its values at the ends.
  template <class Function>
  static MpfiInterval increasing(Function function, const MpfiInterval &x) {
    MpfiInterval result;
    function(&result.value->left, x.lo(), MPFR_RNDD);
    function(&result.value->right, x.hi(), MPFR_RNDU);
    return result;
  }
  /// Of one that does not increase.
  template <class Function>
  static MpfiInterval decreasing(Function function, const MpfiInterval &x) {
    MpfiInterval result;
    function(&result.value->left, x.hi(), MPFR_RNDD);
    function(&result.value->right, x.lo(), MPFR_RNDU);
    return result;
  }

  static constexpr mpfr_prec_t kBits = 80;

private:
  mpfi_t value;
};

/// Evaluates a tape over intervals. One thread at a time.
class IntervalEvaluator {
public:
  explicit IntervalEvaluator(Tape steps)
      : tape(std::move(steps)), slots(tape.getNumSlots()) {
    for (unsigned i = tape.numInputs; i < tape.numArgs; ++i)
      slots[i] = MpfiInterval::fromText(tape.defaults[i - tape.numInputs]);
    for (auto [i, step] : llvm::enumerate(tape.steps))
      if (step.op.opcode == Opcode::Constant)
        slots[tape.numArgs + i] = MpfiInterval::fromText(step.text);
  }

  /// Enclosures of all slots, valid until the next evaluation, for inputs
  /// within `args` and parameters at their defaults.
  llvm::ArrayRef<MpfiInterval> evaluate(llvm::ArrayRef<MpfiInterval> args) {
    for (auto [i, arg] : llvm::enumerate(args))
      slots[i] = arg;
    for (auto [i, step] : llvm::enumerate(tape.steps))
      if (step.op.opcode != Opcode::Constant)
        slots[tape.numArgs + i] = evaluateStep(step);
    return slots;
  }

  const Tape &getTape() const { return tape; }

private:
  using I = MpfiInterval;

  I evaluateStep(const TapeStep &step) const;
  static I compare(uint8_t mask, const I &a, const I &b);
  static I hull(const I &a, const I &b) { return I::apply(mpfi_union, a, b); }
  static I max(const I &a, const I &b);
  static I min(const I &a, const I &b);
  static I sigmoid(const I &x);
  static I softplus(const I &x);
  static I sign(const I &x);

  Tape tape;
  std::vector<MpfiInterval> slots;
};

inline MpfiInterval IntervalEvaluator::max(const I &a, const I &b) {
  if (a.isNaN() || b.isNaN())
    return a.isNaN() ? a : b;
  I result;
  mpfr_max(&result.get()->left, a.lo(), b.lo(), MPFR_RNDD);
  mpfr_max(&result.get()->right, a.hi(), b.hi(), MPFR_RNDU);
  return result;
}

inline MpfiInterval IntervalEvaluator::min(const I &a, const I &b) {
  if (a.isNaN() || b.isNaN())
    return a.isNaN() ? a : b;
  I result;
  mpfr_min(&result.get()->left, a.lo(), b.lo(), MPFR_RNDD);
  mpfr_min(&result.get()->right, a.hi(), b.hi(), MPFR_RNDU);
  return result;
}

/// 1 / (1 + exp(-x)) of each end; increasing.
inline MpfiInterval IntervalEvaluator::sigmoid(const I &x) {
  I e = I::apply(mpfi_exp, I::apply(mpfi_neg, x));
  mpfi_add_ui(e.get(), e.get(), 1);
  return I::apply(mpfi_inv, e);
}

/// x + log1p(exp(-x)) for positive ends, log1p(exp(x)) for the others.
inline MpfiInterval IntervalEvaluator::softplus(const I &x) {
  auto atEnd = [](mpfr_srcptr end) {
    I point;
    mpfi_set_fr(point.get(), end);
    if (mpfr_sgn(end) <= 0)
      return I::apply(mpfi_log1p, I::apply(mpfi_exp, point));
    I tail =
        I::apply(mpfi_log1p, I::apply(mpfi_exp, I::apply(mpfi_neg, point)));
    return I::apply(mpfi_add, point, tail);
  };
  return x.isNaN() ? x : hull(atEnd(x.lo()), atEnd(x.hi()));
}

inline MpfiInterval IntervalEvaluator::sign(const I &x) {
  if (x.isNaN())
    return x;
  return I(mpfr_sgn(x.lo()) > 0   ? 1
           : mpfr_sgn(x.lo()) < 0 ? -1
                                  : 0,
           mpfr_sgn(x.hi()) > 0   ? 1
           : mpfr_sgn(x.hi()) < 0 ? -1
                                  : 0);
}

/// 1 where the comparison holds throughout, 0 where it never does, else 0..1.
inline MpfiInterval IntervalEvaluator::compare(uint8_t mask, const I &a,
                                               const I &b) {
  if (a.isNaN() || b.isNaN())
    return I(0, 1);
  uint8_t possible = 0;
  if (mpfr_less_p(a.lo(), b.hi()))
    possible |= CompareLess;
  if (mpfr_greater_p(a.hi(), b.lo()))
    possible |= CompareGreater;
  if (mpfr_lessequal_p(a.lo(), b.hi()) && mpfr_lessequal_p(b.lo(), a.hi()))
    possible |= CompareEqual;
  return I((possible & ~mask) == 0, (possible & mask) != 0);
}

inline MpfiInterval
IntervalEvaluator::evaluateStep(const TapeStep &step) const {
  const I &a = slots[step.operands[0]];
  const I &b = slots[step.operands[1]];
  const I &c = slots[step.operands[2]];
  auto isZero = [](const I &x) { return mpfi_is_zero(x.get()) != 0; };
  auto holds = [](const I &x) { return mpfr_cmp_ui(x.lo(), 1) == 0; };
  switch (step.op.opcode) {
  case Opcode::Constant:
    break;
  case Opcode::Add:
    return I::apply(mpfi_add, a, b);
  case Opcode::Sub:
    return I::apply(mpfi_sub, a, b);
  case Opcode::Mul:
    // 0 * u is 0 wherever u has a value.
    if ((isZero(a) && !b.isNaN()) || (isZero(b) && !a.isNaN()))
      return I(0, 0);
    return step.operands[0] == step.operands[1] ? I::apply(mpfi_sqr, a)
                                                : I::apply(mpfi_mul, a, b);
  case Opcode::Div:
    return I::apply(mpfi_div, a, b);
  case Opcode::Neg:
    return I::apply(mpfi_neg, a);
  case Opcode::Max:
    return max(a, b);
  case Opcode::Min:
    return min(a, b);
  case Opcode::Compare:
    // A number equals itself; nothing else is known of overlapping intervals.
    if (step.operands[0] == step.operands[1] && !a.isNaN())
      return compare(step.op.mask, I(0, 0), I(0, 0));
    return compare(step.op.mask, a, b);
  case Opcode::Select:
    return holds(a) ? b : isZero(a) ? c : b.isNaN() ? b : hull(b, c);
  case Opcode::And:
    return min(a, b);
  case Opcode::Or:
    return max(a, b);
  case Opcode::Xor:
    return compare(CompareLess | CompareGreater, a, b);
  case Opcode::Exp:
    return I::apply(mpfi_exp, a);
  case Opcode::Expm1:
    return I::apply(mpfi_expm1, a);
  case Opcode::Log:
    return I::apply(mpfi_log, a);
  case Opcode::Log1p:
    return I::apply(mpfi_log1p, a);
  case Opcode::Sqrt:
    return I::apply(mpfi_sqrt, a);
  case Opcode::Rsqrt:
    return I::apply(mpfi_inv, I::apply(mpfi_sqrt, a));
  case Opcode::Sin:
    return I::apply(mpfi_sin, a);
  case Opcode::Cos:
    return I::apply(mpfi_cos, a);
  case Opcode::Sinh:
    return I::apply(mpfi_sinh, a);
  case Opcode::Cosh:
    return I::apply(mpfi_cosh, a);
  case Opcode::Tanh:
    return I::apply(mpfi_tanh, a);
  case Opcode::Erf:
    return I::increasing(mpfr_erf, a);
  case Opcode::Erfc:
    return I::decreasing(mpfr_erfc, a);
  case Opcode::Sigmoid:
    return sigmoid(a);
  case Opcode::Softplus:
    return softplus(a);
  case Opcode::Abs:
    return I::apply(mpfi_abs, a);
  case Opcode::Sign:
    return sign(a);
  case Opcode::Floor:
    return I::increasing(mpfr_rint_floor, a);
  case Opcode::Clamp:
    return min(max(a, b), c);
  case Opcode::Fma:
    return I::apply(mpfi_add, I::apply(mpfi_mul, a, b), c);
  case Opcode::Pow:
    return I::apply(mpfi_exp, I::apply(mpfi_mul, b, I::apply(mpfi_log, a)));
  default: // In no function whose roots are looked for.
    assert((step.op.opcode == Opcode::Round || combinesRow(step.op.opcode)) &&
           "an operation without a value");
    break;
  }
  return a;
}

} // namespace act

#endif // ACT_REFERENCE_MPFIINTERVAL_H

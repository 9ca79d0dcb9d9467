//===- MpfrNumber.h - Numbers of any precision ------------------*- C++ -*-===//
//
// The oracle of tests and tools, which link mpfr and gmp themselves: nothing
// in the libraries may include this file.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REFERENCE_MPFRNUMBER_H
#define ACT_REFERENCE_MPFRNUMBER_H

#include "act/Reference/Interpreter.h"
#include <cassert>
#include <cmath>
#include <mpfr.h>
#include <string>
#include <utility>
#include <vector>

namespace act {

/// A number of MPFR. New numbers and results have the precision that the
/// thread's last MpfrPrecision set, 512 bits before any; copies keep that of
/// their source. Exponents reach 2^62.
class MpfrNumber {
public:
  MpfrNumber() { mpfr_init2(value, precision), mpfr_set_zero(value, 1); }
  explicit MpfrNumber(double x) : MpfrNumber() { mpfr_set_d(value, x, mode); }
  MpfrNumber(const MpfrNumber &other) {
    mpfr_init2(value, mpfr_get_prec(other.value));
    mpfr_set(value, other.value, mode);
  }
  MpfrNumber(MpfrNumber &&other) : MpfrNumber() { swap(other); }
  MpfrNumber &operator=(const MpfrNumber &other) {
    if (this != &other) {
      mpfr_set_prec(value, mpfr_get_prec(other.value));
      mpfr_set(value, other.value, mode);
    }
    return *this;
  }
  MpfrNumber &operator=(MpfrNumber &&other) {
    swap(other);
    return *this;
  }
  ~MpfrNumber() { mpfr_clear(value); }
  void swap(MpfrNumber &other) { mpfr_swap(value, other.value); }

  mpfr_srcptr get() const { return value; }
  mpfr_ptr get() { return value; }

  friend MpfrNumber operator+(const MpfrNumber &a, const MpfrNumber &b) {
    return apply(mpfr_add, a, b);
  }
  friend MpfrNumber operator-(const MpfrNumber &a, const MpfrNumber &b) {
    return apply(mpfr_sub, a, b);
  }
  friend MpfrNumber operator*(const MpfrNumber &a, const MpfrNumber &b) {
    return apply(mpfr_mul, a, b);
  }
  friend MpfrNumber operator/(const MpfrNumber &a, const MpfrNumber &b) {
    return apply(mpfr_div, a, b);
  }
  MpfrNumber operator-() const { return apply(mpfr_neg, *this); }
  friend bool operator<(const MpfrNumber &a, const MpfrNumber &b) {
    return mpfr_less_p(a.value, b.value);
  }
  friend bool operator>(const MpfrNumber &a, const MpfrNumber &b) {
    return mpfr_greater_p(a.value, b.value);
  }
  friend bool operator==(const MpfrNumber &a, const MpfrNumber &b) {
    return mpfr_equal_p(a.value, b.value);
  }
  friend bool operator!=(const MpfrNumber &a, const MpfrNumber &b) {
    return !(a == b);
  }

  /// Calls a function of MPFR: apply(mpfr_exp, x).
  template <class Function, class... Numbers>
  static MpfrNumber apply(Function function, const Numbers &...numbers) {
    MpfrNumber result;
    function(result.value, numbers.value..., mode);
    return result;
  }

  static constexpr mpfr_rnd_t mode = MPFR_RNDN;

private:
  friend class MpfrPrecision;
  /// Widens the exponents of this thread, which MPFR limits to 2^30 at first.
  static mpfr_prec_t widened(mpfr_prec_t bits) {
    mpfr_set_emax(mpfr_get_emax_max());
    mpfr_set_emin(mpfr_get_emin_min());
    return bits;
  }
  inline static thread_local mpfr_prec_t precision = widened(512);
  mpfr_t value;
};

/// While it lives, new numbers of this thread have this many bits.
class MpfrPrecision {
public:
  explicit MpfrPrecision(mpfr_prec_t bits)
      : before(std::exchange(MpfrNumber::precision, bits)) {}
  ~MpfrPrecision() { MpfrNumber::precision = before; }
  MpfrPrecision(const MpfrPrecision &) = delete;
  MpfrPrecision &operator=(const MpfrPrecision &) = delete;

private:
  mpfr_prec_t before;
};

template <> struct NumberTraits<MpfrNumber> {
  using N = MpfrNumber;

  /// The exact value of the text, rounded once but for ratios.
  static N fromText(llvm::StringRef text) {
    auto [p, q] = text.split('/');
    N number = partFromText(p);
    return q.empty() ? number : number / partFromText(q);
  }
  static N fromDouble(double x) { return N(x); }
  static double toDouble(const N &x) { return mpfr_get_d(x.get(), N::mode); }
  static float toFloat(const N &x) { return mpfr_get_flt(x.get(), N::mode); }
  static bool isNaN(const N &x) { return mpfr_nan_p(x.get()); }
  static bool isInfinite(const N &x) { return mpfr_inf_p(x.get()); }
  static bool isNegative(const N &x) { return mpfr_signbit(x.get()); }
  static long exponentOf(const N &x) { return mpfr_get_exp(x.get()) - 1; }
  static N scale(const N &x, long n) {
    N result;
    mpfr_mul_2si(result.get(), x.get(), n, N::mode);
    return result;
  }

  static N abs(const N &x) { return N::apply(mpfr_abs, x); }
  static N floor(const N &x) {
    N result;
    mpfr_rint_floor(result.get(), x.get(), N::mode);
    return result;
  }
  static N sqrt(const N &x) { return N::apply(mpfr_sqrt, x); }
  static N exp(const N &x) { return N::apply(mpfr_exp, x); }
  static N expm1(const N &x) { return N::apply(mpfr_expm1, x); }
  static N log(const N &x) { return N::apply(mpfr_log, x); }
  static N log1p(const N &x) { return N::apply(mpfr_log1p, x); }
  static N sin(const N &x) { return N::apply(mpfr_sin, x); }
  static N cos(const N &x) { return N::apply(mpfr_cos, x); }
  static N sinh(const N &x) { return N::apply(mpfr_sinh, x); }
  static N cosh(const N &x) { return N::apply(mpfr_cosh, x); }
  static N tanh(const N &x) { return N::apply(mpfr_tanh, x); }
  static N erf(const N &x) { return N::apply(mpfr_erf, x); }
  static N erfc(const N &x) { return N::apply(mpfr_erfc, x); }
  static N pow(const N &x, const N &y) { return N::apply(mpfr_pow, x, y); }
  static N fma(const N &x, const N &y, const N &z) {
    return N::apply(mpfr_fma, x, y, z);
  }

private:
  static N partFromText(llvm::StringRef text) {
    N number;
    bool isNegative = text.consume_front("-");
    if (text == "pi") {
      mpfr_const_pi(number.get(), N::mode);
    } else if (text == "e") {
      number = exp(N(1.0));
    } else {
      // Base 0 reads decimals and, after 0x, hexadecimals; also inf and nan.
      std::string copy = text.str();
      char *end = nullptr;
      mpfr_strtofr(number.get(), copy.c_str(), &end, 0, N::mode);
      assert(end == copy.c_str() + copy.size() && "not an exact number");
      (void)end;
    }
    return isNegative ? -number : number;
  }
};

/// Evaluates a function to a stated accuracy whatever cancels in its formula:
/// in more and more bits until a result no longer changes.
class MpfrReference {
public:
  /// Reads the function once; the IR may go away afterwards.
  static llvm::Expected<MpfrReference> create(FuncOp func) {
    llvm::Expected<Tape> tape = Tape::build(func);
    if (!tape)
      return tape.takeError();
    return MpfrReference(*tape);
  }

  explicit MpfrReference(const Tape &tape, unsigned firstBits = 192)
      : agreement(firstBits * 5 / 8) {
    for (unsigned bits = firstBits; bits <= 3072; bits *= 2) {
      MpfrPrecision scope(bits);
      levels.push_back({bits, Interpreter<MpfrNumber>(tape)});
    }
  }

  const Tape &getTape() const { return levels.front().second.getTape(); }

  /// Results that two successive precisions agree on, to 2^-120 where the first
  /// has 192 bits and to 5/8 of any other, or that the last one gives. Limits
  /// that a row states stand for its formula, and the limit stands for a
  /// formula that is 0 / 0 at one point.
  std::vector<MpfrNumber> evaluate(llvm::ArrayRef<double> inputs) {
    return valuesAt(std::vector<MpfrNumber>(inputs.begin(), inputs.end()));
  }
  /// The same at points of any precision.
  std::vector<MpfrNumber> valuesAt(const std::vector<MpfrNumber> &args) {
    if (!args.empty())
      if (auto limit = levels.front().second.identityLimit(args.front()))
        return {*limit};
    std::vector<MpfrNumber> results = settled(args);
    bool isFinite = llvm::all_of(
        args, [](const MpfrNumber &x) { return mpfr_number_p(x.get()) != 0; });
    for (auto [k, result] : llvm::enumerate(results))
      if (isFinite && mpfr_nan_p(result.get())) {
        result = limitAt(args, k);
        if (mpfr_nan_p(result.get()))
          result = settledFarOut(args, k);
      }
    return results;
  }

  /// The limit of result k at infinite inputs, from far out: an infinity of
  /// what has grown without bound there, NaN of what still varies, as a sine
  /// does. Other inputs keep their values.
  MpfrNumber limitAtInfinity(llvm::ArrayRef<double> inputs, unsigned k) {
    using Traits = NumberTraits<MpfrNumber>;
    auto at = [&](double distance) {
      std::vector<double> finite(inputs.begin(), inputs.end());
      for (double &x : finite)
        if (std::isinf(x))
          x = std::copysign(distance, x);
      return evaluate(finite)[k];
    };
    constexpr double far = std::numeric_limits<double>::max();
    MpfrNumber limit = at(far);
    MpfrNumber magnitude = Traits::abs(limit);
    if (magnitude > MpfrNumber(1e100))
      return limit * MpfrNumber(HUGE_VAL);
    if (magnitude < MpfrNumber(1e-100))
      return limit * MpfrNumber(0.0);
    if (Traits::abs(at(far / 4) - limit) > MpfrNumber(1e-6) * magnitude)
      return MpfrNumber(std::numeric_limits<double>::quiet_NaN());
    return MpfrNumber(Traits::toDouble(limit));
  }

private:
  /// Evaluates in more and more bits until results no longer change.
  std::vector<MpfrNumber> settled(const std::vector<MpfrNumber> &args) {
    std::vector<MpfrNumber> before, results(getTape().results.size());
    for (auto &[bits, interpreter] : levels) {
      MpfrPrecision scope(bits);
      llvm::ArrayRef<MpfrNumber> slots = interpreter.evaluateSlots(args);
      for (auto [k, slot] : llvm::enumerate(getTape().results))
        results[k] = slots[slot];
      if (!before.empty() && agree(before, results, slots))
        break;
      before = results;
    }
    return results;
  }

  /// The common limit of result k from both sides of a point, infinite at an
  /// even pole, or NaN.
  MpfrNumber limitAt(const std::vector<MpfrNumber> &at, unsigned k) {
    using Traits = NumberTraits<MpfrNumber>;
    MpfrPrecision scope(1536);
    auto beside = [&](int side, long exponent) {
      std::vector<MpfrNumber> args;
      for (const MpfrNumber &x : at) {
        MpfrNumber h =
            Traits::scale(x == MpfrNumber(0.0) ? MpfrNumber(1.0) : x, exponent);
        args.push_back(side < 0 ? x - h : x + h);
      }
      return settled(args)[k];
    };
    MpfrNumber below = beside(-1, -90), above = beside(1, -90);
    if (Traits::abs(below - above) < Traits::scale(Traits::abs(above), -80)) {
      MpfrNumber further = Traits::abs(beside(1, -60));
      if (Traits::abs(above) > MpfrNumber(1.4) * further &&
          further > MpfrNumber(1.0))
        return above * MpfrNumber(HUGE_VAL);
      return (below + above) / MpfrNumber(2.0);
    }
    // Both sides vanish with the distance.
    if (Traits::abs(below) < MpfrNumber(0x1p-80) &&
        Traits::abs(above) < MpfrNumber(0x1p-80))
      return MpfrNumber(0.0);
    return MpfrNumber(std::numeric_limits<double>::quiet_NaN());
  }

  /// Result k where arguments are so large that even MPFR overflows on the way,
  /// as exp(exp(x)) does, if it no longer changes long before; or NaN.
  MpfrNumber settledFarOut(const std::vector<MpfrNumber> &at, unsigned k) {
    MpfrNumber values[2];
    for (int near : {0, 1}) {
      std::vector<MpfrNumber> args;
      // Far beyond any format's features, and cheap for exp.
      MpfrNumber most(near ? 0x1p25 : 0x1p29);
      for (const MpfrNumber &x : at)
        args.push_back(x > most ? most : x < -most ? -most : x);
      values[near] = settled(args)[k];
    }
    if (values[0] == values[1])
      return values[0];
    return MpfrNumber(std::numeric_limits<double>::quiet_NaN());
  }

  /// True for an argument or a constant.
  bool isGiven(unsigned slot) const {
    const Tape &tape = getTape();
    return slot < tape.numArgs ||
           tape.steps[slot - tape.numArgs].op.opcode == Opcode::Constant;
  }

  /// True where comparisons of what is given select what is given: nothing is
  /// computed, so nothing is wrong.
  bool isSelected(unsigned slot, llvm::ArrayRef<MpfrNumber> slots) const {
    const Tape &tape = getTape();
    while (!isGiven(slot)) {
      const TapeStep &step = tape.steps[slot - tape.numArgs];
      if (step.op.opcode != Opcode::Select || isGiven(step.operands[0]))
        return false;
      const TapeStep &condition = tape.steps[step.operands[0] - tape.numArgs];
      if (condition.op.opcode != Opcode::Compare ||
          !isGiven(condition.operands[0]) || !isGiven(condition.operands[1]))
        return false;
      bool holds = slots[step.operands[0]] != MpfrNumber(0.0);
      slot = step.operands[holds ? 1 : 2];
    }
    return true;
  }

  /// A zero agrees only where it was selected; else it may be what
  /// cancellation left.
  bool agree(const std::vector<MpfrNumber> &before,
             const std::vector<MpfrNumber> &now,
             llvm::ArrayRef<MpfrNumber> slots) const {
    for (unsigned k = 0; k < now.size(); ++k) {
      const MpfrNumber &a = before[k], &b = now[k];
      if (mpfr_nan_p(a.get()) && mpfr_nan_p(b.get()))
        continue;
      if (a == b && isSelected(getTape().results[k], slots))
        continue;
      MpfrNumber difference = NumberTraits<MpfrNumber>::abs(a - b);
      MpfrNumber allowed = NumberTraits<MpfrNumber>::scale(
          NumberTraits<MpfrNumber>::abs(b), -agreement);
      if (!(a == b && b != MpfrNumber(0.0)) && !(difference < allowed))
        return false;
    }
    return true;
  }

  long agreement;
  std::vector<std::pair<unsigned, Interpreter<MpfrNumber>>> levels;
};

} // namespace act

#endif // ACT_REFERENCE_MPFRNUMBER_H

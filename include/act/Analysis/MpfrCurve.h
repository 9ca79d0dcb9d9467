//===- MpfrCurve.h - Curves in MPFR -----------------------------*- C++ -*-===//
//
// For tools and tests, which link mpfi, mpfr and gmp themselves: nothing in
// the libraries may include this file.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_ANALYSIS_MPFRCURVE_H
#define ACT_ANALYSIS_MPFRCURVE_H

#include "act/Analysis/Curve.h"
#include "act/Reference/MpfiInterval.h"
#include <memory>

namespace act {

/// A switch of a curve by the slots of its tape.
struct Switch {
  enum Kind {
    /// a - b: a tie of a comparison, min, max or clamp.
    Difference,
    /// a: abs or sign, a divisor, the operand of a root, logarithm or power.
    Zero,
    /// a + 1: the operand of log1p.
    MinusOne,
    /// a - floor(a) - 1/2, which changes its sign at integers.
    Integer
  };
  Kind kind;
  unsigned a, b;
};

/// Adds the switches of one step.
inline void addSwitchesOf(const TapeStep &step,
                          llvm::function_ref<void(Switch)> add) {
  const auto &operands = step.operands;
  switch (step.op.opcode) {
  case Opcode::Compare:
  case Opcode::Max:
  case Opcode::Min:
    return add({Switch::Difference, operands[0], operands[1]});
  case Opcode::Clamp:
    add({Switch::Difference, operands[0], operands[1]});
    return add({Switch::Difference, operands[0], operands[2]});
  case Opcode::Div:
    return add({Switch::Zero, operands[1], operands[1]});
  case Opcode::Abs:
  case Opcode::Sign:
  case Opcode::Sqrt:
  case Opcode::Rsqrt:
  case Opcode::Log:
  case Opcode::Pow:
    return add({Switch::Zero, operands[0], operands[0]});
  case Opcode::Log1p:
    return add({Switch::MinusOne, operands[0], operands[0]});
  case Opcode::Floor:
    return add({Switch::Integer, operands[0], operands[0]});
  default:
    return;
  }
}

/// Switches of a tape, each once, without those that no input moves.
inline std::vector<Switch> switchesOf(const Tape &tape) {
  std::vector<bool> varies(tape.getNumSlots());
  std::fill_n(varies.begin(), tape.numInputs, true);
  std::vector<Switch> switches;
  for (auto [i, step] : llvm::enumerate(tape.steps)) {
    for (unsigned k = 0; k < step.op.numOperands; ++k)
      if (varies[step.operands[k]])
        varies[tape.numArgs + i] = true;
    addSwitchesOf(step, [&](Switch found) {
      bool isKnown = llvm::any_of(switches, [&](const Switch &known) {
        return known.kind == found.kind && known.a == found.a &&
               known.b == found.b;
      });
      bool isConstant = !varies[found.a] && !varies[found.b];
      bool isItself = found.kind == Switch::Difference && found.a == found.b;
      if (!isKnown && !isConstant && !isItself)
        switches.push_back(found);
    });
  }
  return switches;
}

/// The value of a switch.
inline MpfrNumber valueOf(const Switch &s, llvm::ArrayRef<MpfrNumber> slots) {
  const MpfrNumber &a = slots[s.a];
  switch (s.kind) {
  case Switch::Difference:
    return a - slots[s.b];
  case Switch::Zero:
    return a;
  case Switch::MinusOne:
    return a + MpfrNumber(1.0);
  case Switch::Integer:
    return a - NumberTraits<MpfrNumber>::floor(a) - MpfrNumber(0.5);
  }
  return a;
}

/// The same over an interval.
inline MpfiInterval enclosureOf(const Switch &s,
                                llvm::ArrayRef<MpfiInterval> slots) {
  using I = MpfiInterval;
  const I &a = slots[s.a];
  switch (s.kind) {
  case Switch::Difference:
    return I::apply(mpfi_sub, a, slots[s.b]);
  case Switch::Zero:
    return a;
  case Switch::MinusOne:
    return I::apply(mpfi_add, a, I(1, 1));
  case Switch::Integer: {
    I fraction = I::apply(mpfi_sub, a, I::increasing(mpfr_rint_floor, a));
    return I::apply(mpfi_sub, fraction, I(0.5, 0.5));
  }
  }
  return a;
}

inline Sign signOf(const MpfiInterval &x) {
  return x.isNaN()               ? Sign::Unknown
         : mpfr_sgn(x.lo()) > 0  ? Sign::Positive
         : mpfr_sgn(x.hi()) < 0  ? Sign::Negative
         : mpfi_is_zero(x.get()) ? Sign::Zero
                                 : Sign::Unknown;
}

/// A curve of a tape whose results are f and its derivatives, by one input
/// with parameters at their defaults. Values are exact to 120 bits.
inline Curve<MpfrNumber> makeMpfrCurve(const Tape &tape) {
  struct State {
    explicit State(const Tape &tape)
        : reference(tape), rough(tape, 96), values(tape), bounds(tape),
          switches(switchesOf(tape)) {}
    MpfrReference reference, rough;
    Interpreter<MpfrNumber> values;
    IntervalEvaluator bounds;
    std::vector<Switch> switches;
  };
  auto state = std::make_shared<State>(tape);
  Curve<MpfrNumber> curve;
  curve.highestOrder = tape.results.size() - 1;
  // The formula of f' may have a value where f has none: log(x), x < 0.
  auto defined = [](std::vector<MpfrNumber> values) {
    if (mpfr_nan_p(values[0].get()))
      std::fill(values.begin(), values.end(), values[0]);
    return values;
  };
  curve.at = [state, defined](const MpfrNumber &x) {
    return defined(state->reference.valuesAt(std::vector<MpfrNumber>{x}));
  };
  curve.roughly = [state, defined](const MpfrNumber &x) {
    return defined(state->rough.valuesAt(std::vector<MpfrNumber>{x}));
  };
  curve.switchesAt = [state](const MpfrNumber &x) {
    auto slots = state->values.evaluateSlots(x);
    std::vector<MpfrNumber> values;
    for (const Switch &s : state->switches)
      values.push_back(valueOf(s, slots));
    return values;
  };
  curve.signsOver = [state](double lo, double hi) {
    auto slots = state->bounds.evaluate(MpfiInterval(lo, hi));
    CellSigns signs;
    for (unsigned slot : state->bounds.getTape().results)
      signs.orders.push_back(signOf(slots[slot]));
    for (const Switch &s : state->switches)
      signs.switches.push_back(signOf(enclosureOf(s, slots)));
    return signs;
  };
  return curve;
}

} // namespace act

#endif // ACT_ANALYSIS_MPFRCURVE_H

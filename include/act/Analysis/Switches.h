//===- Switches.h - Where a tape takes another way --------------*- C++ -*-===//
#ifndef ACT_ANALYSIS_SWITCHES_H
#define ACT_ANALYSIS_SWITCHES_H

#include "act/Reference/Interpreter.h"
#include <cmath>

namespace act {

/// The points of [-1024, 1024] where a comparison, min, max, clamp, abs or sign
/// of a function of one input changes sides, ascending, to the precision of
/// the number: kinks and jumps are among them. Looks at 4 points an octave,
/// so two changes that are nearer to each other may be missed.
template <class Number> std::vector<Number> findSwitches(const Tape &tape) {
  using Traits = NumberTraits<Number>;
  Interpreter<Number> interpreter(tape);
  constexpr unsigned kMaxHalvings = 400;

  // The operands whose difference decides.
  struct Switch {
    unsigned a;
    std::optional<unsigned> b;
  };
  std::vector<Switch> switches;
  for (const TapeStep &step : tape.steps) {
    const auto &[a, b, c] = step.operands;
    switch (step.op.opcode) {
    case Opcode::Compare:
    case Opcode::Max:
    case Opcode::Min:
      switches.push_back({a, b});
      break;
    case Opcode::Clamp:
      switches.push_back({a, b});
      switches.push_back({a, c});
      break;
    case Opcode::Abs:
    case Opcode::Sign:
      switches.push_back({a, std::nullopt});
      break;
    default:
      break;
    }
  }

  auto signAt = [&](const Number &x, const Switch &s) {
    llvm::ArrayRef<Number> slots = interpreter.evaluateSlots(x);
    Number zero = Traits::fromDouble(0);
    const Number &b = s.b ? slots[*s.b] : zero;
    return (slots[s.a] > b) - (slots[s.a] < b);
  };
  std::vector<Number> grid = {Traits::fromDouble(0)};
  for (int k = -4 * 30; k <= 4 * 10; ++k)
    for (double side : {-1.0, 1.0})
      grid.push_back(Traits::fromDouble(side * std::exp2(k / 4.0)));
  std::sort(grid.begin(), grid.end());

  std::vector<Number> found;
  for (const Switch &s : switches)
    for (unsigned i = 1; i < grid.size(); ++i) {
      Number low = grid[i - 1], high = grid[i];
      int before = signAt(low, s);
      if (before == signAt(high, s))
        continue;
      // Towards 0 a number of any exponent could be halved for ever.
      for (unsigned halvings = 0; halvings < kMaxHalvings; ++halvings) {
        Number middle = Traits::scale(low + high, -1);
        if (!(low < middle && middle < high))
          break;
        (signAt(middle, s) == before ? low : high) = middle;
      }
      found.push_back(signAt(high, s) == 0 ? high : low);
    }
  std::sort(found.begin(), found.end());
  return found;
}

} // namespace act

#endif // ACT_ANALYSIS_SWITCHES_H

//===- RandomFormula.h - Formulas that nobody thought of --------*- C++ -*-===//
//
// Formulas and points for property tests: derivatives, identities and
// accuracy are to hold for every formula and not only for those of the
// catalogue. The same seed gives the same formula and points everywhere.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TEST_UNIT_RANDOMFORMULA_H
#define ACT_TEST_UNIT_RANDOMFORMULA_H

#include <cstdint>
#include <string>
#include <vector>

/// An expression of docs/Language.md. Operands are mostly in the domain of
/// what is done to them, and what grows fast is seldom nested, so that most
/// values at most points are finite.
struct RandomFormula {
  static constexpr unsigned kMaxDepth = 8;

  std::string text;
  /// 1 or 2, as the parser will count them.
  unsigned numInputs = 1;
  /// Height of the expression as a tree, names of `let` put in their places;
  /// at most kMaxDepth. A call of a catalogue function is one level.
  unsigned depth = 0;
};

/// The formula of a seed.
RandomFormula randomFormula(uint64_t seed);

/// Points to evaluate a function of `numInputs` inputs at: most of them in
/// [-4, 4], some near 0, some large, up to 50. All are numbers of f32, and
/// few are integers.
std::vector<std::vector<double>> randomPoints(uint64_t seed, unsigned numInputs,
                                              unsigned count);

#endif // ACT_TEST_UNIT_RANDOMFORMULA_H

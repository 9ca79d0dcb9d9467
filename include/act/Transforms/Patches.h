//===- Patches.h - Where an evaluation cancels, a polynomial ----*- C++ -*-===//
//
// A derivative vanishes where its terms cancel, and x / expm1(x) is 0 / 0 at
// 0: evaluated operation by operation, such a value loses all its digits
// around one point, whatever its form. What is lost depends on one argument,
// so the compiler finds the places from the exact body, before it is
// approximated, and gives each a polynomial around its centre:
//
//   y = d^m P(d - (a + b) / 2)   for a <= d <= b, d = x - c,
//
// with the centre c in two words and m the order of the root. It also finds
// the limit at an infinity where the body itself is inf - inf or 0 * inf, and
// the power of x that a value tends to where its parts overflow before it.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_PATCHES_H
#define ACT_TRANSFORMS_PATCHES_H

#include "act/IR/Act.h"
#include "act/Reference/Quad.h"
#include "act/Transforms/ApproximationTable.h"
#include "llvm/ADT/DenseMap.h"
#include <optional>
#include <vector>

namespace act {

/// One place and its polynomial.
struct Patch {
  Quad centre = 0;
  /// The interval, as distances from the centre.
  double below = 0, above = 0;
  /// Order of the root at the centre; 0 where there is none.
  unsigned multiplicity = 0;
  /// The middle of the interval, about which P is developed: its terms stay
  /// small there.
  double middle() const { return (below + above) / 2; }
  /// P, lowest power first.
  std::vector<Quad> coefficients;
};

/// The behaviour towards an infinity, value * x^power, and from where on a
/// finite argument has it too, as intermediate results may overflow long
/// before: an |x|.
struct Limit {
  Quad value = 0;
  double from = 0;
  int power = 0;
};

/// What a value needs besides its own evaluation.
struct Care {
  /// The argument it is a function of.
  unsigned argument = 0;
  std::vector<Patch> patches;
  /// Limits that the body itself does not give, -inf first; and powers where
  /// it overflows on the way to its result, as the root of x^2 + 1 does.
  std::optional<Limit> limits[2];
};

/// How exactly a body is evaluated, and what its value needs.
struct WorkingPrecision {
  /// The compute type, f64 or f32.
  bool isDouble = false;
  /// Errors of an evaluation, in ulp of the compute type with rounded
  /// operations alone, from which on a patch does better.
  double largestBound = 8;
  /// Relative error of a polynomial, and the most terms it may have.
  double tolerance = 0x1p-26;
  unsigned mostTerms = 14;
  /// Relative difference of a value from its limit that is none.
  double settled = 0x1p-27;

  static WorkingPrecision of(const Arithmetic &arithmetic) {
    // Wide primitives are wrong by up to 2^11 ulp of f64, and those for f32
    // results by 2^21, which may grow by 2^5.
    if (arithmetic.isWide())
      return arithmetic.resolvesTies()
                 ? WorkingPrecision{true, 0x1p12, 0x1p-44, 14, 0x1p-56}
                 : WorkingPrecision{true, 0x1p6, 0x1p-34, 12, 0x1p-56};
    if (arithmetic.isQuick())
      return {false, 8, 0x1p-15, 8};
    if (arithmetic.twoWords)
      return {true, 8, 0x1p-60, 34, 0x1p-62};
    if (arithmetic.compute == DType::F64)
      return {true, 8, 0x1p-55, 30, 0x1p-56};
    return {};
  }
};

/// The values of an expanded body that need care: each is a function of one
/// input, and is used by an operation that is not. Takes some
/// tenths of a millisecond.
llvm::DenseMap<mlir::Value, Care> findCare(FuncOp func,
                                           WorkingPrecision precision);

} // namespace act

#endif // ACT_TRANSFORMS_PATCHES_H

//===- NearTie.h - Results that are nearly ties -----------------*- C++ -*-===//
//
// Near 0 silu(x) is x / 2 + x^2 / 4: half an odd multiple of the smallest
// subnormal and very little more. No arithmetic of a fixed width sees the
// second term beside the first, and so the result is rounded as the tie that it
// is not. But which side it lies on is known beforehand. Far from 0 the same
// holds of a polynomial's second highest term: 3 x / 2 - 1 / 2 at 2^30.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_TRANSFORMS_NEARTIE_H
#define ACT_LIB_TRANSFORMS_NEARTIE_H

#include "LinearRatio.h"
#include "act/Reference/Quad.h"
#include "act/Reference/Tape.h"
#include "act/Transforms/Emitter.h"

namespace act {

/// f(x) is c x^m and relatively less than 2^-resolution more or less, for
/// |x| < reach or for |x| > reach, and c x^m may be a tie of the format it is
/// rounded to.
struct NearTie {
  Quad coefficient;
  unsigned power;
  double reach;
  /// Whether |f| is the larger, for positive and for negative x.
  bool growsRight, growsLeft;
  /// The sign of the x that are meant; 0 for both.
  int side;
  /// Whether these are far from 0.
  bool isFar;
  /// In place of c x^m, c x + d; far from 0 only.
  std::optional<LinearRatio> linear = std::nullopt;
};

/// The near ties around 0 of a function of one argument and one result, whose
/// arguments have `significant` bits; c x^m must be exact in the compute type.
/// One where both sides have the same c x^m.
llvm::SmallVector<NearTie, 2>
findNearTies(const Tape &tape, unsigned significant, unsigned resolution);

/// The same far from 0, for x of the sign of `side`, the later one where two
/// hold. c may be a ratio with a small denominator: then c x^m is exact
/// wherever it is a tie. What a linear function with an offset is left with
/// decays faster than any power: 0.3 exp(x) beside -0.2 x - 0.3.
llvm::SmallVector<NearTie, 2> findFarTies(const Tape &tape,
                                          unsigned significant,
                                          unsigned resolution, int side);

/// y, or the neighbour of c x^m on the side of f(x) within reach.
mlir::Value emitNearTie(Emitter &emit, const NearTie &tie, mlir::Value x,
                        mlir::Value y);

} // namespace act

#endif // ACT_LIB_TRANSFORMS_NEARTIE_H

//===- NearTie.h - Results that are nearly ties around 0 --------*- C++ -*-===//
//
// Near 0 silu(x) is x / 2 + x^2 / 4: half an odd multiple of the smallest
// subnormal and very little more. No arithmetic of a fixed width sees the
// second term beside the first, and so the result is rounded as the tie that it
// is not. But which side it lies on is known beforehand.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_TRANSFORMS_NEARTIE_H
#define ACT_LIB_TRANSFORMS_NEARTIE_H

#include "act/Reference/Tape.h"
#include "act/Transforms/Emitter.h"

namespace act {

/// f(x) is c x^m and relatively less than 2^-resolution more or less, for
/// |x| < reach, and c x^m may be a tie of the format it is rounded to.
struct NearTie {
  double coefficient;
  unsigned power;
  double reach;
  /// Whether |f| is the larger, for positive and for negative x.
  bool growsRight, growsLeft;
};

/// The near ties around 0 of a function of one argument and one result, whose
/// arguments have `significant` bits; c x^m must be exact in the compute type.
/// Nothing where there are none.
std::optional<NearTie> findNearTie(const Tape &tape, unsigned significant,
                                   unsigned resolution);

/// y, or the neighbour of c x^m on the side of f(x) where |x| < reach.
mlir::Value emitNearTie(Emitter &emit, const NearTie &tie, mlir::Value x,
                        mlir::Value y);

} // namespace act

#endif // ACT_LIB_TRANSFORMS_NEARTIE_H

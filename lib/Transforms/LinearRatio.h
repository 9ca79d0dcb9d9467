//===- LinearRatio.h - Linear functions with a divisor ----------*- C++ -*-===//
//
// 1.2 x + 0.5 is a tie of a 16-bit type for some x, and 1.2 is no number: a
// product with its nearest double is beside the tie. (6 x + 2.5) / 5 is exact
// there, since a quotient that is a number is not rounded.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_TRANSFORMS_LINEARRATIO_H
#define ACT_LIB_TRANSFORMS_LINEARRATIO_H

#include "act/Reference/Quad.h"
#include "act/Transforms/Emitter.h"
#include <optional>

namespace act {

/// (slope x + offset) / divisor. The two numbers have at most 24 bits, so that
/// the dividend is exact for a 16-bit x unless its terms are far apart; the
/// divisor is odd.
struct LinearRatio {
  double slope, offset;
  unsigned divisor;
};

/// c x + d with the least divisor, up to 2047; nothing where it takes more.
std::optional<LinearRatio> linearRatio(Quad c, Quad d);

/// Its value at x, in f64: the exact one where that is a number of few bits.
mlir::Value emitLinearRatio(Emitter &emit, const LinearRatio &ratio,
                            mlir::Value x);

} // namespace act

#endif // ACT_LIB_TRANSFORMS_LINEARRATIO_H

//===- RoundsOnce.h - Results that one operation rounds ---------*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_ROUNDSONCE_H
#define ACT_LIB_TRANSFORMS_ROUNDSONCE_H

#include "act/IR/Act.h"

namespace act {

/// True if result `number` is correctly rounded where each operation of the
/// body rounds to `format`, f32 or f64, which holds the inputs: all that it is
/// computed from is exact, but for one operation on the way. So is max(x, 0),
/// min(max(x + 3, 0), 6), or x * x, and not 3 * x + 1. A parameter that is
/// given at run time is no number of the format.
bool roundsOnce(FuncOp func, unsigned number, mlir::FloatType format);

} // namespace act

#endif // ACT_LIB_TRANSFORMS_ROUNDSONCE_H

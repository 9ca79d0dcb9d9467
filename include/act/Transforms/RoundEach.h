//===- RoundEach.h - Rounding behind each operation -------------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_ROUNDEACH_H
#define ACT_TRANSFORMS_ROUNDEACH_H

#include "act/IR/Act.h"

namespace act {

/// Puts act.round to `storage` behind every operation of a function that is not
/// exact and whose result another one reads, and behind its constants: storing
/// a result of the function rounds it. A function that is a row of the
/// catalogue or its derivative is one operation and stays.
void roundEach(FuncOp func, mlir::FloatType storage);

} // namespace act

#endif // ACT_TRANSFORMS_ROUNDEACH_H

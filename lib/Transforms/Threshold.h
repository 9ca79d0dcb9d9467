//===- Threshold.h - Comparisons decided by the input -----------*- C++ -*-===//
//
// 0.2 x + 0.5 < 1 holds up to x = 2.5. Computed, the left side of the float
// below 2.5 rounds to 1, and the kernel would take the wrong branch: a slope
// of 0 where it is 0.2. Where one side is linear in an input and the other is a
// constant, the input itself is compared instead, with the number of the
// compute type that separates the two outcomes exactly.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_TRANSFORMS_THRESHOLD_H
#define ACT_LIB_TRANSFORMS_THRESHOLD_H

#include "act/Transforms/Real.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace act {

/// The condition of `compare` in the compute type of `real`; `at` gives what
/// the values of the body have become.
mlir::Value emitComparison(mlir::OpBuilder &builder,
                           mlir::arith::CmpFOp compare, RealEmitter &real,
                           llvm::function_ref<Real &(mlir::Value)> at);

} // namespace act

#endif // ACT_LIB_TRANSFORMS_THRESHOLD_H

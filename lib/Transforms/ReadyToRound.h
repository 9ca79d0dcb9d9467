//===- ReadyToRound.h - What storing a result is to round -------*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_READYTOROUND_H
#define ACT_LIB_TRANSFORMS_READYTOROUND_H

#include "act/IR/Act.h"
#include "act/Transforms/ApproximationTable.h"
#include "act/Transforms/Emitter.h"

namespace act {

/// Result `number` of a function as a value of the compute type whose rounding
/// to the storage type is that of the exact value: on the right side of ties
/// that are none, and rounded to odd where it goes to 16 bits by way of f32.
/// `y` is the approximated result, `arguments` stand for the function's, and
/// `unstated` is the storage type of results that state none.
mlir::Value readyToRound(Emitter &emit, FuncOp func, unsigned number,
                         mlir::Type unstated, const Arithmetic &arithmetic,
                         mlir::ValueRange arguments, mlir::Value y);

} // namespace act

#endif // ACT_LIB_TRANSFORMS_READYTOROUND_H

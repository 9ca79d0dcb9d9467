//===- RoundToOdd.h - f64 to f32 without a second rounding ------*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_ROUNDTOODD_H
#define ACT_LIB_TRANSFORMS_ROUNDTOODD_H

#include "mlir/IR/Builders.h"

namespace act {

/// An f64 rounded to odd to f32, as an f64: an inexact value becomes the one of
/// its two neighbours whose last bit is set. Rounding that to a format of at
/// most 22 bits gives what rounding the f64 itself gives (Boldo and Melquiond,
/// "Emulation of FMA and correctly rounded sums", 2008). NaN stays.
mlir::Value roundToOdd(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value value);

} // namespace act

#endif // ACT_LIB_TRANSFORMS_ROUNDTOODD_H

//===- Rounding.h - Numbers of one type rounded to another ------*- C++ -*-===//
//
// Sequences of integer and conversion operations, on scalars of a body, that
// round as IEEE 754 says where no single operation of all targets does.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_ROUNDING_H
#define ACT_TRANSFORMS_ROUNDING_H

#include "mlir/IR/Builders.h"

namespace act {

/// An f64 rounded to odd to f32, as an f64: an inexact value becomes the one of
/// its two neighbours whose last bit is set. Rounding that to a format of at
/// most 22 bits gives what rounding the f64 itself gives (Boldo and Melquiond,
/// "Emulation of FMA and correctly rounded sums", 2008). NaN stays.
mlir::Value roundToOdd(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value value);

/// The bf16 nearest to an f32, ties to even, as an i32 in whose low half it is;
/// what is above is 0. Exact for subnormal numbers; a NaN stays one.
mlir::Value patternOfBF16(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::Value value);

/// The number of an 8-bit type (f8E4M3FN, f8E5M2 or i8) that is nearest to an
/// f32, ties to even, as an i32 in whose lowest byte it is; what is above is
/// anything. What lies beyond the largest number of its sign, infinities
/// included, becomes that. A NaN stays one, 0x7f, and is 0 in i8.
mlir::Value patternOf8Bits(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Value value, mlir::Type type);

/// An f64 rounded once to f32, f16 or bf16, as an f64; itself for f64.
mlir::Value roundF64To(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value value, mlir::Type to);

} // namespace act

#endif // ACT_TRANSFORMS_ROUNDING_H

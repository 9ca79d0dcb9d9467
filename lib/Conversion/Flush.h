//===- Flush.h - Subnormal numbers become zeros in a kernel -----*- C++ -*-===//
//
// Kernels compiled with `flush` read subnormal numbers as zeros of their sign
// and give zeros of their sign for subnormal results. They do so with ordinary
// comparisons, so that FTZ and DAZ change none of their bits.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_CONVERSION_FLUSH_H
#define ACT_LIB_CONVERSION_FLUSH_H

#include "act/Transforms/Emitter.h"

namespace act {

/// Writes the flushes of one loop body. Values are of the compute type.
class Flusher {
public:
  Flusher(mlir::OpBuilder &builder, mlir::Location loc, mlir::FloatType compute)
      : emit(builder, loc, compute), compute(compute) {}

  /// x, or a zero of its sign where it is subnormal in `format`. FTZ and DAZ
  /// must have left x alone or made that zero of it.
  mlir::Value input(mlir::Value x, mlir::FloatType format);

  /// y, or a zero of its sign where the exact result of the operation that
  /// gave y is below the normal numbers of `format`.
  mlir::Value result(mlir::Value y, mlir::FloatType format);

private:
  /// y or a zero of its sign where |magnitude| < least.
  mlir::Value zeroBelow(mlir::Value magnitude, double least, mlir::Value y);
  /// y without results of multiplications and divisions that round up to the
  /// least normal number unless FTZ makes zeros of them.
  mlir::Value settled(mlir::Value y);

  Emitter emit;
  mlir::FloatType compute;
  llvm::DenseMap<mlir::Value, mlir::Value> seen;
};

} // namespace act

#endif // ACT_LIB_CONVERSION_FLUSH_H

//===- Quantize.h - Functions whose result is quantised ---------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_QUANTIZE_H
#define ACT_TRANSFORMS_QUANTIZE_H

#include "act/IR/Act.h"

namespace act {

/// Marks the only result of an elementwise function as quantised
/// (kQuantizeAttr). Fails with a diagnostic at the function that says what is
/// in the way.
mlir::LogicalResult markQuantized(FuncOp func, QuantizationAttr quantization);

} // namespace act

#endif // ACT_TRANSFORMS_QUANTIZE_H

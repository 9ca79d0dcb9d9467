//===- DeriveTensors.h - The backward of functions on tensors ---*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_DERIVETENSORS_H
#define ACT_LIB_TRANSFORMS_DERIVETENSORS_H

#include "act/IR/Act.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace act {

/// Writes, in the place of `op`, the backward of a function on tensors: from
/// its arguments and one cotangent for each result to one gradient for each
/// argument. Each of its operations builds its own backward
/// (DifferentiableOpInterface). Fails with a diagnostic at one that cannot.
mlir::FailureOr<mlir::func::FuncOp> writeTensorVjp(VjpOp op,
                                                   mlir::func::FuncOp target);

} // namespace act

#endif // ACT_LIB_TRANSFORMS_DERIVETENSORS_H

//===- RowThreshold.h - The threshold of a sparse vector --------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_ROWTHRESHOLD_H
#define ACT_LIB_CONVERSION_ROWTHRESHOLD_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace act {

/// Writes a loop that finds what `act.row threshold` (or threshold_squared, if
/// `squared`) is of the elements z of a row, 0 to `count`, of which the largest
/// is 0. `element` emits z in a loop at its induction variable, and the mask of
/// the element or null.
mlir::Value writeThreshold(
    bool squared, mlir::FloatType type, mlir::Value count,
    llvm::function_ref<std::pair<mlir::Value, mlir::Value>(mlir::Value)>
        element,
    mlir::Location loc, mlir::OpBuilder &builder);

} // namespace act

#endif // ACT_LIB_CONVERSION_ROWTHRESHOLD_H

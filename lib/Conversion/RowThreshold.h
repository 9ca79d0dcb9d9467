//===- RowThreshold.h - The threshold of a sparse vector --------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_ROWTHRESHOLD_H
#define ACT_LIB_CONVERSION_ROWTHRESHOLD_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace act {

/// What an element z, a number or a vector of them, adds to f(t) and to how
/// steeply it falls; 0 where the mask, if there is one, is false.
llvm::SmallVector<mlir::Value, 2>
thresholdTerms(bool squared, mlir::Value z, mlir::Value t, mlir::Value mask,
               mlir::Location loc, mlir::OpBuilder &builder);

/// Writes a loop that finds what `act.row threshold` (or threshold_squared) is
/// of the elements of a row, of which the largest is 0. `sums` emits the sums
/// of both terms over the row.
mlir::Value writeThreshold(
    mlir::FloatType type,
    llvm::function_ref<llvm::SmallVector<mlir::Value, 2>(mlir::Value t)> sums,
    mlir::Location loc, mlir::OpBuilder &builder);

} // namespace act

#endif // ACT_LIB_CONVERSION_ROWTHRESHOLD_H

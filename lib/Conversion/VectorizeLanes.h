//===- VectorizeLanes.h - Rows side by side, one in each lane ---*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_VECTORIZELANES_H
#define ACT_LIB_CONVERSION_VECTORIZELANES_H

#include "act/Target/Target.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace act {

/// Marks what a loop over rows in another one has become, until the other one
/// is vectorized.
inline constexpr llvm::StringLiteral kVectorsAttr = "act.vectors";

/// A loop over a known number of rows is taken apart up to so many vectors.
inline constexpr int64_t kMostVectorsApart = 16;

/// Makes a loop over rows marked `act.lanes` advance by `width` rows, of each
/// of which vectors have an element. Sums have the lanes and blocks that those
/// of rows along vectors have (VectorizeRows.h), in memory, and so their bits.
mlir::LogicalResult vectorizeLanes(mlir::scf::ForOp loop, const CpuLevel &level,
                                   unsigned width);

/// The same for a loop of known length in a loop over other rows, which is to
/// be vectorized after it.
mlir::LogicalResult vectorizeInnerLanes(mlir::scf::ForOp loop,
                                        const CpuLevel &level, unsigned width);

} // namespace act

#endif // ACT_LIB_CONVERSION_VECTORIZELANES_H

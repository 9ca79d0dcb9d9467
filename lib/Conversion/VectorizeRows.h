//===- VectorizeRows.h - Loops over rows work on vectors --------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_VECTORIZEROWS_H
#define ACT_LIB_CONVERSION_VECTORIZEROWS_H

#include "act/Target/Target.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace act {

/// Replaces a loop marked `act.row` by one over chunks of kRowUnit elements
/// whose body is there once for each vector of `width`. Carried values are
/// combined in as many lanes, sums in blocks of kRowBlock elements and these in
/// pairs, so that no bit depends on the width. Behind the last whole chunk the
/// loop works on copies of what it loads and stores.
mlir::LogicalResult vectorizeRow(mlir::scf::ForOp loop, const CpuLevel &level,
                                 unsigned width);

} // namespace act

#endif // ACT_LIB_CONVERSION_VECTORIZEROWS_H

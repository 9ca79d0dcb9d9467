//===- VectorizeStrips.h - Loops over rows are taken apart ------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_VECTORIZESTRIPS_H
#define ACT_LIB_CONVERSION_VECTORIZESTRIPS_H

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace act {

/// Takes a loop over rows (`act.lanes`) apart where loops in it, over the
/// elements of a row, are marked `act.strip`: each of these becomes a loop over
/// elements with one over the rows in it, and what stands between them loops
/// over rows of its own. What rows have from one of these loops in another goes
/// through memory. Vectors will have `width` rows.
void distributeStrips(mlir::scf::ForOp rows, unsigned width);

} // namespace act

#endif // ACT_LIB_CONVERSION_VECTORIZESTRIPS_H

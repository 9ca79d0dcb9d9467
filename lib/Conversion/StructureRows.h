//===- StructureRows.h - Functions of a row become loops --------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_STRUCTUREROWS_H
#define ACT_LIB_CONVERSION_STRUCTUREROWS_H

#include "act/IR/Act.h"

namespace act {

/// Writes the kernel of an approximated function of a row before it: a
/// func.func with the calling convention of act/KernelABI.h, which states the
/// scratch memory it needs (kScratchAttr). With `inLanes` rows stand side by
/// side in memory, and vectors will have an element of each of some rows; else
/// the elements of a row do.
void writeRowKernel(FuncOp func, bool flush, bool inLanes,
                    mlir::OpBuilder &builder);

} // namespace act

#endif // ACT_LIB_CONVERSION_STRUCTUREROWS_H

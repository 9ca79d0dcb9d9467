//===- StructureRows.h - Functions of a row become loops --------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_STRUCTUREROWS_H
#define ACT_LIB_CONVERSION_STRUCTUREROWS_H

#include "act/IR/Act.h"

namespace act {

/// Writes the kernel of an approximated function of a row before it: a
/// func.func with the calling convention of act/KernelABI.h, which states the
/// scratch memory it needs (kScratchAttr).
void writeRowKernel(FuncOp func, bool flush, mlir::OpBuilder &builder);

} // namespace act

#endif // ACT_LIB_CONVERSION_STRUCTUREROWS_H

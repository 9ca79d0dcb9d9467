//===- StructureRows.h - Functions of a row become loops --------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_STRUCTUREROWS_H
#define ACT_LIB_CONVERSION_STRUCTUREROWS_H

#include "act/IR/Act.h"

namespace act {

/// How the kernel of a function of a row is written.
struct RowKernelOptions {
  /// Subnormal inputs and results are zeros.
  bool flush = false;
  /// Rows stand side by side in memory, and vectors will have an element of
  /// each of some rows; else the elements of a row stand side by side.
  bool inLanes = false;
  /// Those rows are taken some vectors at a time, whose arrays are read and
  /// written an element of all of them after another.
  bool inStrips = false;
  /// No value of an element is kept for a later phase.
  bool recompute = false;
};

/// Writes the kernel of an approximated function of a row before it: a
/// func.func with the calling convention of act/KernelABI.h, which states the
/// scratch memory it needs (kScratchAttr).
void writeRowKernel(FuncOp func, const RowKernelOptions &options,
                    mlir::OpBuilder &builder);

} // namespace act

#endif // ACT_LIB_CONVERSION_STRUCTUREROWS_H

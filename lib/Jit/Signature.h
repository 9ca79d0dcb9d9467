//===- Signature.h - What the runtime must know of kernels ------*- C++ -*-===//
#ifndef ACT_LIB_JIT_SIGNATURE_H
#define ACT_LIB_JIT_SIGNATURE_H

#include "act/Jit/Compiler.h"

namespace act {

/// Reads it from the function of a stabilised module, which later stages take
/// apart, and says in the options whether a result is a strict one.
void readSignature(mlir::ModuleOp module, CompileOptions &options,
                   CompileResult &result);

/// What the kernel of a structured module keeps of a row.
void readScratch(mlir::ModuleOp module, RowSignature &rows);

/// What the kernels of a distributed module take for rows that are split.
void readSplit(mlir::ModuleOp module, RowSignature &rows);

} // namespace act

#endif // ACT_LIB_JIT_SIGNATURE_H

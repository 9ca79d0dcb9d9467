//===- NvCalls.h - What GPU kernels call ------------------------*- C++ -*-===//
#ifndef ACT_LIB_CODEGEN_NVCALLS_H
#define ACT_LIB_CODEGEN_NVCALLS_H

#include "act/Target/Gpu.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace act {

/// An error that names what `module` uses and neither it nor a GPU of this
/// level has: an external function, an unknown act.nv helper, one of other
/// types or of a later level, a function of mathematics that is no instruction.
/// Declarations of helpers become as pure as the helpers are; unused ones go.
llvm::Error checkCalls(llvm::Module &module, const GpuLevel &level);

/// Replaces calls of act.nv.NAME, and what LLVM makes too much of, by inline
/// PTX. Errors as checkCalls().
llvm::Error replaceNvCalls(llvm::Module &module, const GpuLevel &level);

} // namespace act

#endif // ACT_LIB_CODEGEN_NVCALLS_H

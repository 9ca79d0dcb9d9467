//===- Optimize.h - The short pass pipeline of LLVM IR ----------*- C++ -*-===//
#ifndef ACT_LIB_CODEGEN_OPTIMIZE_H
#define ACT_LIB_CODEGEN_OPTIMIZE_H

#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace act {

/// Runs the passes that explicit vector code profits from over every function.
/// The standard pipelines cost three times as much and give the same kernels.
/// `arrays`: first turns allocas into values.
void optimize(llvm::Module &module, llvm::TargetMachine &machine, bool arrays);

} // namespace act

#endif // ACT_LIB_CODEGEN_OPTIMIZE_H

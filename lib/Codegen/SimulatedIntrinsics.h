//===- SimulatedIntrinsics.h - GPU intrinsics on the host -------*- C++ -*-===//
#ifndef ACT_LIB_CODEGEN_SIMULATEDINTRINSICS_H
#define ACT_LIB_CODEGEN_SIMULATEDINTRINSICS_H

#include "llvm/IR/Instruction.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace act {

/// The call of the function that gives a function's SimulatedThread, at its
/// beginning, where there is one for all.
llvm::Instruction *simulatedThread(llvm::Function &function);

/// Replaces the intrinsics llvm.nvvm.* by loads from SimulatedThread and calls
/// of the functions in act/SimulationABI.h. An error names what has no
/// simulation: an intrinsic, inline PTX, a function that nothing defines.
llvm::Error replaceGpuIntrinsics(llvm::Module &module);

} // namespace act

#endif // ACT_LIB_CODEGEN_SIMULATEDINTRINSICS_H

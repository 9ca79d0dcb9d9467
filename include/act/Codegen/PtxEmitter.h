//===- PtxEmitter.h - LLVM dialect to PTX -----------------------*- C++ -*-===//
//
// GPU kernels as PTX text. Needs nothing of CUDA. All functions are safe from
// several threads, on different modules.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_CODEGEN_PTXEMITTER_H
#define ACT_CODEGEN_PTXEMITTER_H

#include "act/Codegen/ObjectEmitter.h"
#include "act/Target/Gpu.h"

namespace act {

/// Registers the translations of the GPU, LLVM and NVVM dialects; call before
/// the first compile for a GPU with a context's registry.
void registerGpuTranslations(mlir::DialectRegistry &registry);

/// Translates `module`, a gpu.module or builtin.module of the LLVM and NVVM
/// dialects, and runs the short pass pipeline that kernels profit from. Calls
/// of act.nv.NAME stay calls, so that the simulator takes the result, too. An
/// error names what it calls that neither defines nor a GPU has.
llvm::Expected<LLVMProduct> translateGpuModule(mlir::Operation *module,
                                               const GpuLevel &level);

/// The second half of translateGpuModule(), for modules from elsewhere.
llvm::Error prepareGpuModule(llvm::Module &module, const GpuLevel &level);

/// PTX of a module that translateGpuModule() or prepareGpuModule() has been
/// over; calls of act.nv.NAME become inline PTX in it. `ptxVersion`, 10 * major
/// + minor, raises the version that the level asks for, at most to the newest
/// that LLVM writes. An error names the kernel that keeps anything in local
/// memory.
llvm::Expected<std::string> emitPtx(llvm::Module &module, const GpuLevel &level,
                                    unsigned ptxVersion = 0);

} // namespace act

#endif // ACT_CODEGEN_PTXEMITTER_H

//===- ObjectEmitter.h - LLVM dialect to machine code -----------*- C++ -*-===//
#ifndef ACT_CODEGEN_OBJECTEMITTER_H
#define ACT_CODEGEN_OBJECTEMITTER_H

#include "act/Target/Target.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Target/TargetMachine.h"
#include <memory>

namespace act {

/// An LLVM module with the context it lives in.
struct LLVMProduct {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
};

/// Registers the LLVM dialect's translation; call before the first compile
/// with a context's registry.
void registerTranslations(mlir::DialectRegistry &registry);

/// A target machine for a level, whatever this machine is. Not safe to share
/// between threads.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const CpuLevel &level);

/// Translates a module of the LLVM dialect and runs the short pass pipeline
/// that explicit vector code profits from.
llvm::Expected<LLVMProduct> emitLLVM(mlir::ModuleOp module,
                                     llvm::TargetMachine &machine);

/// Machine code of the module: an ELF object, or assembly text.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
emitMachineCode(llvm::Module &module, llvm::TargetMachine &machine,
                bool assembly);

} // namespace act

#endif // ACT_CODEGEN_OBJECTEMITTER_H

//===- ObjectEmitter.cpp - LLVM dialect to machine code -------------------===//

#include "act/Codegen/ObjectEmitter.h"
#include "Optimize.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include <mutex>

using namespace act;
using llvm::createStringError;

void act::registerTranslations(mlir::DialectRegistry &registry) {
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
}

/// Registers LLVM's code generator of one instruction set, once. Others cost
/// nothing but their place in the file.
static void initialize(Arch arch) {
  static std::once_flag x86, aarch64;
  switch (arch) {
  case Arch::X86_64:
    return std::call_once(x86, [] {
      LLVMInitializeX86TargetInfo();
      LLVMInitializeX86Target();
      LLVMInitializeX86TargetMC();
      LLVMInitializeX86AsmPrinter();
    });
  case Arch::AArch64:
    return std::call_once(aarch64, [] {
      LLVMInitializeAArch64TargetInfo();
      LLVMInitializeAArch64Target();
      LLVMInitializeAArch64TargetMC();
      LLVMInitializeAArch64AsmPrinter();
    });
  }
}

llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
act::createTargetMachine(const CpuLevel &level) {
  initialize(level.arch);
  std::string error, triple = tripleFor(level);
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return createStringError("no code generator for level " +
                             llvm::Twine(level.name) + ": " + error);
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, level.cpu, level.features, options, llvm::Reloc::PIC_,
      llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default, /*JIT=*/true));
  if (!machine)
    return createStringError("no target machine for " +
                             llvm::Twine(level.name));
  return machine;
}

llvm::Expected<LLVMProduct> act::emitLLVM(mlir::ModuleOp module,
                                          llvm::TargetMachine &machine) {
  LLVMProduct product;
  product.context = std::make_unique<llvm::LLVMContext>();
  product.module =
      mlir::translateModuleToLLVMIR(module, *product.context, "act");
  if (!product.module)
    return createStringError("the LLVM dialect does not translate to LLVM IR");
  product.module->setTargetTriple(machine.getTargetTriple().str());
  product.module->setDataLayout(machine.createDataLayout());
  for (llvm::Function &function : *product.module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    function.addFnAttr("target-features", machine.getTargetFeatureString());
    function.addFnAttr("prefer-vector-width", "512");
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
  optimize(*product.module, machine, /*arrays=*/false);
  return product;
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
act::emitMachineCode(llvm::Module &module, llvm::TargetMachine &machine,
                     bool assembly) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  auto type = assembly ? llvm::CodeGenFileType::AssemblyFile
                       : llvm::CodeGenFileType::ObjectFile;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type,
                                  /*DisableVerify=*/true))
    return createStringError("the target emits no such file");
  passes.run(module);
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(
      std::move(bytes), "act", /*RequiresNullTerminator=*/false);
}

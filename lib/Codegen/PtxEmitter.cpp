//===- PtxEmitter.cpp - LLVM dialect to PTX -------------------------------===//

#include "act/Codegen/PtxEmitter.h"
#include "NvCalls.h"
#include "Optimize.h"
#include "WidenHalves.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include <mutex>

using namespace act;
using llvm::createStringError;

void act::registerGpuTranslations(mlir::DialectRegistry &registry) {
  registerTranslations(registry);
  mlir::registerGPUDialectTranslation(registry);
  mlir::registerNVVMDialectTranslation(registry);
}

static void initialize() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
  });
}

/// The newest PTX version up to `wanted` that LLVM writes: drivers know newer
/// ones, and not every number is a version.
static unsigned writtenVersion(const llvm::TargetMachine &machine,
                               unsigned wanted) {
  unsigned best = 0;
  for (const llvm::SubtargetFeatureKV &feature :
       machine.getMCSubtargetInfo()->getAllProcessorFeatures()) {
    llvm::StringRef name = feature.Key;
    unsigned version;
    if (name.consume_front("ptx") && !name.getAsInteger(10, version) &&
        version <= wanted)
      best = std::max(best, version);
  }
  return best;
}

/// Products and sums stay apart (mul.rn, add.rn) unless the code says fma.
static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createMachine(const GpuLevel &level, unsigned ptxVersion) {
  initialize();
  const char *triple = "nvptx64-nvidia-cuda";
  std::string error;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return createStringError("no code generator for GPUs: " + error);
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  auto create = [&](const std::string &features) {
    return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
        triple, level.name, features, options, std::nullopt));
  };
  std::unique_ptr<llvm::TargetMachine> machine = create(level.features());
  if (machine && ptxVersion > level.ptxVersion)
    machine = create(
        "+ptx" + std::to_string(std::max(
                     level.ptxVersion, writtenVersion(*machine, ptxVersion))));
  if (!machine)
    return createStringError("no target machine for " +
                             llvm::Twine(level.name));
  return machine;
}

llvm::Error act::prepareGpuModule(llvm::Module &module, const GpuLevel &level) {
  auto machine = createMachine(level, /*ptxVersion=*/0);
  if (!machine)
    return machine.takeError();
  module.setTargetTriple((*machine)->getTargetTriple().str());
  module.setDataLayout((*machine)->createDataLayout());
  if (llvm::Error error = checkCalls(module, level))
    return error;
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      function.addFnAttr(llvm::Attribute::NoUnwind);
  optimize(module, **machine, /*arrays=*/true);
  for (llvm::Function &function : module)
    widenHalves(function);
  return llvm::Error::success();
}

llvm::Expected<LLVMProduct> act::translateGpuModule(mlir::Operation *module,
                                                    const GpuLevel &level) {
  LLVMProduct product;
  product.context = std::make_unique<llvm::LLVMContext>();
  product.module =
      mlir::translateModuleToLLVMIR(module, *product.context, "act");
  if (!product.module)
    return createStringError("the NVVM dialect does not translate to LLVM IR");
  if (llvm::Error error = prepareGpuModule(*product.module, level))
    return std::move(error);
  return product;
}

/// An error where a kernel of this PTX has local memory, LLVM's name for which
/// is a depot.
static llvm::Error checkLocalMemory(llvm::StringRef ptx) {
  auto [before, depot] = ptx.split("__local_depot");
  if (before.size() == ptx.size())
    return llvm::Error::success();
  for (llvm::StringRef keyword : {".entry ", ".func "})
    if (size_t at = before.rfind(keyword); at != llvm::StringRef::npos)
      return createStringError(
          "kernel '" + before.drop_front(at + keyword.size()).split('(').first +
          "' keeps an array in local memory: an alloca, or a vector with an "
          "index that is not constant; write elements out");
  return createStringError("a function keeps an array in local memory");
}

namespace {
/// Keeps errors, such as operands that the inline PTX does not take. Without it
/// LLVM prints them and ends the process.
struct ErrorText : llvm::DiagnosticHandler {
  explicit ErrorText(std::string &text) : text(text) {}
  bool handleDiagnostics(const llvm::DiagnosticInfo &info) override {
    if (info.getSeverity() == llvm::DS_Error) {
      llvm::raw_string_ostream stream(text);
      llvm::DiagnosticPrinterRawOStream printer(stream);
      info.print(printer);
    }
    return true;
  }
  std::string &text;
};
} // namespace

llvm::Expected<std::string>
act::emitPtx(llvm::Module &module, const GpuLevel &level, unsigned ptxVersion) {
  auto machine = createMachine(level, ptxVersion);
  if (!machine)
    return machine.takeError();
  if (llvm::Error error = replaceNvCalls(module, level))
    return std::move(error);

  std::string failure;
  llvm::LLVMContext &context = module.getContext();
  std::unique_ptr<llvm::DiagnosticHandler> before =
      context.getDiagnosticHandler();
  context.setDiagnosticHandler(std::make_unique<ErrorText>(failure));
  llvm::SmallString<0> ptx;
  llvm::raw_svector_ostream stream(ptx);
  llvm::legacy::PassManager passes;
  bool refused = (*machine)->addPassesToEmitFile(
      passes, stream, nullptr, llvm::CodeGenFileType::AssemblyFile,
      /*DisableVerify=*/true);
  if (!refused)
    passes.run(module);
  context.setDiagnosticHandler(std::move(before));
  if (refused)
    return createStringError("the target writes no PTX");
  if (!failure.empty())
    return createStringError("no PTX for " + llvm::Twine(level.name) + ": " +
                             failure);
  if (llvm::Error error = checkLocalMemory(ptx))
    return std::move(error);
  return std::string(ptx);
}

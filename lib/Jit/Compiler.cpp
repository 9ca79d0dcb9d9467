//===- Compiler.cpp - The corridor from formula to executable -------------===//

#include "Corridor.h"
#include "KernelsOnDemand.h"
#include "Signature.h"
#include "act/Codegen/PtxEmitter.h"
#include "act/Codegen/Simulation.h"
#include "act/GpuKernelNames.h"
#include "act/Runtime/FileCache.h"
#include "act/Runtime/GpuRunner.h"
#include "act/Target/FloatEnvironment.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <chrono>

using namespace mlir;
using namespace act;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;

void act::registerCorridor(DialectRegistry &registry, Road road) {
  registry.insert<ActDialect, arith::ArithDialect, math::MathDialect,
                  func::FuncDialect, scf::SCFDialect, cf::ControlFlowDialect,
                  vector::VectorDialect, LLVM::LLVMDialect>();
  if (road == Road::Cpu)
    return registerTranslations(registry);
  registry.insert<gpu::GPUDialect, NVVM::NVVMDialect>();
  registerGpuTranslations(registry);
}

std::unique_ptr<MLIRContext> act::createContext(Road road) {
  DialectRegistry registry;
  registerCorridor(registry, road);
  auto context =
      std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  context->loadAllAvailableDialects();
  return context;
}

using Code = std::unique_ptr<llvm::MemoryBuffer>;

template <class Work> auto Corridor::timed(Stage stage, Work work) {
  auto begin = std::chrono::steady_clock::now();
  auto value = work();
  std::chrono::duration<double, std::milli> spent =
      std::chrono::steady_clock::now() - begin;
  result.times.push_back({stage, spent.count()});
  return value;
}

std::string Corridor::textOf(Operation *op) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  op->print(stream);
  stream << "\n";
  return text;
}

Error Corridor::dump(Stage stage, StringRef extension, StringRef text) {
  if (options.dumpDirectory.empty())
    return Error::success();
  // Kernels that are made on demand have texts of their own.
  std::string which =
      options.gpuKernels.empty() ? "" : options.gpuKernels.front();
  if (which == kNoGpuKernel)
    return Error::success();
  SmallString<128> path(options.dumpDirectory);
  if (std::error_code code = llvm::sys::fs::create_directories(path))
    return createStringError(code, "cannot create the dump folder '" + path +
                                       "': " + code.message());
  llvm::sys::path::append(path, std::to_string(numberOf(stage)) + "-" +
                                    nameOf(stage) + which + extension);
  std::error_code code;
  llvm::raw_fd_ostream file(path, code);
  file << text;
  file.close();
  if (file.has_error())
    code = file.error();
  file.clear_error();
  if (code)
    return createStringError(code,
                             "cannot write '" + path + "': " + code.message());
  return Error::success();
}

Error Corridor::runPasses(Stage stage) {
  PassManager pm(module->getContext());
  pm.enableVerifier(options.verify);
  populateStage(stage, pm, options);
  LogicalResult passed = timed(stage, [&] { return pm.run(module); });
  if (failed(passed))
    return createStringError("stage '" + Twine(nameOf(stage)) + "' failed");
  if (options.verify && failed(verifyStage(module, stage)))
    return createStringError("stage '" + Twine(nameOf(stage)) +
                             "' left something it must not");
  if (options.dumpDirectory.empty())
    return Error::success();
  return dump(stage, ".mlir", textOf(module));
}

Expected<CompileResult> Corridor::walk() {
  // A kernel that is loaded runs here, unless it runs on a device.
  bool isLoaded = options.product == Product::Kernel;
  if (isLoaded && options.gpu && !options.simulates && !options.device)
    return createStringError(
        "a kernel for a GPU is loaded on a device, or on the simulator; name "
        "one of them in the options");
  if (isLoaded && !options.device)
    if (Error error = checkFloatEnvironment(options.flush))
      return std::move(error);
  DefaultFloatEnvironment scope;
  // 1 act ... 7 llvm or nvvm: passes on MLIR.
  for (Stage stage : stagesUpTo(options.road(), lastPassesOf(options.road()))) {
    if (stage == Stage::Distribute && makesOnDemand()) {
      if (Error error = distributeOnDemand())
        return std::move(error);
      if (result.signature.rows)
        return std::move(result);
      continue;
    }
    if (Error error = runPasses(stage))
      return std::move(error);
    if (stage == Stage::Stabilize)
      readSignature(module, options, result);
    if (stage == Stage::Structure && result.signature.rows)
      readScratch(module, *result.signature.rows);
    if (stage == Stage::Distribute && result.signature.rows)
      readSplit(module, *result.signature.rows);
    if (options.product == Product::MLIR && stage == options.stopAfter) {
      result.text = textOf(module);
      return std::move(result);
    }
  }
  if (Error error = options.gpu ? finishGpu() : finishCpu())
    return std::move(error);
  return std::move(result);
}

/// Keeps the LLVM IR where it is the product or is dumped.
Error Corridor::showLLVM(const llvm::Module &llvm, Stage stage) {
  if (options.product != Product::LLVMIR && options.dumpDirectory.empty())
    return Error::success();
  std::string text;
  llvm::raw_string_ostream(text) << llvm;
  if (options.product == Product::LLVMIR)
    result.text = text;
  return dump(stage, ".ll", text);
}

bool Corridor::makesOnDemand() const {
  return options.product == Product::Kernel && options.gpuKernels.empty() &&
         gpuKernelGroups(result.signature, "").size() > 1;
}

/// Of a function of elements the kernel that any shape asks for is made at
/// once. Of a function of a row none: what is run here are the checks.
Error Corridor::distributeOnDemand() {
  auto kernels = std::make_unique<KernelsOnDemand>(textOf(module), options);
  onDemand = kernels.get();
  std::optional<RowSignature> &rows = result.signature.rows;
  options.gpuKernels = {kNoGpuKernel};
  if (!rows)
    options.gpuKernels = gpuKernelGroups(result.signature, "").front();
  if (Error error = runPasses(Stage::Distribute))
    return error;
  if (rows)
    readSplit(module, *rows);
  kernels->setGroups(result.signature, result.name);
  result.gpuModule = std::move(kernels);
  return Error::success();
}

Expected<CompileResult> Corridor::finishApproximated() {
  DefaultFloatEnvironment scope;
  for (Stage stage : {Stage::Distribute, Stage::NVVM})
    if (Error error = runPasses(stage))
      return std::move(error);
  if (Error error = finishGpu())
    return std::move(error);
  return std::move(result);
}

Error Corridor::finishCpu() {
  // 8 object: machine code in memory.
  auto machine = createTargetMachine(*options.level);
  if (!machine)
    return machine.takeError();
  auto code = timed(Stage::Object, [&]() -> Expected<Code> {
    Expected<LLVMProduct> llvm = emitLLVM(module, **machine);
    if (!llvm)
      return llvm.takeError();
    if (Error error = showLLVM(*llvm->module, Stage::Object))
      return std::move(error);
    if (options.product == Product::LLVMIR)
      return Code();
    return emitMachineCode(*llvm->module, **machine,
                           options.product == Product::Assembly);
  });
  if (!code || options.product == Product::LLVMIR)
    return code.takeError();
  if (options.product != Product::Kernel) {
    result.text = (*code)->getBuffer().str();
    return Error::success();
  }

  // 9 executable: a loaded function.
  auto loaded = timed(Stage::Executable, [&] {
    return loadObject(std::move(*code), result.name);
  });
  if (!loaded)
    return loaded.takeError();
  result.kernel = std::move(*loaded);
  return Error::success();
}

template <class T> static Error take(T &target, Expected<T> value) {
  if (!value)
    return value.takeError();
  target = std::move(*value);
  return Error::success();
}

Error Corridor::finishGpu() {
  auto kernels = *module.getOps<gpu::GPUModuleOp>().begin();
  bool isLoaded = options.product == Product::Kernel;
  Code object;
  // 8 ptx: the text that drivers load, or code that does the same here.
  Error error = timed(Stage::PTX, [&]() -> Error {
    Expected<LLVMProduct> llvm = translateGpuModule(kernels, *options.gpu);
    if (!llvm)
      return llvm.takeError();
    if (Error error = showLLVM(*llvm->module, Stage::PTX))
      return error;
    if (options.product == Product::LLVMIR)
      return Error::success();
    if (isLoaded && options.simulates)
      return take(object, emitSimulated(*llvm->module, *bestHostLevel()));
    if (Error error = take(result.text, emitPtx(*llvm->module, *options.gpu)))
      return error;
    return dump(Stage::PTX, ".ptx", result.text);
  });
  if (error || !isLoaded)
    return error;

  // 9 executable: a loaded module.
  return timed(Stage::Executable, [&]() -> Error {
    auto loaded = options.simulates
                      ? loadSimulated(std::move(object), options.simulation)
                      : loadOnDevice();
    if (!loaded)
      return loaded.takeError();
    if (onDemand)
      onDemand->setFirst(std::move(*loaded));
    else
      result.gpuModule = std::move(*loaded);
    return Error::success();
  });
}

Expected<std::unique_ptr<GpuModule>> Corridor::loadOnDevice() {
  const FileCache *cubins = options.cubins;
  if (!cubins)
    if (Error error = take(cubins, FileCache::ofUser()))
      return std::move(error);
  return options.device->load(result.text, cubins, &result.wasCached);
}

Expected<const GpuLevel *> act::levelFor(const CudaDevice &device) {
  unsigned capability = device.info().capability;
  if (const GpuLevel *level = gpuLevelFor(capability))
    return level;
  return createStringError(
      "CUDA device " + Twine(device.ordinal()) + ", " + device.info().name +
      ", is an sm_" + Twine(capability) + "; kernels are made for " +
      gpuLevelNames() + ": use a newer device, or --target=cpu");
}

Expected<CompileResult> act::compile(ModuleOp module,
                                     const CompileOptions &options) {
  return Corridor(module, options).walk();
}

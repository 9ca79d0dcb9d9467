//===- Compiler.cpp - The corridor from formula to executable -------------===//

#include "act/Jit/Compiler.h"
#include "act/Codegen/PtxEmitter.h"
#include "act/Codegen/Simulation.h"
#include "act/Conversion/Passes.h"
#include "act/Reference/Limits.h"
#include "act/Runtime/FileCache.h"
#include "act/Runtime/GpuRunner.h"
#include "act/Target/FloatEnvironment.h"
#include "act/Transforms/FunctionArithmetic.h"
#include "mlir/AsmParser/AsmParser.h"
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

std::vector<std::optional<PackedPart>> act::packedPartsOf(FuncOp func) {
  std::vector<std::optional<PackedPart>> parts;
  auto add = [&](PartAttr attr) {
    parts.emplace_back();
    if (attr)
      parts.back() = {attr.getArray().str(), attr.getPart(),
                      attr.getLayout().getKind(), attr.getLayout().getBlock()};
  };
  for (unsigned i = 0; i < func.getNumInputs(); ++i)
    add(func.getArgAttrOfType<PartAttr>(i, kPartAttr));
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    add(func.getResultAttrOfType<PartAttr>(i, kPartAttr));
  return parts;
}

namespace {

using Code = std::unique_ptr<llvm::MemoryBuffer>;

/// The state of one walk.
class Corridor {
public:
  Corridor(ModuleOp module, const CompileOptions &options)
      : module(module), options(options) {}

  Expected<CompileResult> walk();

private:
  /// Runs one stage of passes, timed, checked and dumped as asked.
  Error runPasses(Stage stage);
  /// Reads what the runtime must know before the function is gone.
  void readSignature();
  /// What follows the passes.
  Error finishCpu();
  Error finishGpu();
  Expected<std::unique_ptr<GpuModule>> loadOnDevice();
  Error showLLVM(const llvm::Module &llvm, Stage stage);
  /// Times `work` as `stage`.
  template <class Work> auto timed(Stage stage, Work work);
  Error dump(Stage stage, StringRef extension, StringRef text);
  std::string textOf(Operation *op);

  ModuleOp module;
  CompileOptions options;
  CompileResult result;
};

} // namespace

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
  SmallString<128> path(options.dumpDirectory);
  if (std::error_code code = llvm::sys::fs::create_directories(path))
    return createStringError(code, "cannot create the dump folder '" + path +
                                       "': " + code.message());
  llvm::sys::path::append(path, std::to_string(numberOf(stage)) + "-" +
                                    nameOf(stage) + extension);
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

static const llvm::fltSemantics &semanticsOf(DType type) {
  return type == DType::F64   ? llvm::APFloat::IEEEdouble()
         : type == DType::F32 ? llvm::APFloat::IEEEsingle()
         : type == DType::F16 ? llvm::APFloat::IEEEhalf()
                              : llvm::APFloat::BFloat();
}

/// Elements that a kernel takes at once.
static unsigned lanesOf(const KernelSignature &signature,
                        const KernelOptions &options) {
  if (!options.gpu)
    return options.lanes();
  size_t bytes = 8;
  bool hasMaskResult = false;
  for (auto [k, type] : llvm::enumerate(signature.operands))
    if (type != DType::Bit)
      bytes = std::min(bytes, sizeOf(type));
    else
      hasMaskResult |= k >= signature.numInputs;
  return gpuChunk(bytes, signature.computesInDouble, hasMaskResult);
}

void Corridor::readSignature() {
  auto func = *llvm::find_if(module.getOps<act::FuncOp>(),
                             [](act::FuncOp f) { return f.isPublic(); });
  auto typeOf = [&](Attribute storage) {
    Type type = storage ? cast<TypeAttr>(storage).getValue()
                        : func.getResultTypes().front();
    return type.isF64()        ? DType::F64
           : type.isF32()      ? DType::F32
           : type.isBF16()     ? DType::BF16
           : type.isInteger(1) ? DType::Bit
                               : DType::F16;
  };
  KernelSignature &signature = result.signature;
  result.name = func.getSymName().str();
  result.packedParts = packedPartsOf(func);
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    FnAttr identity = identityOf(func, i);
    if (!identity) {
      result.identity.clear();
      break;
    }
    result.identity = identity.getName().str();
    result.identityOrder = std::max(result.identityOrder, identity.getOrder());
  }
  // Vectors and scalars are of the type that the function is computed in.
  Type unstated = parseType(options.dtype, module.getContext());
  options.hasStrictResult =
      accuracyOf(func, unstated, options.accuracy, options.gpu != nullptr) ==
      Accuracy::Strict;
  signature.numInputs = func.getNumInputs();
  signature.numParameters = func.getNumArguments() - func.getNumInputs();
  signature.flushes = options.flush;
  signature.computesInDouble = options.computeBits() == 64;
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    result.argumentNames.push_back(func.getArgName(i).str());
  for (unsigned i = signature.numInputs; i < func.getNumArguments(); ++i)
    if (auto range = func.getArgAttrOfType<StringAttr>(i, kRangeAttr))
      result.parameterRanges[func.getArgName(i).str()] = range.getValue().str();
  for (unsigned i = 0; i < signature.numInputs; ++i) {
    signature.operands.push_back(typeOf(func.getArgAttr(i, kStorageAttr)));
    signature.isScalar.push_back(bool(func.getArgAttr(i, kScalarAttr)));
  }
  if (isRowFunction(func)) {
    llvm::DenseSet<Value> uniform = uniformValues(func);
    signature.rows.emplace();
    signature.rows->inLanes = options.rowsInLanes;
    for (auto row : func.getBody().getOps<act::RowOp>())
      signature.rows->takesSteps |= row.isThreshold();
    for (unsigned i = 0; i < signature.numInputs; ++i)
      signature.rows->isUniform.push_back(
          uniform.contains(func.getArgument(i)));
    for (auto [i, value] : llvm::enumerate(func.getReturn().getValues()))
      signature.rows->isUniform.push_back(uniform.contains(value) &&
                                          !func.getResultAttr(i, kSpreadAttr));
  }
  DType compute = options.computeBits() == 64 ? DType::F64 : DType::F32;
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    DType storage = typeOf(func.getResultAttr(i, kStorageAttr));
    bool isReduced = bool(func.getResultAttr(i, kReduceAttr));
    // Terms of a sum are written as they are computed.
    signature.operands.push_back(isReduced ? compute : storage);
    signature.reducedTypes.push_back(isReduced ? std::optional(storage)
                                               : std::nullopt);
    if (auto texts = func.getResultAttrOfType<ArrayAttr>(i, kStatsAttr)) {
      signature.counted.push_back({i, {}});
      for (auto text : texts.getAsValueRange<StringAttr>()) {
        llvm::APFloat limit = storedLimit(text, semanticsOf(storage));
        bool losesInfo;
        limit.convert(llvm::APFloat::IEEEdouble(),
                      llvm::APFloat::rmNearestTiesToEven, &losesInfo);
        signature.counted.back().limits.push_back(limit.convertToDouble());
      }
    }
  }
  signature.lanes = lanesOf(signature, options);
}

/// What the kernel of the module keeps of a row.
static void readScratch(ModuleOp module, RowSignature &rows) {
  for (auto kernel : module.getOps<func::FuncOp>()) {
    if (auto kept = kernel->getAttrOfType<IntegerAttr>(kScratchAttr))
      rows.kept = kept.getInt();
    if (auto kept = kernel->getAttrOfType<IntegerAttr>(kBlockScratchAttr)) {
      rows.keptOfBlocks = kept.getInt();
      rows.inBlocks = true;
    }
  }
}

/// What the kernels of the module take for rows that are split.
static void readSplit(ModuleOp module, RowSignature &rows) {
  for (auto kernels : module.getOps<gpu::GPUModuleOp>()) {
    if (auto count = kernels->getAttrOfType<IntegerAttr>(kSplitKernelsAttr))
      rows.splitKernels = count.getInt();
    if (auto values = kernels->getAttrOfType<IntegerAttr>(kSplitValuesAttr))
      rows.splitValues = values.getInt();
  }
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
    if (Error error = runPasses(stage))
      return std::move(error);
    if (stage == Stage::Stabilize)
      readSignature();
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
    result.gpuModule = std::move(*loaded);
    for (auto &name : gpuKernelNames(result.signature, result.name)) {
      auto kernel = result.gpuModule->kernel(name);
      if (!kernel)
        return kernel.takeError();
      result.gpuKernels.push_back(*kernel);
    }
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

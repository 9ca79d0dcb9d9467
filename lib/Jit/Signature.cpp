//===- Signature.cpp - What the runtime must know of kernels --------------===//

#include "Signature.h"
#include "act/Conversion/Passes.h"
#include "act/Reference/Limits.h"
#include "act/Transforms/FunctionArithmetic.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

using namespace mlir;
using namespace act;

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
    if (type == DType::Bit)
      hasMaskResult |= k >= signature.numInputs;
    else if (!isQuantized(type))
      bytes = std::min(bytes, sizeOf(type));
  return gpuChunk(bytes, signature.computesInDouble, hasMaskResult);
}

void act::readSignature(ModuleOp module, CompileOptions &options,
                        CompileResult &result) {
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
  // Made into operations later.
  QuantizationAttr quantization = func.getQuantization();
  bool hasScales = quantization && quantization.isDynamic();
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
  if (isRowFunction(func) || hasScales) {
    llvm::DenseSet<Value> uniform = uniformValues(func);
    signature.rows.emplace();
    if (hasScales && quantization.getScaling() == Scaling::Block)
      signature.rows->group = kScaleBlock;
    signature.rows->inLanes = options.rowsInLanes;
    signature.rows->inStrips = options.rowsInLanes && options.rowsInStrips;
    for (auto row : func.getBody().getOps<act::RowOp>())
      signature.rows->takesSteps |= row.isThreshold();
    for (unsigned i = 0; i < signature.numInputs; ++i)
      signature.rows->isUniform.push_back(
          uniform.contains(func.getArgument(i)));
    for (auto [i, value] : llvm::enumerate(func.getReturn().getValues()))
      signature.rows->isUniform.push_back(uniform.contains(value) &&
                                          !func.getResultAttr(i, kSpreadAttr) &&
                                          !hasScales);
    if (hasScales)
      signature.rows->isUniform.push_back(true);
  }
  DType compute = options.computeBits() == 64 ? DType::F64 : DType::F32;
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    DType storage = quantization ? quantization.getFormat()
                                 : typeOf(func.getResultAttr(i, kStorageAttr));
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
  if (hasScales) {
    signature.operands.push_back(DType::F32);
    signature.reducedTypes.push_back(std::nullopt);
    result.packedParts.emplace_back();
  }
  signature.lanes = lanesOf(signature, options);
}

void act::readScratch(ModuleOp module, RowSignature &rows) {
  for (auto kernel : module.getOps<func::FuncOp>()) {
    if (auto kept = kernel->getAttrOfType<IntegerAttr>(kScratchAttr))
      rows.kept = kept.getInt();
    if (auto kept = kernel->getAttrOfType<IntegerAttr>(kBlockScratchAttr)) {
      rows.keptOfBlocks = kept.getInt();
      rows.inBlocks = true;
    }
    if (auto kept = kernel->getAttrOfType<IntegerAttr>(kRowScratchAttr)) {
      rows.keptOfRows = kept.getInt();
      rows.leavesStrips = true;
    }
  }
}

void act::readSplit(ModuleOp module, RowSignature &rows) {
  for (auto kernels : module.getOps<gpu::GPUModuleOp>()) {
    if (auto count = kernels->getAttrOfType<IntegerAttr>(kSplitKernelsAttr))
      rows.splitKernels = count.getInt();
    if (auto values = kernels->getAttrOfType<IntegerAttr>(kSplitValuesAttr))
      rows.splitValues = values.getInt();
    rows.hasCluster = kernels->hasAttr(kClusterKernelAttr);
  }
}

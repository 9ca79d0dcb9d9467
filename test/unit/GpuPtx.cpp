//===- GpuPtx.cpp - What ptxas makes of generated kernels -----------------===//

#include "GpuPtx.h"
#include "act/GpuKernelNames.h"
#include "act/Transforms/Quantize.h"
#include "mlir/AsmParser/AsmParser.h"

using namespace act;
using namespace act::test;

/// Of a thread: blocks of elements, of 256 threads, come two to a
/// multiprocessor of 65,536 registers at least, as their PTX says, blocks of
/// rows, of 512 or in f64 of 256, one, and blocks of clusters, of 512, two or
/// in f64 one. No thread has more than 255.
static unsigned mostRegisters(const KernelSignature &signature,
                              llvm::StringRef kernel) {
  if (kernel.ends_with(gpuClusterName("")))
    return signature.computesInDouble ? 128 : 64;
  if (!signature.rows)
    return 128;
  return std::min(255u, 65536 / gpuRowThreads(signature.computesInDouble));
}

static CompileOptions ptxOptions(const GpuLevel &level) {
  CompileOptions options;
  options.gpu = &level;
  options.product = Product::PTX;
  return options;
}

GeneratedPtx act::test::ptxOf(llvm::StringRef source, DType type,
                              const GpuLevel &level,
                              const std::vector<int64_t> &orders,
                              bool isBackward) {
  auto prepare = [&](FuncOp func) {
    if (isBackward)
      addVjp(func);
    else
      addDerivative(func, {orders});
  };
  TestKernel kernel =
      compileTest(source, type, prepare, false, ptxOptions(level));
  std::string name = (source + " " + nameOf(type)).str();
  return {name + (isBackward ? " backward" : ""), kernel.result.text,
          kernel.result.signature};
}

GeneratedPtx act::test::ptxOfQuantized(llvm::StringRef source, DType type,
                                       llvm::StringRef quantization,
                                       const GpuLevel &level) {
  auto prepare = [&](FuncOp func) {
    auto attr = llvm::cast<QuantizationAttr>(mlir::parseAttribute(
        ("#act.quantization<" + quantization + ">").str(), func.getContext()));
    func.setSymName("derived");
    EXPECT_TRUE(succeeded(markQuantized(func, attr)));
  };
  TestKernel kernel =
      compileTest(source, type, prepare, false, ptxOptions(level));
  return {(source + " " + nameOf(type) + " to " + quantization).str(),
          kernel.result.text, kernel.result.signature};
}

GeneratedPtx act::test::ptxOfSource(llvm::StringRef source, DType type,
                                    const GpuLevel &level) {
  CompileOptions options = ptxOptions(level);
  auto context = createContext(options.road());
  auto module = parseSource(source, context.get());
  options.dtype = nameOf(type);
  options.verify = true;
  auto result = compile(*module, options);
  std::string name = (source + " " + nameOf(type)).str();
  if (result)
    return {name, result->text, result->signature};
  ADD_FAILURE() << name << ": " << llvm::toString(result.takeError());
  return {name, "", {}};
}

GeneratedPtx act::test::ptxOfRows(RowSubject subject, const GpuLevel &level) {
  RowKernel kernel = compileRows(subject, nullptr, ptxOptions(level));
  return {subject.text(), kernel.result.text, kernel.result.signature};
}

/// Loads and stores of 16 bytes, for each array of a module without rows.
static void expectWide(const GeneratedPtx &module, const KernelSass &kernel) {
  const KernelSignature &signature = module.signature;
  auto isWide = [&](size_t k) {
    return sizeOf(signature.operands[k]) * signature.lanes >= 16;
  };
  unsigned loads = 0, stores = 0;
  for (size_t k = 0; k < signature.operands.size(); ++k)
    (k < signature.numInputs ? loads : stores) += isWide(k);
  if (signature.rows) { // Some have no result of every element.
    auto split = gpuSplitNames("", signature.rows->splitKernels);
    llvm::StringRef name = kernel.name;
    bool isLastOfSplit =
        !split.empty() && (name.ends_with(split.back()) ||
                           name.ends_with(gpuAnyName(split.back())));
    // The last kernel of rows that are split reads no elements where its result
    // is one value a row.
    loads = std::min(loads, isLastOfSplit ? 0u : 1u), stores = 0;
  }
  if (llvm::StringRef(kernel.name).ends_with(gpuAsideName("")))
    loads = 0; // Its elements lie apart.
  EXPECT_GE(kernel.count("LDG.128"), loads) << kernel.text();
  EXPECT_GE(kernel.count("STG.128"), stores) << kernel.text();
}

std::vector<std::vector<KernelSass>>
act::test::assembleAndExpect(const std::vector<GeneratedPtx> &modules,
                             const GpuLevel &level) {
  std::vector<std::string> texts;
  for (const GeneratedPtx &module : modules) {
    llvm::StringRef ptx = module.ptx;
    if (ptx.empty()) // It has been reported.
      return {};
    EXPECT_TRUE(ptx.contains("ld.global.nc.v")) << module.name;
    EXPECT_FALSE(ptx.contains("call")) << module.name;
    EXPECT_FALSE(ptx.contains(".local")) << module.name;
    texts.push_back(module.ptx);
  }
  auto all = Ptxas::get().assembleAll(texts, level.name);
  if (!all) {
    ADD_FAILURE() << llvm::toString(all.takeError());
    return {};
  }
  unsigned most[2] = {0, 0};
  for (auto [module, kernels] : llvm::zip_equal(modules, *all)) {
    EXPECT_FALSE(kernels.empty()) << module.name;
    for (const KernelSass &kernel : kernels) {
      SCOPED_TRACE(module.name + ", " + kernel.name + ", " + level.name);
      EXPECT_TRUE(noSpills(kernel));
      EXPECT_TRUE(noWarnings(kernel));
      EXPECT_TRUE(registersAtMost(
          kernel, mostRegisters(module.signature, kernel.name)));
      expectWide(module, kernel);
      unsigned &found = most[module.signature.rows.has_value()];
      found = std::max(found, kernel.registers);
    }
  }
  printf("%s: %zu modules, at most %u registers of elements, %u of rows\n",
         level.name, modules.size(), most[0], most[1]);
  return std::move(*all);
}

//===- GpuPtxTest.cpp - Machine instructions of generated kernels ---------===//
//
// A cross-section of functions at the oldest and the newest level, and what
// kernels of sm_90 may take. FullGpuTest.cpp has all.
//
//===----------------------------------------------------------------------===//

#include "GpuPtx.h"
#include "act/GpuKernelNames.h"
#include <map>

using namespace act;
using namespace act::test;

namespace {

TEST(GpuPtx, FunctionsOfElements) {
  ACT_SKIP_WITHOUT_PTXAS();
  for (const char *name : {"sm_75", "sm_90"}) {
    const GpuLevel &level = *gpuLevelNamed(name);
    std::vector<GeneratedPtx> modules;
    for (DType type : {DType::F32, DType::BF16}) {
      for (const char *row : {"silu", "gelu", "gelu_tanh", "mish"})
        modules.push_back(ptxOf(row, type, level, {0, 1}));
      modules.push_back(ptxOf("swiglu", type, level));
      modules.push_back(ptxOf("prelu(x, a)", type, level));
      modules.push_back(ptxOf("swiglu", type, level, {}, true));
    }
    assembleAndExpect(modules, level);
  }
}

TEST(GpuPtx, FunctionsOfARow) {
  ACT_SKIP_WITHOUT_PTXAS();
  for (const char *name : {"sm_75", "sm_90"}) {
    const GpuLevel &level = *gpuLevelNamed(name);
    std::vector<GeneratedPtx> modules;
    for (DType type : {DType::F32, DType::BF16}) {
      modules.push_back(ptxOfRows({"softmax(x)", type}, level));
      modules.push_back(ptxOfRows({"logsumexp(x, mask=m > 0)", type}, level));
      RowSubject backward{"softmax(x)", type};
      backward.isBackward = true;
      modules.push_back(ptxOfRows(backward, level));
    }
    for (const GeneratedPtx &module : modules)
      EXPECT_EQ(llvm::StringRef(module.ptx).count(".entry "),
                2 * (std::size(kGpuRowChunks) + 1 +
                     module.signature.rows->splitKernels) +
                    1 + level.hasClusters())
          << module.name;
    assembleAndExpect(modules, level);
  }
}

// Values of f64 take two registers, and in the strict class two numbers.
TEST(GpuPtx, FunctionsOfARowOfOtherTypes) {
  ACT_SKIP_WITHOUT_PTXAS();
  auto strict = [](DType type) {
    RowSubject subject{"softmax(x)", type};
    subject.accuracy = Accuracy::Strict;
    return subject;
  };
  for (const char *name : {"sm_75", "sm_90"}) {
    const GpuLevel &level = *gpuLevelNamed(name);
    assembleAndExpect({ptxOfRows({"softmax(x)", DType::F64}, level),
                       ptxOfRows({"softmax(x)", DType::F16}, level),
                       ptxOfRows(strict(DType::F16), level),
                       ptxOfRows(strict(DType::F64), level)},
                      level);
  }
}

TEST(GpuPtx, FunctionsInEightBits) {
  ACT_SKIP_WITHOUT_PTXAS();
  for (const char *name : {"sm_75", "sm_89"}) {
    const GpuLevel &level = *gpuLevelNamed(name);
    std::vector<GeneratedPtx> modules;
    for (DType type : {DType::F32, DType::BF16})
      for (const char *format : {"e4m3", "e5m2", "int8"})
        for (const char *scales : {", \"0.3\"", ", row"})
          modules.push_back(ptxOfQuantized(
              "swiglu", type, std::string(format) + scales, level));
    auto kernels = assembleAndExpect(modules, level);
    // Two elements in one instruction.
    for (auto [module, each] : llvm::zip_equal(modules, kernels))
      for (const KernelSass &kernel : each) {
        bool isFloat = !llvm::StringRef(module.name).contains("int8");
        EXPECT_EQ(kernel.count("F2FP") > 0, isFloat && level.hasFP8())
            << module.name << ", " << kernel.name;
      }
  }
}

// Gradients of broadcast operands: threads add up chunks, and blocks threads.
TEST(GpuPtx, FunctionsWithSums) {
  ACT_SKIP_WITHOUT_PTXAS();
  for (const char *name : {"sm_75", "sm_90"}) {
    std::vector<std::string> texts;
    for (DType type : {DType::F64, DType::F32, DType::BF16}) {
      CompileOptions options;
      options.gpu = gpuLevelNamed(name);
      options.product = Product::PTX;
      options.reducedResults = {1};
      for (const char *source : {"prelu(x, a)", "swiglu"})
        texts.push_back(
            compileTest(
                source, type, [](FuncOp func) { addVjp(func); }, false, options)
                .result.text);
    }
    auto all = Ptxas::get().assembleAll(texts, name);
    ASSERT_TRUE(bool(all)) << llvm::toString(all.takeError());
    unsigned most = 0;
    for (const std::vector<KernelSass> &kernels : *all) {
      // The function, and kernels that add up what blocks leave.
      EXPECT_EQ(kernels.size(), 1 + 2 * (std::size(kGpuRowChunks) + 1));
      for (const KernelSass &kernel : kernels) {
        SCOPED_TRACE(kernel.name + ", " + name);
        EXPECT_TRUE(noSpills(kernel));
        EXPECT_TRUE(noWarnings(kernel));
        most = std::max(most, kernel.registers);
      }
    }
    printf("%s: %zu modules, at most %u registers\n", name, texts.size(), most);
  }
}

TEST(GpuPtx, VersionAndTargetAreThoseOfTheLevel) {
  for (const GpuLevel &level : gpuLevels()) {
    llvm::StringRef ptx = ptxOf("relu", DType::BF16, level).ptx;
    EXPECT_TRUE(ptx.contains(std::string(".target ") + level.name + "\n"));
    EXPECT_TRUE(ptx.contains(".version " +
                             std::to_string(level.ptxVersion / 10) + "." +
                             std::to_string(level.ptxVersion % 10) + "\n"));
  }
}

/// A row of GeneratedBudgets.def; without a row of SassBudgets.def it is a
/// gradient.
struct GeneratedBudget {
  const char *source, *row, *dtype;
  double instructions, issued, mufu;
};

const GeneratedBudget generated[] = {
#define GENERATED_BUDGET(SOURCE, ROW, DTYPE, INSTRUCTIONS, ISSUED, MUFU)       \
  {SOURCE, ROW, DTYPE, INSTRUCTIONS, ISSUED, MUFU},
#define GRADIENT_BUDGET(SOURCE, DTYPE, INSTRUCTIONS, ISSUED, MUFU)             \
  {SOURCE, nullptr, DTYPE, INSTRUCTIONS, ISSUED, MUFU},
#include "GeneratedBudgets.def"
};

DType typeNamed(llvm::StringRef name) {
  return name == "bf16" ? DType::BF16 : name == "f16" ? DType::F16 : DType::F32;
}

/// Instructions that 132 multiprocessors of 1.755 GHz issue for a thread while
/// a byte is moved at 4.3 TB/s.
constexpr double kIssuedPerByte = 132 * 128 * 1.755e9 / 4.3e12;

// What a kernel written by hand takes is printed beside, and what share of the
// time that memory takes the instructions take on the way of whole chunks.
TEST(GpuPtx, KernelsStayWithinTheirBudgets) {
  ACT_SKIP_WITHOUT_PTXAS();
  const GpuLevel &level = *gpuLevelNamed("sm_90");
  std::vector<GeneratedPtx> modules;
  for (const GeneratedBudget &each : generated) {
    DType type = typeNamed(each.dtype);
    modules.push_back(each.row ? ptxOfSource(each.source, type, level)
                               : ptxOf(each.source, type, level, {},
                                       /*isBackward=*/true));
  }
  auto kernels = assembleAndExpect(modules, level);
  ASSERT_EQ(kernels.size(), std::size(generated));
  for (auto [i, each] : llvm::enumerate(generated)) {
    const KernelSass &kernel = kernels[i].at(0);
    const KernelSignature &signature = modules[i].signature;
    SCOPED_TRACE(modules[i].name);
    EXPECT_TRUE(withinBudget(kernel, signature.lanes,
                             {each.row ? each.row : each.source, each.dtype,
                              each.instructions, each.mufu}));
    size_t results = signature.operands.size() - signature.numInputs, bytes = 0;
    for (DType type : signature.operands)
      bytes += sizeOf(type);
    std::optional<unsigned> issued =
        kernel.issued(signature.numInputs, results);
    ASSERT_TRUE(issued) << kernel.text();
    double per8 = 8.0 * *issued / signature.lanes;
    EXPECT_LE(per8, each.issued);
    const SassBudget *goal =
        each.row ? sassBudgetOf(each.row, each.dtype) : nullptr;
    printf("%-22s: %3g issued for 8 (by hand %s), %2.0f%% of the time of "
           "memory; %3g instructions, %.2f MUFU each, %u registers\n",
           modules[i].name.c_str(), per8,
           goal ? std::to_string(int(goal->instructionsPer8)).c_str() : "-",
           100 * per8 / (8 * bytes * kIssuedPerByte),
           8 * instructionsPerElement(kernel, signature.lanes),
           mufuPerElement(kernel, signature.lanes), kernel.registers);
  }
}

// A row that takes no more than the kernel by hand needs no budget of its own.
TEST(GpuPtx, BudgetsAreOfRowsByHand) {
  for (const GeneratedBudget &each : generated) {
    if (!each.row)
      continue;
    const SassBudget *goal = sassBudgetOf(each.row, each.dtype);
    ASSERT_TRUE(goal) << each.row;
    EXPECT_GE(each.issued, goal->instructionsPer8) << each.row;
  }
  EXPECT_STREQ(generated[0].row, "copy_plus_1");
}

} // namespace

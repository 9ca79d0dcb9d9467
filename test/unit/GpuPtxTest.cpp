//===- GpuPtxTest.cpp - Machine instructions of generated kernels ---------===//
//
// A cross-section of functions at the oldest and the newest level, and what
// kernels of sm_90 may take. FullGpuTest.cpp has all.
//
//===----------------------------------------------------------------------===//

#include "GpuPtx.h"
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
                std::size(kGpuRowChunks) + 2 +
                    module.signature.rows->splitKernels)
          << module.name;
    assembleAndExpect(modules, level);
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
      EXPECT_EQ(kernels.size(), 1 + std::size(kGpuRowChunks) + 1);
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

/// A row of GeneratedBudgets.def.
struct GeneratedBudget {
  const char *source, *row, *dtype;
  double instructions, mufu;
};

const GeneratedBudget generated[] = {
#define GENERATED_BUDGET(SOURCE, ROW, DTYPE, INSTRUCTIONS, MUFU)               \
  {SOURCE, ROW, DTYPE, INSTRUCTIONS, MUFU},
#include "GeneratedBudgets.def"
};

DType typeNamed(llvm::StringRef name) {
  return name == "bf16" ? DType::BF16 : name == "f16" ? DType::F16 : DType::F32;
}

// What a kernel written by hand takes is printed beside: the difference from
// the copy is what the method costs, whatever becomes of arrays' ends.
TEST(GpuPtx, KernelsStayWithinTheirBudgets) {
  ACT_SKIP_WITHOUT_PTXAS();
  const GpuLevel &level = *gpuLevelNamed("sm_90");
  std::vector<GeneratedPtx> modules;
  for (const GeneratedBudget &each : generated)
    modules.push_back(ptxOf(each.source, typeNamed(each.dtype), level));
  auto kernels = assembleAndExpect(modules, level);
  ASSERT_EQ(kernels.size(), std::size(generated));
  const KernelSass &copy = kernels[0].at(0);
  for (auto [i, each] : llvm::enumerate(generated)) {
    const KernelSass &kernel = kernels[i].at(0);
    unsigned lanes = modules[i].signature.lanes;
    EXPECT_TRUE(withinBudget(
        kernel, lanes, {each.row, each.dtype, each.instructions, each.mufu}));
    const SassBudget *goal = sassBudgetOf(each.row, each.dtype),
                     *plain = sassBudgetOf("copy_plus_1", each.dtype);
    ASSERT_TRUE(goal && plain) << each.row;
    printf("%-14s %s: %g instructions for 8 (by hand %g), %g beyond the copy "
           "(by hand %g), %.2f MUFU each\n",
           each.row, each.dtype, 8 * instructionsPerElement(kernel, lanes),
           goal->instructionsPer8,
           8 * (instructionsPerElement(kernel, lanes) -
                instructionsPerElement(copy, lanes)),
           goal->instructionsPer8 - plain->instructionsPer8,
           mufuPerElement(kernel, lanes));
  }
}

// A row that takes no more than the kernel by hand needs no budget of its own.
TEST(GpuPtx, BudgetsAreOfRowsByHand) {
  for (const GeneratedBudget &each : generated) {
    const SassBudget *goal = sassBudgetOf(each.row, each.dtype);
    ASSERT_TRUE(goal) << each.row;
    EXPECT_GE(each.instructions, goal->instructionsPer8) << each.row;
  }
  EXPECT_STREQ(generated[0].row, "copy_plus_1");
}

} // namespace

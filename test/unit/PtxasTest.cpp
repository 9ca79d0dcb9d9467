//===- PtxasTest.cpp - Assembling PTX, and what kernels are held to -------===//

#include "Ptxas.h"
#include "PtxTestUtil.h"
#include "llvm/ADT/STLExtras.h"
#include "gmock/gmock.h"

using namespace act;
using namespace act::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

const GpuLevel &sm90() { return *gpuLevelNamed("sm_90"); }

/// The only kernel of a module; gtest failures, and an empty one, otherwise.
KernelSass assembled(const std::string &ptx, const char *level = "sm_90") {
  auto kernels = Ptxas::get().assemble(ptx, level);
  if (!kernels) {
    ADD_FAILURE() << toString(kernels.takeError());
    return {};
  }
  EXPECT_EQ(kernels->size(), 1u);
  return kernels->front();
}

/// A kernel that holds 40 values at a barrier.
std::string holding40(const GpuLevel &level, const std::string &attributes) {
  std::string body = ".reg .f32 %g<40>;";
  for (unsigned i = 0; i < 40; ++i)
    body += "ld.volatile.global.f32 %g" + std::to_string(i) + ", [%rd1+" +
            std::to_string(4 * i) + "];\n";
  body += "bar.sync 0;\n";
  for (unsigned i = 0; i < 40; ++i)
    body += "st.volatile.global.f32 [%rd2], %g" + std::to_string(i) + ";\n";
  return sampleKernel(level, body, attributes);
}

//===----------------------------------------------------------------------===//
// Figures of a kernel
//===----------------------------------------------------------------------===//

TEST(Ptxas, SpillsAreSeenAtEveryLevel) {
  ACT_SKIP_WITHOUT_PTXAS();
  for (const GpuLevel &level : gpuLevels()) {
    KernelSass free = assembled(holding40(level, ""), level.name);
    EXPECT_TRUE(noSpills(free)) << level.name;
    EXPECT_GT(free.registers, 40u);
    KernelSass tight = assembled(holding40(level, ".maxnreg 24"), level.name);
    EXPECT_FALSE(noSpills(tight)) << level.name;
    EXPECT_EQ(tight.registers, 24u);
    EXPECT_GE(tight.localBytes, 4 * 16u);
    EXPECT_GE(tight.count("STL"), 4u) << tight.text();
    EXPECT_GE(tight.count("LDL"), 4u) << tight.text();
  }
}

TEST(Ptxas, RegistersHaveABound) {
  ACT_SKIP_WITHOUT_PTXAS();
  KernelSass kernel = assembled(holding40(sm90(), ""));
  EXPECT_TRUE(registersAtMost(kernel, kernel.registers));
  EXPECT_FALSE(registersAtMost(kernel, kernel.registers - 1));
}

TEST(Ptxas, ArraysOfAThreadAreLocalMemory) {
  ACT_SKIP_WITHOUT_PTXAS();
  KernelSass kernel = assembled(sampleKernel(sm90(), R"(
    .local .align 4 .b8 l[512];
    .reg .b64 %a;
    mov.u64 %a, l;
    mov.b32 %r1, %f1;
    mul.wide.u32 %rd4, %r1, 4;
    add.s64 %rd4, %a, %rd4;
    st.local.f32 [%rd4], %f2;
    st.local.f32 [%rd4+8], %f3;
    mov.b32 %r1, %f2;
    mul.wide.u32 %rd4, %r1, 4;
    add.s64 %rd4, %a, %rd4;
    ld.local.f32 %f1, [%rd4];)"));
  EXPECT_EQ(kernel.localBytes, 512u);
  EXPECT_FALSE(noSpills(kernel));
}

TEST(Ptxas, SharedMemoryIsWhatTheKernelDeclares) {
  ACT_SKIP_WITHOUT_PTXAS();
  const std::string declaration = ".shared .align 16 .b8 s[256];",
                    ofTheLaunch = ".extern .shared .align 16 .b8 d[];\n";
  for (const GpuLevel &level : gpuLevels()) {
    std::string ptx = sampleKernel(level, "");
    EXPECT_EQ(assembled(ptx, level.name).sharedBytes, 256u) << level.name;
    ptx.erase(ptx.find(declaration), declaration.size());
    EXPECT_EQ(assembled(ptx, level.name).sharedBytes, 0u) << level.name;
    // What the launch gives is not declared.
    ptx.insert(ptx.find(".visible"), ofTheLaunch);
    ptx.insert(ptx.find("  ret;"), "  st.volatile.shared.f32 [d], %f1;\n");
    EXPECT_EQ(assembled(ptx, level.name).sharedBytes, 0u) << level.name;
  }
}

TEST(Ptxas, PaddingIsNoInstruction) {
  ACT_SKIP_WITHOUT_PTXAS();
  for (const GpuLevel &level : gpuLevels()) {
    KernelSass kernel = assembled(sampleKernel(level, ""), level.name);
    EXPECT_EQ(kernel.count("NOP"), 0u) << kernel.text();
    EXPECT_EQ(kernel.count("BRA"), 0u) << kernel.text();
    EXPECT_EQ(kernel.count("EXIT"), 1u) << kernel.text();
    unsigned sum = 0;
    for (const auto &[opcode, times] : kernel.opcodes)
      sum += times;
    EXPECT_EQ(sum, kernel.instructions);
  }
}

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

TEST(Ptxas, ModulesOfOneRunKeepTheirNames) {
  ACT_SKIP_WITHOUT_PTXAS();
  const char *table = ".const .align 4 .f32 c[2] = {0f3F800000, 0f40000000};\n"
                      ".global .align 4 .f32 g[2] = {0f3F800000, 0f40000000};\n"
                      ".extern .shared .align 16 .b8 d[];\n";
  std::vector<std::string> modules = {
      sampleKernel(sm90(), ""),
      sampleKernel(sm90(), "ex2.approx.ftz.f32 %f1, %f1; "
                           "st.shared.f32 [d], %f1;"),
      sampleKernel(sm90(), "ld.const.f32 %f2, [c]; rcp.approx.ftz.f32 %f1, "
                           "%f1; st.shared.f32 [d], %f2;")};
  for (std::string &module : modules)
    module.insert(module.find(".visible"), table);
  auto all = Ptxas::get().assembleAll(modules, "sm_90");
  ASSERT_TRUE(bool(all)) << toString(all.takeError());
  ASSERT_EQ(all->size(), 3u);
  for (const std::vector<KernelSass> &kernels : *all) {
    ASSERT_EQ(kernels.size(), 1u);
    EXPECT_EQ(kernels[0].name, "k");
  }
  EXPECT_EQ((*all)[0][0].count("MUFU"), 0u);
  EXPECT_EQ((*all)[1][0].count("MUFU.EX2"), 1u);
  EXPECT_EQ((*all)[2][0].count("MUFU.RCP"), 1u);
}

TEST(Ptxas, SeveralKernelsOfAModule) {
  ACT_SKIP_WITHOUT_PTXAS();
  auto kernels = Ptxas::get().assemble(R"(.version 7.8
.target sm_90
.address_size 64
.visible .entry act_b() { ret; }
.visible .entry act__1() { ret; }
)",
                                       "sm_90");
  ASSERT_TRUE(bool(kernels)) << toString(kernels.takeError());
  std::vector<std::string> names;
  for (const KernelSass &kernel : *kernels)
    names.push_back(kernel.name);
  EXPECT_THAT(names, testing::UnorderedElementsAre("act_b", "act__1"));
}

TEST(Ptxas, ErrorsShowTheLine) {
  ACT_SKIP_WITHOUT_PTXAS();
  auto all = Ptxas::get().assembleAll(
      {sampleKernel(sm90(), ""), sampleKernel(sm90(), "ex3.f32 %f1, %f1;")},
      "sm_90");
  ASSERT_FALSE(bool(all));
  EXPECT_THAT(toString(all.takeError()),
              testing::AllOf(HasSubstr("1.ptx, line"),
                             HasSubstr("\n  ex3.f32 %f1, %f1;")));
}

TEST(Ptxas, WarningsAreTheirKernels) {
  ACT_SKIP_WITHOUT_PTXAS();
  const GpuLevel &level = *gpuLevelNamed("sm_75");
  // sm_75 has 1,024 threads a multiprocessor.
  auto all = Ptxas::get().assembleAll(
      {sampleKernel(level, "", ".maxntid 1024 .minnctapersm 2"),
       sampleKernel(level, "")},
      "sm_75");
  ASSERT_TRUE(bool(all)) << toString(all.takeError());
  EXPECT_FALSE(noWarnings((*all)[0][0]));
  EXPECT_THAT((*all)[0][0].warnings,
              ElementsAre(HasSubstr(".minnctapersm will be ignored")));
  EXPECT_TRUE(noWarnings((*all)[1][0]));
}

//===----------------------------------------------------------------------===//
// What is no cubin
//===----------------------------------------------------------------------===//

TEST(Cubin, RefusesWhatIsNone) {
  for (llvm::StringRef bytes :
       {llvm::StringRef(), llvm::StringRef("\177ELF")}) {
    auto kernels = readCubin(bytes);
    EXPECT_FALSE(bool(kernels));
    consumeError(kernels.takeError());
  }
  std::string host(64, '\0');
  host.replace(0, 8, {'\177', 'E', 'L', 'F', 2, 1, 1, 0});
  host[18] = 62; // x86-64
  auto kernels = readCubin(host);
  ASSERT_FALSE(bool(kernels));
  EXPECT_THAT(toString(kernels.takeError()), HasSubstr("another machine"));
}

//===----------------------------------------------------------------------===//
// Budgets
//===----------------------------------------------------------------------===//

TEST(SassBudget, HoldsInstructionsAndMufu) {
  KernelSass kernel;
  kernel.name = "k";
  kernel.instructions = 80;
  kernel.opcodes = {{"MUFU.EX2", 8}, {"MUFU.RCP", 8}, {"FFMA", 64}};
  EXPECT_EQ(instructionsPerElement(kernel, 8), 10);
  EXPECT_EQ(mufuPerElement(kernel, 8), 2);
  EXPECT_TRUE(withinBudget(kernel, 8, {"r", "bf16", 80, 2}));
  EXPECT_TRUE(withinBudget(kernel, 16, {"r", "bf16", 40, 1}));
  EXPECT_FALSE(withinBudget(kernel, 8, {"r", "bf16", 79, 2}));
  EXPECT_FALSE(withinBudget(kernel, 8, {"r", "bf16", 80, 1}));
}

TEST(SassBudget, RowsAreThereOnce) {
  EXPECT_THAT(sassBudgets(), Not(IsEmpty()));
  for (const SassBudget &budget : sassBudgets())
    EXPECT_EQ(sassBudgetOf(budget.row, budget.dtype), &budget)
        << budget.row << " " << budget.dtype;
  EXPECT_EQ(sassBudgetOf("no such row", "bf16"), nullptr);
}

} // namespace

//===- PtxEmitterTest.cpp - LLVM IR to PTX --------------------------------===//

#include "act/Codegen/PtxEmitter.h"
#include "act/IR/NvHelpers.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Parser/Parser.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/Support/SourceMgr.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <regex>

using namespace act;
using testing::HasSubstr;
using testing::Not;

namespace {

/// PTX of the text of a module, or "error: " and the message.
std::string ptxOf(const std::string &text, const char *level = "sm_90",
                  unsigned ptxVersion = 0) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic problem;
  std::unique_ptr<llvm::Module> module =
      llvm::parseAssemblyString(text, problem, context);
  if (!module) {
    ADD_FAILURE() << problem.getLineNo() << ": " << problem.getMessage().str();
    return "";
  }
  llvm::Error error = prepareGpuModule(*module, *gpuLevelNamed(level));
  if (error)
    return "error: " + toString(std::move(error));
  auto ptx = emitPtx(*module, *gpuLevelNamed(level), ptxVersion);
  return ptx ? *ptx : "error: " + toString(ptx.takeError());
}

/// A kernel of one thread: %v is loaded from %x, the body computes %r, which is
/// stored to %y.
std::string kernel(const std::string &type, const std::string &body,
                   const std::string &others = "",
                   const std::string &result = "") {
  return others + R"(
define ptx_kernel void @k(ptr addrspace(1) noalias readonly align 16 %x,
                          ptr addrspace(1) noalias align 16 %y, i32 %n) {
  %v = load )" +
         type + R"(, ptr addrspace(1) %x, align 16
)" + body +
         "\n  store " + (result.empty() ? type : result) +
         " %r, ptr addrspace(1) %y, align 16\n  ret void\n}\n";
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

TEST(PtxEmitter, VectorsOf16BytesMoveAtOnce) {
  std::string ptx = ptxOf(kernel(
      "<4 x i32>", "%r = add <4 x i32> %v, <i32 1, i32 2, i32 3, i32 4>"));
  EXPECT_THAT(ptx, HasSubstr(".target sm_90"));
  EXPECT_THAT(ptx, HasSubstr(".visible .entry k("));
  EXPECT_THAT(ptx, HasSubstr("ld.global.nc.v4.u32"));
  EXPECT_THAT(ptx, HasSubstr("st.global.v4.u32"));
  EXPECT_THAT(ptx, Not(HasSubstr("cvta")));
}

TEST(PtxEmitter, ProductsAndSumsStayApart) {
  std::string ptx = ptxOf(kernel("float", R"(
  %p = fmul float %v, %v
  %r = fadd float %p, 1.0)"));
  EXPECT_THAT(ptx, HasSubstr("mul.rn.f32"));
  EXPECT_THAT(ptx, HasSubstr("add.rn.f32"));
  EXPECT_THAT(ptx, Not(HasSubstr("fma")));
}

TEST(PtxEmitter, FmaIsOneInstruction) {
  std::string ptx =
      ptxOf(kernel("float",
                   "%r = call float @llvm.fma.f32(float %v, float %v, "
                   "float 1.0)",
                   "declare float @llvm.fma.f32(float, float, float)"));
  EXPECT_THAT(ptx, HasSubstr("fma.rn.f32"));
}

TEST(PtxEmitter, ArraysOfAThreadBecomeRegisters) {
  std::string ptx = ptxOf(kernel("<4 x i32>", R"(
  %a = alloca [4 x i32], align 16
  store <4 x i32> %v, ptr %a, align 16
  %p = getelementptr i32, ptr %a, i32 2
  %r = load i32, ptr %p)",
                                 "", "i32"));
  EXPECT_THAT(ptx, HasSubstr("st.global.u32"));
  EXPECT_THAT(ptx, Not(HasSubstr(".local")));
}

TEST(PtxEmitter, SharedMemoryStaticAndOfTheLaunch) {
  std::string ptx = ptxOf(kernel("float", R"(
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %p = getelementptr float, ptr addrspace(3) @s, i32 %t
  store float %v, ptr addrspace(3) %p
  call void @llvm.nvvm.barrier0()
  %q = getelementptr float, ptr addrspace(3) @d, i32 %t
  store float %v, ptr addrspace(3) %q
  %r = load float, ptr addrspace(3) @s)",
                                 R"(
@s = internal addrspace(3) global [64 x float] undef, align 16
@d = external addrspace(3) global [0 x float], align 16
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare void @llvm.nvvm.barrier0() convergent nounwind)"));
  EXPECT_THAT(ptx, HasSubstr(".shared .align 16 .b8 s[256]"));
  EXPECT_THAT(ptx, HasSubstr(".extern .shared .align 16 .b8 d[]"));
  EXPECT_THAT(ptx, HasSubstr("bar.sync"));
}

TEST(PtxEmitter, HalvesWidenInTheirWord) {
  auto widened = [](int element) {
    return ptxOf(kernel("<8 x i16>",
                        R"(
  %e = extractelement <8 x i16> %v, i32 )" +
                            std::to_string(element) + R"(
  %z = zext i16 %e to i32
  %r = shl i32 %z, 16)",
                        "", "i32"));
  };
  for (int element = 0; element < 8; ++element) {
    std::string words;
    for (int word = 0; word < 4; ++word)
      words += word == element / 2 ? ", (%r[0-9]+)" : ", %r[0-9]+";
    std::string text = "v4.u32\\s+\\{" + words.substr(2) + "\\}[^{]*" +
                       (element % 2 ? "and.b32\\s+%r[0-9]+, \\1, -65536;"
                                    : "shl.b32\\s+%r[0-9]+, \\1, 16;");
    std::string ptx = widened(element);
    EXPECT_TRUE(std::regex_search(ptx, std::regex(text))) << text << ptx;
  }
}

TEST(PtxEmitter, CopysignIsOneInstruction) {
  for (auto [type, name] :
       {std::pair("float", "f32"), std::pair("<4 x float>", "v4f32")}) {
    std::string t = type, function = "@llvm.copysign." + std::string(name);
    std::string ptx = ptxOf(
        kernel(t,
               "%w = load " + t + ", ptr addrspace(1) %y\n%r = call " + t +
                   " " + function + "(" + t + " %v, " + t + " %w)",
               "declare " + t + " " + function + "(" + t + ", " + t + ")"));
    EXPECT_EQ(llvm::StringRef(ptx).count("lop3.b32"), t == "float" ? 1u : 4u)
        << ptx;
    EXPECT_THAT(ptx, Not(HasSubstr("setp")));
  }
}

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

TEST(PtxEmitter, EveryHelperIsItsInstruction) {
  for (const NvHelper &helper : nvHelpers()) {
    auto typeOf = [](llvm::StringRef name) -> std::string {
      return name == "float"      ? "float"
             : name == "double"   ? "double"
             : name == "uint16_t" ? "i16"
             : name == "uint64_t" ? "i64"
                                  : "i32";
    };
    if (llvm::StringRef(helper.result) == "void" ||
        llvm::any_of(helper.operands,
                     [](llvm::StringRef type) { return type.contains('*'); }))
      continue; // not of values alone
    std::string loads, types, values;
    for (auto [i, operand] : llvm::enumerate(helper.operands)) {
      std::string type = typeOf(operand), n = std::to_string(i);
      loads += "%p" + n + " = getelementptr i64, ptr addrspace(1) %x, i32 " +
               n + "\n%o" + n + " = load " + type + ", ptr addrspace(1) %p" +
               n + "\n";
      types += (i ? ", " : "") + type;
      values += (i ? ", " : "") + type + " %o" + n;
    }
    std::string name = "@act.nv." + std::string(helper.name),
                result = typeOf(helper.result);
    std::string ptx = ptxOf(kernel(
        "i32", loads + "%r = call " + result + " " + name + "(" + values + ")",
        "declare " + result + " " + name + "(" + types + ")", result));
    llvm::StringRef mnemonic = llvm::StringRef(helper.ptx).split('$').first;
    EXPECT_THAT(ptx, HasSubstr(mnemonic.trim().str())) << helper.name;
    EXPECT_THAT(ptx, Not(HasSubstr("call"))) << helper.name;
  }
}

TEST(PtxEmitter, EqualCallsAreMerged) {
  std::string ptx = ptxOf(kernel("float", R"(
  %a = call float @act.nv.ex2(float %v)
  %b = call float @act.nv.ex2(float %v)
  %r = fadd float %a, %b)",
                                 "declare float @act.nv.ex2(float)"));
  llvm::StringRef text = ptx;
  EXPECT_EQ(text.count("ex2.approx.ftz.f32"), 1u) << ptx;
}

//===----------------------------------------------------------------------===//
// Versions
//===----------------------------------------------------------------------===//

TEST(PtxEmitter, VersionIsTheLevelsOrNewer) {
  std::string text = kernel("float", "%r = fadd float %v, 1.0");
  EXPECT_THAT(ptxOf(text, "sm_75"), HasSubstr(".version 7.0\n.target sm_75"));
  EXPECT_THAT(ptxOf(text, "sm_80"), HasSubstr(".version 7.0\n.target sm_80"));
  EXPECT_THAT(ptxOf(text, "sm_90a"), HasSubstr(".version 8.0\n.target sm_90a"));
  EXPECT_THAT(ptxOf(text, "sm_80", 81), HasSubstr(".version 8.1\n"));
  EXPECT_THAT(ptxOf(text, "sm_90", 60), HasSubstr(".version 7.8\n"));
  // What a newer driver says: the newest that LLVM writes.
  EXPECT_THAT(ptxOf(text, "sm_90", 130), HasSubstr(".version 8.5\n"));
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

TEST(PtxEmitter, UndefinedFunctionIsNamed) {
  std::string text = kernel("float", "%r = call float @__nv_expf(float %v)",
                            "declare float @__nv_expf(float)");
  EXPECT_THAT(ptxOf(text), HasSubstr("error: GPU code calls '__nv_expf'"));
}

TEST(PtxEmitter, UnknownHelperIsNamed) {
  std::string text = kernel("float", "%r = call float @act.nv.exp3(float %v)",
                            "declare float @act.nv.exp3(float)");
  EXPECT_THAT(ptxOf(text), HasSubstr("error: GPU code calls 'act.nv.exp3'"));
}

TEST(PtxEmitter, HelperOfALaterLevelIsNamed) {
  std::string text =
      kernel("float", "%r = call i16 @act.nv.round_bf16(float %v)",
             "declare i16 @act.nv.round_bf16(float)", "i16");
  EXPECT_THAT(ptxOf(text, "sm_75"),
              HasSubstr("error: GPU code calls 'act.nv.round_bf16', which "
                        "sm_75 does not have, but sm_80"));
  EXPECT_THAT(ptxOf(text, "sm_80"), HasSubstr("cvt.rn.bf16.f32"));
}

TEST(PtxEmitter, HelperOfOtherTypesIsNamed) {
  std::string text = kernel("i32", "%r = call i32 @act.nv.ex2(i32 %v)",
                            "declare i32 @act.nv.ex2(i32)");
  EXPECT_THAT(ptxOf(text), HasSubstr("'act.nv.ex2' with other types than those "
                                     "of NvHelpers.def: float (float)"));
}

TEST(PtxEmitter, FunctionsOfMathematicsAreNamed) {
  for (std::string name : {"exp", "exp2", "log2", "sin", "tanh"}) {
    std::string intrinsic = "@llvm." + name + ".f32";
    std::string text =
        kernel("float", "%r = call afn float " + intrinsic + "(float %v)",
               "declare float " + intrinsic + "(float)");
    EXPECT_THAT(ptxOf(text), HasSubstr("error: GPU code calls 'llvm." + name +
                                       ".f32', which is no instruction"));
  }
}

TEST(PtxEmitter, LocalMemoryIsAnErrorOfItsKernel) {
  std::string text = kernel("<4 x i32>", R"(
  %a = alloca [4 x i32], align 16
  store <4 x i32> %v, ptr %a, align 16
  %p = getelementptr i32, ptr %a, i32 %n
  %r = load i32, ptr %p)",
                            "", "i32");
  EXPECT_THAT(ptxOf(text),
              HasSubstr("error: kernel 'k' keeps an array in local memory"));
}

TEST(PtxEmitter, UndefinedMemoryIsNamed) {
  std::string text = kernel("float", "%r = load float, ptr addrspace(1) @table",
                            "@table = external addrspace(1) global float");
  EXPECT_THAT(ptxOf(text),
              HasSubstr("error: GPU code uses the memory 'table'"));
}

//===----------------------------------------------------------------------===//
// From MLIR
//===----------------------------------------------------------------------===//

TEST(PtxEmitter, ModulesOfNvvmTranslate) {
  mlir::DialectRegistry registry;
  registerGpuTranslations(registry);
  registry.insert<mlir::gpu::GPUDialect, mlir::LLVM::LLVMDialect,
                  mlir::NVVM::NVVMDialect>();
  mlir::MLIRContext context(registry);
  std::string kernel = R"mlir(
    llvm.func @act.nv.rcp(f32) -> f32
    llvm.func @k(%x: !llvm.ptr<1> {llvm.noalias, llvm.readonly},
                 %y: !llvm.ptr<1> {llvm.noalias})
        attributes {nvvm.kernel, nvvm.maxntid = array<i32: 256>} {
      %i = nvvm.read.ptx.sreg.tid.x : i32
      %p = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
      %v = llvm.load %p : !llvm.ptr<1> -> f32
      %r = llvm.call @act.nv.rcp(%v) : (f32) -> f32
      llvm.store %r, %y : f32, !llvm.ptr<1>
      llvm.return
    })mlir";
  auto module = mlir::parseSourceString<mlir::ModuleOp>(
      kernel + "gpu.module @g {" + kernel + "}", &context);
  ASSERT_TRUE(module);
  auto inner = *module->getOps<mlir::gpu::GPUModuleOp>().begin();
  const GpuLevel &level = *gpuLevelNamed("sm_80");
  for (mlir::Operation *op : {inner.getOperation(), module->getOperation()}) {
    auto product = translateGpuModule(op, level);
    ASSERT_TRUE(bool(product)) << toString(product.takeError());
    EXPECT_TRUE(product->module->getFunction("act.nv.rcp"));
    auto ptx = emitPtx(*product->module, level);
    ASSERT_TRUE(bool(ptx)) << toString(ptx.takeError());
    EXPECT_THAT(*ptx, HasSubstr(".visible .entry k("));
    EXPECT_THAT(*ptx, HasSubstr(".maxntid 256, 1, 1"));
    EXPECT_THAT(*ptx, HasSubstr("rcp.approx.ftz.f32"));
    EXPECT_THAT(*ptx, HasSubstr("ld.global.nc.f32"));
    if (op == inner)
      inner.erase();
  }
}

} // namespace

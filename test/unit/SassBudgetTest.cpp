//===- SassBudgetTest.cpp - Machine instructions of whole kernels ---------===//
//
// Kernels written by hand, from LLVM IR to machine instructions: what the
// emitter and ptxas make of the best methods known, which is where the budgets
// of generated kernels come from.
//
//===----------------------------------------------------------------------===//

#include "Ptxas.h"
#include "act/Codegen/PtxEmitter.h"
#include "act/IR/NvHelpers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SourceMgr.h"

using namespace act;
using namespace act::test;
using llvm::StringRef;

namespace {

/// PTX of a module of LLVM IR; a failure of the test and nothing otherwise.
std::string ptxOf(const std::string &text, const GpuLevel &level) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic problem;
  std::unique_ptr<llvm::Module> module =
      llvm::parseAssemblyString(text, problem, context);
  if (!module) {
    ADD_FAILURE() << problem.getMessage().str() << ": "
                  << problem.getLineContents().str();
    return "";
  }
  llvm::Error error = prepareGpuModule(*module, level);
  if (error) {
    ADD_FAILURE() << toString(std::move(error));
    return "";
  }
  auto ptx = emitPtx(*module, level);
  if (ptx)
    return *ptx;
  ADD_FAILURE() << toString(ptx.takeError());
  return "";
}

/// A method: %y$ of %x$, or of %x$ and %u$; $ stands for an element.
struct Method {
  const char *row;
  bool isGated;
  std::string body;
};

const char kStart[] = R"(
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
declare float @llvm.fma.f32(float, float, float)
declare float @llvm.fabs.f32(float)
declare float @llvm.minnum.f32(float, float)
declare float @act.nv.ex2(float)
declare float @act.nv.rcp(float)
declare i16 @act.nv.round_bf16(float)
define ptx_kernel void @k(ptr addrspace(1) noalias readonly align 16 %pa,
                          ptr addrspace(1) noalias readonly align 16 %pb,
                          ptr addrspace(1) noalias align 16 %pc, i32 %n) {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %ntid = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %ctaid = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %first = mul i32 %ctaid, %ntid
  %i = add i32 %first, %tid
  %inside = icmp ult i32 %i, %n
  br i1 %inside, label %work, label %done
work:
  %ia = getelementptr <4 x i32>, ptr addrspace(1) %pa, i32 %i
  %va = load <4 x i32>, ptr addrspace(1) %ia, align 16
  %ib = getelementptr <4 x i32>, ptr addrspace(1) %pb, i32 %i
  %vb = load <4 x i32>, ptr addrspace(1) %ib, align 16
)";

const char kEnd[] = R"(
  %ic = getelementptr <4 x i32>, ptr addrspace(1) %pc, i32 %i
  %words = bitcast <8 x i16> %c7 to <4 x i32>
  store <4 x i32> %words, ptr addrspace(1) %ic, align 16
  br label %done
done:
  ret void
}
)";

/// How the element $ of a vector of words becomes f32.
enum class Widen { OfWord, OfVector, AllAtOnce };

std::string widened(Widen how, unsigned element, const char *vector,
                    const char *value) {
  std::string operation = element % 2 ? "and" : "shl",
              amount = element % 2 ? "-65536" : "16";
  const char *text = "";
  switch (how) {
  case Widen::OfWord:
    text = R"(
  %w{0}$ = extractelement <4 x i32> %v{0}, i32 {1}
  %h{0}$ = {2} i32 %w{0}$, {3}
  %{4}$ = bitcast i32 %h{0}$ to float
)";
    break;
  case Widen::OfVector:
    text = R"(
  %w{0}$ = bitcast <4 x i32> %v{0} to <8 x i16>
  %i{0}$ = extractelement <8 x i16> %w{0}$, i32 $
  %z{0}$ = zext i16 %i{0}$ to i32
  %h{0}$ = shl i32 %z{0}$, 16
  %{4}$ = bitcast i32 %h{0}$ to float
)";
    break;
  case Widen::AllAtOnce:
    text = R"(
  %w{0}$ = bitcast <4 x i32> %v{0} to <8 x i16>
  %z{0}$ = zext <8 x i16> %w{0}$ to <8 x i32>
  %i{0}$ = shl <8 x i32> %z{0}$, <i32 16, i32 16, i32 16, i32 16,
                                  i32 16, i32 16, i32 16, i32 16>
  %h{0}$ = bitcast <8 x i32> %i{0}$ to <8 x float>
  %{4}$ = extractelement <8 x float> %h{0}$, i32 $
)";
    break;
  }
  return llvm::formatv(text, vector, element / 2, operation, amount, value);
}

/// A kernel of 8 bf16 elements a thread, 16 bytes at once, with a bound for the
/// last threads.
std::string kernelOf8(const Method &method, Widen how = Widen::OfWord) {
  std::string text = kStart;
  for (unsigned element = 0; element < 8; ++element) {
    std::string lines =
        widened(how, element, "a", "x") + widened(how, element, "b", "u");
    lines += method.body;
    lines += llvm::formatv(R"(
  %r$ = call i16 @act.nv.round_bf16(float %y$)
  %c$ = insertelement <8 x i16> {0}, i16 %r$, i32 $
)",
                           element ? "%c" + std::to_string(element - 1)
                                   : std::string("poison"));
    for (char c : lines)
      text += c == '$' ? std::to_string(element) : std::string(1, c);
  }
  return text + kEnd;
}

std::vector<Method> methods() {
  // rcp(1 + 2^e)
  const std::string logistic = R"(
  %p$ = call float @act.nv.ex2(float %e$)
  %d$ = fadd float %p$, 1.0
  %g$ = call float @act.nv.rcp(float %d$))";
  const std::string silu = "%e$ = fmul float %x$, 0xBFF7154760000000" +
                           logistic + "\n %s$ = fmul float %x$, %g$";
  // 2 log2(e) sqrt(2/pi) (x + 0.044715 x^3)
  const std::string geluTanh = R"(
  %q$ = fmul float %x$, %x$
  %k$ = call float @llvm.fma.f32(float %q$, float 0xBFBA5E3540000000,
                                 float 0xC0026B1240000000)
  %e$ = fmul float %x$, %k$)" + logistic +
                               "\n %s$ = fmul float %x$, %g$";
  // sign(x) a Q(a), Q of degree 8 in a = min(|x|, 13.35); its coefficients are
  // stand-ins, the instructions are those of any.
  std::string gelu = R"(
  %b$ = call float @llvm.fabs.f32(float %x$)
  %a$ = call float @llvm.minnum.f32(float %b$, float 0x402AB33340000000)
  %f0e$ = fadd float 0.0, 0x3F00000000000000)";
  for (unsigned degree = 1; degree <= 8; ++degree)
    gelu += llvm::formatv("\n%f{0}e$ = call float @llvm.fma.f32(float %f{1}e$, "
                          "float %a$, float {2}.5)",
                          degree, degree - 1, degree);
  gelu += R"(
  %j$ = fmul float %f8e$, %a$
  %l$ = bitcast float %j$ to i32
  %m$ = bitcast float %x$ to i32
  %n$ = and i32 %m$, -2147483648
  %o$ = xor i32 %l$, %n$
  %e$ = bitcast i32 %o$ to float)" +
          logistic + "\n %s$ = fmul float %x$, %g$";
  const std::string gate = "\n %y$ = fmul float %s$, %u$";
  auto unary = [](std::string body) {
    return body.replace(body.rfind("%s$"), 3, "%y$");
  };
  return {{"copy_plus_1", false, "%y$ = fadd float %x$, 1.0"},
          {"silu", false, unary(silu)},
          {"swiglu", true, silu + gate},
          {"gelu_tanh", false, unary(geluTanh)},
          {"geglu_tanh", true, geluTanh + gate},
          {"gelu", false, unary(gelu)},
          {"geglu", true, gelu + gate}};
}

/// A kernel that stores the helper of values it loads.
std::string kernelOf(const NvHelper &helper) {
  auto typeOf = [](StringRef name) {
    return name == "float"      ? "float"
           : name == "double"   ? "double"
           : name == "uint16_t" ? "i16"
           : name == "uint64_t" ? "i64"
                                : "i32";
  };
  std::string loads, types, values;
  for (auto [i, operand] : llvm::enumerate(helper.operands)) {
    const char *type = typeOf(operand), *comma = i ? ", " : "";
    loads += llvm::formatv(
        "%p{0} = getelementptr i64, ptr addrspace(1) %x, i32 {0}\n"
        "%o{0} = load {1}, ptr addrspace(1) %p{0}\n",
        i, type);
    types += llvm::formatv("{0}{1}", comma, type);
    values += llvm::formatv("{0}{1} %o{2}", comma, type, i);
  }
  return llvm::formatv(R"(
declare {0} @act.nv.{1}({2})
define ptx_kernel void @k(ptr addrspace(1) %x, ptr addrspace(1) %y) {{
  {3}
  %r = call {0} @act.nv.{1}({4})
  store {0} %r, ptr addrspace(1) %y
  ret void
})",
                       typeOf(helper.result), helper.name, types, loads,
                       values);
}

TEST(NvHelpers, PtxasTakesAllAtEveryLevel) {
  ACT_SKIP_WITHOUT_PTXAS();
  for (const GpuLevel &level : gpuLevels()) {
    std::vector<std::string> modules;
    for (const NvHelper &helper : nvHelpers()) {
      bool hasAddress = llvm::any_of(
          helper.operands, [](StringRef type) { return type.contains('*'); });
      if (StringRef(helper.result) == "void" || hasAddress ||
          level.capability < helper.lowestSm)
        continue;
      modules.push_back(ptxOf(kernelOf(helper), level));
    }
    ASSERT_FALSE(modules.empty());
    auto kernels = Ptxas::get().assembleAll(modules, level.name);
    EXPECT_TRUE(bool(kernels)) << toString(kernels.takeError());
  }
}

TEST(SassBudget, BestMethodsKnown) {
  ACT_SKIP_WITHOUT_PTXAS();
  std::vector<Method> all = methods();
  for (const char *name : {"sm_80", "sm_90"}) {
    const GpuLevel &level = *gpuLevelNamed(name);
    std::vector<std::string> modules;
    for (const Method &method : all)
      modules.push_back(ptxOf(kernelOf8(method), level));
    auto kernels = Ptxas::get().assembleAll(modules, level.name);
    ASSERT_TRUE(bool(kernels)) << toString(kernels.takeError());
    for (auto [method, module] : llvm::zip(all, *kernels)) {
      ASSERT_EQ(module.size(), 1u);
      const KernelSass &kernel = module[0];
      SCOPED_TRACE(std::string(method.row) + " " + name);
      EXPECT_TRUE(noSpills(kernel));
      EXPECT_TRUE(noWarnings(kernel));
      EXPECT_TRUE(registersAtMost(kernel, 32));
      EXPECT_EQ(kernel.count("LDG.128"), 1u + method.isGated);
      EXPECT_EQ(kernel.count("LDG"), 1u + method.isGated);
      EXPECT_EQ(kernel.count("STG.128"), 1u);
      EXPECT_EQ(kernel.count("STG"), 1u);
      EXPECT_EQ(kernel.count("F2FP"), 4u);
      const SassBudget *budget = sassBudgetOf(method.row, "bf16");
      ASSERT_TRUE(budget);
      EXPECT_TRUE(withinBudget(kernel, 8, *budget));
    }
  }
}

TEST(SassBudget, WideningTakesOneInstruction) {
  ACT_SKIP_WITHOUT_PTXAS();
  Method method = methods().front();
  const GpuLevel &level = *gpuLevelNamed("sm_90");
  std::vector<std::string> modules;
  for (Widen how : {Widen::OfWord, Widen::OfVector, Widen::AllAtOnce})
    modules.push_back(ptxOf(kernelOf8(method, how), level));
  auto kernels = Ptxas::get().assembleAll(modules, level.name);
  ASSERT_TRUE(bool(kernels)) << toString(kernels.takeError());
  for (const std::vector<KernelSass> &module : *kernels)
    EXPECT_EQ(module.at(0).instructions, kernels->front().at(0).instructions)
        << module.at(0).text();
}

} // namespace

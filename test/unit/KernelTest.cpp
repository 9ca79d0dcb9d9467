//===- KernelTest.cpp - Kernels against the interpreter -------------------===//
//
// Every row of the table, compiled for this machine in each element type, on
// inputs spread over all exponents, their special values and their tails.
//
//===----------------------------------------------------------------------===//

#include "Elements.h"
#include "Rows.h"
#include "act/IR/FunctionTable.h"
#include "act/Jit/Compiler.h"
#include "act/Reference/MpfrNumber.h"
#include "act/Reference/Ulp.h"
#include "act/Syntax/Parser.h"
#include <gtest/gtest.h>

using namespace act;

namespace {

/// A function compiled for one element type, with its reference.
struct Compiled {
  CompileResult result;
  std::unique_ptr<mlir::MLIRContext> context;
  std::optional<MpfrReference> reference;
};

Compiled compileSource(const std::string &source, DType type,
                       const CpuLevel &level) {
  Compiled compiled;
  compiled.context = createContext();
  auto module = parseSource(source, compiled.context.get());
  EXPECT_TRUE(module) << source;
  CompileOptions options;
  options.dtype = nameOf(type);
  options.level = &level;
  options.verify = true;
  auto result = compile(*module, options);
  if (!result) {
    ADD_FAILURE() << source << ": " << llvm::toString(result.takeError());
    return compiled;
  }
  compiled.result = std::move(*result);
  // The reference reads the function as it was written.
  auto again = parseSource(source, compiled.context.get());
  auto func = *again->getOps<FuncOp>().begin();
  for (FuncOp candidate : again->getOps<FuncOp>())
    if (candidate.isPublic())
      func = candidate;
  if (!compiled.result.identity.empty())
    func.setIdentityAttr(
        FnAttr::get(compiled.context.get(), compiled.result.identity));
  auto reference = MpfrReference::create(func);
  EXPECT_TRUE(bool(reference));
  compiled.reference.emplace(std::move(*reference));
  return compiled;
}

struct Worst {
  double ulp = 0, x = 0, y = 0, exact = 0;
};

/// max(-0, 0) and what cancels is a zero of either sign; other zeros have
/// theirs, as in -0 for silu, gelu and their like at -0, at -inf and where they
/// underflow.
ZeroSign zeroSignOf(llvm::StringRef source) {
  bool isEither = source == "relu" || source == "relu6" || source == "step" ||
                  source == "bent_identity" || source == "tanhshrink";
  return isEither ? ZeroSign::Ignored : ZeroSign::Compared;
}

Worst measure(const std::string &source, DType type, const CpuLevel &level) {
  ZeroSign zeroSign = zeroSignOf(source);
  Compiled compiled = compileSource(source, type, level);
  Worst worst;
  if (!compiled.result.kernel)
    return worst;
  std::vector<double> inputs = test::sweepInputs(type);
  size_t n = inputs.size();
  std::vector<char> input = test::packed(inputs, type), output(input.size());
  std::vector<RunOperand> operands(2);
  operands[0] = {input.data(), {1}};
  operands[1] = {output.data(), {1}};
  runElementwise(compiled.result.signature, compiled.result.kernel->entry(),
                 {int64_t(n)}, operands, nullptr);
  std::vector<double> results = test::unpacked(output, type);
  for (size_t i = 0; i < n; ++i) {
    MpfrNumber exact = compiled.reference->evaluate({inputs[i]}).front();
    if (std::isinf(inputs[i]) && NumberTraits<MpfrNumber>::isNaN(exact))
      exact = compiled.reference->limitAtInfinity({inputs[i]}, 0);
    double ulp = ulpError(results[i], exact, type, zeroSign);
    if (ulp > worst.ulp)
      worst = {ulp, inputs[i], results[i],
               NumberTraits<MpfrNumber>::toDouble(exact)};
  }
  return worst;
}

using RowAndType = std::tuple<const FunctionInfo *, DType>;
class RowKernel : public testing::TestWithParam<RowAndType> {};

TEST_P(RowKernel, StaysWithinItsBound) {
  auto [row, type] = GetParam();
  for (const CpuLevel &level : cpuLevels()) {
    if (!hostSupports(level))
      continue;
    Worst worst = measure(row->Name, type, level);
    printf("%s %s %s: %.3f ulp at %.17g (%.9g for %.9g)\n", row->Name,
           nameOf(type), level.name, worst.ulp, worst.x, worst.y, worst.exact);
    EXPECT_LE(worst.ulp, test::boundOf(type)) << row->Name << " at " << worst.x;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RowKernel,
    testing::Combine(testing::ValuesIn(unaryRows()),
                     testing::Values(DType::F64, DType::F32, DType::F16,
                                     DType::BF16)),
    [](const testing::TestParamInfo<RowAndType> &info) {
      return std::string(std::get<0>(info.param)->Name) + "_" +
             nameOf(std::get<1>(info.param));
    });

class PrimitiveKernel : public testing::TestWithParam<const char *> {};

TEST_P(PrimitiveKernel, StaysWithinItsBound) {
  for (DType type : {DType::F32, DType::F64}) {
    Worst worst = measure(GetParam(), type, *bestHostLevel());
    printf("%s %s: %.3f ulp at %.17g (%.9g for %.9g)\n", GetParam(),
           nameOf(type), worst.ulp, worst.x, worst.y, worst.exact);
    EXPECT_LE(worst.ulp, 4) << GetParam() << " at " << worst.x;
  }
}

INSTANTIATE_TEST_SUITE_P(Language, PrimitiveKernel,
                         testing::Values("exp(x)", "expm1(x)", "log(x)",
                                         "log1p(x)", "sqrt(x)", "rsqrt(x)",
                                         "sin(x)", "cos(x)", "sinh(x)",
                                         "cosh(x)", "tanh(x)", "erf(x)",
                                         "erfc(x)", "sigmoid(x)", "softplus(x)",
                                         "floor(x)", "sign(x)", "abs(x)"));

} // namespace

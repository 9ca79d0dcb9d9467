//===- KernelTest.cpp - Kernels against the interpreter -------------------===//
//
// Every row of the table, compiled for this machine in each element type, on
// inputs spread over all exponents, their special values and their tails.
//
//===----------------------------------------------------------------------===//

#include "act/IR/FunctionTable.h"
#include "act/Jit/Compiler.h"
#include "act/Reference/MpfrNumber.h"
#include "act/Reference/Ulp.h"
#include "act/Syntax/Parser.h"
#include "llvm/ADT/bit.h"
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <random>

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
    func.setIdentityAttr(FnAttr::get(compiled.context.get(),
                                     compiled.result.identity));
  auto reference = MpfrReference::create(func);
  EXPECT_TRUE(bool(reference));
  compiled.reference.emplace(std::move(*reference));
  return compiled;
}

uint16_t toHalf(double value, DType type) {
  llvm::APFloat number(value);
  bool ignored;
  number.convert(type == DType::F16 ? llvm::APFloat::IEEEhalf()
                                    : llvm::APFloat::BFloat(),
                 llvm::APFloat::rmNearestTiesToEven, &ignored);
  return uint16_t(number.bitcastToAPInt().getZExtValue());
}

double fromHalf(uint16_t bits, DType type) {
  llvm::APFloat number(type == DType::F16 ? llvm::APFloat::IEEEhalf()
                                          : llvm::APFloat::BFloat(),
                       llvm::APInt(16, bits));
  bool ignored;
  number.convert(llvm::APFloat::IEEEdouble(),
                 llvm::APFloat::rmNearestTiesToEven, &ignored);
  return number.convertToDouble();
}

/// Elements of `type` as doubles and in memory.
struct Elements {
  std::vector<double> values;
  std::vector<char> bytes;

  Elements(const std::vector<double> &from, DType type)
      : bytes(from.size() * sizeOf(type)) {
    for (size_t i = 0; i < from.size(); ++i)
      set(i, from[i], type);
    values = read(from.size(), type);
  }
  void set(size_t i, double value, DType type) {
    auto put = [&](auto x) {
      std::memcpy(bytes.data() + i * sizeof(x), &x, sizeof(x));
    };
    if (type == DType::F64)
      put(value);
    else if (type == DType::F32)
      put(float(value));
    else
      put(toHalf(value, type));
  }
  std::vector<double> read(size_t n, DType type) const {
    std::vector<double> out(n);
    for (size_t i = 0; i < n; ++i) {
      auto get = [&](auto x) {
        std::memcpy(&x, bytes.data() + i * sizeof(x), sizeof(x));
        return x;
      };
      out[i] = type == DType::F64   ? get(double())
               : type == DType::F32 ? get(float())
                                    : fromHalf(get(uint16_t()), type);
    }
    return out;
  }
};

/// Inputs over all exponents of the type, both signs, and special values.
std::vector<double> sweepInputs(DType type) {
  std::vector<double> inputs;
  double inf = std::numeric_limits<double>::infinity();
  for (double x : {0.0, -0.0, inf, -inf, std::nan(""), 1.0, -1.0, 3.0, -3.0,
                   6.0, -6.0, 0.5, -0.5, 1e-40, -1e-40, 2.0, -2.0})
    inputs.push_back(x);
  std::mt19937_64 random(7);
  if (sizeOf(type) == 2) {
    for (unsigned bits = 0; bits < 65536; bits += 5)
      inputs.push_back(fromHalf(bits, type));
    return inputs;
  }
  for (int i = 0; i < 4000; ++i)
    inputs.push_back(type == DType::F64
                         ? llvm::bit_cast<double>(random())
                         : llvm::bit_cast<float>(uint32_t(random())));
  // The range in which functions have their shape, and their tails.
  std::uniform_real_distribution<double> near(-8, 8), far(-120, 120),
      farther(-800, 800);
  for (int i = 0; i < 2500; ++i) {
    inputs.push_back(near(random));
    inputs.push_back(far(random));
    if (type == DType::F64)
      inputs.push_back(farther(random));
  }
  return inputs;
}

struct Worst {
  double ulp = 0, x = 0, y = 0, exact = 0;
};

/// max(-0, 0) is a zero of either sign; other zeros have theirs, as in -0 for
/// silu, gelu and their like at -0, at -inf and where they underflow.
ZeroSign zeroSignOf(llvm::StringRef source) {
  return source == "relu" || source == "relu6" ? ZeroSign::Ignored
                                               : ZeroSign::Compared;
}

Worst measure(const std::string &source, DType type, const CpuLevel &level) {
  ZeroSign zeroSign = zeroSignOf(source);
  Compiled compiled = compileSource(source, type, level);
  Worst worst;
  if (!compiled.result.kernel)
    return worst;
  Elements input(sweepInputs(type), type);
  size_t n = input.values.size();
  Elements output(std::vector<double>(n), type);
  std::vector<RunOperand> operands(2);
  operands[0] = {input.bytes.data(), {1}};
  operands[1] = {output.bytes.data(), {1}};
  runElementwise(compiled.result.signature, compiled.result.kernel->entry(),
                 {int64_t(n)}, operands, nullptr);
  std::vector<double> results = output.read(n, type);
  for (size_t i = 0; i < n; ++i) {
    MpfrNumber exact =
        compiled.reference->evaluate({input.values[i]}).front();
    double ulp = ulpError(results[i], exact, type, zeroSign);
    if (ulp > worst.ulp)
      worst = {ulp, input.values[i], results[i],
               NumberTraits<MpfrNumber>::toDouble(exact)};
  }
  return worst;
}

double boundOf(DType type) {
  return type == DType::F32 || type == DType::F64 ? 8 : 1;
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
           nameOf(type), level.name, worst.ulp, worst.x, worst.y,
           worst.exact);
    EXPECT_LE(worst.ulp, boundOf(type)) << row->Name << " at " << worst.x;
  }
}

std::vector<const FunctionInfo *> rows() {
  std::vector<const FunctionInfo *> all;
  for (const FunctionInfo &row : allFunctions())
    all.push_back(&row);
  return all;
}

INSTANTIATE_TEST_SUITE_P(
    Table, RowKernel,
    testing::Combine(testing::ValuesIn(rows()),
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
                                         "erfc(x)", "sigmoid(x)",
                                         "softplus(x)", "floor(x)",
                                         "sign(x)", "abs(x)"));

} // namespace

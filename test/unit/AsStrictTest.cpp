//===- AsStrictTest.cpp - Rows that are computed as in strict -------------===//
//
// Each entry of the table AsStrict names an input that needs it: there the same
// formula, as one that is no row, is beyond the bound of the default class in
// that class's own arithmetic.
//
//===----------------------------------------------------------------------===//

#include "KernelTestUtil.h"
#include "act/Transforms/ApproximationTable.h"
#include "gtest/gtest.h"
#include <cstdlib>

using namespace act;
using namespace act::test;
using llvm::StringRef;

namespace {

class AsStrictEntry : public testing::TestWithParam<const AsStrictInfo *> {
protected:
  const AsStrictInfo &entry() const { return *GetParam(); }
  DType type() const {
    StringRef name = entry().Storage;
    return name == "f64"   ? DType::F64
           : name == "f32" ? DType::F32
                           : DType::BF16;
  }
  /// Design, section 9.
  double bound() const {
    return type() != DType::BF16 && entry().Order == 2
               ? 8
               : rowBoundOf(type(), Accuracy::Default);
  }

  /// Result 0 of a kernel at the input, and its error in ulp.
  struct Result {
    double value = 0, error = 0;
  };
  Result resultOf(StringRef source, std::vector<int64_t> orders) const {
    Derivation wanted;
    wanted.orders = std::move(orders);
    TestKernel kernel = compileDerivative(source, type(), wanted);
    if (!kernel)
      return {};
    double at = std::strtod(entry().At, nullptr);
    double value = kernel.run({at})[0][0];
    return {value, kernel.reference->error(value, {at}, type())};
  }
  Result ofRow() const {
    std::string source = entry().Function;
    if (!entry().isAtDefaults())
      source += "(x, " + std::string(entry().Arguments) + ")";
    return resultOf(source, {entry().Order});
  }

  /// The row's formula at the parameters of the sample.
  std::string formula() const {
    const FunctionInfo &row = *lookupFunction(entry().Function);
    llvm::SmallVector<StringRef> arguments;
    StringRef(entry().Arguments).split(arguments, ", ", -1, false);
    std::string params;
    for (const ParamInfo &param : paramsOf(row)) {
      std::string binding = (param.name + "=").str();
      auto given = llvm::find_if(
          arguments, [&](StringRef text) { return text.starts_with(binding); });
      params += (params.empty() ? "; " : ", ") +
                (given == arguments.end() ? binding + param.defaultText.str()
                                          : given->str());
    }
    return "f(x" + params + ") = " + row.Formula + "; f(x)";
  }
};

TEST_P(AsStrictEntry, IsNeeded) {
  // At the defaults one result alone would be recognised as the row.
  std::vector<int64_t> orders = {entry().Order};
  if (entry().isAtDefaults())
    orders.push_back(entry().Order == 0 ? 1 : 0);
  Result plain = resultOf(formula(), orders);
  if (type() == DType::BF16)
    // Next to a tie either neighbour is as near as the eye can see.
    EXPECT_NE(plain.value, ofRow().value);
  else
    EXPECT_FALSE(plain.error <= bound());
}

TEST_P(AsStrictEntry, IsEnough) { EXPECT_LE(ofRow().error, bound()); }

std::vector<const AsStrictInfo *> entries() {
  std::vector<const AsStrictInfo *> entries;
  for (const AsStrictInfo &entry : allAsStrict())
    entries.push_back(&entry);
  return entries;
}

INSTANTIATE_TEST_SUITE_P(
    Table, AsStrictEntry, testing::ValuesIn(entries()),
    [](const testing::TestParamInfo<const AsStrictInfo *> &info) {
      return std::string(info.param->Function) + "_" +
             std::to_string(info.param->Order) + "_" + info.param->Storage;
    });

/// Where the default parameters need no such arithmetic, they keep their own.
TEST(AsStrict, DefaultParametersOnlyWhereTheyNeedIt) {
  EXPECT_FALSE(isAsStrict("isru", 1, DType::F32, /*isAtDefaults=*/true));
  EXPECT_TRUE(isAsStrict("isru", 1, DType::F32, false));
  EXPECT_TRUE(isAsStrict("telu", 1, DType::F32, true));
  EXPECT_FALSE(isAsStrict("telu", 0, DType::F32, false));
}

/// At the largest number the product with the parameter overflows, and with it
/// the phase is lost: no bound is wide enough for that.
TEST(AsStrict, FastWhereItsOwnBoundNeedsIt) {
  EXPECT_FALSE(
      isAsStrict("telu", 1, DType::F32, true, /*accuracy=*/Accuracy::Fast));
  EXPECT_TRUE(isAsStrict("elu", 0, DType::F64, false, Accuracy::Fast));
  for (const AsStrictInfo &entry : allAsStrict()) {
    if (!entry.IsFastToo)
      continue;
    CompileOptions options;
    options.accuracy = Accuracy::Fast;
    Derivation wanted;
    wanted.orders = {entry.Order};
    std::string source =
        (llvm::Twine(entry.Function) + "(x, " + entry.Arguments + ")").str();
    TestKernel kernel = compileDerivative(source, DType::F32, wanted,
                                          /*quiet=*/false, options);
    ASSERT_TRUE(kernel);
    double at = std::strtod(entry.At, nullptr);
    double value = kernel.run({at})[0][0];
    EXPECT_LE(kernel.reference->error(value, {at}, DType::F32), 0x1p12)
        << source << " of order " << entry.Order;
  }
}

/// The scalars of a kernel are of the type that it computes in.
TEST(AsStrict, ScalarParametersAreDoubles) {
  CompileOptions options;
  options.runtimeParameters = {"beta"};
  TestKernel kernel =
      compileDerivative("swish_beta", DType::F32, {}, false, options);
  ASSERT_TRUE(kernel);
  EXPECT_TRUE(kernel.result.signature.computesInDouble);
  EXPECT_EQ(kernel.result.signature.lanes, bestHostLevel()->lanes(64));
}

/// Two words go through the whole of a formula; what is left of an error grows
/// where terms cancel, up to where a polynomial takes over.
TEST(StrictF64, FormulasAreRoundedOnce) {
  CompileOptions options;
  options.accuracy = Accuracy::Strict;
  for (auto [source, bound] : {std::pair("x * exp(-x^2) + erfc(x) / 3", 0.51),
                               {"sin(x)^2 / (1 + sqrt(2 + x^2))", 0.51},
                               {"log1p(exp(x)) * cosh(x / 3) - 0.1", 0.51},
                               {"tanh(0.7 * x) - 0.3 * x", 0.75},
                               {"max(0.1 * x, sigmoid(x) - 1 / 3)", 0.51},
                               {"expm1(x) / (2 + cos(x))", 0.51}}) {
    TestKernel kernel =
        compileDerivative(source, DType::F64, {}, false, options);
    ASSERT_TRUE(kernel);
    std::vector<double> inputs;
    for (int i = -2000; i < 2000; ++i)
      inputs.push_back(i * 0.003187 + 0.0011);
    std::vector<double> results = kernel.run(inputs)[0];
    double worst = 0, at = 0;
    for (auto [x, y] : llvm::zip(inputs, results))
      if (double error = kernel.reference->error(y, {x}, DType::F64);
          !(error <= worst))
        worst = error, at = x;
    EXPECT_LE(worst, bound) << source << " at " << at;
  }
}

} // namespace

//===- FullSameBitsTest.cpp - Every row at every level --------------------===//

#include "RandomFormula.h"
#include "Rows.h"
#include "SameBits.h"
#include <gtest/gtest.h>

using namespace act;
using namespace act::test;

namespace {

using RowAndType = std::tuple<FunctionInfo, DType>;
class FullSameBits : public testing::TestWithParam<RowAndType> {};

TEST_P(FullSameBits, AtEveryLevel) {
  auto [row, type] = GetParam();
  for (Accuracy accuracy : {Accuracy::Default, Accuracy::Strict}) {
    expectSameBits({row.Name, type, 0, accuracy}, 1 << 18);
    if (!isUnary(row) || hasSlope(row))
      expectSameBits({row.Name, type, 1, accuracy}, 1 << 18);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, FullSameBits,
    testing::Combine(
        testing::ValuesIn(allFunctions().begin(), allFunctions().end()),
        testing::Values(DType::F64, DType::F32, DType::F16, DType::BF16)),
    [](const testing::TestParamInfo<RowAndType> &info) {
      return std::string(std::get<0>(info.param).Name) + "_" +
             nameOf(std::get<1>(info.param));
    });

class FullSameBitsOfFormula : public testing::TestWithParam<DType> {};

TEST_P(FullSameBitsOfFormula, Primitives) {
  for (const char *source :
       {"exp(x)", "expm1(x)", "log(x)", "log1p(x)", "sqrt(x)", "rsqrt(x)",
        "sin(x)", "cos(x)", "sinh(x)", "cosh(x)", "tanh(x)", "erf(x)",
        "erfc(x)", "sigmoid(x)", "softplus(x)", "floor(x)", "x^2.5", "1 / x"})
    expectSameBits({source, GetParam()}, 1 << 16);
}

TEST_P(FullSameBitsOfFormula, Random) {
  for (uint64_t seed = 0; seed < 100; ++seed)
    expectSameBits({randomFormula(seed).text, GetParam()}, 1 << 12);
}

TEST_P(FullSameBitsOfFormula, HigherDerivatives) {
  for (const char *source : {"silu", "gelu", "mish", "tanh", "snake"})
    for (int64_t order : {2, 3})
      expectSameBits({source, GetParam(), order}, 1 << 14);
}

INSTANTIATE_TEST_SUITE_P(Types, FullSameBitsOfFormula,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

} // namespace

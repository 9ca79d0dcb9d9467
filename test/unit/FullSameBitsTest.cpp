//===- FullSameBitsTest.cpp - Every row at every level --------------------===//

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
  expectSameBits(row.Name, type, 0, 1 << 18);
  if (!isUnary(row) || hasSlope(row))
    expectSameBits(row.Name, type, 1, 1 << 18);
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

} // namespace

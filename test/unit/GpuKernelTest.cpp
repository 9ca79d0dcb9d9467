//===- GpuKernelTest.cpp - Rows of the table as GPU kernels ---------------===//
//
// Every row and its first derivative, compiled for a GPU and run on the host,
// with instructions that err as much as their table states, against the
// reference. FullGpuTest.cpp has all inputs of 16 bits and every class.
//
//===----------------------------------------------------------------------===//

#include "GpuSweep.h"

using namespace act;
using namespace act::test;

namespace {

/// Every k-th input of the sweep, special values included.
std::vector<double> someInputs(DType type, size_t k) {
  std::vector<double> all = sweepInputs(type), some;
  for (size_t i = 0; i < all.size(); ++i)
    if (i < 17 || i % k == 0)
      some.push_back(all[i]);
  return some;
}

class GpuRows : public testing::TestWithParam<DType> {};

TEST_P(GpuRows, AllStayWithinTheirBounds) {
  std::vector<double> inputs = someInputs(GetParam(), 13);
  for (const FunctionInfo *row : unaryRows())
    GpuSweep(*row, GetParam(), inputs).expect(Accuracy::Default);
}

TEST_P(GpuRows, OfEachClass) {
  std::vector<double> inputs = someInputs(GetParam(), 13);
  for (const char *name : {"silu", "gelu", "gelu_tanh", "mish", "selu"}) {
    GpuSweep sweep(*lookupFunction(name), GetParam(), inputs);
    for (Accuracy accuracy : {Accuracy::Strict, Accuracy::Fast})
      sweep.expect(accuracy);
  }
}

INSTANTIATE_TEST_SUITE_P(Types, GpuRows,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

} // namespace

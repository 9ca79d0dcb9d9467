//===- GpuSweepTest.cpp - All inputs of 16 bits through GPU kernels -------===//
//
// Every row and its first derivative, compiled for a GPU and run on the host on
// all 65,536 inputs, with approximate instructions that are exact, off by their
// largest error in each direction, and off by a seeded share of it.
//
//===----------------------------------------------------------------------===//

#include "GpuSweep.h"

using namespace act;
using namespace act::test;

namespace {

class GpuAllInputs : public testing::TestWithParam<RowAndType> {};

TEST_P(GpuAllInputs, StayWithinTheirBounds) {
  auto [row, type] = GetParam();
  std::vector<double> inputs = allInputs(type);
  GpuSweep sweep(*row, type, inputs);
  for (Accuracy accuracy :
       {Accuracy::Default, Accuracy::Strict, Accuracy::Fast})
    sweep.expect(accuracy);
}

INSTANTIATE_TEST_SUITE_P(Rows, GpuAllInputs,
                         testing::Combine(testing::ValuesIn(unaryRows()),
                                          testing::Values(DType::F16,
                                                          DType::BF16)),
                         rowAndType);

} // namespace

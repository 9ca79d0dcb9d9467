//===- GpuFormulaTest.cpp - Random formulas as GPU kernels ----------------===//
//
// Formulas that nobody thought of and their first derivatives, compiled for a
// GPU and run on the host with instructions that err as much as they may,
// against the reference.
//
//===----------------------------------------------------------------------===//

#include "RandomKernels.h"
#include "SimulatedCode.h"

using namespace act;
using namespace act::test;

namespace {

class GpuFormula : public testing::TestWithParam<DType> {};

TEST_P(GpuFormula, RandomOnesStayWithinTheBoundOfCheck) {
  SimulationOptions options;
  unsigned count = 0;
  auto compileFormula = [&](const std::string &text) {
    // Each of the ways to err comes up as often.
    options.error = SimulatedError(count % 4);
    options.seed = count++;
    return loaded(compileDerivative(text, GetParam(), {{0, 1}}, /*quiet=*/true,
                                    gpuOptions()),
                  options);
  };
  EXPECT_GT(checkRandomKernels(100, /*points=*/32, compileFormula), 3500u);
}

INSTANTIATE_TEST_SUITE_P(Types, GpuFormula,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

} // namespace

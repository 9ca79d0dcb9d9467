//===- FullGpuTest.cpp - All rows as GPU kernels, in all classes ----------===//
//
// ctest -L full: what GpuKernelTest.cpp, GpuRowTest.cpp and GpuPtxTest.cpp have
// a cross-section of. GpuSweepTest.cpp has all inputs of 16 bits.
//
//===----------------------------------------------------------------------===//

#include "GpuPtx.h"
#include "GpuSweep.h"

using namespace act;
using namespace act::test;

namespace {

using TypeAndClass = std::tuple<DType, Accuracy>;

std::string typeAndClass(const testing::TestParamInfo<TypeAndClass> &info) {
  return std::string(nameOf(std::get<0>(info.param))) + "_" +
         nameOf(std::get<1>(info.param));
}

const Accuracy classes[] = {Accuracy::Strict, Accuracy::Default,
                            Accuracy::Fast};

auto allTypesAndClasses() {
  return testing::Combine(
      testing::Values(DType::F64, DType::F32, DType::F16, DType::BF16),
      testing::ValuesIn(classes));
}

class FullGpuRows : public testing::TestWithParam<RowAndType> {};

TEST_P(FullGpuRows, StayWithinTheirBounds) {
  auto [row, type] = GetParam();
  std::vector<double> inputs = allInputs(type);
  GpuSweep sweep(*row, type, inputs);
  for (Accuracy accuracy : classes)
    sweep.expect(accuracy);
}

INSTANTIATE_TEST_SUITE_P(Rows, FullGpuRows,
                         testing::Combine(testing::ValuesIn(unaryRows()),
                                          testing::Values(DType::F64,
                                                          DType::F32)),
                         rowAndType);

class FullGpuRow : public testing::TestWithParam<TypeAndClass> {};

TEST_P(FullGpuRow, OfAnyShapeStaysWithinItsBound) {
  auto [type, accuracy] = GetParam();
  fuzzGpuRows(gpuRowSources(), {"", type, accuracy}, /*runs=*/40, /*seed=*/27);
  fuzzGpuRows(gpuRowGradients(), {"", type, accuracy, /*isBackward=*/true},
              /*runs=*/40, /*seed=*/28);
}

INSTANTIATE_TEST_SUITE_P(Types, FullGpuRow, allTypesAndClasses(), typeAndClass);

class FullGpuPtx : public testing::TestWithParam<const GpuLevel *> {};

TEST_P(FullGpuPtx, OfEveryRow) {
  ACT_SKIP_WITHOUT_PTXAS();
  for (DType type : {DType::F32, DType::BF16}) {
    std::vector<GeneratedPtx> modules;
    for (const FunctionInfo *row : unaryRows()) {
      modules.push_back(ptxOf(row->Name, type, *GetParam()));
      if (hasSlope(*row))
        modules.push_back(ptxOf(row->Name, type, *GetParam(), {1}));
    }
    assembleAndExpect(modules, *GetParam());
  }
}

TEST_P(FullGpuPtx, OfGatesAndTheirGradients) {
  ACT_SKIP_WITHOUT_PTXAS();
  std::vector<GeneratedPtx> modules;
  for (DType type : {DType::F32, DType::BF16})
    for (const char *gate : {"swiglu", "geglu", "geglu_tanh", "reglu",
                             "scaled_swiglu(g, u, s)", "prelu(x, a)"})
      for (bool isBackward : {false, true})
        modules.push_back(ptxOf(gate, type, *GetParam(), {0}, isBackward));
  assembleAndExpect(modules, *GetParam());
}

TEST_P(FullGpuPtx, OfFunctionsOfARow) {
  ACT_SKIP_WITHOUT_PTXAS();
  std::vector<GeneratedPtx> modules;
  for (auto [type, accuracy] : {std::pair(DType::F32, Accuracy::Default),
                                std::pair(DType::BF16, Accuracy::Default),
                                std::pair(DType::F64, Accuracy::Default),
                                std::pair(DType::F64, Accuracy::Strict)})
    for (bool isBackward : {false, true})
      for (const GpuRowSource &source :
           isBackward ? gpuRowGradients() : gpuRowSources()) {
        RowSubject subject{source.text, type, accuracy, isBackward,
                           source.uniform};
        modules.push_back(ptxOfRows(subject, *GetParam()));
      }
  assembleAndExpect(modules, *GetParam());
}

std::vector<const GpuLevel *> allLevels() {
  std::vector<const GpuLevel *> levels;
  for (const GpuLevel &level : gpuLevels())
    levels.push_back(&level);
  return levels;
}

INSTANTIATE_TEST_SUITE_P(
    Levels, FullGpuPtx, testing::ValuesIn(allLevels()),
    [](const testing::TestParamInfo<const GpuLevel *> &info) {
      return std::string(info.param->name);
    });

} // namespace

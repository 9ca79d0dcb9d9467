//===- GpuMaskTest.cpp - Masks that GPU kernels write ---------------------===//
//
// What is saved of a function as one bit an element, of arrays whose rows begin
// within bytes of the mask and lie anywhere in memory.
//
//===----------------------------------------------------------------------===//

#include "Elements.h"
#include "GpuRun.h"
#include "act/Syntax/Parser.h"
#include <numeric>
#include <random>

using namespace act;
using namespace act::test;

namespace {

/// relu, and which of its results have a slope, for the simulator.
CompileResult compileMasked(DType type) {
  auto context = createContext(Road::Gpu);
  auto module = parseSource("relu", context.get());
  FuncOp relu = *module->getOps<FuncOp>().begin();
  mlir::OpBuilder builder = mlir::OpBuilder::atBlockEnd(module->getBody());
  builder.create<DerivativeOp>(
      relu.getLoc(), builder.getStringAttr("masked"), mlir::StringAttr(),
      mlir::FlatSymbolRefAttr::get(relu.getSymNameAttr()), mlir::StringAttr(),
      builder.getDenseI64ArrayAttr({0}), mlir::StringAttr(),
      builder.getUnitAttr());
  relu.setPrivate();
  CompileOptions options;
  options.dtype = nameOf(type);
  options.gpu = gpuLevelNamed("sm_90");
  options.simulates = true;
  auto compiled = compile(*module, options);
  if (compiled)
    return std::move(*compiled);
  ADD_FAILURE() << llvm::toString(compiled.takeError());
  return {};
}

/// The axes in another order in memory, with a gap behind each row.
std::vector<int64_t> turned(const std::vector<int64_t> &shape, int64_t gap) {
  std::vector<int64_t> strides(shape.size());
  int64_t size = 1;
  for (size_t d = 0; d < shape.size(); ++d) {
    strides[d] = size;
    size = size * shape[d] + gap;
  }
  return strides;
}

class GpuMask : public testing::TestWithParam<DType> {};

TEST_P(GpuMask, OfRowsWithinBytes) {
  CompileResult compiled = compileMasked(GetParam());
  ASSERT_TRUE(compiled.gpuModule);
  ASSERT_EQ(compiled.signature.operands.back(), DType::Bit);
  std::mt19937 random(5);
  for (const std::vector<int64_t> &shape : {std::vector<int64_t>{5, 3},
                                            {7, 8},
                                            {3, 1003},
                                            {1, 9},
                                            {4, 3, 5},
                                            {2, 3, 2, 3, 7},
                                            {300, 31},
                                            {2, 9, 4096}})
    for (int64_t gap : {0, 1, 3}) {
      SCOPED_TRACE(testing::PrintToString(shape) + " gap " +
                   std::to_string(gap));
      int64_t size = std::accumulate(shape.begin(), shape.end(), int64_t(1),
                                     std::multiplies<>());
      std::vector<int64_t> strides = turned(shape, gap);
      int64_t last = 0;
      for (size_t d = 0; d < shape.size(); ++d)
        last += (shape[d] - 1) * strides[d];
      std::vector<double> x(last + 1);
      for (double &each : x)
        each = random() % 2 ? 1 : -1;
      std::vector<char> in = packed(x, GetParam()), out(in.size());
      // A byte more, which must stay.
      std::vector<uint8_t> mask(arrayBytes(DType::Bit, size) + 1, 0xa5);
      runGpu(compiled, shape,
             {{in.data(), strides}, {out.data(), strides}, {mask.data(), {}}});
      EXPECT_EQ(mask.back(), 0xa5);
      mask.pop_back();
      std::vector<uint8_t> expected(mask.size());
      for (int64_t i = 0; i < size; ++i) {
        int64_t place = 0, rest = i;
        for (size_t d = shape.size(); d-- > 0; rest /= shape[d])
          place += rest % shape[d] * strides[d];
        expected[i / 8] |= int(x[place] > 0) << i % 8;
      }
      EXPECT_EQ(mask, expected);
    }
}

INSTANTIATE_TEST_SUITE_P(Types, GpuMask,
                         testing::Values(DType::F64, DType::F32, DType::BF16),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

} // namespace

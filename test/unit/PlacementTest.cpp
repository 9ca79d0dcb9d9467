//===- PlacementTest.cpp - Where an element stands changes no bit ---------===//
//
// Position, length, alignment, tail, threads and level, over every row.
//
//===----------------------------------------------------------------------===//

#include "Elements.h"
#include "SameBits.h"
#include "act/IR/FunctionTable.h"
#include <cstring>
#include <gtest/gtest.h>

using namespace act;
using namespace act::test;

namespace {

/// A function on a fixed array, and what its first level makes of it.
class Placement {
public:
  Placement(const FunctionInfo &row, DType type) : row(row), type(type) {}

  void expectSameEverywhere();

private:
  /// The elements [begin, begin + count), computed at `offset` elements from
  /// an aligned place, in as many pieces as there are threads.
  void expectSame(const CompileResult &kernel, int64_t begin, int64_t count,
                  int64_t offset, unsigned threads);

  const FunctionInfo &row;
  DType type;
  std::vector<Bytes> inputs;
  Bytes expected;
};

constexpr int64_t kMaxOffset = 16, kElements = 1700;

void Placement::expectSame(const CompileResult &kernel, int64_t begin,
                           int64_t count, int64_t offset, unsigned threads) {
  size_t size = sizeOf(type), guard = kMaxOffset * size;
  // Vectors at the start of a cache line, so that the offset decides.
  struct alignas(64) Memory {
    char bytes[(kElements + 3 * kMaxOffset) * 8];
  };
  static Memory memory[kMaxOperands];
  std::vector<RunOperand> operands;
  for (size_t k = 0; k <= inputs.size(); ++k)
    operands.push_back({memory[k].bytes + offset * size, {1}});
  for (size_t k = 0; k < inputs.size(); ++k)
    std::memcpy(operands[k].data, inputs[k].data() + begin * size,
                count * size);
  char *out = static_cast<char *>(operands.back().data);
  std::memset(memory[inputs.size()].bytes, 0x5a, (offset + count) * size);
  std::memset(out + count * size, 0x5a, guard);
  runElementwise(kernel.signature, kernel.kernel->entry(), {count}, operands,
                 nullptr, threads);
  Bytes result(out, out + count * size);
  Bytes wanted(expected.begin() + begin * size,
               expected.begin() + (begin + count) * size);
  size_t nans = 0;
  ASSERT_TRUE(differences(wanted, result, type, nans).empty())
      << row.Name << " " << nameOf(type) << " from " << begin << ", " << count
      << " elements, offset " << offset << ", threads " << threads;
  for (size_t i = 0; i < guard; ++i)
    ASSERT_EQ(out[count * size + i], 0x5a) << "wrote beyond the end";
}

void Placement::expectSameEverywhere() {
  for (const CpuLevel *level : hostLevels()) {
    CompileResult kernel = compileFor(*level, {row.Name, type});
    if (!kernel.kernel)
      return;
    if (inputs.empty()) {
      std::vector<double> all = sweepInputs(type), values;
      for (unsigned k = 0; k < kernel.signature.numInputs; ++k) {
        values.clear();
        for (int64_t i = 0; i < kElements; ++i)
          values.push_back(all[i * (37 + 4 * k) % all.size()]);
        inputs.push_back(packed(values, type));
      }
      expected = runHere(kernel, inputs);
    }
    for (int64_t count = 1; count <= 67; ++count)
      for (int64_t offset = 0; offset < kMaxOffset; ++offset)
        expectSame(kernel, 19 * count + offset, count, offset, 1);
    for (unsigned threads = 1; threads <= 3; ++threads)
      for (int64_t offset : {0, 1, 7})
        expectSame(kernel, offset, kElements - 7 - offset, offset, threads);
  }
}

class RowPlacement : public testing::TestWithParam<FunctionInfo> {};

TEST_P(RowPlacement, ChangesNoBit) {
  for (DType type : {DType::F64, DType::F32, DType::F16, DType::BF16})
    Placement(GetParam(), type).expectSameEverywhere();
}

INSTANTIATE_TEST_SUITE_P(Table, RowPlacement,
                         testing::ValuesIn(allFunctions().begin(),
                                           allFunctions().end()),
                         [](const testing::TestParamInfo<FunctionInfo> &info) {
                           return std::string(info.param.Name);
                         });

} // namespace

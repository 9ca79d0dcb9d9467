//===- FlushTest.cpp - Kernels that make zeros of subnormal numbers -------===//
//
// Every row, with its first derivative, under the four settings of FTZ and
// DAZ: the bits of the results are the same, and those of the plain kernel
// where neither the input nor the result is near the subnormal numbers.
//
//===----------------------------------------------------------------------===//

#include "FloatEnvironmentUtil.h"
#include "KernelTestUtil.h"
#include "Rows.h"
#include "llvm/ADT/bit.h"
#include <cmath>
#include <random>

using namespace act;
using namespace act::test;

/// All elements of 16 bits; of others those of sweepInputs and, as what
/// depends on FTZ and DAZ is small, many more that are or whose results are.
static std::vector<double> flushInputs(DType type) {
  std::vector<double> inputs = sweepInputs(type);
  if (sizeOf(type) == 2) {
    std::vector<char> bytes(2 * 65536);
    for (unsigned bits = 0; bits < 65536; ++bits) {
      bytes[2 * bits] = char(bits);
      bytes[2 * bits + 1] = char(bits >> 8);
    }
    return unpacked(bytes, type);
  }
  std::mt19937_64 random(5);
  int least = formatOf(type).minExponent;
  std::uniform_real_distribution<double> exponent(least - 24, least / 3),
      tail(-110, 110), far(-760, 760);
  for (int i = 0; i < 100000; ++i) {
    double sign = i % 2 ? 1 : -1;
    inputs.push_back(sign * std::exp2(exponent(random)));
    inputs.push_back(type == DType::F64 && i % 4 < 2 ? far(random)
                                                     : tail(random));
  }
  return rounded(inputs, type);
}

static TestKernel compileFlush(const char *name, DType type, int64_t order,
                               Accuracy accuracy, const CpuLevel &level,
                               bool flush = true) {
  CompileOptions options;
  options.flush = flush;
  options.accuracy = accuracy;
  options.level = &level;
  return compileDerivative(name, type, {{order}}, false, options);
}

/// Reports how many results differ in their bits, and the first.
static void expectSameBits(const std::vector<double> &inputs,
                           const std::vector<double> &got,
                           const std::vector<double> &want, const char *what) {
  size_t count = 0, first = 0;
  for (size_t i = 0; i < inputs.size(); ++i)
    if (llvm::bit_cast<uint64_t>(got[i]) != llvm::bit_cast<uint64_t>(want[i]) &&
        count++ == 0)
      first = i;
  EXPECT_EQ(count, 0u) << what << ": the first at " << std::hexfloat
                       << inputs[first] << " is " << got[first] << ", not "
                       << want[first];
}

namespace {
using RowAndType = std::tuple<const FunctionInfo *, DType>;
class FlushedRow : public testing::TestWithParam<RowAndType> {
protected:
  FlushedRow()
      : name(std::get<0>(GetParam())->Name), type(std::get<1>(GetParam())),
        least(leastNormalOf(type)), inputs(flushInputs(type)) {}

  void checkKernel(int64_t order, Accuracy accuracy, const CpuLevel &level);
  void expectZeros(const TestKernel &kernel, const std::vector<double> &got);
  void expectPlain(const TestKernel &plain, const std::vector<double> &got);

  const char *name;
  DType type;
  double least;
  std::vector<double> inputs;
};
} // namespace

/// Subnormal inputs are zeros of their sign, and no result is subnormal.
void FlushedRow::expectZeros(const TestKernel &kernel,
                             const std::vector<double> &got) {
  std::vector<double> zeros = inputs;
  for (double &x : zeros)
    if (std::fabs(x) < least)
      x = std::copysign(0.0, x);
  expectSameBits(inputs, got, kernel.run(zeros).front(), "read as zeros");
  for (auto [x, y] : llvm::zip(inputs, got))
    EXPECT_TRUE(y == 0 || !(std::fabs(y) < least)) << x << " gives " << y;
}

/// The numbers of the plain kernel, or zeros of their sign.
void FlushedRow::expectPlain(const TestKernel &plain,
                             const std::vector<double> &got) {
  std::vector<double> want = plain.run(inputs).front();
  for (auto [x, y, z] : llvm::zip(inputs, got, want)) {
    if ((std::fabs(x) < least && x != 0) || (std::isnan(y) && std::isnan(z)))
      z = y;
    // What was rounded up to the least normal number was below it.
    if (y == 0 && std::fabs(z) <= least)
      z = std::copysign(0.0, z);
  }
  expectSameBits(inputs, got, want, "plain kernel");
}

void FlushedRow::checkKernel(int64_t order, Accuracy accuracy,
                             const CpuLevel &level) {
  SCOPED_TRACE(std::string("order ") + std::to_string(order) + " " +
               nameOf(accuracy) + " " + level.name);
  TestKernel kernel = compileFlush(name, type, order, accuracy, level);
  ASSERT_TRUE(kernel);
  std::vector<double> want = kernel.run(inputs).front();
  for (auto [flags, what] :
       {std::pair(kFTZ, "FTZ"), {kDAZ, "DAZ"}, {kFTZ | kDAZ, "FTZ and DAZ"}}) {
    std::vector<std::vector<double>> got;
    {
      WithFlags scope(flags);
      got = kernel.run(inputs);
    }
    expectSameBits(inputs, got.front(), want, what);
  }
  expectZeros(kernel, want);
  if (&level != bestHostLevel())
    return;
  TestKernel plain = compileFlush(name, type, order, accuracy, level, false);
  ASSERT_TRUE(plain);
  expectPlain(plain, want);
}

TEST_P(FlushedRow, HasTheSameBitsUnderAllFlags) {
  for (int64_t order = 0; order <= hasSlope(*std::get<0>(GetParam()));
       ++order) {
    for (const CpuLevel &level : cpuLevels())
      if (hostSupports(level))
        checkKernel(order, Accuracy::Default, level);
    checkKernel(order, Accuracy::Strict, *bestHostLevel());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, FlushedRow,
    testing::Combine(testing::ValuesIn(unaryRows()),
                     testing::Values(DType::F64, DType::F32, DType::F16,
                                     DType::BF16)),
    [](const testing::TestParamInfo<RowAndType> &info) {
      return std::string(std::get<0>(info.param)->Name) + "_" +
             nameOf(std::get<1>(info.param));
    });

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
#include "act/Transforms/ApproximationTable.h"
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
  for (int i = 0; i < 40000; ++i) {
    double sign = i % 2 ? 1 : -1;
    inputs.push_back(sign * std::exp2(exponent(random)));
    inputs.push_back(type == DType::F64 && i % 4 < 2 ? far(random)
                                                     : tail(random));
  }
  return rounded(inputs, type);
}

/// The row as it is written, or with its first derivative.
static TestKernel compileRow(const char *name, DType type, bool withSlope,
                             const CompileOptions &options) {
  if (withSlope)
    return compileDerivative(name, type, {{0, 1}}, false, options);
  auto rename = [](FuncOp func) { func.setSymName("derived"); };
  return compileTest(name, type, rename, false, options);
}

/// All results, those of the derivative behind the others.
static std::vector<double> runAll(const TestKernel &kernel,
                                  const std::vector<double> &inputs) {
  std::vector<double> all;
  for (const std::vector<double> &results : kernel.run(inputs))
    all.insert(all.end(), results.begin(), results.end());
  return all;
}

namespace {
using RowAndType = std::tuple<const FunctionInfo *, DType>;
class FlushedRow : public testing::TestWithParam<RowAndType> {
protected:
  FlushedRow()
      : name(std::get<0>(GetParam())->Name), type(std::get<1>(GetParam())),
        least(leastNormalOf(type)), inputs(flushInputs(type)) {}

  void checkKernels(bool withSlope, Accuracy accuracy, const CpuLevel &level);
  void expectZeros(const TestKernel &kernel, const std::vector<double> &got);
  void expectPlain(const TestKernel &plain, const std::vector<double> &got);
  void expectSameBits(const std::vector<double> &got,
                      const std::vector<double> &want, const char *what);

  const char *name;
  DType type;
  double least;
  std::vector<double> inputs;
};
} // namespace

/// Reports how many results differ in their bits, and the first.
void FlushedRow::expectSameBits(const std::vector<double> &got,
                                const std::vector<double> &want,
                                const char *what) {
  ASSERT_EQ(got.size(), want.size());
  size_t count = 0, first = 0;
  for (size_t i = 0; i < got.size(); ++i)
    if (llvm::bit_cast<uint64_t>(got[i]) != llvm::bit_cast<uint64_t>(want[i]) &&
        count++ == 0)
      first = i;
  EXPECT_EQ(count, 0u) << what << ": result " << first / inputs.size() << " at "
                       << std::hexfloat << inputs[first % inputs.size()]
                       << " is " << got[first] << ", not " << want[first];
}

/// Subnormal inputs are zeros of their sign, and no result is subnormal.
void FlushedRow::expectZeros(const TestKernel &kernel,
                             const std::vector<double> &got) {
  std::vector<double> zeros = inputs;
  for (double &x : zeros)
    if (std::fabs(x) < least)
      x = std::copysign(0.0, x);
  expectSameBits(got, runAll(kernel, zeros), "read as zeros");
  for (double y : got)
    EXPECT_TRUE(y == 0 || !(std::fabs(y) < least)) << y;
}

/// True if a kernel that flushes is computed by another method.
static bool hasOtherMethod(llvm::StringRef name) {
  return llvm::any_of(allApproximations(), [&](const ApproximationInfo &row) {
    return row.NeedsSubnormals && name == row.Function;
  });
}

/// The bits of the plain kernel where the input and its result are far from the
/// subnormal numbers and the method is the same. Nearer, where parts of the
/// plain result are subnormal, it may be that of another rounding, and a zero
/// where it is the least normal number, to which something smaller may have
/// been rounded.
void FlushedRow::expectPlain(const TestKernel &plain,
                             const std::vector<double> &got) {
  std::vector<double> want = runAll(plain, inputs);
  // Rows of every class may be computed in two words of f64.
  int words = type == DType::F64 ? 2 : 1;
  double near = std::ldexp(least, words * formatOf(type).precision);
  for (size_t i = 0; i < want.size(); ++i) {
    double x = inputs[i % inputs.size()], y = got[i], &z = want[i];
    bool isRead = x != 0 && std::fabs(x) < least;
    bool isFlushed = y == 0 && std::fabs(z) <= least;
    bool isNear =
        std::fabs(x) < near || std::fabs(z) < near || hasOtherMethod(name);
    double ulp = std::isfinite(z) ? ulpError(y, MpfrNumber(z), type) : HUGE_VAL;
    if (isRead || isFlushed || (isNear && ulp <= formulaBoundOf(type)) ||
        (std::isnan(y) && std::isnan(z)))
      z = y;
  }
  expectSameBits(got, want, "plain kernel");
}

void FlushedRow::checkKernels(bool withSlope, Accuracy accuracy,
                              const CpuLevel &level) {
  SCOPED_TRACE(std::string(withSlope ? "with slope " : "as written ") +
               nameOf(accuracy) + " " + level.name);
  CompileOptions options;
  options.accuracy = accuracy;
  options.level = &level;
  options.flush = true;
  TestKernel kernel = compileRow(name, type, withSlope, options);
  ASSERT_TRUE(kernel);
  std::vector<double> want = runAll(kernel, inputs);
  for (auto [flags, what] :
       {std::pair(kFTZ, "FTZ"), {kDAZ, "DAZ"}, {kFTZ | kDAZ, "FTZ and DAZ"}}) {
    std::vector<double> got;
    {
      WithFlags scope(flags);
      got = runAll(kernel, inputs);
    }
    expectSameBits(got, want, what);
  }
  expectZeros(kernel, want);
  if (&level != bestHostLevel())
    return;
  options.flush = false;
  TestKernel plain = compileRow(name, type, withSlope, options);
  ASSERT_TRUE(plain);
  expectPlain(plain, want);
}

TEST_P(FlushedRow, HasTheSameBitsUnderAllFlags) {
  for (bool withSlope : {false, true}) {
    if (withSlope && !hasSlope(*std::get<0>(GetParam())))
      continue;
    for (const CpuLevel &level : cpuLevels())
      if (hostSupports(level))
        checkKernels(withSlope, Accuracy::Default, level);
    checkKernels(withSlope, Accuracy::Strict, *bestHostLevel());
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

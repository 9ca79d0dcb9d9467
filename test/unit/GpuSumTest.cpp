//===- GpuSumTest.cpp - Gradients of broadcast operands on GPUs -----------===//
//
// Sums over any of the axes of an array, in any order in memory, against exact
// sums of the terms that a kernel without sums stores; and what must not change
// a bit of them.
//
//===----------------------------------------------------------------------===//

#include "GpuRun.h"
#include "KernelTestUtil.h"
#include "SimulatedCode.h"
#include <cmath>
#include <numeric>
#include <random>

using namespace act;
using namespace act::test;

namespace {

/// An array, which of its axes are summed, one bit each, and whether the first
/// input has its axes in reverse order in memory.
struct SumCase {
  std::vector<int64_t> shape;
  unsigned summed;
  bool isTransposed = false;

  int64_t size() const {
    return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                           std::multiplies<>());
  }
  bool isSummed(size_t d) const { return summed >> d & 1; }
  int64_t numSums() const {
    int64_t sums = 1;
    for (size_t d = 0; d < shape.size(); ++d)
      sums *= isSummed(d) ? 1 : shape[d];
    return sums;
  }
};

std::vector<int64_t> dense(const SumCase &test) {
  std::vector<int64_t> strides(test.shape.size());
  int64_t size = 1;
  for (size_t d = test.shape.size(); d-- > 0; size *= test.shape[d])
    strides[d] = size;
  return strides;
}

std::vector<int64_t> transposed(const SumCase &test) {
  std::vector<int64_t> strides(test.shape.size());
  int64_t size = 1;
  for (size_t d = 0; d < test.shape.size(); size *= test.shape[d++])
    strides[d] = size;
  return strides;
}

/// Of the sums, the last axis innermost, behind one another.
std::vector<int64_t> stridesOfSums(const SumCase &test) {
  std::vector<int64_t> strides(test.shape.size());
  int64_t size = 1;
  for (size_t d = test.shape.size(); d-- > 0;)
    if (!test.isSummed(d)) {
      strides[d] = size;
      size *= test.shape[d];
    }
  return strides;
}

int64_t placeOf(int64_t i, const SumCase &test,
                const std::vector<int64_t> &strides) {
  int64_t place = 0;
  for (size_t d = test.shape.size(); d-- > 0; i /= test.shape[d])
    place += i % test.shape[d] * strides[d];
  return place;
}

/// The gradient of a source, with sums of those of the `reduced` inputs.
CompileResult compileGradient(llvm::StringRef source, DType type,
                              std::vector<unsigned> reduced) {
  CompileOptions options = gpuOptions();
  options.reducedResults = std::move(reduced);
  return std::move(
      compileTest(
          source, type, [](FuncOp func) { addVjp(func); }, false, options)
          .result);
}

using Arrays = std::vector<std::vector<double>>;

/// Results of a run. Arrays of inputs, and of results but the first one, are
/// broadcast along the summed axes where they are `reduced`.
Arrays runGradient(const CompileResult &compiled, DType type,
                   const SumCase &test, const std::vector<unsigned> &reduced,
                   bool reducesResults) {
  unsigned inputs = compiled.signature.numInputs;
  std::vector<std::vector<char>> memory;
  std::vector<RunOperand> operands;
  std::mt19937_64 random(17);
  std::normal_distribution<double> normal(0, 2);
  // An array without elements has sums, of nothing.
  int64_t size = std::max({int64_t(1), test.size(), test.numSums()});
  for (unsigned k = 0; k < compiled.signature.operands.size(); ++k) {
    bool isResult = k >= inputs;
    bool isOne = llvm::is_contained(reduced, isResult ? k - inputs : k) &&
                 (!isResult || reducesResults);
    std::vector<double> values(size, 77);
    for (double &x : values)
      x = isResult ? x : normal(random);
    memory.push_back(packed(values, type));
    operands.push_back({memory[k].data(), isOne ? stridesOfSums(test)
                                          : k == 0 && test.isTransposed
                                              ? transposed(test)
                                              : dense(test)});
  }
  for (unsigned k = 0; k < operands.size(); ++k)
    operands[k].data = memory[k].data();
  runGpu(compiled, test.shape, operands);
  Arrays results;
  for (unsigned k = inputs; k < operands.size(); ++k)
    results.push_back(unpacked(memory[k], type));
  return results;
}

void expectSums(const CompileResult &summing, const CompileResult &plain,
                DType type, const SumCase &test,
                const std::vector<unsigned> &reduced) {
  SCOPED_TRACE(testing::Message()
               << testing::PrintToString(test.shape) << " summed "
               << test.summed << (test.isTransposed ? ", transposed" : ""));
  Arrays sums = runGradient(summing, type, test, reduced, true);
  Arrays terms = runGradient(plain, type, test, reduced, false);
  std::vector<int64_t> places = stridesOfSums(test);
  for (unsigned k = 0; k < sums.size(); ++k) {
    if (!llvm::is_contained(reduced, k)) {
      EXPECT_EQ(sums[k], terms[k]);
      continue;
    }
    std::vector<long double> exact(test.numSums()), magnitude(exact.size());
    for (int64_t i = 0; i < test.size(); ++i) {
      int64_t place = placeOf(i, test, places);
      exact[place] += terms[k][i];
      magnitude[place] += std::fabs(terms[k][i]);
    }
    for (size_t i = 0; i < exact.size(); ++i) {
      double last = type == DType::F64 ? 0x1p-53 : 0x1p-24;
      // As many additions one after another as a thread and a tree have.
      long double bound =
          last * std::fabs(exact[i]) + 100 * 0x1p-53L * magnitude[i];
      ASSERT_LE(std::fabs(sums[k][i] - exact[i]), bound)
          << "result " << k << ", sum " << i << ": " << sums[k][i];
    }
  }
}

const SumCase cases[] = {
    {{1}, 0},
    {{1}, 1},
    {{7}, 1},
    {{1003}, 1},
    {{70001}, 1},
    {{700001}, 1},
    {{300, 70}, 1},
    {{300, 70}, 2},
    {{300, 70}, 3},
    {{300, 70}, 0},
    {{300, 70}, 1, true},
    {{300, 70}, 2, true},
    {{300, 70}, 3, true},
    {{1, 70}, 1},
    {{70, 1}, 1},
    {{5000, 3}, 1},
    {{3, 5000}, 1},
    {{3, 5000}, 2},
    {{5, 40, 33}, 1},
    {{5, 40, 33}, 2},
    {{5, 40, 33}, 3},
    {{5, 40, 33}, 4},
    {{5, 40, 33}, 5},
    {{5, 40, 33}, 6},
    {{5, 40, 33}, 1, true},
    {{5, 40, 33}, 5, true},
    {{5, 40, 33}, 6, true},
    {{5, 40, 33}, 7, true},
    {{2, 3, 2, 3, 17}, 0b00101, true},
    {{2, 3, 2, 3, 17}, 0b01111, true},
    {{2, 3, 2, 3, 17}, 0b10000, true},
    {{0, 4}, 1},
    {{4, 0}, 2},
};

class GpuSum : public testing::TestWithParam<DType> {};
INSTANTIATE_TEST_SUITE_P(Types, GpuSum, testing::Values(DType::F64, DType::F32),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

TEST_P(GpuSum, OverAnyAxes) {
  struct Source {
    const char *text;
    std::vector<unsigned> reduced;
  };
  for (const Source &source :
       {Source{"prelu(x, a)", {1}}, Source{"x * sigmoid(y) + z", {1, 2}}}) {
    SCOPED_TRACE(source.text);
    CompileResult summing =
        compileGradient(source.text, GetParam(), source.reduced);
    CompileResult plain = compileGradient(source.text, GetParam(), {});
    SimulatedCode(summing).load(summing);
    SimulatedCode(plain).load(plain);
    ASSERT_TRUE(summing.gpuModule && plain.gpuModule);
    for (const SumCase &test : cases)
      expectSums(summing, plain, GetParam(), test, source.reduced);
  }
}

TEST_P(GpuSum, DoNotDependOnTheOrderOfThreads) {
  CompileResult summing = compileGradient("prelu(x, a)", GetParam(), {1});
  SimulatedCode code(summing);
  SimulationOptions other;
  other.hostThreads = 3;
  other.reversed = true;
  for (const SumCase &test :
       {SumCase{{5000, 70}, 1}, SumCase{{3, 70001}, 2}, SumCase{{300001}, 1}}) {
    code.load(summing);
    Arrays once = runGradient(summing, GetParam(), test, {1}, true);
    code.load(summing, other);
    EXPECT_EQ(once, runGradient(summing, GetParam(), test, {1}, true));
  }
}

// What a run needs beside the arrays are the terms of blocks, not of elements.
TEST(GpuSum, TakesLittleMemory) {
  CompileResult summing = compileGradient("prelu(x, a)", DType::BF16, {1});
  SimulatedCode(summing).load(summing);
  ASSERT_TRUE(summing.gpuModule);
  auto bytesOf = [&](std::vector<int64_t> shape, std::vector<int64_t> ofSums) {
    std::vector<int64_t> all = {shape[1], 1};
    return llvm::cantFail(GpuRunner::create(summing.signature,
                                            *summing.gpuModule, summing.name,
                                            shape,
                                            {all, ofSums, all, all, ofSums}))
        .scratchBytes();
  };
  constexpr int64_t kSize = 4096;
  EXPECT_LE(bytesOf({kSize, kSize}, {0, 1}), kSize * 64 * 8);
  EXPECT_LE(bytesOf({kSize, kSize}, {1, 0}), kSize * 8 * 8);
  EXPECT_LE(bytesOf({kSize, kSize}, {0, 0}), 4096 * 8);
}

} // namespace

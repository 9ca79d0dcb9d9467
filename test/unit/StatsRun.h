//===- StatsRun.h - Counts of kernels against a plain count -----*- C++ -*-===//
#ifndef ACT_TEST_UNIT_STATSRUN_H
#define ACT_TEST_UNIT_STATSRUN_H

#include "Elements.h"
#include "act/Jit/Compiler.h"
#include "act/Syntax/Parser.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>
#include <random>

namespace act::test {

/// Compiles for the CPU, or the simulator where a GPU is given; counting or
/// not.
inline CompileResult compileSource(const std::string &source, DType type,
                                   const CpuLevel *level, const GpuLevel *gpu,
                                   bool counts) {
  auto context = createContext(gpu ? Road::Gpu : Road::Cpu);
  auto module = parseSource(source, context.get());
  FuncOp func = *llvm::find_if(module->getOps<FuncOp>(),
                               [](FuncOp f) { return f.isPublic(); });
  if (counts) {
    mlir::OpBuilder builder = mlir::OpBuilder::atBlockEnd(module->getBody());
    builder.create<StatsOp>(
        func.getLoc(), builder.getStringAttr("counting"), mlir::StringAttr(),
        mlir::FlatSymbolRefAttr::get(func.getSymNameAttr()), mlir::ArrayAttr());
    func.setPrivate();
  }
  CompileOptions options;
  options.dtype = nameOf(type);
  options.level = level;
  options.gpu = gpu;
  options.simulates = gpu != nullptr;
  options.verify = true;
  auto result = compile(*module, options);
  if (!result) {
    ADD_FAILURE() << source << ": " << llvm::toString(result.takeError());
    return {};
  }
  return std::move(*result);
}

/// Counting changes no value. The sign of a NaN is nobody's promise: it depends
/// on the order in which the code generator puts the operands of a product.
inline void expectSameBits(const std::vector<char> &output,
                           const std::vector<char> &other, DType type) {
  std::vector<double> a = unpacked(output, type), b = unpacked(other, type);
  size_t bytes = act::sizeOf(type);
  for (size_t i = 0; i < a.size(); ++i)
    if (!std::isnan(a[i]) || !std::isnan(b[i]))
      ASSERT_EQ(std::memcmp(&output[i * bytes], &other[i * bytes], bytes), 0)
          << "element " << i << ": " << a[i] << " and " << b[i];
}

/// Numbers around 0, zeros, tails of any length, infinities and NaNs.
inline std::vector<double> mixedInputs(int64_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, 3);
  const double special[] = {0,    -0.0,  INFINITY, -INFINITY, NAN,
                            1e30, -1e30, 300,      -300,      1e-300};
  std::vector<double> values(n);
  for (double &value : values)
    value = random() % 3 ? normal(random) : special[random() % 10];
  return values;
}

inline std::vector<int64_t> denseStrides(const std::vector<int64_t> &shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  return strides;
}

inline int64_t sizeOfShape(const std::vector<int64_t> &shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<>());
}

/// One run of a counting kernel. The first of the axes of channels is -1 where
/// all is one channel.
struct StatsCase {
  std::vector<int64_t> shape;
  int axis;
  /// The first input has its axes in reverse order in memory.
  bool isTransposed = false;
  int numAxes = 1;
};

/// Arrays of every rank, empty ones among them.
inline std::vector<StatsCase> statsOfEveryRank() {
  return {
      {{}, -1},        {{1}, -1},       {{7}, -1},        {{1003}, -1},
      {{70001}, -1},   {{9}, 0},        {{5, 3}, 1},      {{5, 3}, 0},
      {{33, 64}, 1},   {{33, 64}, 0},   {{129, 192}, 1},  {{50, 1000}, 1},
      {{3, 5000}, 0},  {{3, 1}, 1},     {{700, 3}, 1},    {{5, 7, 33}, 2},
      {{5, 7, 33}, 1}, {{5, 7, 33}, 0}, {{2, 3, 256}, 1}, {{2, 3, 2, 128}, 3},
      {{0, 4}, 1},     {{4, 0}, 0}};
}

using StatsRunner =
    std::function<void(const CompileResult &, const std::vector<int64_t> &shape,
                       const std::vector<RunOperand> &)>;

/// Runs both kernels, one that counts and one that does not, and compares the
/// counts with a loop over the values that were stored.
inline void expectCounts(const CompileResult &counting,
                         const CompileResult &plain, std::vector<double> limits,
                         DType type, const StatsCase &test,
                         const StatsRunner &run) {
  int64_t n = sizeOfShape(test.shape);
  std::vector<std::vector<char>> inputs;
  std::vector<RunOperand> operands;
  for (unsigned k = 0; k < counting.signature.numInputs; ++k)
    inputs.push_back(packed(mixedInputs(n, k + 1), type));
  for (auto [k, input] : llvm::enumerate(inputs)) {
    operands.push_back({input.data(), denseStrides(test.shape)});
    if (k == 0 && test.isTransposed) {
      std::vector<int64_t> reversed(test.shape.rbegin(), test.shape.rend());
      reversed = denseStrides(reversed);
      operands[0].strides.assign(reversed.rbegin(), reversed.rend());
    }
  }
  std::vector<char> output(n * act::sizeOf(type)), other(output.size());
  operands.push_back({other.data(), denseStrides(test.shape)});
  run(plain, test.shape, operands);
  operands.back().data = output.data();
  int64_t numChannels = 1;
  std::vector<int64_t> strides(test.shape.size(), 0);
  for (int d = test.axis + test.numAxes; test.axis >= 0 && d-- > test.axis;) {
    strides[d] = numChannels;
    numChannels *= test.shape[d];
  }
  // What was there before is replaced.
  std::vector<ChannelCounts> counts(numChannels, {7, 7, 7, 7});
  operands.push_back({counts.data(), strides});
  run(counting, test.shape, operands);
  expectSameBits(output, other, type);

  limits = rounded(limits, type);
  std::vector<ChannelCounts> expected(numChannels);
  std::vector<double> values = unpacked(output, type);
  int64_t below = 1;
  for (size_t d = test.axis + test.numAxes;
       test.axis >= 0 && d < test.shape.size(); ++d)
    below *= test.shape[d];
  for (int64_t i = 0; i < n; ++i) {
    ChannelCounts &c = expected[test.axis < 0 ? 0 : i / below % numChannels];
    bool isSaturated = llvm::is_contained(limits, values[i]);
    c.zero += values[i] == 0;
    c.saturated += isSaturated;
    c.nonFinite += !std::isfinite(values[i]);
    c.inactive += values[i] == 0 || isSaturated;
  }
  for (int64_t c = 0; c < numChannels; ++c) {
    ASSERT_EQ(counts[c].zero, expected[c].zero) << "channel " << c;
    ASSERT_EQ(counts[c].saturated, expected[c].saturated) << "channel " << c;
    ASSERT_EQ(counts[c].nonFinite, expected[c].nonFinite) << "channel " << c;
    ASSERT_EQ(counts[c].inactive, expected[c].inactive) << "channel " << c;
  }
}

} // namespace act::test

#endif // ACT_TEST_UNIT_STATSRUN_H

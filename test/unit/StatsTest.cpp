//===- StatsTest.cpp - Counts of kernels against a plain count ------------===//
//
// Functions are compiled with act.stats and without, and run on inputs full of
// zeros, tails and values that are not finite; what the kernel counts is
// compared with a loop over the values that it stored.
//
//===----------------------------------------------------------------------===//

#include "CurveTestUtil.h"
#include "Elements.h"
#include "LevelKernel.h"
#include "Rows.h"
#include "act/Analysis/Shape.h"
#include "act/IR/FunctionTable.h"
#include "act/Jit/Compiler.h"
#include "act/Reference/Ulp.h"
#include "act/Syntax/Parser.h"
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <map>
#include <numeric>
#include <random>

using namespace act;

namespace {

CompileResult compileSource(const std::string &source, DType type,
                            const CpuLevel &level, bool counts) {
  auto context = createContext();
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
  options.level = &level;
  options.verify = true;
  auto result = compile(*module, options);
  if (!result) {
    ADD_FAILURE() << source << ": " << llvm::toString(result.takeError());
    return {};
  }
  return std::move(*result);
}

const CompileResult &compileOnce(const std::string &source, DType type,
                                 const CpuLevel &level, bool counts) {
  static std::map<std::tuple<std::string, DType, const CpuLevel *, bool>,
                  CompileResult>
      kernels;
  auto [entry, isNew] = kernels.try_emplace({source, type, &level, counts});
  if (isNew)
    entry->second = compileSource(source, type, level, counts);
  return entry->second;
}

/// Counting changes no value. The sign of a NaN is nobody's promise: it depends
/// on the order in which the code generator puts the operands of a product.
void expectSameBits(const std::vector<char> &output,
                    const std::vector<char> &other, DType type) {
  std::vector<double> a = test::unpacked(output, type),
                      b = test::unpacked(other, type);
  size_t bytes = act::sizeOf(type);
  for (size_t i = 0; i < a.size(); ++i)
    if (!std::isnan(a[i]) || !std::isnan(b[i]))
      ASSERT_EQ(std::memcmp(&output[i * bytes], &other[i * bytes], bytes), 0)
          << "element " << i << ": " << a[i] << " and " << b[i];
}

/// Numbers around 0, zeros, tails of any length, infinities and NaNs.
std::vector<double> mixedInputs(int64_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, 3);
  const double special[] = {0,    -0.0,  INFINITY, -INFINITY, NAN,
                            1e30, -1e30, 300,      -300,      1e-300};
  std::vector<double> values(n);
  for (double &value : values)
    value = random() % 3 ? normal(random) : special[random() % 10];
  return values;
}

std::vector<int64_t> denseStrides(const std::vector<int64_t> &shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  return strides;
}

int64_t sizeOf(const std::vector<int64_t> &shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<>());
}

/// One run. The first of the axes of channels is -1 where all is one channel.
struct Case {
  std::vector<int64_t> shape;
  int axis;
  /// The first input has its axes in reverse order in memory.
  bool isTransposed = false;
  int numAxes = 1;
};

void expectCounts(const std::string &source, std::vector<double> limits,
                  DType type, const Case &test, unsigned threads,
                  const CpuLevel &level) {
  SCOPED_TRACE(testing::Message()
               << source << " " << nameOf(type) << " " << level.name << " with "
               << level.vectorBits << " bits, of "
               << testing::PrintToString(test.shape) << " axis " << test.axis
               << " on " << threads << " threads");
  const CompileResult &counting = compileOnce(source, type, level, true);
  const CompileResult &plain = compileOnce(source, type, level, false);
  ASSERT_TRUE(counting.kernel && plain.kernel);
  int64_t n = sizeOf(test.shape);
  std::vector<std::vector<char>> inputs;
  std::vector<RunOperand> operands;
  for (unsigned k = 0; k < counting.signature.numInputs; ++k)
    inputs.push_back(test::packed(mixedInputs(n, k + 1), type));
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
  runElementwise(plain.signature, plain.kernel->entry(), test.shape, operands,
                 nullptr, threads);
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
  runElementwise(counting.signature, counting.kernel->entry(), test.shape,
                 operands, nullptr, threads);
  expectSameBits(output, other, type);

  limits = test::rounded(limits, type);
  std::vector<ChannelCounts> expected(numChannels);
  std::vector<double> values = test::unpacked(output, type);
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

void expectEverywhere(const std::string &source,
                      const std::vector<double> &limits, DType type,
                      const Case &shape) {
  for (const CpuLevel *level : test::hostLevels())
    for (unsigned threads : {1u, 3u})
      expectCounts(source, limits, type, shape, threads, *level);
}

class StatsOfType : public testing::TestWithParam<DType> {};
INSTANTIATE_TEST_SUITE_P(Types, StatsOfType,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](auto &info) { return nameOf(info.param); });

TEST_P(StatsOfType, FunctionsOfEveryKindOfLimit) {
  Case matrix{{37, 100}, 1};
  expectEverywhere("x", {}, GetParam(), matrix);
  expectEverywhere("relu", {0}, GetParam(), matrix);
  expectEverywhere("tanh", {-1, 1}, GetParam(), matrix);
  expectEverywhere("hard_sigmoid", {0, 1}, GetParam(), matrix);
  expectEverywhere("x * sigmoid(x)", {0}, GetParam(), matrix);
  expectEverywhere("elu", {-1}, GetParam(), matrix);
  expectEverywhere("where(x > 0, x, 0.3 * expm1(x))", {-0.3}, GetParam(),
                   matrix);
}

TEST_P(StatsOfType, ShapesOfEveryRank) {
  for (const Case &test : {Case{{}, -1},
                           Case{{1}, -1},
                           Case{{7}, -1},
                           Case{{1003}, -1},
                           Case{{70001}, -1},
                           Case{{9}, 0},
                           Case{{5, 3}, 1},
                           Case{{5, 3}, 0},
                           Case{{33, 64}, 1},
                           Case{{33, 64}, 0},
                           Case{{129, 192}, 1},
                           Case{{50, 1000}, 1},
                           Case{{3, 5000}, 0},
                           Case{{3, 1}, 1},
                           Case{{5, 7, 33}, 2},
                           Case{{5, 7, 33}, 1},
                           Case{{5, 7, 33}, 0},
                           Case{{2, 3, 256}, 1},
                           Case{{2, 3, 2, 128}, 3},
                           Case{{0, 4}, 1},
                           Case{{4, 0}, 0}})
    expectEverywhere("tanh", {-1, 1}, GetParam(), test);
}

TEST_P(StatsOfType, TransposedInputs) {
  for (int axis : {0, 1, 2})
    expectEverywhere("relu", {0}, GetParam(), {{6, 70, 96}, axis, true});
}

TEST_P(StatsOfType, ChannelsOfSeveralAxes) {
  for (bool isTransposed : {false, true})
    for (const Case &test : {Case{{20, 5, 70}, 1, isTransposed, 2},
                             Case{{20, 5, 64}, 1, isTransposed, 2},
                             Case{{9, 4, 3}, 1, isTransposed, 2},
                             Case{{4, 6, 80}, 0, isTransposed, 2},
                             Case{{30, 4, 100}, 0, isTransposed, 3}})
      expectEverywhere("relu", {0}, GetParam(), test);
}

TEST_P(StatsOfType, GatesOfTwoInputsHaveNoLimit) {
  expectEverywhere("u * relu(g)", {}, GetParam(), {{40, 130}, 1});
  expectEverywhere("u * relu(g)", {}, GetParam(), {{40, 130}, 1, true});
}

// Seven rows make a batch and 146 batches fill the planes.
TEST(Stats, ManyMoreRowsThanAPlaneCounts) {
  for (const Case &test :
       {Case{{70000, 3}, 1}, Case{{70000, 3}, -1}, Case{{5000, 64}, 1},
        Case{{3000, 72}, 1}, Case{{4300000}, -1}, Case{{3, 2500, 64}, 2}})
    expectEverywhere("tanh", {-1, 1}, DType::F32, test);
}

TEST(Stats, SeveralResultsAreCountedApart) {
  auto context = createContext();
  auto module = parseSource("relu", context.get());
  FuncOp relu = *module->getOps<FuncOp>().begin();
  mlir::OpBuilder builder = mlir::OpBuilder::atBlockEnd(module->getBody());
  builder
      .create<DerivativeOp>(relu.getLoc(), "both", relu,
                            llvm::ArrayRef<int64_t>{0, 1})
      .setSymVisibility("private");
  builder.create<StatsOp>(
      relu.getLoc(), builder.getStringAttr("counting"), mlir::StringAttr(),
      mlir::FlatSymbolRefAttr::get(context.get(), "both"), mlir::ArrayAttr());
  relu.setPrivate();
  CompileOptions options;
  options.level = bestHostLevel();
  auto compiled = compile(*module, options);
  ASSERT_TRUE(bool(compiled)) << llvm::toString(compiled.takeError());
  std::vector<float> x = {-1, -2, 3, 4, 5}, y(5), d(5);
  ChannelCounts counts[2];
  runElementwise(compiled->signature, compiled->kernel->entry(), {5},
                 {{x.data(), {1}},
                  {y.data(), {1}},
                  {d.data(), {1}},
                  {&counts[0], {0}},
                  {&counts[1], {0}}},
                 nullptr);
  EXPECT_EQ(counts[0].zero, 2);
  EXPECT_EQ(counts[0].saturated, 2);
  // The derivative is 0 or 1, its limits.
  EXPECT_EQ(counts[1].zero, 2);
  EXPECT_EQ(counts[1].saturated, 5);
  EXPECT_EQ(counts[1].inactive, 5);
}

using RowAndType = std::tuple<const FunctionInfo *, DType>;
class RowStats : public testing::TestWithParam<RowAndType> {};

// Far out a value is saturated where it is what one of the function's limits
// rounds to, by an analysis that shares nothing with act-specialize.
TEST_P(RowStats, TailsAreSaturated) {
  auto [row, type] = GetParam();
  CompileResult compiled =
      compileSource(row->Name, type, *bestHostLevel(), true);
  ASSERT_TRUE(compiled.kernel);
  Curve<MpfrNumber> curve = curveOf(row->Name);
  Shape<MpfrNumber> shape = analyse(curve);
  auto isLimit = [&, type = type](double y) {
    for (const Tail<MpfrNumber> *tail : {&shape.atMinusInf, &shape.atPlusInf})
      if (tail->limits[0] && !Traits::isInfinite(*tail->limits[0]) &&
          roundTo(*tail->limits[0], type) == y)
        return true;
    return false;
  };
  double far = type == DType::F16 ? 60000 : 1e30;
  for (double x : {-far, far}) {
    std::vector<char> input = test::packed({x}, type), output(input.size());
    ChannelCounts counts;
    runElementwise(compiled.signature, compiled.kernel->entry(), {},
                   {{input.data(), {}}, {output.data(), {}}, {&counts, {}}},
                   nullptr);
    double y = test::unpacked(output, type)[0];
    EXPECT_EQ(counts.saturated, isLimit(y)) << "at " << x << ": " << y;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RowStats,
    testing::Combine(testing::ValuesIn(unaryRows()),
                     testing::Values(DType::F64, DType::F32, DType::F16,
                                     DType::BF16)),
    [](const testing::TestParamInfo<RowAndType> &info) {
      return std::string(std::get<0>(info.param)->Name) + "_" +
             nameOf(std::get<1>(info.param));
    });

} // namespace

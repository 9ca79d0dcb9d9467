//===- RunnerReducedTest.cpp - Which terms reduced results add ------------===//

#include "RunnerTestUtil.h"
#include <cmath>

using namespace act;
using namespace act::test;

namespace {

/// x -> (2 x elementwise, terms x in f32, terms 3 x in f32).
void gradientKernel(const KernelArgs *args) {
  ASSERT_EQ(args->count % kLanes, 0);
  auto *x = static_cast<const float *>(args->operands[0]);
  auto *twice = static_cast<float *>(args->operands[1]);
  auto *first = static_cast<float *>(args->operands[2]);
  auto *second = static_cast<float *>(args->operands[3]);
  for (int64_t i = 0; i < args->count; ++i) {
    float value = x[i];
    twice[i] = 2 * value;
    first[i] = value;
    second[i] = 3 * value;
  }
}

KernelSignature gradientSignature() {
  KernelSignature signature;
  signature.operands.assign(4, DType::F32);
  signature.numInputs = 1;
  signature.isScalar = {false};
  signature.lanes = kLanes;
  signature.reducedTypes = {std::nullopt, DType::F32, DType::F64};
  return signature;
}

using Shape = std::vector<int64_t>;

int64_t product(const Shape &shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<>());
}

/// Row-major strides of an array that has the dimensions in `kept`, with a gap
/// of `gap` elements behind each of its elements.
Shape stridesKeeping(const Shape &shape, unsigned kept, int64_t gap = 0) {
  Shape strides(shape.size(), 0);
  int64_t stride = 1 + gap;
  for (size_t d = shape.size(); d-- > 0;)
    if (kept >> d & 1) {
      strides[d] = stride;
      stride *= shape[d];
    }
  return strides;
}

int64_t offsetOf(int64_t index, const Shape &shape, const Shape &strides) {
  int64_t offset = 0;
  for (size_t d = shape.size(); d-- > 0; index /= shape[d])
    offset += index % shape[d] * strides[d];
  return offset;
}

struct Outcome {
  std::vector<float> twice, first;
  std::vector<double> second;
};

/// Sums x into `first` over the dimensions that `keptFirst` lacks (bit d is
/// dimension d), and 3 x into `second`, which has gaps.
Outcome run(const Shape &shape, unsigned keptFirst, unsigned keptSecond,
            std::vector<float> &x, const Shape &xStrides, unsigned threads) {
  Outcome outcome;
  int64_t n = product(shape);
  outcome.twice.assign(n, -1);
  outcome.first.assign(n + 1, -1);
  outcome.second.assign(2 * n + 1, -1);
  unsigned all = (1u << shape.size()) - 1;
  runElementwise(
      gradientSignature(), gradientKernel, shape,
      {{x.data(), xStrides},
       {outcome.twice.data(), stridesKeeping(shape, all)},
       {outcome.first.data(), stridesKeeping(shape, keptFirst)},
       {outcome.second.data(), stridesKeeping(shape, keptSecond, 1)}},
      nullptr, threads);
  return outcome;
}

/// Every choice of two reductions, on integers, whose sums are exact.
void checkAll(const Shape &shape) {
  int64_t n = product(shape);
  std::vector<float> x(n);
  for (int64_t i = 0; i < n; ++i)
    x[i] = float(i * 37 % 251 - 125);
  unsigned all = (1u << shape.size()) - 1;
  // The input is dense in the first round and transposed in the second.
  for (bool transposed : {false, true}) {
    Shape strides = stridesKeeping(shape, all);
    if (transposed) {
      int64_t stride = 1;
      for (size_t d = 0; d < shape.size(); ++d)
        strides[d] = stride, stride *= shape[d];
    }
    for (unsigned kept = 0; kept <= all; ++kept) {
      unsigned other = (kept * 5 + 3) & all;
      Shape a = stridesKeeping(shape, kept);
      Shape b = stridesKeeping(shape, other, 1);
      std::vector<float> twice(n), first(n + 1, -1);
      std::vector<double> second(2 * n + 1, -1);
      for (int64_t i = 0; i < n; ++i)
        first[offsetOf(i, shape, a)] = second[offsetOf(i, shape, b)] = 0;
      for (int64_t i = 0; i < n; ++i) {
        float value = x[offsetOf(i, shape, strides)];
        twice[i] = 2 * value;
        first[offsetOf(i, shape, a)] += value;
        second[offsetOf(i, shape, b)] += 3 * value;
      }
      for (unsigned threads : {1u, 2u, 5u}) {
        Outcome outcome = run(shape, kept, other, x, strides, threads);
        ASSERT_EQ(outcome.twice, twice) << kept;
        ASSERT_EQ(outcome.first, first) << kept << ", threads " << threads;
        ASSERT_EQ(outcome.second, second) << kept << ", threads " << threads;
      }
    }
  }
}

TEST(RunnerReduced, Vectors) {
  for (int64_t n : {1, 5, 64, 513, 3000, 70001})
    checkAll({n});
}

TEST(RunnerReduced, Matrices) {
  checkAll({3, 5});
  checkAll({257, 3});    // short rows
  checkAll({100, 1001}); // several row tiles
  checkAll({7, 2100});   // several column tiles
  checkAll({2, 66000});
}

TEST(RunnerReduced, AnySetOfDimensions) {
  checkAll({4, 3, 50});
  checkAll({70, 6, 181}); // (0, 1, 0): a channel in the middle
  checkAll({5, 1, 3, 2, 7});
  checkAll({3, 40, 2, 300}); // stretches and tiles that cross
}

TEST(RunnerReduced, ThreadsDoNotChangeABit) {
  Shape shape = {301, 1003};
  std::vector<float> x(product(shape));
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = std::ldexp(float(i * 7919 % 10007) - 5000, int(i % 41));
  for (unsigned kept = 0; kept < 4; ++kept) {
    Outcome one = run(shape, kept, 3 - kept, x, {1003, 1}, 1);
    for (unsigned threads : {2u, 5u, 16u}) {
      Outcome many = run(shape, kept, 3 - kept, x, {1003, 1}, threads);
      EXPECT_EQ(many.first, one.first) << kept;
      EXPECT_EQ(many.second, one.second) << kept;
    }
  }
}

TEST(RunnerReduced, EmptyArraysSumToZero) {
  std::vector<float> x(1);
  auto runEmpty = [&](Shape shape, Shape strides, std::vector<float> &sums) {
    double second = -1;
    runElementwise(gradientSignature(), gradientKernel, shape,
                   {{x.data(), {1, 1}},
                    {x.data(), {1, 1}},
                    {sums.data(), strides},
                    {&second, {0, 0}}},
                   nullptr);
    EXPECT_EQ(second, 0);
  };
  std::vector<float> sums(3, -1), zeros(3, 0), kept(3, -1);
  runEmpty({0, 3}, {0, 1}, sums);
  EXPECT_EQ(sums, zeros);
  sums = kept;
  runEmpty({3, 0}, {1, 0}, sums);
  EXPECT_EQ(sums, zeros);
  sums = kept;
  runEmpty({3, 0}, {0, 1}, sums); // no output
  EXPECT_EQ(sums, kept);
}

TEST(RunnerReduced, RankZeroIsItsOneTerm) {
  float x = 3, twice = 0, first = 0;
  double second = 0;
  runElementwise(gradientSignature(), gradientKernel, {},
                 {{&x, {}}, {&twice, {}}, {&first, {}}, {&second, {}}},
                 nullptr);
  EXPECT_EQ(twice, 6);
  EXPECT_EQ(first, 3);
  EXPECT_EQ(second, 9);
}

TEST(RunnerReduced, SumMayReplaceAnInput) {
  // The gradient of a scale is written where the scale was.
  std::vector<float> x = iota(5 * 200), twice(x.size());
  double second;
  std::vector<float> expected(200);
  for (int64_t i = 0; i < 1000; ++i)
    expected[i % 200] += x[i];
  runElementwise(gradientSignature(), gradientKernel, {5, 200},
                 {{x.data(), {200, 1}},
                  {twice.data(), {200, 1}},
                  {x.data(), {0, 1}},
                  {&second, {0, 0}}},
                 nullptr, 2);
  x.resize(200);
  EXPECT_EQ(x, expected);
}

} // namespace

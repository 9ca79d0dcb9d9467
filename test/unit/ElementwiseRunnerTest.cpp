//===- ElementwiseRunnerTest.cpp - Kernels over any shape -----------------===//

#include "RunnerTestUtil.h"

using namespace act;
using namespace act::test;

namespace {

TEST(ElementwiseRunner, EveryLengthHasItsTail) {
  for (int64_t n = 0; n < 70; ++n) {
    std::vector<float> a = iota(n), b = iota(n), out(n + 1, -1);
    runElementwise(signatureOf(false), kernel, {n},
                   {{a.data(), {1}}, {b.data(), {1}}, {out.data(), {1}}},
                   nullptr);
    for (int64_t i = 0; i < n; ++i)
      ASSERT_EQ(out[i], 11 * a[i]) << n;
    ASSERT_EQ(out[n], -1) << "wrote beyond " << n;
  }
}

TEST(ElementwiseRunner, BroadcastsAlongEachDimension) {
  constexpr int64_t rows = 37, columns = 53;
  std::vector<float> a = iota(rows * columns), out(rows * columns);
  std::vector<float> perColumn = iota(columns), perRow = iota(rows);
  runElementwise(signatureOf(false), kernel, {rows, columns},
                 {{a.data(), {columns, 1}},
                  {perColumn.data(), {0, 1}},
                  {out.data(), {columns, 1}}},
                 nullptr);
  for (int64_t i = 0; i < rows * columns; ++i)
    ASSERT_EQ(out[i], 10 * a[i] + float(i % columns));
  runElementwise(signatureOf(false), kernel, {rows, columns},
                 {{a.data(), {columns, 1}},
                  {perRow.data(), {1, 0}},
                  {out.data(), {columns, 1}}},
                 nullptr);
  for (int64_t i = 0; i < rows * columns; ++i)
    ASSERT_EQ(out[i], 10 * a[i] + float(i / columns));
}

TEST(ElementwiseRunner, ReadsAndWritesAnyStride) {
  constexpr int64_t rows = 9, columns = 1030;
  // The transpose of a dense array, every second element of another.
  std::vector<float> a = iota(rows * columns), b = iota(2 * rows * columns);
  std::vector<float> out(3 * rows * columns, -1);
  runElementwise(signatureOf(false), kernel, {rows, columns},
                 {{a.data(), {1, rows}},
                  {b.data(), {2 * columns, 2}},
                  {out.data(), {3 * columns, 3}}},
                 nullptr);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c) {
      ASSERT_EQ(out[3 * (r * columns + c)],
                10 * a[c * rows + r] + b[2 * (r * columns + c)]);
      ASSERT_EQ(out[3 * (r * columns + c) + 1], -1);
    }
}

TEST(ElementwiseRunner, OneValueServesTheWholeArray) {
  std::vector<float> a = iota(1001), out(1001);
  float b = 7;
  runElementwise(signatureOf(true), kernel, {1001},
                 {{a.data(), {1}}, {&b, {0}}, {out.data(), {1}}}, nullptr);
  for (int64_t i = 0; i < 1001; ++i)
    ASSERT_EQ(out[i], 10 * a[i] + 7);
}

TEST(ElementwiseRunner, WorksInPlace) {
  std::vector<float> a = iota(1003), b(1003, 1);
  runElementwise(signatureOf(false), kernel, {1003},
                 {{a.data(), {1}}, {b.data(), {1}}, {a.data(), {1}}}, nullptr);
  for (int64_t i = 0; i < 1003; ++i)
    ASSERT_EQ(a[i], 10 * float(i) + 1);
}

TEST(ElementwiseRunner, ThreadsDoNotChangeResults) {
  std::vector<float> a = iota(10007), b = iota(10007), one(10007);
  std::vector<RunOperand> operands{
      {a.data(), {1}}, {b.data(), {1}}, {one.data(), {1}}};
  runElementwise(signatureOf(false), kernel, {10007}, operands, nullptr, 1);
  for (unsigned threads : {2u, 3u, 16u, 64u}) {
    std::vector<float> many(10007);
    operands[2].data = many.data();
    runElementwise(signatureOf(false), kernel, {10007}, operands, nullptr,
                   threads);
    ASSERT_EQ(many, one) << threads;
  }
}

TEST(ElementwiseRunner, RankZeroAndEmpty) {
  float a = 1, b = 2, out = 0;
  runElementwise(signatureOf(false), kernel, {},
                 {{&a, {}}, {&b, {}}, {&out, {}}}, nullptr);
  EXPECT_EQ(out, 12);
  runElementwise(signatureOf(false), kernel, {3, 0},
                 {{&a, {0, 1}}, {&b, {0, 1}}, {&out, {0, 1}}}, nullptr);
  EXPECT_EQ(out, 12);
}

} // namespace

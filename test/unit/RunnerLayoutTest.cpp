//===- RunnerLayoutTest.cpp - Rows in place, packed and mixed -------------===//

#include "RunnerTestUtil.h"

using namespace act;
using namespace act::test;

namespace {

/// A float operand in memory of its own; elements that the strides do not
/// reach hold -1 and must keep it.
struct Strided {
  std::vector<int64_t> shape, strides;
  std::vector<float> memory;

  Strided(std::vector<int64_t> shape, std::vector<int64_t> strides, float scale)
      : shape(shape), strides(strides) {
    int64_t last = 0;
    for (size_t d = 0; d < shape.size(); ++d)
      last += (shape[d] - 1) * strides[d];
    memory.assign(last + 1, -1);
    for (int64_t i = 0; i < size(); ++i)
      memory[offsetOf(i)] = scale * float(offsetOf(i) % 8191);
  }
  int64_t size() const {
    int64_t n = 1;
    for (int64_t dim : shape)
      n *= dim;
    return n;
  }
  int64_t offsetOf(int64_t index) const {
    int64_t offset = 0;
    for (size_t d = shape.size(); d-- > 0; index /= shape[d])
      offset += index % shape[d] * strides[d];
    return offset;
  }
  RunOperand operand() { return {memory.data(), strides}; }
};

using Strides = std::vector<int64_t>;
struct Layout {
  Strides shape, a, b, out;
};

/// Rows in place, with and without a tail; broadcast rows, channels and
/// values; stride 2; transposes; rows too short for a call of their own.
const Layout layouts[] = {
    {{5, 129}, {129, 1}, {129, 1}, {130, 1}},
    {{5, 128}, {200, 1}, {128, 1}, {128, 1}},
    {{7, 1001}, {1001, 1}, {0, 1}, {1001, 1}},
    {{7, 1001}, {1001, 1}, {1, 0}, {1001, 1}},
    {{7, 1001}, {1001, 1}, {0, 0}, {1003, 1}},
    {{7, 1001}, {2002, 2}, {1001, 1}, {1001, 1}},
    {{7, 1001}, {1001, 1}, {1001, 1}, {2002, 2}},
    {{7, 1001}, {1, 7}, {2, 0}, {1001, 1}},
    {{3, 11, 130}, {1430, 130, 1}, {0, 1, 0}, {1430, 130, 1}},
    {{3, 11, 130}, {1430, 130, 1}, {130, 0, 1}, {1, 390, 3}},
    {{401, 3}, {3, 1}, {0, 1}, {3, 1}},
    {{3, 5, 2, 9}, {90, 18, 9, 1}, {1, 0, 3, 0}, {1, 27, 135, 3}},
    {{2, 2100}, {2100, 1}, {1, 2}, {2101, 1}},
};

TEST(RunnerLayout, AgreesWithElementByElement) {
  for (size_t which = 0; which < std::size(layouts); ++which) {
    const Layout &layout = layouts[which];
    for (unsigned threads : {1u, 2u, 5u}) {
      Strided a(layout.shape, layout.a, 1), b(layout.shape, layout.b, 0.5f);
      Strided out(layout.shape, layout.out, 0);
      std::vector<float> expected = out.memory;
      for (int64_t i = 0; i < out.size(); ++i)
        expected[out.offsetOf(i)] =
            10 * a.memory[a.offsetOf(i)] + b.memory[b.offsetOf(i)];
      runElementwise(signatureOf(false), kernel, layout.shape,
                     {a.operand(), b.operand(), out.operand()}, nullptr,
                     threads);
      EXPECT_EQ(out.memory, expected) << which << ", threads " << threads;
    }
  }
}

TEST(RunnerLayout, ResultMayReplaceEitherInput) {
  for (size_t which = 0; which < std::size(layouts); ++which)
    for (bool second : {false, true}) {
      Layout layout = layouts[which];
      (second ? layout.b : layout.a) = layout.out;
      Strided a(layout.shape, layout.a, 1), b(layout.shape, layout.b, 0.5f);
      Strided &out = second ? b : a;
      std::vector<float> expected = out.memory;
      for (int64_t i = 0; i < out.size(); ++i)
        expected[out.offsetOf(i)] =
            10 * a.memory[a.offsetOf(i)] + b.memory[b.offsetOf(i)];
      runElementwise(signatureOf(false), kernel, layout.shape,
                     {a.operand(), b.operand(), out.operand()}, nullptr, 2);
      EXPECT_EQ(out.memory, expected) << which;
    }
}

/// What the kernel was given, per operand: calls with a pointer into an array.
const float *watched[3];
int64_t watchedSize, callsInPlace[3];

void watchingKernel(const KernelArgs *args) {
  kernel(args);
  for (int k = 0; k < 3; ++k) {
    auto *at = static_cast<const float *>(args->operands[k]);
    callsInPlace[k] += at >= watched[k] && at < watched[k] + watchedSize;
  }
}

TEST(RunnerLayout, DenseOperandsStayInPlaceBesideAPackedOne) {
  std::vector<float> a = iota(4 * 1003), b = iota(2 * 4 * 1003);
  std::vector<float> out(4 * 1003);
  watched[0] = a.data(), watched[1] = b.data(), watched[2] = out.data();
  watchedSize = 4 * 1003;
  runElementwise(
      signatureOf(false), watchingKernel, {4, 1003},
      {{a.data(), {1003, 1}}, {b.data(), {2006, 2}}, {out.data(), {1003, 1}}},
      nullptr);
  // Two steps a row, 512 and 488 elements; the tail of 3 is packed.
  EXPECT_EQ(callsInPlace[0], 8);
  EXPECT_EQ(callsInPlace[1], 0);
  EXPECT_EQ(callsInPlace[2], 8);
  for (int64_t i = 0; i < 4 * 1003; ++i)
    ASSERT_EQ(out[i], 10 * a[i] + b[2 * i]);
}

int64_t calls;
void countingKernel(const KernelArgs *args) {
  ++calls;
  kernel(args);
}

TEST(RunnerLayout, ShortRowsShareACall) {
  std::vector<float> a = iota(5000), perColumn = iota(5), out(5000);
  calls = 0;
  runElementwise(
      signatureOf(false), countingKernel, {1000, 5},
      {{a.data(), {5, 1}}, {perColumn.data(), {0, 1}}, {out.data(), {5, 1}}},
      nullptr);
  EXPECT_EQ(calls, 10);
  for (int64_t i = 0; i < 5000; ++i)
    ASSERT_EQ(out[i], 10 * a[i] + float(i % 5));
}

TEST(RunnerLayout, WritesNothingBetweenOrBehindRows) {
  // Rows of 100 in memory of 103 a row: gaps keep their values.
  std::vector<float> a = iota(9 * 100), out(9 * 103, -1);
  float b = 1;
  runElementwise(signatureOf(true), kernel, {9, 100},
                 {{a.data(), {100, 1}}, {&b, {0, 0}}, {out.data(), {103, 1}}},
                 nullptr);
  for (int64_t i = 0; i < 9 * 103; ++i) {
    bool inside = i % 103 < 100;
    ASSERT_EQ(out[i], inside ? 10 * a[i / 103 * 100 + i % 103] + 1 : -1) << i;
  }
}

} // namespace

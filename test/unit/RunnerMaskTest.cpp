//===- RunnerMaskTest.cpp - Operands of one bit an element ----------------===//

#include "RunnerTestUtil.h"

using namespace act;
using namespace act::test;

namespace {

/// (x, m) -> (m ? x : -x, m xor (x is odd)).
void maskKernel(const KernelArgs *args) {
  ASSERT_EQ(args->count % kLanes, 0);
  auto *x = static_cast<const float *>(args->operands[0]);
  auto *m = static_cast<const uint8_t *>(args->operands[1]);
  auto *out = static_cast<float *>(args->operands[2]);
  auto *flipped = static_cast<uint8_t *>(args->operands[3]);
  for (int64_t i = 0; i < args->count; ++i) {
    ASSERT_LE(m[i], 1);
    float value = x[i];
    out[i] = m[i] ? value : -value;
    flipped[i] = m[i] ^ (int64_t(value) & 1);
  }
}

KernelSignature maskSignature() {
  KernelSignature signature;
  signature.operands = {DType::F32, DType::Bit, DType::F32, DType::Bit};
  signature.numInputs = 2;
  signature.isScalar = {false, false};
  signature.lanes = kLanes;
  return signature;
}

/// A bit that repeats with no power of two.
bool bitOf(int64_t i) { return i * i % 7 < 3; }

std::vector<uint8_t> packed(int64_t n) {
  std::vector<uint8_t> mask(arrayBytes(DType::Bit, n));
  for (int64_t i = 0; i < n; ++i)
    mask[i / 8] |= bitOf(i) << i % 8;
  return mask;
}

/// The other mask, which the kernel makes of `packed(n)` for x = 0, 1, 2, ...
std::vector<uint8_t> flipped(int64_t n) {
  std::vector<uint8_t> mask(arrayBytes(DType::Bit, n));
  for (int64_t i = 0; i < n; ++i)
    mask[i / 8] |= (bitOf(i) ^ (i & 1)) << i % 8;
  return mask;
}

TEST(RunnerMask, EveryLength) {
  for (int64_t n = 1; n <= 1030; ++n)
    for (unsigned threads : {1u, 2u}) {
      if (threads > 1 && n < 500)
        continue;
      std::vector<float> x = iota(n), out(n);
      std::vector<uint8_t> mask = packed(n), result(mask.size() + 1, 0xff);
      runElementwise(maskSignature(), maskKernel, {n},
                     {{x.data(), {1}},
                      {mask.data(), {}},
                      {out.data(), {1}},
                      {result.data(), {}}},
                     nullptr, threads);
      for (int64_t i = 0; i < n; ++i)
        ASSERT_EQ(out[i], bitOf(i) ? x[i] : -x[i]) << n;
      ASSERT_EQ(result.back(), 0xff) << "wrote beyond " << n;
      // Padding bits are 0, whatever was there before.
      result.pop_back();
      ASSERT_EQ(result, flipped(n)) << n;
    }
}

TEST(RunnerMask, RowsNeedNotBeginAtABytesBoundary) {
  // Rows too long and too short for a call of their own, with a second stride
  // in memory, so that they stay rows.
  for (int64_t columns : {1, 3, 61, 129, 515, 1001})
    for (unsigned threads : {1u, 2u, 5u}) {
      constexpr int64_t rows = 13;
      int64_t n = rows * columns, pitch = columns + 2;
      std::vector<float> x = iota(n), out(rows * pitch);
      std::vector<uint8_t> mask = packed(n), result(mask.size(), 0xff);
      runElementwise(maskSignature(), maskKernel, {rows, columns},
                     {{x.data(), {columns, 1}},
                      {mask.data(), {}},
                      {out.data(), {pitch, 1}},
                      {result.data(), {}}},
                     nullptr, threads);
      for (int64_t i = 0; i < n; ++i)
        ASSERT_EQ(out[i / columns * pitch + i % columns],
                  bitOf(i) ? x[i] : -x[i]);
      ASSERT_EQ(result, flipped(n)) << columns << ", threads " << threads;
    }
}

TEST(RunnerMask, IsUpdatedInPlace) {
  constexpr int64_t rows = 7, columns = 517, pitch = 520;
  std::vector<float> x = iota(rows * columns), out(rows * pitch);
  std::vector<uint8_t> mask = packed(rows * columns);
  runElementwise(maskSignature(), maskKernel, {rows, columns},
                 {{x.data(), {columns, 1}},
                  {mask.data(), {}},
                  {out.data(), {pitch, 1}},
                  {mask.data(), {}}},
                 nullptr, 3);
  EXPECT_EQ(mask, flipped(rows * columns));
}

TEST(RunnerMask, HasNoStrides) {
  // The order of the bits is that of the shape, not of anyone's memory.
  constexpr int64_t rows = 33, columns = 70;
  std::vector<float> x = iota(rows * columns), out(rows * columns);
  std::vector<float> transposed(rows * columns);
  for (int64_t i = 0; i < rows * columns; ++i)
    transposed[i % columns * rows + i / columns] = x[i];
  std::vector<uint8_t> mask = packed(rows * columns), result(mask.size());
  runElementwise(maskSignature(), maskKernel, {rows, columns},
                 {{transposed.data(), {1, rows}},
                  {mask.data(), {}},
                  {out.data(), {columns, 1}},
                  {result.data(), {}}},
                 nullptr);
  EXPECT_EQ(result, flipped(rows * columns));
}

TEST(RunnerMask, SizesAndName) {
  EXPECT_STREQ(nameOf(DType::Bit), "b1");
  EXPECT_EQ(sizeOf(DType::Bit), 1u);
  EXPECT_EQ(arrayBytes(DType::Bit, 0), 0u);
  EXPECT_EQ(arrayBytes(DType::Bit, 8), 1u);
  EXPECT_EQ(arrayBytes(DType::Bit, 9), 2u);
  EXPECT_EQ(arrayBytes(DType::BF16, 9), 18u);
}

} // namespace

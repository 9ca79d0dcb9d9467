//===- RunnerTestUtil.h - Kernels in C++ for the runner's tests -*- C++ -*-===//
#ifndef ACT_TEST_UNIT_RUNNERTESTUTIL_H
#define ACT_TEST_UNIT_RUNNERTESTUTIL_H

#include "act/Runtime/ElementwiseRunner.h"
#include <gtest/gtest.h>
#include <numeric>

namespace act::test {

constexpr int64_t kLanes = 8;

/// out = 10 a + b on f32, with the checks that a compiled kernel relies on.
inline void kernel(const KernelArgs *args) {
  ASSERT_EQ(args->count % kLanes, 0);
  ASSERT_GT(args->count, 0);
  auto *a = static_cast<const float *>(args->operands[0]);
  auto *b = static_cast<const float *>(args->operands[1]);
  auto *out = static_cast<float *>(args->operands[2]);
  ASSERT_EQ(args->strides[0], 1);
  ASSERT_EQ(args->strides[2], 1);
  for (int64_t i = 0; i < args->count; i += kLanes) {
    // A vector is read whole before any of it is written.
    float lanes[kLanes];
    for (int64_t k = 0; k < kLanes; ++k)
      lanes[k] = 10 * a[i + k] + b[(i + k) * args->strides[1]];
    for (int64_t k = 0; k < kLanes; ++k)
      out[i + k] = lanes[k];
  }
}

inline KernelSignature signatureOf(bool secondIsScalar) {
  KernelSignature signature;
  signature.operands = {DType::F32, DType::F32, DType::F32};
  signature.numInputs = 2;
  signature.isScalar = {false, secondIsScalar};
  signature.lanes = kLanes;
  return signature;
}

inline std::vector<float> iota(int64_t n) {
  std::vector<float> values(n);
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}

} // namespace act::test

#endif // ACT_TEST_UNIT_RUNNERTESTUTIL_H

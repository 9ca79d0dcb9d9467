//===- SameBitsTest.cpp - Levels agree in every bit -----------------------===//

#include "SameBits.h"
#include <gtest/gtest.h>

using namespace act;
using namespace act::test;

namespace {

class SameBits : public testing::TestWithParam<DType> {};

TEST_P(SameBits, AtEveryLevel) {
  for (const char *source : kQuickSources)
    expectSameBits({source, GetParam()}, 1 << 14);
}

TEST_P(SameBits, OfDerivatives) {
  for (const char *source : kQuickSources)
    expectSameBits({source, GetParam(), 1}, 1 << 14);
}

INSTANTIATE_TEST_SUITE_P(Quick, SameBits,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

TEST_P(SameBits, OfTheStrictClass) {
  for (const char *source : {"silu", "gelu", "tanh"})
    for (int64_t order : {0, 1})
      expectSameBits({source, GetParam(), order, Accuracy::Strict}, 1 << 14);
}

// A kernel that counts writes a mask a vector, of as many bytes here where
// vectors are as short.
TEST_P(SameBits, OfMasks) {
  const Emulator &emulator = Emulator::get();
  const CpuLevel *narrow = narrowLevel(), *neon = cpuLevelNamed("neon");
  if (!emulator.missing().empty() || hostSupports(*neon))
    GTEST_SKIP() << "nothing to compare with: " << emulator.missing();
  Bytes input = patternsOf(GetParam(), 1 << 12).bytes();
  for (const char *source : {"x", "relu", "tanh", "hard_sigmoid", "elu"}) {
    auto kernel = compileCounting(*narrow, {source, GetParam()});
    auto object = compileCounting(*neon, {source, GetParam()}, Product::Object);
    auto results = emulator.call(object, {input});
    ASSERT_TRUE(bool(results)) << llvm::toString(results.takeError());
    std::vector<Bytes> expected = callHere(kernel, {input});
    ASSERT_GE(expected.size(), 3u);
    for (size_t k = 1; k < expected.size(); ++k) {
      EXPECT_EQ((*results)[k], expected[k]) << source << ", mask " << k - 1;
      EXPECT_NE(expected[k], Bytes(expected[k].size())) << source;
    }
  }
}

// The comparison must find what it is for.
TEST(Differences, AreFoundAndNaNsCountedApart) {
  size_t nans = 0;
  Bytes a = Patterns{DType::F16, {0x3c00, 0x7e00, 0x0000}}.bytes();
  Bytes b = Patterns{DType::F16, {0x3c01, 0xfe01, 0x8000}}.bytes();
  EXPECT_EQ(differences(a, b, DType::F16, nans), (std::vector<size_t>{0, 2}));
  EXPECT_EQ(nans, 1u);
}

} // namespace

//===- RunnerSumTest.cpp - How exact reduced results are ------------------===//

#include "RunnerTestUtil.h"
#include <cmath>
#include <cstring>
#include <random>

using namespace act;
using namespace act::test;

namespace {

/// The terms are the input itself.
template <class T> void identityKernel(const KernelArgs *args) {
  ASSERT_EQ(args->count % kLanes, 0);
  std::memcpy(args->operands[1], args->operands[0], args->count * sizeof(T));
}

template <class T> constexpr DType typeOf = DType::F64;
template <> constexpr DType typeOf<float> = DType::F32;

template <class T> KernelSignature identitySignature(DType sumType) {
  KernelSignature signature;
  signature.operands = {typeOf<T>, typeOf<T>};
  signature.numInputs = 1;
  signature.isScalar = {false};
  signature.lanes = kLanes;
  signature.reducedTypes = {sumType};
  return signature;
}

template <class T, class Sum>
Sum sumOf(std::vector<T> terms, DType sumType, unsigned threads = 1) {
  Sum sum;
  runElementwise(identitySignature<T>(sumType), identityKernel<T>,
                 {int64_t(terms.size())}, {{terms.data(), {1}}, {&sum, {0}}},
                 nullptr, threads);
  return sum;
}

/// Terms of all magnitudes over 40 octaves, and all but a few of them come
/// again negated, far away.
template <class T> std::vector<T> illConditioned(int64_t n) {
  std::mt19937_64 random(1);
  std::vector<T> terms(n);
  for (int64_t i = 0; i < n; ++i) {
    double mantissa = std::ldexp(double(random() >> 11), -53) - 0.5;
    terms[i] = T(std::ldexp(mantissa, int(random() % 40) - 20));
  }
  for (int64_t i = 0; i + 10 < n / 2; ++i)
    terms[n - 1 - i] = -terms[i];
  std::shuffle(terms.begin(), terms.end(), random);
  return terms;
}

/// The exact sum of terms that are multiples of 2^-80, in units of that.
template <class T> __int128 exactSum(const std::vector<T> &terms) {
  __int128 sum = 0;
  for (T term : terms)
    sum += __int128(std::ldexp((long double)term, 80));
  return sum;
}

template <class T> void expectAccurate(double halfUlp) {
  std::vector<T> terms = illConditioned<T>(1000003);
  long double magnitudes = 0;
  for (T &term : terms) {
    // Down to the unit of `exactSum`.
    term = T(std::ldexp(std::nearbyint(std::ldexp(double(term), 80)), -80));
    magnitudes += std::fabs((long double)term);
  }
  auto exact = std::ldexp((long double)exactSum(terms), -80);
  EXPECT_GT(magnitudes / std::fabs(exact), 1e4);
  for (unsigned threads : {1u, 2u, 5u}) {
    long double sum = sumOf<T, T>(terms, typeOf<T>, threads);
    EXPECT_LE(std::fabs(sum - exact),
              halfUlp * std::fabs(exact) + 0x1p-64L * magnitudes);
  }
}

TEST(RunnerSum, IllConditionedFloats) { expectAccurate<float>(0x1.01p-24); }
TEST(RunnerSum, IllConditionedDoubles) { expectAccurate<double>(0x1.01p-53); }

TEST(RunnerSum, ManyEqualTermsDoNotDrift) {
  std::vector<float> terms(1 << 22, 0.1f);
  EXPECT_EQ((sumOf<float, double>(terms, DType::F64)),
            double(0.1f) * (1 << 22));
}

TEST(RunnerSum, IsRoundedOnce) {
  // Just above a tie of bf16 and f16: not even the last bit of double may
  // vanish before the rounding.
  EXPECT_EQ((sumOf<float, uint16_t>({1, 0x1p-8f, 0x1p-60f}, DType::BF16)),
            0x3f81);
  EXPECT_EQ((sumOf<float, uint16_t>({1, 0x1p-8f}, DType::BF16)), 0x3f80);
  EXPECT_EQ((sumOf<float, uint16_t>({1, 0x1p-8f, -0x1p-60f}, DType::BF16)),
            0x3f80);
  EXPECT_EQ((sumOf<float, uint16_t>({1, 0x1p-11f, 0x1p-70f}, DType::F16)),
            0x3c01);
  EXPECT_EQ((sumOf<double, float>({1, 0x1p-24, 0x1p-90}, DType::F32)),
            1 + 0x1p-23f);
  EXPECT_EQ((sumOf<double, float>({-1, -0x1p-24, 0x1p-90}, DType::F32)), -1);
}

TEST(RunnerSum, HalfPrecisionAtTheEdges) {
  auto half = [](std::vector<float> terms) {
    return sumOf<float, uint16_t>(std::move(terms), DType::F16);
  };
  EXPECT_EQ(half({65504}), 0x7bff);
  EXPECT_EQ(half({65504, 15.99f}), 0x7bff);
  EXPECT_EQ(half({65504, 16}), 0x7c00);
  EXPECT_EQ(half({-1e30f}), 0xfc00);
  EXPECT_EQ(half({0x1p-24f}), 0x0001);
  EXPECT_EQ(half({0x1p-25f}), 0x0000);
  EXPECT_EQ(half({0x1p-25f, 0x1p-60f}), 0x0001);
  EXPECT_EQ(half({0x1.ff8p-15f, 0x1p-26f}), 0x03ff);
  EXPECT_EQ(half({0x1.ff8p-15f, 0x1p-25f}), 0x0400);
  EXPECT_EQ(half({-2, -0.5f}), 0xc100);
  EXPECT_EQ((sumOf<float, uint16_t>({0x1p-133f}, DType::BF16)), 0x0001);
}

TEST(RunnerSum, SpecialValues) {
  float inf = std::numeric_limits<float>::infinity();
  auto sum = [](std::vector<float> terms) {
    return sumOf<float, float>(std::move(terms), DType::F32);
  };
  EXPECT_EQ(sum({1, inf, 2}), inf);
  EXPECT_EQ(sum({1, -inf, 2}), -inf);
  EXPECT_TRUE(std::isnan(sum({inf, 0, -inf})));
  EXPECT_TRUE(std::isnan(sum({1, NAN, 2})));
  EXPECT_EQ((sumOf<float, uint16_t>({NAN}, DType::BF16) & 0x7fff), 0x7fc0);
  EXPECT_EQ((sumOf<float, uint16_t>({-inf}, DType::BF16)), 0xff80);
  // Beyond the range on the way, not at the end.
  EXPECT_EQ(sum({3e38f, 3e38f, -3e38f}), 3e38f);
  EXPECT_EQ(sum({3e38f, 3e38f}), inf);
  EXPECT_TRUE(std::signbit(sum({-0.0f, -0.0f})));
  EXPECT_FALSE(std::signbit(sum({-0.0f, 0.0f})));
  EXPECT_FALSE(std::signbit(sum({-1.0f, 1.0f})));
}

TEST(RunnerSum, EveryColumnAndRowHasItsOwnPrecision) {
  // One huge pair in a column and a row leaves its own sums exact and all
  // others untouched.
  constexpr int64_t rows = 200, columns = 1001;
  std::vector<float> terms(rows * columns, 0x1p-30f);
  terms[3 * columns + 5] = 0x1p60f;
  terms[3 * columns + 700] = -0x1p60f;
  terms[150 * columns + 5] = -0x1p60f;
  terms[150 * columns + 700] = 0x1p60f;
  auto run = [&](int64_t size, std::vector<int64_t> strides) {
    std::vector<double> sums(size);
    runElementwise(identitySignature<float>(DType::F64), identityKernel<float>,
                   {rows, columns},
                   {{terms.data(), {columns, 1}}, {sums.data(), strides}},
                   nullptr, 2);
    return sums;
  };
  std::vector<double> perColumn = run(columns, {0, 1});
  for (int64_t c = 0; c < columns; ++c)
    ASSERT_EQ(perColumn[c], (c == 5 || c == 700 ? 198 : 200) * 0x1p-30) << c;
  std::vector<double> perRow = run(rows, {1, 0});
  for (int64_t r = 0; r < rows; ++r)
    ASSERT_EQ(perRow[r], (r == 3 || r == 150 ? 999 : 1001) * 0x1p-30) << r;
}

TEST(RunnerSum, FlushMakesZerosOfSubnormalSums) {
  auto sum = [](DType type, double unit, bool flushes) {
    KernelSignature signature = identitySignature<double>(type);
    signature.flushes = flushes;
    std::vector<double> terms = {-unit, -unit, 1.25 * unit};
    uint64_t bits = 0;
    runElementwise(signature, identityKernel<double>, {3},
                   {{terms.data(), {1}}, {&bits, {0}}}, nullptr);
    return bits;
  };
  EXPECT_EQ(sum(DType::F64, 0x1p-1022, false), 0x800c000000000000);
  EXPECT_EQ(sum(DType::F64, 0x1p-1022, true), 0x8000000000000000);
  EXPECT_EQ(sum(DType::F32, 0x1p-126, false), 0x80600000);
  EXPECT_EQ(sum(DType::F32, 0x1p-126, true), 0x80000000);
  EXPECT_EQ(sum(DType::F16, 0x1p-14, false), 0x8300);
  EXPECT_EQ(sum(DType::F16, 0x1p-14, true), 0x8000);
  EXPECT_EQ(sum(DType::BF16, 0x1p-126, true), 0x8000);
  EXPECT_EQ(sum(DType::BF16, 0x1p-120, true),
            sum(DType::BF16, 0x1p-120, false));
}

} // namespace

//===- SoftmaxTest.cpp - The reference's softmax --------------------------===//

#include "act/Reference/Softmax.h"
#include "act/Reference/MpfrNumber.h"
#include "gtest/gtest.h"
#include <limits>
#include <random>

using namespace act;

static constexpr double inf = std::numeric_limits<double>::infinity();

template <class Number>
static Softmax<Number> softmaxOfDoubles(llvm::ArrayRef<double> logits,
                                        double temperature = 1) {
  std::vector<Number> row;
  for (double z : logits)
    row.push_back(Number(z));
  return softmaxOf<Number>(row, Number(temperature));
}

/// Nearly all bits of a double, relative.
static void expectSame(Quad got, const MpfrNumber &want) {
  double exact = NumberTraits<MpfrNumber>::toDouble(want);
  EXPECT_NEAR(double(got), exact, 1e-15 * std::fabs(exact));
}

TEST(Softmax, AgreesWithMpfr) {
  std::mt19937 random(1);
  for (double spread : {0.1, 3.0, 100.0}) {
    std::vector<double> logits;
    for (int i = 0; i < 20; ++i)
      logits.push_back(spread * std::normal_distribution<>()(random));
    for (double temperature : {0.3, 1.0, 7.0}) {
      auto got = softmaxOfDoubles<Quad>(logits, temperature);
      auto want = softmaxOfDoubles<MpfrNumber>(logits, temperature);
      expectSame(got.entropy, want.entropy);
      expectSame(got.logSumExp, want.logSumExp);
      for (size_t i = 0; i < logits.size(); ++i) {
        expectSame(got.probabilities[i], want.probabilities[i]);
        expectSame(got.logProbabilities[i], want.logProbabilities[i]);
      }
    }
  }
}

/// By the formula as it stands, in 512 bits.
TEST(Softmax, IsTheFormula) {
  using Traits = NumberTraits<MpfrNumber>;
  std::vector<double> logits = {-3, 0.5, 2, 2};
  MpfrNumber sum(0.0), entropy(0.0);
  for (double z : logits)
    sum = sum + Traits::exp(MpfrNumber(z / 0.5));
  auto got = softmaxOfDoubles<Quad>(logits, 0.5);
  for (size_t i = 0; i < logits.size(); ++i) {
    MpfrNumber p = Traits::exp(MpfrNumber(logits[i] / 0.5)) / sum;
    expectSame(got.probabilities[i], p);
    expectSame(got.logProbabilities[i], Traits::log(p));
    entropy = entropy - p * Traits::log(p);
  }
  expectSame(got.entropy, entropy);
  expectSame(got.logSumExp, MpfrNumber(0.5) * Traits::log(sum));
}

TEST(Softmax, SmallEntropiesKeepTheirDigits) {
  // p is about 1e-30: H = p (1 - log p) to first order.
  double p = std::exp(-70.0);
  EXPECT_NEAR(double(softmaxOfDoubles<Quad>({0, -70}).entropy) / (p * 71), 1,
              1e-14);
}

TEST(Softmax, RowsOfTheJacobianSumToZeroAndAreSlopes) {
  std::vector<Quad> logits = {2, 1, Quad(0.1)};
  Quad temperature = 0.7, step = 1e-12;
  std::vector<Quad> p = softmaxOf<Quad>(logits, temperature).probabilities;
  for (size_t i = 0; i < 3; ++i) {
    std::vector<Quad> row = softmaxJacobianRow<Quad>(p, temperature, i);
    EXPECT_NEAR(double(row[0] + row[1] + row[2]), 0, 1e-33);
    for (size_t j = 0; j < 3; ++j) {
      std::vector<Quad> up = logits, down = logits;
      up[j] += step, down[j] -= step;
      Quad slope = (softmaxOf<Quad>(up, temperature).probabilities[i] -
                    softmaxOf<Quad>(down, temperature).probabilities[i]) /
                   (2 * step);
      EXPECT_NEAR(double(row[j] / slope), 1, 1e-15);
    }
  }
}

TEST(Softmax, LargeLogitsDoNotOverflow) {
  auto row = softmaxOfDoubles<double>({1e300, 1e300, -1e300});
  EXPECT_EQ(row.probabilities, (std::vector<double>{0.5, 0.5, 0}));
}

TEST(Softmax, AMaskedLogitHasNoShare) {
  auto row = softmaxOfDoubles<Quad>({1, -inf, 1});
  EXPECT_EQ(double(row.probabilities[0]), 0.5);
  EXPECT_EQ(double(row.probabilities[1]), 0);
  EXPECT_EQ(double(row.logProbabilities[1]), -inf);
  EXPECT_NEAR(double(row.entropy), std::log(2.0), 1e-16);
}

TEST(Softmax, ARowWithoutProbabilitiesIsNaN) {
  for (auto logits : {std::vector<double>{1, inf}, {-inf, -inf}, {1, NAN, 2}}) {
    auto row = softmaxOfDoubles<Quad>(logits);
    for (Quad p : row.probabilities)
      EXPECT_TRUE(std::isnan(double(p)));
    EXPECT_TRUE(std::isnan(double(row.entropy)));
  }
}

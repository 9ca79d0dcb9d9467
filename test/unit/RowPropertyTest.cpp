//===- RowPropertyTest.cpp - What holds of every softmax ------------------===//

#include "RowTestUtil.h"
#include "act/Reference/Softmax.h"
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

using namespace act;
using namespace act::test;

static double sumOf(const Row &row) {
  return std::accumulate(row.begin(), row.end(), 0.0);
}

static Row shuffled(Row row, const std::vector<size_t> &order) {
  Row result;
  for (size_t i : order)
    result.push_back(row[i]);
  return result;
}

static double ulpsApart(double a, double b) {
  return ulpError(a, Quad(b), DType::F32);
}

TEST(RowProperty, ProbabilitiesSumToOne) {
  RowKernel softmax = compileRows({"softmax(x)"});
  ASSERT_TRUE(softmax);
  for (size_t count : {1, 2, 63, 64, 65, 1000, 5000})
    for (double sigma : {0.1, 1.0, 4.0, 16.0}) {
      Row p = softmax({normalRow(count, sigma, count)});
      // Each of them errs by its own bound only; the sum of the magnitudes is
      // 1. The common factor 1/sum has the relative error of the sum.
      EXPECT_NEAR(sumOf(p), 1, 16 * 0x1p-24) << count << " " << sigma;
      for (double x : p)
        EXPECT_TRUE(x >= 0 && x <= 1) << x;
    }
}

TEST(RowProperty, AnExactShiftChangesNoBit) {
  for (const char *source : {"softmax(x)", "log_softmax(x)"}) {
    RowKernel kernel = compileRows({source});
    ASSERT_TRUE(kernel);
    // Multiples of 2^-10 below 16 stay exact when shifted by these.
    Row x = normalRow(777, 3, 1);
    for (double &value : x)
      value = std::nearbyint(value * 1024) / 1024;
    Row expected = kernel({x});
    for (double shift : {-1024.0, -3.5, 0.25, 4096.0}) {
      Row moved = x;
      for (double &value : moved)
        value += shift;
      ASSERT_EQ(moved, rounded(moved, DType::F32));
      EXPECT_EQ(kernel({moved}), expected) << source << " " << shift;
    }
  }
}

TEST(RowProperty, APermutationIsOneOfTheResults) {
  std::mt19937_64 random(2);
  for (const char *source : {"softmax(x)", "log_softmax(x)"}) {
    RowKernel kernel = compileRows({source});
    ASSERT_TRUE(kernel);
    Row x = normalRow(3000, 2, 3), expected = kernel({x});
    std::vector<size_t> order(x.size());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    Row permuted = kernel({shuffled(x, order)});
    double worst = 0;
    for (size_t i = 0; i < order.size(); ++i)
      worst = std::max(worst, ulpsApart(permuted[i], expected[order[i]]));
    printf("%s, permuted: %.0f ulp apart\n", source, worst);
    // Terms meet in another order: an ulp or two of the sum.
    EXPECT_LE(worst, 4) << source;
  }
}

TEST(RowProperty, OfACoolRowTheLargestShare) {
  RowSubject subject{"softmax(x, temperature=t)"};
  subject.uniformInputs = {1};
  RowKernel kernel = compileRows(subject);
  ASSERT_TRUE(kernel);
  for (double t : {1e-3, 1e-10, 1e-30, 0x1p-126})
    EXPECT_EQ(kernel({{1, 3, 2, 3, -5}, {t}}), (Row{0, 0.5, 0, 0.5, 0})) << t;
  EXPECT_EQ(kernel({{1, 3, 2, 2.75, -5}, {1e-4}}), (Row{0, 1, 0, 0, 0}));
}

TEST(RowProperty, AHotRowIsUniform) {
  RowSubject subject{"softmax(x, temperature=t)"};
  subject.uniformInputs = {1};
  RowKernel kernel = compileRows(subject);
  ASSERT_TRUE(kernel);
  for (double t : {1e10, 1e30, 1e38})
    EXPECT_EQ(kernel({{1, 3, -2, 100}, {t}}), Row(4, 0.25)) << t;
}

// The worked example of the reports: logits 2, 1, 0.1.
TEST(RowProperty, LogitsAtThreeTemperatures) {
  for (const char *t : {"0.5", "1", "2"}) {
    RowKernel kernel =
        compileRows({std::string("softmax(x, temperature=") + t + ")"});
    ASSERT_TRUE(kernel);
    Row logits = rounded({2, 1, 0.1}, DType::F32);
    Row p = kernel({logits});
    std::vector<Quad> exact(logits.begin(), logits.end());
    auto wanted = softmaxOf<Quad>(exact, Quad(std::stod(t))).probabilities;
    for (size_t i = 0; i < p.size(); ++i)
      EXPECT_LE(ulpError(p[i], wanted[i], DType::F32), 1.5) << t << " " << i;
  }
}

TEST(RowProperty, AMaskIsAnInfiniteLogit) {
  const double inf = HUGE_VAL;
  for (const char *form : {"softmax", "log_softmax"}) {
    RowKernel masked = compileRows({std::string(form) + "(x, mask=m)"});
    RowKernel plain = compileRows({std::string(form) + "(x)"});
    ASSERT_TRUE(masked && plain);
    Row x = normalRow(500, 3, 4), m = normalRow(500, 1, 5), cut = x;
    for (size_t i = 0; i < x.size(); ++i) {
      m[i] = m[i] > 0;
      if (m[i] == 0)
        cut[i] = -inf;
    }
    EXPECT_EQ(masked({x, m}), plain({cut})) << form;
  }
}

TEST(RowProperty, ASinkIsALogitWithoutAResult) {
  RowSubject subject{"softmax(x, sink=s)"};
  subject.uniformInputs = {1};
  RowKernel with = compileRows(subject);
  subject = {"log_softmax(x, sink=s)"};
  subject.uniformInputs = {1};
  RowKernel logWith = compileRows(subject);
  ASSERT_TRUE(with && logWith);
  Row x = normalRow(100, 2, 6);
  for (double sink : {-30.0, 0.5, 9.0, 40.0}) {
    std::vector<Quad> all(x.begin(), x.end());
    all.push_back(Quad(sink));
    auto wanted = softmaxOf<Quad>(all, Quad(1));
    Row p = with({x, {sink}}), logP = logWith({x, {sink}});
    for (size_t i = 0; i < x.size(); ++i) {
      double distance = std::fabs(x[i] - std::max(sink, 6.0)) + 16;
      EXPECT_NEAR(p[i] / double(wanted.probabilities[i]), 1,
                  distance * 0x1p-24);
      EXPECT_NEAR(logP[i], double(wanted.logProbabilities[i]),
                  2 * distance * 0x1p-24);
    }
  }
}

TEST(RowProperty, NaiveFormulasAreTheStableOnes) {
  Row x = normalRow(700, 5, 7);
  x[3] = 1000; // Of which the exponential overflows.
  auto expectSame = [&](const char *naive, const char *stable) {
    RowKernel a = compileRows({naive}), b = compileRows({stable});
    ASSERT_TRUE(a && b);
    EXPECT_EQ(a({x}), b({x})) << naive;
  };
  expectSame("exp(x) / sum(exp(x), keepdims=1)", "softmax(x)");
  expectSame("exp(x) * (1 / sum(exp(x), keepdims=1))", "softmax(x)");
  expectSame("log(sum(exp(x)))", "logsumexp(x)");
  expectSame("log(exp(x) / sum(exp(x), keepdims=1))", "log_softmax(x)");
  expectSame("x - log(sum(exp(x), keepdims=1))", "log_softmax(x)");
  expectSame("x - logsumexp(x, keepdims=1)", "log_softmax(x)");
  expectSame("softmax(0.5 * x)", "softmax(x, scale=0.5)");
  expectSame("softmax(x / 2)", "softmax(x, temperature=2)");
  expectSame("softmax(x + rowmax(x, keepdims=1))", "softmax(x)");
  expectSame("softmin(x)", "softmax(-x)");
}

// A scale that differs between elements is no temperature of the row.
TEST(RowProperty, ATemperatureForEachElement) {
  RowKernel kernel = compileRows({"softmax(x, temperature=t)"});
  RowKernel quotient = compileRows({"softmax(x / t)"});
  ASSERT_TRUE(kernel && quotient);
  Row x = normalRow(100, 2, 8), t = normalRow(100, 1, 9);
  for (double &value : t)
    value = std::fabs(value) + 0.25;
  auto error = expectWithinBound(kernel, 1, {x, t}, {kernel({x, t})});
  EXPECT_GT(error.ulp, 0);
  Row a = kernel({x, t}), b = quotient({x, t});
  for (size_t i = 0; i < a.size(); ++i)
    EXPECT_NEAR(a[i] / b[i], 1, 1e-5);
}

TEST(RowProperty, AComputedTemperatureMayBeAnything) {
  // exp(-x) as if it were written so, without overflow.
  RowKernel kernel = compileRows({"softmax(x, temperature=1 - 2)"});
  RowKernel softmin = compileRows({"softmin(x)"});
  ASSERT_TRUE(kernel && softmin);
  Row x = {-1000, 2, 3, -999.5};
  EXPECT_EQ(kernel({x}), softmin({x}));
}

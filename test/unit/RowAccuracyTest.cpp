//===- RowAccuracyTest.cpp - How wrong rows are ---------------------------===//

#include "RowAccuracy.h"

using namespace act;
using namespace act::test;

TEST(RowAccuracy, OfShortRows) {
  for (double sigma : {1.0, 4.0, 16.0})
    for (size_t count : {128, 4096})
      expectAccurate(count, sigma);
}

// Where one element has nearly all, its logarithm is nearly 0.
TEST(RowAccuracy, OfSmallLogarithms) {
  for (Accuracy accuracy : {Accuracy::Strict, Accuracy::Default}) {
    RowKernel kernel = compileRows({"log_softmax(x)", DType::F32, accuracy});
    ASSERT_TRUE(kernel);
    for (double gap : {0.5, 5.0, 17.0, 30.0, 60.0, 88.0, 100.0, 120.0}) {
      Row logits = {gap, 0};
      std::vector<Quad> exact(logits.begin(), logits.end());
      double ulp = worstUlp(kernel({logits}),
                            softmaxOf<Quad>(exact, Quad(1)).logProbabilities);
      printf("logits %g, 0, %s: %.3f ulp\n", gap, nameOf(accuracy), ulp);
      EXPECT_LE(ulp, 4) << gap;
    }
  }
}

namespace {
/// Rows at which sums or differences go wrong.
std::vector<std::pair<const char *, Row>> adversarialRows() {
  std::vector<std::pair<const char *, Row>> rows;
  rows.emplace_back("all equal", Row(30000, 0.1));
  // Each of the others alone would be lost beside the first.
  Row lost(40000, -17);
  lost.front() = 0;
  rows.emplace_back("one and many small", lost);
  lost.back() = 0;
  lost.front() = -17;
  rows.emplace_back("many small and one", lost);
  Row falling, rising, alternating;
  for (int i = 0; i < 5000; ++i) {
    falling.push_back(-i * 0.017);
    rising.push_back(i * 0.017);
    alternating.push_back(i % 2 ? 40.1 : -40.1);
  }
  rows.emplace_back("falling", falling);
  rows.emplace_back("rising", rising);
  rows.emplace_back("alternating", alternating);
  // Differences from the largest that round by half a unit.
  Row halves = {0x1p-24 + 64};
  for (int i = 0; i < 3000; ++i)
    halves.push_back(-(i % 16) - 0x1p-19 - i * 0x1p-22);
  rows.emplace_back("inexact differences", halves);
  return rows;
}
} // namespace

TEST(RowAccuracy, OfAdversarialRows) {
  for (Accuracy accuracy : {Accuracy::Strict, Accuracy::Default}) {
    RowSubject subject{"softmax(x)", DType::F32, accuracy};
    RowKernel shortRows = compileRows(subject);
    subject.isLong = true;
    RowKernel longRows = compileRows(subject);
    ASSERT_TRUE(shortRows && longRows);
    for (auto [name, values] : adversarialRows()) {
      Row x = rounded(values, DType::F32);
      bool isLong = x.size() > size_t(kLongRow);
      const RowKernel &kernel = isLong ? longRows : shortRows;
      std::vector<Quad> exact(x.begin(), x.end());
      auto wanted = softmaxOf<Quad>(exact, Quad(1)).probabilities;
      Row p = kernel({x});
      double most = *std::max_element(x.begin(), x.end()), worst = 0;
      for (size_t i = 0; i < p.size(); ++i) {
        if (double(wanted[i]) < 0x1p-126)
          continue; // Subnormal: a unit of those is more.
        double error =
            std::fabs(double((Quad(p[i]) - wanted[i]) / wanted[i])) * 0x1p24;
        double allowed =
            std::fabs(x[i] - most) + std::log2(double(x.size())) + 8;
        worst = std::max(worst, error / allowed);
      }
      printf("%s, %s: %.3f of the bound\n", name, nameOf(accuracy), worst);
      EXPECT_LE(worst, 1) << name;
    }
  }
}

// Sums of rows err in proportion to their terms' magnitudes, however long they
// are.
TEST(RowAccuracy, OfSums) {
  RowKernel sum = compileRows({"sum(x)"});
  ASSERT_TRUE(sum);
  for (size_t count : {100, 1024, 5000, 100000}) {
    Row x = normalRow(count, 1, 31);
    Quad exact = 0, magnitude = 0;
    for (double value : x) {
      exact += Quad(value);
      magnitude += Quad(std::fabs(value));
    }
    double error = std::fabs(double((Quad(sum({x})[0]) - exact) / magnitude));
    printf("sum of %zu: %.3f 2^-24 of the terms\n", count, error * 0x1p24);
    EXPECT_LE(error, (std::log2(double(count)) + 4) * 0x1p-24) << count;
  }
}

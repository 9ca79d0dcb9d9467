//===- RowFamilyTest.cpp - What softmax has for relatives -----------------===//

#include "RowTestUtil.h"
#include "act/Reference/Softmax.h"
#include <algorithm>
#include <cmath>
#include <numeric>

using namespace act;
using namespace act::test;

namespace {

constexpr double inf = HUGE_VAL;

RowKernel compiled(const std::string &source,
                   std::vector<unsigned> uniform = {},
                   bool isBackward = false) {
  RowSubject subject{source, DType::F32, Accuracy::Default, isBackward};
  subject.uniformInputs = std::move(uniform);
  return compileRows(subject);
}

/// 0, 1, 2 ...: what an input of positions holds.
Row positions(size_t count) {
  Row row(count);
  std::iota(row.begin(), row.end(), 0.0);
  return row;
}

//===----------------------------------------------------------------------===//
// Sparse vectors
//===----------------------------------------------------------------------===//

/// The threshold by bisection of what defines it, which shares nothing with
/// the kernel or with the interpreter.
double thresholdOf(const Row &z, int power) {
  double low = *std::max_element(z.begin(), z.end()) - 1, high = low + 1;
  for (int i = 0; i < 200; ++i) {
    double t = (low + high) / 2, sum = 0;
    for (double x : z)
      sum += x > t ? std::pow(x - t, power) : 0;
    (sum > 1 ? low : high) = t;
  }
  return low;
}

class SparseRow : public testing::TestWithParam<int> {
protected:
  int power() const { return GetParam(); }
  std::string name() const { return power() == 1 ? "sparsemax" : "entmax15"; }
  double logit(double x) const { return power() == 1 ? x : x / 2; }

  void expectByDefinition(const Row &x) {
    RowKernel kernel = compiled(name() + "(x)");
    ASSERT_TRUE(kernel);
    Row z = x, p = kernel({x});
    for (double &value : z)
      value = logit(value);
    double t = thresholdOf(z, power());
    double weight = 0;
    for (double value : z)
      weight += value > t ? std::pow(value - t, power() - 1) : 0;
    // The threshold errs by what the sums do, over what each of them weighs.
    double error =
        (std::log2(double(x.size())) + 8) / weight * 0x1p-24 + 0x1p-24;
    for (size_t i = 0; i < x.size(); ++i) {
      double over = std::max(z[i] - t, 0.0);
      EXPECT_NEAR(p[i], std::pow(over, power()),
                  2 * error * (power() == 1 ? 1 : over + error) + 0x1p-40)
          << name() << ", element " << i << " of " << x.size();
    }
  }
};

TEST_P(SparseRow, IsWhatItsDefinitionSays) {
  for (size_t count : {1, 2, 3, 63, 64, 65, 1000, 5000})
    for (double sigma : {0.01, 1.0, 10.0})
      expectByDefinition(normalRow(count, sigma, count));
}

// Rows whose support shrinks slowly, and rows of equal elements.
TEST_P(SparseRow, TakesAsManyStepsAsItMust) {
  Row halves, slope, equal(777, -3.25);
  for (int i = 0; i < 100; ++i)
    halves.push_back(-std::ldexp(1.0, -i / 4));
  for (int i = 0; i < 3000; ++i)
    slope.push_back(double(float(-i / 1500.0)));
  for (const Row &row : {rounded(halves, DType::F32), slope, equal})
    expectByDefinition(row);
}

TEST_P(SparseRow, InItsCorners) {
  RowKernel kernel = compiled(name() + "(x)");
  ASSERT_TRUE(kernel);
  EXPECT_EQ(kernel({{5}}), Row{1});
  EXPECT_EQ(kernel({{2, -1e30, 3e38, 2}}), (Row{0, 0, 1, 0}));
  // The square of sqrt(1/2) is an ulp off.
  Row half = kernel({{1, -inf, 1, -inf}});
  EXPECT_NEAR(half[0], 0.5, 0x1p-24);
  EXPECT_EQ(half, (Row{half[0], 0, half[0], 0}));
  for (double bad : {double(NAN), inf})
    for (double p : kernel({{1, bad, 2}}))
      EXPECT_TRUE(std::isnan(p));
  for (double p : kernel({{-inf, -inf}}))
    EXPECT_TRUE(std::isnan(p));
  RowKernel zero = compiled(name() + "(x, mask=m, empty_row=zero)");
  RowKernel uniform = compiled(name() + "(x, mask=m, empty_row=uniform)");
  ASSERT_TRUE(zero && uniform);
  EXPECT_EQ(zero({{1, 2}, {0, 0}}), (Row{0, 0}));
  EXPECT_EQ(uniform({{1, 2}, {0, 0}}), (Row{0.5, 0.5}));
  // What a mask leaves out is not seen.
  EXPECT_EQ(zero({{1, NAN, 1}, {1, 0, 1}}), (Row{half[0], 0, half[0]}));
}

// A shift that is exact changes no bit, and elements without a share have a
// gradient of exactly +0.
TEST_P(SparseRow, KeepsItsInvariants) {
  RowKernel kernel = compiled(name() + "(x)");
  RowKernel backward = compiled(name() + "(x)", {}, /*isBackward=*/true);
  ASSERT_TRUE(kernel && backward);
  Row x = normalRow(300, 1, 3), v = normalRow(300, 1, 4);
  for (double &value : x)
    value = std::nearbyint(value * 1024) / 1024;
  Row p = kernel({x}), moved = x;
  for (double &value : moved)
    value += 512;
  EXPECT_EQ(kernel({moved}), p);
  EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-6);
  Row dx = backward({x, v});
  size_t zeros = 0;
  for (size_t i = 0; i < x.size(); ++i)
    if (p[i] == 0) {
      ++zeros;
      EXPECT_TRUE(dx[i] == 0 && !std::signbit(dx[i])) << i << " " << dx[i];
    }
  EXPECT_GT(zeros, 250u);
  EXPECT_NEAR(std::accumulate(dx.begin(), dx.end(), 0.0), 0, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Powers, SparseRow, testing::Values(1, 2));

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

TEST(RowFamily, ACausalMaskIsAMaskOfPositions) {
  for (const char *form : {"softmax", "log_softmax", "sparsemax", "sum"}) {
    RowKernel causal =
        compiled(std::string(form) + "(x, causal=1, causal_offset=2)", {2});
    RowKernel masked = compiled(std::string(form) + "(x, mask=m)");
    ASSERT_TRUE(causal && masked);
    ASSERT_EQ(causal.numInputs(), 3u);
    constexpr size_t kRows = 9, kCount = 70;
    Row x = normalRow(kRows * kCount, 2, 5), m, key, query = positions(kRows);
    for (size_t q = 0; q < kRows; ++q)
      for (size_t k = 0; k < kCount; ++k) {
        m.push_back(k <= q + 2);
        key.push_back(k);
      }
    EXPECT_EQ(causal.run(kRows, {x, key, query}), masked.run(kRows, {x, m}))
        << form;
  }
}

TEST(RowFamily, HardmaxIsTheFirstOfTheLargest) {
  RowKernel hardmax = compiled("hardmax(x)");
  RowKernel argmax = compiled("argmax(x)");
  RowKernel masked = compiled("argmax(x, mask=m)");
  ASSERT_TRUE(hardmax && argmax && masked);
  auto place = [&](const Row &x) {
    return argmax({x, positions(x.size())})[0];
  };
  EXPECT_EQ(hardmax({{1, 3, 2, 3}, positions(4)}), (Row{0, 1, 0, 0}));
  EXPECT_EQ(place({1, 3, 2, 3}), 1);
  EXPECT_EQ(place({-inf, -inf}), 0);
  EXPECT_EQ(place({1, inf, 2, inf}), 1);
  EXPECT_TRUE(std::isnan(place({1, NAN, 2})));
  for (double y : hardmax({{1, NAN, 2}, positions(3)}))
    EXPECT_TRUE(std::isnan(y));
  EXPECT_EQ(masked({{9, 1, 2}, {0, 1, 1}, positions(3)})[0], 2);
  Row x = normalRow(3000, 1, 6);
  EXPECT_EQ(place(x), std::max_element(x.begin(), x.end()) - x.begin());
}

// Positions are stored in f32 where the array is of 16 bits: bf16 has no 257.
TEST(RowFamily, PositionsAreExactBesideShortTypes) {
  for (DType type : {DType::F16, DType::BF16}) {
    RowKernel kernel = compileRows({"hardmax(x)", type});
    ASSERT_TRUE(kernel);
    EXPECT_EQ(kernel.typeOf(1), DType::F32);
    Row x(1000, 1), wanted(1000, 0);
    x[777] = 2;
    wanted[777] = 1;
    EXPECT_EQ(kernel({x, positions(1000)}), wanted) << nameOf(type);
  }
}

//===----------------------------------------------------------------------===//
// Cross-entropy
//===----------------------------------------------------------------------===//

Quad lossOf(const Row &x, int target, double smoothing) {
  std::vector<Quad> exact(x.begin(), x.end());
  auto logs = softmaxOf<Quad>(exact, Quad(1)).logProbabilities;
  Quad all = 0;
  for (Quad log : logs)
    all += log;
  return -Quad(1 - smoothing) * logs[target] -
         Quad(smoothing) / Quad(double(x.size())) * all;
}

TEST(RowFamily, CrossEntropyOfClassNumbers) {
  RowKernel plain = compiled("cross_entropy(x, target=t)", {1});
  RowKernel smooth =
      compiled("cross_entropy(x, target=t, label_smoothing=0.125)", {1});
  ASSERT_TRUE(plain && smooth);
  for (size_t count : {2, 10, 1000}) {
    Row x = normalRow(count, 3, 7);
    for (int t : {0, 1, int(count) - 1}) {
      double loss = plain({x, {double(t)}, positions(count)})[0];
      EXPECT_LE(ulpError(loss, lossOf(x, t, 0), DType::F32), 4) << count;
      loss = smooth({x, {double(t)}, positions(count)})[0];
      EXPECT_LE(ulpError(loss, lossOf(x, t, 0.125), DType::F32), 8) << count;
    }
  }
  // Far-off logits (PyTorch's issue 11752), and no class at all.
  EXPECT_EQ(plain({{1e8, 0}, {1}, positions(2)})[0], 1e8);
  EXPECT_EQ(plain({{-inf, 0}, {1}, positions(2)})[0], 0);
  EXPECT_EQ(plain({{-inf, 0}, {0}, positions(2)})[0], inf);
  for (const RowKernel *kernel : {&plain, &smooth})
    EXPECT_EQ((*kernel)({{1, 2, 3}, {-100}, positions(3)})[0], 0);
}

TEST(RowFamily, CrossEntropyOfProbabilities) {
  RowKernel kernel = compiled("cross_entropy(x, probabilities=q)");
  ASSERT_TRUE(kernel);
  Row x = {1, -inf, 0.5, 2}, q = {0.25, 0, 0.5, 0.25};
  Row finite = {1, 0.5, 2};
  Quad wanted = Quad(0.25) * lossOf(finite, 0, 0) +
                Quad(0.5) * lossOf(finite, 1, 0) +
                Quad(0.25) * lossOf(finite, 2, 0);
  EXPECT_LE(ulpError(kernel({x, q})[0], wanted, DType::F32), 4);
}

// p - onehot, without one formed.
TEST(RowFamily, CrossEntropyBackward) {
  RowKernel kernel = compiled("cross_entropy(x, target=t)", {1, 3},
                              /*isBackward=*/true);
  ASSERT_TRUE(kernel);
  ASSERT_EQ(kernel.numResults(), 1u); // None for the classes.
  Row x = normalRow(100, 2, 8);
  std::vector<Quad> exact(x.begin(), x.end());
  auto p = softmaxOf<Quad>(exact, Quad(1)).probabilities;
  Row dx = kernel({x, {17}, positions(100), {2}});
  for (size_t i = 0; i < x.size(); ++i)
    EXPECT_NEAR(dx[i], 2 * (double(p[i]) - (i == 17)), 32 * 0x1p-24) << i;
  EXPECT_EQ(kernel({x, {-1}, positions(100), {2}}), Row(100, 0));
}

//===----------------------------------------------------------------------===//
// Noise and parts
//===----------------------------------------------------------------------===//

// Gumbel noise -log(-log(u)) of given u in (0, 1).
TEST(RowFamily, GumbelSoftmaxOfGivenNoise) {
  RowKernel kernel =
      compiled("softmax(x, bias=-log(-log(u)), temperature=0.5)");
  ASSERT_TRUE(kernel);
  Row x = normalRow(500, 1, 9), u = normalRow(500, 1, 10);
  for (double &value : u)
    value = double(float(0.5 + 0.49 * std::tanh(value)));
  expectWithinBound(kernel, 1, {x, u}, {kernel({x, u})});
}

// A long row from parts: their logsumexp is what they have to say.
TEST(RowFamily, PartsOfARowAreMergedByTheirLogarithms) {
  RowKernel whole = compiled("softmax(x)"), sum = compiled("logsumexp(x)");
  RowKernel merged = compiled("exp(x - logsumexp(s, keepdims=1))");
  ASSERT_TRUE(whole && sum && merged);
  Row x = normalRow(4096, 2, 11), sums;
  for (size_t part = 0; part < 4; ++part)
    sums.push_back(
        sum({Row(x.begin() + part * 1024, x.begin() + (part + 1) * 1024)})[0]);
  double all = sum({sums})[0];
  Row wanted = whole({x});
  for (size_t i = 0; i < x.size(); ++i)
    EXPECT_NEAR(std::exp(x[i] - all) / wanted[i], 1, 32 * 0x1p-24) << i;
}

//===----------------------------------------------------------------------===//
// Jacobian-vector products
//===----------------------------------------------------------------------===//

// v (J t) = (J^T v) t, in f64.
TEST(RowFamily, AJvpIsTheTransposeOfTheVjp) {
  struct Case {
    const char *source;
    std::vector<unsigned> uniform;
  };
  for (const Case &each :
       {Case{"softmax(x)", {}}, Case{"log_softmax(x, scale=0.3)", {}},
        Case{"logsumexp(x)", {}}, Case{"softmax(x, temperature=t)", {1}},
        Case{"x / sqrt(mean(x^2, keepdims=1))", {}},
        Case{"sum(x, keepdims=1) * t", {1}}, Case{"sparsemax(x)", {}},
        Case{"entmax15(x)", {}}, Case{"softmax(x, sink=t)", {1}},
        Case{"silu(x) * rowmax(x, keepdims=1)", {}}}) {
    constexpr size_t kCount = 75;
    bool isTwo = !each.uniform.empty();
    RowSubject forward{each.source, DType::F64};
    forward.uniformInputs = each.uniform;
    RowKernel f = compileRows(forward);
    ASSERT_TRUE(f) << each.source;
    bool isOne = f.isUniform(f.numInputs());
    RowSubject pull = forward, push = forward;
    pull.isBackward = push.isJvp = true;
    if (isOne)
      pull.uniformInputs.push_back(f.numInputs());
    if (isTwo) // The tangent of t.
      push.uniformInputs.push_back(3);
    RowKernel vjp = compileRows(pull), jvp = compileRows(push);
    ASSERT_TRUE(vjp && jvp) << each.source;
    Row x = normalRow(kCount, 1, 12, DType::F64), t = {0.75};
    Row v = normalRow(isOne ? 1 : kCount, 1, 13, DType::F64);
    Row dx = normalRow(kCount, 1, 14, DType::F64), dt = {-0.5};
    std::vector<Row> pulled =
        vjp.run(1, isTwo ? std::vector<Row>{x, t, v} : std::vector<Row>{x, v});
    Row pushed = jvp.run(1, isTwo ? std::vector<Row>{x, t, dx, dt}
                                  : std::vector<Row>{x, dx})[0];
    double left = 0, right = 0, size = 0;
    auto add = [&](double &sum, const Row &a, const Row &b) {
      for (size_t i = 0; i < a.size(); ++i) {
        sum += a[i] * b[i];
        size += std::fabs(a[i] * b[i]);
      }
    };
    add(left, v, pushed);
    add(right, pulled[0], dx);
    if (isTwo)
      add(right, pulled[1], dt);
    EXPECT_NEAR(left, right, size * 0x1p-44) << each.source;
    EXPECT_GT(size, 1e-3) << each.source;
  }
}

} // namespace

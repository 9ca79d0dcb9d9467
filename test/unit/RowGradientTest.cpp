//===- RowGradientTest.cpp - Backward kernels of functions of a row -------===//

#include "RowTestUtil.h"
#include "act/Reference/Softmax.h"
#include <algorithm>
#include <cmath>

using namespace act;
using namespace act::test;

namespace {

/// A backward with inputs x, what `uniform` lists, and the cotangent.
RowKernel backward(std::string source, std::vector<unsigned> uniform = {},
                   Accuracy accuracy = Accuracy::Default,
                   DType type = DType::F32) {
  RowSubject subject{std::move(source), type, accuracy, true};
  subject.uniformInputs = std::move(uniform);
  return compileRows(subject);
}

/// A gradient, and the sum of the magnitudes that the kernel adds for it.
struct Exact {
  Quad value = 0, magnitude = 0;
  void add(Quad term) {
    value += term;
    magnitude += NumberTraits<Quad>::abs(term);
  }
};

/// Relative to the magnitudes, in units of 2^-24.
double errorOf(double computed, const Exact &exact) {
  if (exact.magnitude == Quad(0))
    return computed == 0 ? 0 : HUGE_VAL;
  return double(NumberTraits<Quad>::abs(Quad(computed) - exact.value) /
                exact.magnitude) *
         0x1p24;
}

std::vector<Quad> quads(const Row &row) { return {row.begin(), row.end()}; }

class SoftmaxGradient : public testing::TestWithParam<size_t> {
protected:
  void SetUp() override {
    count = GetParam();
    x = normalRow(count, 3, 11);
    v = normalRow(count, 1, 12);
    exact = softmaxOf<Quad>(quads(x), Quad(temperature));
    auto [least, most] = std::minmax_element(x.begin(), x.end());
    spread = *most - *least;
  }
  /// In units of 2^-24: the distance from the largest is rounded and scaled,
  /// and the rest are sums and a few operations.
  double allowed() const {
    return 2 * spread / temperature + std::log2(double(count)) + 16;
  }
  /// p (|v| + sum(p |v|)) / T: of p (v - sum(p v)) the difference may cancel.
  Quad magnitude(size_t j) const {
    Quad shared = 0;
    for (size_t i = 0; i < count; ++i)
      shared += exact.probabilities[i] * Quad(std::fabs(v[i]));
    return exact.probabilities[j] * (Quad(std::fabs(v[j])) + shared) /
           Quad(temperature);
  }
  void expect(const Row &computed, const std::vector<Exact> &wanted) {
    ASSERT_EQ(computed.size(), wanted.size());
    double worst = 0;
    for (size_t i = 0; i < wanted.size(); ++i)
      worst = std::max(worst, errorOf(computed[i], wanted[i]));
    printf("%zu elements: %.3f of %.3f\n", count, worst, allowed());
    EXPECT_LE(worst, allowed());
  }

  size_t count = 0;
  double temperature = 0.5, spread = 0;
  Row x, v;
  Softmax<Quad> exact;
};

TEST_P(SoftmaxGradient, IsTheJacobianTimesTheCotangent) {
  RowKernel kernel = backward("softmax(x, temperature=0.5)");
  ASSERT_TRUE(kernel);
  std::vector<Exact> wanted(count);
  for (size_t i = 0; i < count; ++i) {
    auto row =
        softmaxJacobianRow<Quad>(exact.probabilities, Quad(temperature), i);
    for (size_t j = 0; j < count; ++j)
      wanted[j].value += row[j] * Quad(v[i]);
  }
  for (size_t j = 0; j < count; ++j)
    wanted[j].magnitude = magnitude(j);
  expect(kernel({x, v}), wanted);
}

TEST_P(SoftmaxGradient, OfTheLogarithm) {
  RowKernel kernel = backward("log_softmax(x, temperature=0.5)");
  ASSERT_TRUE(kernel);
  std::vector<Exact> wanted(count);
  for (size_t j = 0; j < count; ++j) {
    wanted[j].add(Quad(v[j] / temperature));
    for (size_t i = 0; i < count; ++i)
      wanted[j].add(-exact.probabilities[j] * Quad(v[i] / temperature));
  }
  expect(kernel({x, v}), wanted);
}

TEST_P(SoftmaxGradient, OfTheSum) {
  RowKernel kernel = backward("logsumexp(x, temperature=0.5)", {1});
  ASSERT_TRUE(kernel);
  std::vector<Exact> wanted(count);
  for (size_t j = 0; j < count; ++j)
    wanted[j].add(exact.probabilities[j] * Quad(1.25 / temperature));
  expect(kernel({x, {1.25}}), wanted);
}

TEST_P(SoftmaxGradient, OfTheTemperature) {
  RowKernel kernel = backward("softmax(x, temperature=t)", {1});
  ASSERT_TRUE(kernel);
  Exact wanted;
  Quad t(temperature);
  for (size_t i = 0; i < count; ++i) {
    auto row = softmaxJacobianRow<Quad>(exact.probabilities, t, i);
    for (size_t j = 0; j < count; ++j)
      wanted.value -= Quad(v[i]) * row[j] * Quad(x[j]) / t;
  }
  for (size_t j = 0; j < count; ++j)
    wanted.magnitude += magnitude(j) * NumberTraits<Quad>::abs(Quad(x[j])) / t;
  expect(kernel.run(1, {x, {temperature}, v})[1], {wanted});
}

TEST_P(SoftmaxGradient, OfASink) {
  RowKernel kernel = backward("softmax(x, sink=s)", {1});
  ASSERT_TRUE(kernel);
  std::vector<Quad> all = quads(x);
  all.push_back(Quad(2.5));
  auto p = softmaxOf<Quad>(all, Quad(1)).probabilities;
  Exact wanted;
  for (size_t i = 0; i < count; ++i)
    wanted.add(-p[count] * p[i] * Quad(v[i]));
  expect(kernel.run(1, {x, {2.5}, v})[1], {wanted});
}

INSTANTIATE_TEST_SUITE_P(Lengths, SoftmaxGradient,
                         testing::Values(1, 2, 37, 64, 130));

// In f64 and the other classes, by the bound that the reference propagates.
TEST(RowGradient, IsWithinItsBound) {
  for (DType type : {DType::F64, DType::F32, DType::F16, DType::BF16})
    for (Accuracy accuracy : {Accuracy::Strict, Accuracy::Default})
      for (const char *source :
           {"softmax(x)", "log_softmax(x)", "silu(softmax(x))",
            "x - mean(x, keepdims=1)", "x / sum(x^2, keepdims=1)"}) {
        RowKernel kernel = backward(source, {}, accuracy, type);
        ASSERT_TRUE(kernel) << source;
        Row x = normalRow(3 * 301, 2, 13, type);
        Row v = normalRow(3 * 301, 1, 14, type);
        expectWithinBound(kernel, 3, {x, v}, kernel.run(3, {x, v}));
      }
}

//===----------------------------------------------------------------------===//
// Against differences
//===----------------------------------------------------------------------===//

/// Compares the backward with central differences of the forward, both f64:
/// the two share no rule.
void expectDifferences(const char *source, Row x, Row others = {},
                       double tolerance = 1e-6) {
  std::vector<unsigned> uniform;
  if (!others.empty())
    uniform = {1};
  RowSubject subject{source, DType::F64};
  subject.uniformInputs = uniform;
  RowKernel forward = compileRows(subject);
  ASSERT_TRUE(forward);
  bool isOne = forward.isUniform(forward.numInputs());
  std::vector<unsigned> marked = uniform;
  if (isOne)
    marked.push_back(forward.numInputs());
  RowKernel kernel = backward(source, marked, Accuracy::Default, DType::F64);
  ASSERT_TRUE(kernel);
  Row v = normalRow(isOne ? 1 : x.size(), 1, 15, DType::F64);
  std::vector<Row> inputs = {x};
  if (!others.empty())
    inputs.push_back(others);
  auto loss = [&](const std::vector<Row> &at) {
    Row y = forward(at);
    double sum = 0;
    for (size_t i = 0; i < y.size(); ++i)
      sum += v[i] * y[i];
    return sum;
  };
  std::vector<Row> all = inputs;
  all.push_back(v);
  std::vector<Row> gradients = kernel.run(1, all);
  for (size_t k = 0; k < inputs.size(); ++k) {
    ASSERT_EQ(gradients[k].size(), inputs[k].size()) << source;
    for (size_t i = 0; i < inputs[k].size(); ++i) {
      std::vector<Row> up = inputs, down = inputs;
      double h = 1e-5;
      up[k][i] += h;
      down[k][i] -= h;
      EXPECT_NEAR(gradients[k][i], (loss(up) - loss(down)) / (2 * h), tolerance)
          << source << ", input " << k << ", element " << i;
    }
  }
}

TEST(RowGradient, AgreesWithDifferences) {
  Row x = normalRow(9, 1, 16, DType::F64);
  for (const char *source :
       {"softmax(x)", "log_softmax(x, temperature=0.7)", "softmin(x)^2",
        "logsumexp(x)", "logsumexp(x) * sum(x)", "mean(x^2)", "rowmax(x)",
        "softmax(x) * x", "softmax(x * softmax(x))", "sparsemax(x)",
        "sparsemax(x, scale=0.3)", "entmax15(x)", "entmax15(x, softcap=2)^2",
        "silu(x - mean(x, "
        "keepdims=1))",
        "softmax(x, bias=x^2, softcap=3)",
        "let m = mean(x, keepdims=1); (x - m) / "
        "sqrt(mean((x - m)^2, keepdims=1))"})
    expectDifferences(source, x);
}

// What is one value for the row receives from all its elements, also where it
// is combined once more.
TEST(RowGradient, OfValuesThatAreCombinedTwice) {
  Row x = normalRow(7, 1, 17, DType::F64);
  for (const char *source :
       {"sum(sum(x, keepdims=1)^2)", "logsumexp(rowmax(x, keepdims=1))",
        "softmax(mean(x, keepdims=1)) * x",
        "rowmax(sum(x, keepdims=1) * 2, keepdims=1) * x",
        "logsumexp(sum(x, keepdims=1), scale=0.5)",
        "sum(sum(x^2, keepdims=1) * x)"})
    expectDifferences(source, x, {}, 1e-5);
}

TEST(RowGradient, OfInputsThatAreOneValueARow) {
  Row x = normalRow(7, 1, 18, DType::F64);
  for (const char *source :
       {"softmax(x, temperature=t)", "log_softmax(x, temperature=t)",
        "logsumexp(x, temperature=t)", "softmax(x, sink=t)",
        "log_softmax(x, sink=t)", "logsumexp(x, sink=t)", "softmax(x, bias=t)",
        "sum(x * t)", "x * sum(t, keepdims=1)", "softmax(x, softcap=t)",
        "sum(x, keepdims=1) * t", "sparsemax(x, temperature=t)",
        "entmax15(x, scale=t)"})
    expectDifferences(source, x, {1.75}, 1e-5);
}

//===----------------------------------------------------------------------===//
// Broadcast over rows
//===----------------------------------------------------------------------===//

// Layer normalisation's scale, its shift and one number for all: their terms
// are added up over rows, in one order whatever the threads.
TEST(RowGradient, OfOperandsThatAreBroadcastOverRows) {
  constexpr int64_t kRows = 70, kCount = 130;
  for (DType type : {DType::F32, DType::BF16}) {
    RowSubject subject{"(x - mean(x, keepdims=1)) * g + b * s", type,
                       Accuracy::Default, /*isBackward=*/true};
    subject.uniformInputs = {3};
    subject.reducedResults = {1, 2, 3};
    RowKernel kernel = compileRows(subject);
    ASSERT_TRUE(kernel);
    Row x = normalRow(kRows * kCount, 1, 19, type);
    Row g = normalRow(kCount, 1, 20, type), b = normalRow(kCount, 1, 21, type);
    Row v = normalRow(kRows * kCount, 1, 22, type), s = {0.5};
    std::vector<Bytes> memory;
    for (const Row &input : {x, g, b, s, v})
      memory.push_back(packed(input, type));
    for (size_t size : {x.size(), g.size(), b.size(), s.size()})
      memory.push_back(packed(Row(size, 9), type));
    std::vector<int64_t> whole = {kCount, 1}, column = {0, 1}, one = {0, 0};
    auto run = [&](unsigned threads) {
      std::vector<RunOperand> operands;
      for (auto [k, strides] : llvm::enumerate(std::vector{
               whole, column, column, one, whole, whole, column, column, one}))
        operands.push_back({memory[k].data(), strides});
      runRows(kernel, {kRows, kCount}, /*axis=*/1, operands, threads);
    };
    run(1);
    std::vector<Bytes> first(memory.begin() + 6, memory.end());
    run(5);
    EXPECT_EQ(first, std::vector<Bytes>(memory.begin() + 6, memory.end()));
    Row dg = unpacked(memory[6], type), db = unpacked(memory[7], type);
    Exact forS;
    for (int64_t j = 0; j < kCount; ++j) {
      Exact forG, forB;
      for (int64_t i = 0; i < kRows; ++i) {
        Quad mean = 0;
        for (int64_t k = 0; k < kCount; ++k)
          mean += Quad(x[i * kCount + k]) / Quad(double(kCount));
        Quad c = Quad(v[i * kCount + j]);
        forG.add(c * (Quad(x[i * kCount + j]) - mean));
        forB.add(c * Quad(s[0]));
        forS.add(c * Quad(b[j]));
      }
      double unit = type == DType::F32 ? 1 : 0x1p16;
      EXPECT_LE(errorOf(dg[j], forG), 16 * unit) << j;
      EXPECT_LE(errorOf(db[j], forB), 2 * unit) << j;
    }
    double unit = type == DType::F32 ? 1 : 0x1p16;
    EXPECT_LE(errorOf(unpacked(memory[8], type)[0], forS), 8 * unit);
  }
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

// Exactly 0 where the mask is false, and the others as if it were not there.
TEST(RowGradient, OfMaskedElementsIsZero) {
  for (const char *form : {"softmax", "log_softmax", "logsumexp"}) {
    bool isSum = llvm::StringRef(form) == "logsumexp";
    std::vector<unsigned> uniform;
    if (isSum)
      uniform = {2};
    RowKernel masked = backward(std::string(form) + "(x, mask=m)", uniform);
    RowKernel plain = backward(std::string(form) + "(x)",
                               isSum ? std::vector<unsigned>{1} : uniform);
    ASSERT_TRUE(masked && plain);
    Row v = isSum ? Row{1.5} : Row{1, 2, 3, 4, 5};
    Row kept = plain({{1, 0, -2}, isSum ? v : Row{1, 3, 5}});
    for (double hidden : {1e30, -1e30, 3e38, -3e38, 0.0}) {
      Row dx = masked({{1, hidden, 0, -hidden, -2}, {1, 0, 1, 0, 1}, v});
      ASSERT_EQ(dx.size(), 5u);
      EXPECT_EQ(dx[1], 0) << form << " " << hidden;
      EXPECT_EQ(dx[3], 0) << form << " " << hidden;
      for (size_t i : {0, 1, 2})
        EXPECT_EQ(dx[2 * i], kept[i]) << form << " " << hidden;
    }
  }
}

// The cotangent is one number for all: the sum over the row is of as many as
// the mask leaves.
TEST(RowGradient, OfAMaskedLogarithmWithOneCotangentForAll) {
  RowKernel one = backward("log_softmax(x, mask=m)", {2});
  RowKernel all = backward("log_softmax(x, mask=m)");
  ASSERT_TRUE(one && all);
  Row x = {1, 2, 3, 4}, m = {1, 0, 1, 1};
  EXPECT_EQ(one({x, m, {1}}), all({x, m, Row(4, 1)}));
}

TEST(RowGradient, OfTheLargestIsShared) {
  RowKernel kernel = backward("rowmax(x)", {1});
  ASSERT_TRUE(kernel);
  EXPECT_EQ(kernel({{1, 5, 2, 5, 5, 5}, {2}}), (Row{0, 0.5, 0, 0.5, 0.5, 0.5}));
}

// PyTorch gives NaN here (its issue 31829).
TEST(RowGradient, OfTheLogarithmOfAnEmptySumIsZero) {
  RowKernel kernel = backward("logsumexp(x)", {1});
  ASSERT_TRUE(kernel);
  EXPECT_EQ(kernel({{-HUGE_VAL, -HUGE_VAL}, {1}}), (Row{0, 0}));
  EXPECT_EQ(kernel({{-HUGE_VAL, 3}, {1}}), (Row{0, 1}));
}

TEST(RowGradient, OfAnEmptyRowThatIsZeroOrUniformIsZero) {
  for (const char *empty : {"zero", "uniform"}) {
    RowKernel kernel =
        backward(std::string("softmax(x, mask=m, empty_row=") + empty + ")");
    ASSERT_TRUE(kernel);
    EXPECT_EQ(kernel({{1, 2, 3}, {0, 0, 0}, {1, 2, 3}}), Row(3, 0)) << empty;
  }
}

} // namespace

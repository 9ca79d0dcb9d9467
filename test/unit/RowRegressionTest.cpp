//===- RowRegressionTest.cpp - Rows that others get wrong -----------------===//
//
// Named for their cause.
//
//===----------------------------------------------------------------------===//

#include "RowTestUtil.h"
#include <cmath>

using namespace act;
using namespace act::test;

namespace {

constexpr double inf = HUGE_VAL;

/// The result for one row of x, and of m where there is a mask.
Row run(const std::string &source, Row x, Row m = {}, DType type = DType::F32) {
  RowKernel kernel = compileRows({source, type});
  EXPECT_TRUE(kernel) << source;
  if (!kernel)
    return {};
  std::vector<Row> inputs = {std::move(x)};
  if (!m.empty())
    inputs.push_back(std::move(m));
  return kernel(inputs);
}

void expectAllNaN(const Row &row, size_t count) {
  EXPECT_EQ(row.size(), count);
  for (double x : row)
    EXPECT_TRUE(std::isnan(x)) << x;
}

// torch's _safe_softmax and ONNX's Attention give 0, the formula NaN.
TEST(RowRegression, FullyMaskedRowIsWhatIsAskedFor) {
  for (size_t count : {1, 3, 64, 100}) {
    Row x(count, 1), none(count, 0);
    double n = double(float(1.0 / double(count)));
    EXPECT_EQ(run("softmax(x, mask=m, empty_row=zero)", x, none),
              Row(count, 0));
    EXPECT_EQ(run("softmax(x, mask=m, empty_row=uniform)", x, none),
              Row(count, n));
    expectAllNaN(run("softmax(x, mask=m, empty_row=nan)", x, none), count);
    expectAllNaN(run("softmax(x, mask=m)", x, none), count);
    EXPECT_EQ(run("log_softmax(x, mask=m, empty_row=zero)", x, none),
              Row(count, -inf));
    expectAllNaN(run("log_softmax(x, mask=m)", x, none), count);
    EXPECT_EQ(run("logsumexp(x, mask=m)", x, none), Row{-inf});
  }
}

// Beside the largest of no elements, -3.4e38, nothing would be left of it.
TEST(RowRegression, SumOfAFullyMaskedRowIsItsSink) {
  for (const char *source : {"logsumexp(x, mask=m, sink=-0.75)",
                             "logsumexp(x, mask=m, sink=-0.75, scale=3)"})
    for (DType type : {DType::F64, DType::F32, DType::F16, DType::BF16})
      EXPECT_EQ(run(source, {1, 2, 3}, {0, 0, 0}, type), Row{-0.75}) << source;
}

TEST(RowRegression, RowOfMinusInfinityIsEmpty) {
  for (size_t count : {1, 5, 64, 100}) {
    Row x(count, -inf);
    EXPECT_EQ(run("softmax(x, empty_row=zero)", x), Row(count, 0));
    EXPECT_EQ(run("softmax(x, empty_row=uniform)", x),
              Row(count, double(float(1.0 / double(count)))));
    expectAllNaN(run("softmax(x)", x), count);
    expectAllNaN(run("log_softmax(x)", x), count);
    EXPECT_EQ(run("log_softmax(x, empty_row=zero)", x), Row(count, -inf));
    EXPECT_EQ(run("logsumexp(x)", x), Row{-inf});
    EXPECT_EQ(run("rowmax(x)", x), Row{-inf});
  }
}

TEST(RowRegression, LogitOfMinusInfinityHasNoShare) {
  EXPECT_EQ(run("softmax(x)", {-inf, 0, 0, -inf}), (Row{0, 0.5, 0.5, 0}));
  Row l = run("log_softmax(x)", {-inf, 7});
  EXPECT_EQ(l, (Row{-inf, 0}));
}

TEST(RowRegression, InfinityOrNaNMakesItsRowNaN) {
  const double nan = std::nan("");
  for (double bad : {inf, nan})
    for (size_t at : {0, 63, 64, 99}) {
      Row x = normalRow(100, 1, 41);
      x[at] = bad;
      expectAllNaN(run("softmax(x)", x), 100);
      expectAllNaN(run("log_softmax(x)", x), 100);
      expectAllNaN(run("softmax(x, empty_row=zero)", x), 100);
    }
  EXPECT_EQ(run("logsumexp(x)", {1, inf, -inf}), Row{inf});
  expectAllNaN(run("logsumexp(x)", {1, inf, nan}), 1);
  expectAllNaN(run("rowmax(x)", {1, nan, inf}), 1);
  expectAllNaN(run("sum(x)", {inf, -inf}), 1);
}

TEST(RowRegression, OnlyTheRowOfANaNIsNaN) {
  RowKernel kernel = compileRows({"softmax(x)"});
  ASSERT_TRUE(kernel);
  Row p = kernel.run(3, {{1, 1, std::nan(""), 1, 1, 1}}).front();
  EXPECT_EQ(Row(p.begin(), p.begin() + 2), Row(2, 0.5));
  expectAllNaN(Row(p.begin() + 2, p.begin() + 4), 2);
  EXPECT_EQ(Row(p.begin() + 4, p.end()), Row(2, 0.5));
}

TEST(RowRegression, LargeLogitsDoNotOverflow) {
  EXPECT_EQ(run("softmax(x)", {1000, 1000, 0}), (Row{0.5, 0.5, 0}));
  EXPECT_EQ(run("log_softmax(x)", {1000, 0}), (Row{0, -1000}));
  EXPECT_EQ(run("logsumexp(x)", {1000, 0}), Row{1000});
  EXPECT_EQ(run("softmax(x)", {3e38, -3e38}), (Row{1, 0}));
  EXPECT_EQ(run("softmax(x)", {60000, 60000}, {}, DType::F16), (Row{0.5, 0.5}));
}

// PyTorch 11752, MLX 4169: x - logsumexp(x) is 0 here.
TEST(RowRegression, LogSoftmaxOfLargeEqualLogits) {
  float log2 = std::log(2.0f);
  EXPECT_EQ(run("log_softmax(x)", {1e8, 1e8}), Row(2, -log2));
}

// Masks of -1e30 or of the most negative number, as models have them.
TEST(RowRegression, FiniteMasksLeaveNothing) {
  for (double mask : {-1e30, -3.4028234663852886e38}) {
    EXPECT_EQ(run("softmax(x)", {0, mask, 0, mask}), (Row{0.5, 0, 0.5, 0}));
    // A row of nothing else is one of equal logits.
    EXPECT_EQ(run("softmax(x)", Row(4, mask)), Row(4, 0.25));
  }
  EXPECT_EQ(run("softmax(x)", {0, -65504}, {}, DType::F16), (Row{1, 0}));
}

// PyTorch 113708, TensorFlow 62400, SciPy 19521: 0 for a gap beyond 16.
TEST(RowRegression, LogSoftmaxKeepsItsSmallSide) {
  double epsilon = 0x1p-23;
  Row x = rounded({1 - std::log(epsilon), 0}, DType::F32);
  Row l = run("log_softmax(x)", x);
  EXPECT_NEAR(l[0] / -std::exp(-x[0]), 1, 4e-7);
  EXPECT_EQ(l[1], -x[0]);
  EXPECT_NEAR(run("log_softmax(x)", {50, 0})[0] / -std::exp(-50), 1, 4e-7);
}

TEST(RowRegression, RowOfOneElement) {
  for (double x : {-3.0, 0.0, 1e30, -1e30}) {
    EXPECT_EQ(run("softmax(x)", {x}), Row{1});
    EXPECT_EQ(run("log_softmax(x)", {x}), Row{0});
    EXPECT_EQ(run("logsumexp(x)", {x}), Row{double(float(x))});
    EXPECT_EQ(run("mean(x)", {x}), Row{double(float(x))});
  }
}

TEST(RowRegression, FirstAxisOfOddSizes) {
  RowKernel kernel = compileRows({"softmax(x)"});
  ASSERT_TRUE(kernel);
  for (int64_t count : {1, 3, 17, 63, 65, 301})
    for (int64_t columns : {1, 3, 7, 17, 33}) {
      Row x = normalRow(count * columns, 2, unsigned(count + columns));
      std::vector<char> in = packed(x, DType::F32), out(in.size());
      runRows(kernel, {count, columns},
              /*axis=*/0,
              {{in.data(), {columns, 1}}, {out.data(), {columns, 1}}});
      Row result = unpacked(out, DType::F32);
      for (int64_t j = 0; j < columns; ++j) {
        Row column, computed;
        for (int64_t i = 0; i < count; ++i) {
          column.push_back(x[i * columns + j]);
          computed.push_back(result[i * columns + j]);
        }
        EXPECT_EQ(kernel({column}), computed) << count << " " << columns;
      }
    }
}

// One value for each row even if rows have no elements.
TEST(RowRegression, EmptyRows) {
  auto of = [](const char *source) {
    RowKernel kernel = compileRows({source});
    EXPECT_TRUE(kernel) << source;
    return kernel.run(3, {{}}).front();
  };
  EXPECT_EQ(of("sum(x)"), Row(3, 0));
  expectAllNaN(of("mean(x)"), 3);
  EXPECT_EQ(of("rowmax(x)"), Row(3, -inf));
  EXPECT_EQ(of("logsumexp(x)"), Row(3, -inf));
  EXPECT_EQ(of("softmax(x)"), Row());
}

// Paths through a body that shares values are many.
TEST(RowRegression, SharedValuesAreVisitedOnce) {
  std::string source = "let a0 = sin(x); ";
  for (int i = 1; i <= 60; ++i) {
    std::string before = "a" + std::to_string(i - 1);
    source += "let a" + std::to_string(i) + " = " + before + " * 0.5 + sin(" +
              before + "); ";
  }
  Row y = run(source + "exp(a60) - mean(x, keepdims=1)", {0, 0});
  EXPECT_EQ(y, (Row{1, 1}));
}

// What every element adds is exact in the compute type only up to 2^24.
TEST(RowRegression, CountOfElementsThatAMaskLeaves) {
  Row x(200, 1), m(200, 0);
  for (size_t i = 0; i < m.size(); i += 3)
    m[i] = 1;
  Row p = run("softmax(x, mask=m)", x, m);
  EXPECT_EQ(p[0], double(1.0f / 67));
  EXPECT_EQ(p[1], 0);
}

} // namespace

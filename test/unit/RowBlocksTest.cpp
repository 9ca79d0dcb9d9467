//===- RowBlocksTest.cpp - Long rows, read in blocks ----------------------===//
//
// A kernel of long rows takes shorter ones, too, so that few blocks are enough
// to see what goes wrong between them.
//
//===----------------------------------------------------------------------===//

#include "RowTestUtil.h"
#include "SameBits.h"
#include "act/Jit/RowForm.h"
#include <cmath>

using namespace act;
using namespace act::test;

namespace {

constexpr double inf = HUGE_VAL;

const char *const sources[] = {"softmax(x)", "log_softmax(x, temperature=0.3)",
                               "logsumexp(x)", "softmax(x, mask=x > -1)",
                               "softmax(x^2) - mean(x, keepdims=1)"};

/// Around one block, several, and more than one vector's worth of them.
const int64_t lengths[] = {1, 63, 1024, 1025, 3111, 70000};

RowSubject longRows(const std::string &source, DType type = DType::F32,
                    Accuracy accuracy = Accuracy::Default) {
  RowSubject subject{source, type, accuracy};
  subject.isLong = true;
  return subject;
}

class RowBlocks : public testing::TestWithParam<DType> {};

TEST_P(RowBlocks, HaveTheSameBitsHoweverTheyAreWalked) {
  DType type = GetParam();
  for (const char *source : sources) {
    RowKernel first = compileRows(longRows(source, type));
    ASSERT_TRUE(first);
    EXPECT_TRUE(first.result.signature.rows->inBlocks) << source;
    std::vector<RowKernel> others;
    for (RowWay way : kRowWays)
      for (bool recomputes : {false, true})
        for (const CpuLevel *level : hostLevels()) {
          RowSubject subject = longRows(source, type);
          subject.setWay(way);
          subject.recomputes = recomputes;
          others.push_back(compileRows(subject, level));
          ASSERT_TRUE(others.back());
        }
    for (int64_t count : lengths) {
      int64_t rows = count > 10000 ? 2 : 19;
      Row x = normalRow(rows * count, 3, 41, type);
      Bytes expected = packed(first.run(rows, {x}).front(), type);
      for (const RowKernel &other : others) {
        size_t nans = 0;
        Bytes result = packed(other.run(rows, {x}, 3).front(), type);
        EXPECT_TRUE(differences(expected, result, type, nans).empty())
            << other.subject.text() << ", " << count << " elements";
      }
    }
  }
}

TEST_P(RowBlocks, HaveTheSameBitsOnNeon) {
  DType type = GetParam();
  const Emulator &emulator = Emulator::get();
  const CpuLevel &neon = *cpuLevelNamed("neon");
  if (!emulator.missing().empty() || hostSupports(neon))
    GTEST_SKIP() << emulator.missing();
  RowKernel kernel = compileRows(longRows("softmax(x)", type));
  CompileResult object = compileFor(
      neon, {"softmax(x)", type, 0, Accuracy::Default, /*longRows=*/true},
      Product::Object);
  ASSERT_TRUE(kernel);
  for (int64_t count : {1025, 3111}) {
    Row x = normalRow(count, 3, 42, type);
    Bytes expected = packed(kernel({x}), type);
    auto results = emulator.call(object, {packed(x, type)});
    ASSERT_TRUE(bool(results)) << llvm::toString(results.takeError());
    EXPECT_EQ(results->front(), expected) << count;
  }
}

INSTANTIATE_TEST_SUITE_P(Types, RowBlocks,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

TEST(RowBlocks, AreWithinTheirBounds) {
  for (Accuracy accuracy : {Accuracy::Strict, Accuracy::Default})
    for (std::string source :
         {"softmax(x)", "log_softmax(x)", "logsumexp(x)", "softmax(x, sink=2)",
          "log_softmax(x, sink=2)", "softmax(x) * log_softmax(x)",
          "softmax(x, mask=x > 0, empty_row=zero)",
          "log_softmax(x, temperature=7)",
          "softmax(sum(x, keepdims=1) * x / 100)",
          "x * softmax(x) - rowmax(x, keepdims=1)"})
      for (bool isBackward : {false, true}) {
        RowSubject subject = longRows(source, DType::F32, accuracy);
        subject.isBackward = isBackward;
        RowKernel kernel = compileRows(subject);
        ASSERT_TRUE(kernel) << subject.text();
        for (size_t count : {700, 3111}) {
          std::vector<Row> inputs = {normalRow(2 * count, 2, 43)};
          if (isBackward)
            inputs.push_back(
                normalRow(2 * (kernel.isUniform(1) ? 1 : count), 1, 44));
          expectWithinBound(kernel, 2, inputs, kernel.run(2, inputs));
        }
      }
}

// Blocks without a number, infinities, NaN, and differences beyond the range.
TEST(RowBlocks, AreAsShortRowsWhereNumbersEnd) {
  constexpr size_t count = 3500;
  const float most = std::numeric_limits<float>::max();
  std::vector<std::pair<const char *, Row>> rows;
  auto row = [&](const char *name, double first, double second, double third) {
    Row x = normalRow(count, 1, 45);
    for (size_t i = 0; i < count; ++i)
      x[i] += i < 1024 ? first : i < 2048 ? second : third;
    rows.emplace_back(name, x);
    return &rows.back().second;
  };
  row("one block of -inf", 0, -inf, 0);
  row("only one block not -inf", -inf, -inf, 3);
  row("all -inf", -inf, -inf, -inf);
  row("far apart", 0, 1e30, -1e30);
  row("a block far below", 0, -95, -1000);
  for (double special : {inf, -inf, double(NAN), double(most), -double(most)})
    (*row("one special element", 0, 5, -5))[1500] = special;
  Row lowest(count, -most);
  rows.emplace_back("all the lowest number", lowest);
  lowest[2000] = -inf;
  rows.emplace_back("and one -inf", lowest);
  for (const char *source :
       {"softmax(x)", "log_softmax(x)", "logsumexp(x)",
        "softmax(x, empty_row=uniform)", "log_softmax(x, empty_row=zero)",
        "softmax(x, mask=abs(x) < 90, empty_row=zero)",
        "log_softmax(x, mask=abs(x) < 90)", "softmax(x, sink=1)"}) {
    RowKernel plain = compileRows({source}),
              blocks = compileRows(longRows(source));
    ASSERT_TRUE(plain && blocks);
    for (const auto &[name, x] : rows) {
      Row expected = plain({x}), computed = blocks({x});
      for (size_t i = 0; i < expected.size(); ++i) {
        bool isSame = std::isnan(expected[i]) ? std::isnan(computed[i])
                                              : computed[i] == expected[i];
        // An ulp of a subnormal number is more.
        double apart = std::fabs(computed[i] - expected[i]);
        ASSERT_TRUE(isSame || apart <= 0x1p-17 * std::fabs(expected[i]) ||
                    apart <= 0x1p-148)
            << source << ", " << name << ", element " << i << ": "
            << computed[i] << ", not " << expected[i];
      }
    }
  }
}

// The length of the row alone decides, so that bits do not depend on what else
// a kernel is compiled for.
TEST(RowBlocks, AreThoseOfLongRows) {
  for (int64_t axis : {0, 1}) {
    KernelOptions options;
    std::vector<int64_t> shape = {5, 5};
    for (auto [count, isLong] :
         {std::pair(kLongRow, false), std::pair(kLongRow + 1, true)}) {
      shape[axis] = count;
      chooseRowForm(options, shape, axis, DType::F32);
      EXPECT_EQ(options.longRows, isLong);
    }
  }
  // A threshold takes loops over the whole row.
  RowKernel sparse = compileRows(longRows("sparsemax(x)"));
  ASSERT_TRUE(sparse);
  EXPECT_FALSE(sparse.result.signature.rows->inBlocks);
}

} // namespace

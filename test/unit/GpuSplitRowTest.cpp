//===- GpuSplitRowTest.cpp - Rows that many blocks of a GPU share ---------===//
//
// Few rows that are longer than what a block keeps, against the reference, and
// what must not change a bit: place, alignment, the number of rows, the order
// of threads and blocks.
//
//===----------------------------------------------------------------------===//

#include "GpuRows.h"
#include "GpuRun.h"
#include "RecordedLaunches.h"
#include "act/GpuKernelNames.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace act;
using namespace act::test;

namespace {

/// The most elements that a block keeps: rows of more are split.
int64_t keptBy(const RowKernel &kernel) {
  const KernelSignature &signature = kernel.result.signature;
  return int64_t(gpuRowThreads(signature.computesInDouble)) *
         std::end(kGpuRowChunks)[-1] * signature.lanes;
}

int64_t partOf(const RowKernel &kernel) {
  return gpuSplitPart(kernel.result.signature.lanes);
}

/// Numbers for each input; those that are one value a row are short.
std::vector<Row> inputsOf(const RowKernel &kernel, size_t rows, size_t count) {
  std::vector<Row> inputs;
  for (unsigned k = 0; k < kernel.numInputs(); ++k)
    inputs.push_back(normalRow(kernel.isUniform(k) ? rows : rows * count, 3,
                               41 + k, kernel.subject.type));
  return inputs;
}

/// Runs the rows and judges each of them.
void expectRows(const RowKernel &kernel, size_t rows, size_t count,
                RowError &worst) {
  SCOPED_TRACE(kernel.subject.text() + ", " + std::to_string(rows) +
               " rows of " + std::to_string(count));
  std::vector<Row> inputs = inputsOf(kernel, rows, count);
  RowError found =
      expectWithinBound(kernel, rows, inputs, kernel.run(rows, inputs));
  worst.ulp = std::max(worst.ulp, found.ulp);
  worst.part = std::max(worst.part, found.part);
}

void expectSources(const std::vector<GpuRowSource> &sources,
                   RowSubject subject) {
  RowError worst;
  for (const GpuRowSource &source : sources) {
    subject.source = source.text;
    subject.uniformInputs = source.uniform;
    RowKernel kernel = gpuRows(subject);
    ASSERT_TRUE(kernel) << source.text;
    ASSERT_GT(kernel.result.signature.rows->splitKernels, 0u) << source.text;
    expectRows(kernel, 2, keptBy(kernel) + 3, worst);
    if (testing::Test::HasFailure())
      return;
  }
  subject.source = "functions of split rows";
  printf("%s: max %.3f ulp, %.3f of the bound\n", subject.text().c_str(),
         worst.ulp, worst.part);
}

class GpuSplitRow : public testing::TestWithParam<DType> {
protected:
  DType type() const { return GetParam(); }
};

TEST_P(GpuSplitRow, StaysWithinItsBound) {
  expectSources(gpuRowSources(), {"", type()});
}

TEST_P(GpuSplitRow, GradientsStayWithinTheirBounds) {
  RowSubject subject{"", type()};
  subject.isBackward = true;
  expectSources(gpuRowGradients(), subject);
}

// The last part has one element, or some, or all.
TEST_P(GpuSplitRow, OfEveryLengthStaysWithinItsBound) {
  for (const char *source : {"softmax(x)", "logsumexp(x)"}) {
    RowKernel kernel = gpuRows({source, type()});
    ASSERT_TRUE(kernel) << source;
    int64_t part = partOf(kernel), first = keptBy(kernel) / part;
    RowError worst;
    for (int64_t count : {first * part + 1, first * part + 77,
                          (first + 1) * part - 1, (first + 1) * part})
      expectRows(kernel, 1, count, worst);
  }
}

// Sums of integers are exact; what is lost or taken twice would show.
TEST(GpuSplitRows, MayHaveMorePartsThanABlockHasThreads) {
  RowKernel sum = gpuRows({"sum(x)", DType::F32}),
            largest = gpuRows({"rowmax(x)", DType::F32});
  ASSERT_TRUE(sum && largest);
  int64_t count = (kGpuSplitThreads + 1) * partOf(sum) + 5;
  Row x(count);
  double expected = 0;
  for (int64_t i = 0; i < count; ++i)
    expected += x[i] = i % 7;
  EXPECT_EQ(sum({x}), Row{expected});
  for (int64_t place : {int64_t(0), count / 2, count - 1}) {
    Row y = x;
    y[place] = 8;
    EXPECT_EQ(largest({y}), Row{8});
  }
}

// Rows that are no whole chunks, and rows that are, which have kernels of their
// own where they are aligned.
TEST_P(GpuSplitRow, DoesNotDependOnPlaceOrNumberOfRows) {
  for (auto [source, more] : {std::pair("softmax(x)", 9),
                              {"softmax(x)", 16},
                              {"logsumexp(x)", 9},
                              {"logsumexp(x)", 16}}) {
    RowKernel kernel = gpuRows({source, type()});
    ASSERT_TRUE(kernel) << source;
    bool isOne = kernel.isUniform(1);
    int64_t count = keptBy(kernel) + more;
    Row x = normalRow(count, 3, 22, type());
    std::vector<char> expected =
        packed(kernel.run(1, {x}).front(), kernel.subject.type);
    // Rows begin at elements that are aligned differently; then elements of a
    // row are apart.
    for (int64_t step : {1, 3}) {
      constexpr int64_t kRows = 3;
      int64_t pitch = step * count + 1;
      Row many(1 + kRows * pitch);
      for (int64_t row = 0; row < kRows; ++row)
        for (int64_t i = 0; i < count; ++i)
          many[1 + row * pitch + i * step] = x[i];
      std::vector<char> in = packed(many, type());
      std::vector<char> out(kRows * count * sizeOf(type()));
      runRows(kernel, {kRows, count}, /*axis=*/1,
              {{in.data() + sizeOf(type()), {pitch, step}},
               {out.data(), {isOne ? 1 : count, isOne ? 0 : 1}}});
      for (int64_t row = 0; row < kRows; ++row)
        EXPECT_EQ(std::memcmp(out.data() + row * expected.size(),
                              expected.data(), expected.size()),
                  0)
            << source << " of " << count << ", row " << row << ", step "
            << step;
    }
  }
}

TEST_P(GpuSplitRow, DoesNotDependOnTheOrderOfBlocksAndThreads) {
  SimulationOptions reversed, parallel;
  reversed.reversed = true;
  parallel.hostThreads = 3;
  for (const char *source : {"softmax(x)", "logsumexp(x, mask=x > -1)"}) {
    RowKernel kernel = compileRows({source, type()}, nullptr, gpuOptions());
    SimulatedCode code(kernel.result);
    std::vector<std::vector<Row>> results;
    for (const SimulationOptions &options :
         {SimulationOptions(), reversed, parallel}) {
      code.load(kernel.result, options);
      ASSERT_TRUE(kernel) << source;
      size_t count = keptBy(kernel) + 1000;
      results.push_back(kernel.run(2, {normalRow(2 * count, 3, 24, type())}));
    }
    EXPECT_EQ(results[1], results[0]) << source;
    EXPECT_EQ(results[2], results[0]) << source;
  }
}

// Whole rows have a block each where there are enough of them.
TEST_P(GpuSplitRow, ManyLongRowsAreNotSplit) {
  RowKernel kernel = gpuRows({"softmax(x)", type()});
  ASSERT_TRUE(kernel);
  const KernelSignature &signature = kernel.result.signature;
  int64_t count = keptBy(kernel) + 9;
  auto scratchOf = [&](int64_t rows, int64_t length) {
    std::vector<int64_t> strides = {length, 1};
    return llvm::cantFail(GpuRunner::create(signature, *kernel.result.gpuModule,
                                            kernel.result.name, {rows, length},
                                            {strides, strides}, 1))
        .scratchBytes();
  };
  EXPECT_GT(scratchOf(kGpuMultiprocessors, count), 0);
  EXPECT_EQ(scratchOf(kGpuMultiprocessors + 1, count), 0);
  EXPECT_EQ(scratchOf(1, keptBy(kernel)), 0);
  // The largest of a part and its sum.
  int64_t bytes = signature.computesInDouble ? sizeof(double) : sizeof(float);
  int64_t parts = llvm::divideCeil(count, partOf(kernel));
  EXPECT_EQ(signature.rows->splitValues, 2u);
  EXPECT_EQ(scratchOf(2, count),
            int64_t(llvm::alignTo(2 * 2 * parts * bytes, kScratchAlignment)));

  for (int64_t length : {count, keptBy(kernel) + 16}) {
    Row x = normalRow(length, 3, 25, type()), many;
    for (unsigned row = 0; row <= kGpuMultiprocessors; ++row)
      many.insert(many.end(), x.begin(), x.end());
    Row all = kernel.run(kGpuMultiprocessors + 1, {many}).front();
    Row last(all.end() - length, all.end());
    expectWithinBound(kernel, 1, {x}, {last});
  }
}

// No more rows are taken at once than what the L2 cache holds.
TEST(GpuSplitRows, AreTakenInGroups) {
  for (const char *source : {"softmax(x)", "logsumexp(x)"}) {
    RowKernel kernel = gpuRows({source, DType::F32});
    ASSERT_TRUE(kernel) << source;
    const KernelSignature &signature = kernel.result.signature;
    RecordedLaunches module(2);
    const std::vector<RecordedLaunches::Launch> &launches = module.launches;
    constexpr int64_t kRows = 300, kLength = 1 << 20;
    bool isOne = kernel.isUniform(1);
    auto runner = llvm::cantFail(GpuRunner::create(
        signature, module, "f", {kRows, kLength},
        {{kLength, 1}, {isOne ? 1 : kLength, isOne ? 0 : 1}}, 1));
    EXPECT_TRUE(runner.splitsRows());
    std::vector<char> memory(kScratchAlignment);
    void *operands[] = {memory.data(), memory.data()};
    llvm::cantFail(runner.run(operands, nullptr, memory.data()));
    uint32_t group = kGpuCacheBytes / (4 * kLength), first = 0;
    ASSERT_EQ(launches.size(), 2 * llvm::divideCeil(kRows, group)) << source;
    for (size_t i = 0; i < launches.size(); i += 2, first += group)
      for (unsigned k : {0, 1}) {
        const RecordedLaunches::Launch &launch = launches[i + k];
        EXPECT_EQ(launch.kernel, gpuSplitNames("f", 2)[k]);
        EXPECT_EQ(launch.firstRow, first);
        EXPECT_EQ(launch.shape.grid[0],
                  k == 1 && isOne ? 1 : kLength / partOf(kernel));
        EXPECT_EQ(launch.shape.grid[1],
                  std::min<uint32_t>(group, kRows - first));
        EXPECT_EQ(launch.shape.block[0], kGpuSplitThreads);
      }
  }
}

// Results that are one value a row are written last: blocks of other parts read
// inputs of that kind.
TEST_P(GpuSplitRow, ResultsOfARowMayBeInPlace) {
  RowSubject subject{"softmax(x, temperature=1 + t^2 / 8)", type()};
  subject.uniformInputs = {1};
  subject.isBackward = true;
  RowKernel kernel = compileRows(subject, nullptr, gpuOptions());
  SimulatedCode code(kernel.result);
  SimulationOptions reversed;
  reversed.reversed = true;
  for (const SimulationOptions &options : {SimulationOptions(), reversed}) {
    code.load(kernel.result, options);
    ASSERT_TRUE(kernel);
    ASSERT_TRUE(kernel.isUniform(1) && kernel.isUniform(4));
    int64_t count = keptBy(kernel) + 1;
    std::vector<Row> inputs = inputsOf(kernel, 1, count);
    std::vector<Row> expected = kernel.run(1, inputs);
    std::vector<char> x = packed(inputs[0], type()),
                      t = packed(inputs[1], type()),
                      dy = packed(inputs[2], type());
    RunOperand ofRow{t.data(), {1, 0}}, each{x.data(), {count, 1}};
    runRows(kernel, {1, count}, /*axis=*/1,
            {each, ofRow, {dy.data(), {count, 1}}, each, ofRow});
    EXPECT_EQ(x, packed(expected[0], type()));
    EXPECT_EQ(t, packed(expected[1], type()));
  }
}

TEST(GpuSplitRows, TakesFewKernels) {
  struct {
    const char *source;
    unsigned kernels, values;
    bool isBackward = false;
  } const expected[] = {
      {"softmax(x)", 2, 2},
      {"log_softmax(x)", 2, 3},
      {"logsumexp(x)", 2, 3},
      {"sum(x)", 2, 1},
      {"x - mean(x, keepdims=1)", 2, 1},
      // The largest and the sum, the product's sum, and the gradient.
      {"softmax(x)", 3, 3, true},
      {"log_softmax(x)", 2, 3, true},
      // Found step by step.
      {"sparsemax(x)", 0, 0}};
  for (const auto &each : expected) {
    RowSubject subject{each.source, DType::BF16};
    subject.isBackward = each.isBackward;
    RowKernel kernel = gpuRows(subject);
    ASSERT_TRUE(kernel) << each.source;
    const RowSignature &rows = *kernel.result.signature.rows;
    EXPECT_EQ(rows.splitKernels, each.kernels) << subject.text();
    EXPECT_EQ(rows.splitValues, each.values) << subject.text();
  }
}

TEST(GpuSplitRows, HasSteepAndMaskedParts) {
  RowKernel kernel =
      gpuRows({"softmax(x, mask=m > 0, empty_row=zero)", DType::F32});
  ASSERT_TRUE(kernel);
  int64_t part = partOf(kernel), count = keptBy(kernel) + part + 5;
  Row x = normalRow(count, 1, 51, DType::F32), m(count, 1);
  // The largest of all in the last part; one part far below, one without
  // elements, and one of infinities.
  for (int64_t i = 0; i < part; ++i) {
    x[i] -= 200;
    m[part + i] = 0;
    x[2 * part + i] = -HUGE_VAL;
  }
  x.back() = 30;
  expectWithinBound(kernel, 1, {x, m}, kernel.run(1, {x, m}));
  // No element at all.
  Row none(count, 0);
  EXPECT_EQ(kernel({x, none}), none);
  // A NaN is in the row wherever it is.
  x[7] = NAN;
  Row y = kernel({x, Row(count, 1)});
  EXPECT_EQ(llvm::count_if(y, [](double each) { return std::isnan(each); }),
            count);
}

INSTANTIATE_TEST_SUITE_P(Types, GpuSplitRow,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

} // namespace

//===- GpuRowTest.cpp - Functions of a row as GPU kernels -----------------===//
//
// Rows of every length at which another kernel, more threads or more warps take
// over, along any axis, with any strides, against the reference; and what must
// not change a bit.
//
//===----------------------------------------------------------------------===//

#include "GpuRows.h"
#include <cstring>

using namespace act;
using namespace act::test;

namespace {

const char *const sources[] = {"softmax(x)", "log_softmax(x, temperature=0.3)",
                               "logsumexp(x)", "softmax(x, mask=x > -1)"};

std::vector<char> runDense(const RowKernel &kernel, const Row &x,
                           int64_t rows) {
  return packed(kernel.run(rows, {x}).front(), kernel.subject.type);
}

class GpuRow : public testing::TestWithParam<DType> {
protected:
  DType type() const { return GetParam(); }
};

/// Runs a kernel on rows of every length in each error mode, against the
/// reference. The last input of a backward is the cotangent.
void expectEveryLength(const RowSubject &subject) {
  RowKernel kernel = compileRows(subject, nullptr, gpuOptions());
  SimulatedCode code(kernel.result);
  struct Shape {
    size_t rows;
    std::vector<Row> inputs;
    std::vector<std::vector<Row>> runs;
  };
  std::vector<Shape> shapes;
  for (int64_t count : gpuLengths(kernel)) {
    size_t rows = count < 1000 ? 3 : 1;
    Shape &shape = shapes.emplace_back(Shape{rows, {}, {}});
    for (unsigned k = 0; k < kernel.numInputs(); ++k)
      shape.inputs.push_back(
          normalRow(kernel.isUniform(k) ? rows : rows * count, k == 0 ? 3 : 1,
                    31 + k, subject.type));
  }
  for (const SimulationOptions &mode : errorModes()) {
    code.load(kernel.result, mode);
    ASSERT_TRUE(kernel) << subject.source;
    for (Shape &shape : shapes)
      shape.runs.push_back(kernel.run(shape.rows, shape.inputs));
  }
  RowError worst;
  for (const Shape &shape : shapes) {
    SCOPED_TRACE(std::to_string(shape.inputs[0].size() / shape.rows) +
                 " elements");
    RowError found =
        expectAllWithinBound(kernel, shape.rows, shape.inputs, shape.runs);
    worst.ulp = std::max(worst.ulp, found.ulp);
    worst.part = std::max(worst.part, found.part);
    ASSERT_FALSE(testing::Test::HasFailure());
  }
  printf("%s: max %.3f ulp, %.3f of the bound\n", subject.text().c_str(),
         worst.ulp, worst.part);
}

TEST_P(GpuRow, OfEveryLengthStaysWithinItsBound) {
  for (const char *source : sources)
    expectEveryLength({source, type()});
}

TEST_P(GpuRow, GradientsOfEveryLengthStayWithinTheirBounds) {
  for (const char *source : {"softmax(x)", "log_softmax(x)"})
    expectEveryLength({source, type(), Accuracy::Default, true});
}

TEST_P(GpuRow, DoesNotDependOnPlaceOrAlignment) {
  for (const char *source : sources) {
    RowKernel kernel = gpuRows({source, type()});
    ASSERT_TRUE(kernel) << source;
    bool isOne = kernel.isUniform(1);
    for (int64_t count : gpuLengths(kernel)) {
      Row x = normalRow(count, 3, 22, type());
      std::vector<char> expected = runDense(kernel, x, 1);
      // Rows begin at elements that are aligned differently.
      constexpr int64_t kRows = 5;
      int64_t pitch = count + 1;
      Row many(1 + kRows * pitch);
      for (int64_t row = 0; row < kRows; ++row)
        std::copy(x.begin(), x.end(), many.begin() + 1 + row * pitch);
      size_t size = sizeOf(type());
      std::vector<char> in = packed(many, type()), out(in.size());
      runRows(kernel, {kRows, count}, /*axis=*/1,
              {{in.data() + size, {pitch, 1}},
               {out.data() + size, {pitch, isOne ? 0 : 1}}});
      for (int64_t row = 0; row < kRows; ++row)
        EXPECT_EQ(std::memcmp(out.data() + (1 + row * pitch) * size,
                              expected.data(), expected.size()),
                  0)
            << source << ", " << count << " elements, row " << row;
    }
  }
}

/// Rows that lie side by side, of which few and many have kernels of their own,
/// give the bits of rows behind one another.
void expectSideBySide(const RowKernel &kernel, int64_t rows, int64_t count) {
  DType type = kernel.subject.type;
  bool isOne = kernel.isUniform(1);
  Row x = normalRow(rows * count, 3, 23, type), turned(x.size());
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < count; ++j)
      turned[j * rows + i] = x[i * count + j];
  std::vector<char> expected = runDense(kernel, x, rows),
                    in = packed(turned, type), out(expected.size());
  runRows(kernel, {count, rows}, /*axis=*/0,
          {{in.data(), {rows, 1}}, {out.data(), {isOne ? 0 : rows, 1}}});
  Row got = unpacked(out, type), back(got.size());
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < (isOne ? 1 : count); ++j)
      back[isOne ? i : i * count + j] = got[j * rows + i];
  EXPECT_EQ(packed(back, type), expected)
      << kernel.subject.text() << ", " << rows << " rows of " << count;
}

TEST_P(GpuRow, DoesNotDependOnTheAxis) {
  for (const char *source : sources) {
    RowKernel kernel = gpuRows({source, type()});
    ASSERT_TRUE(kernel) << source;
    for (int64_t count : gpuLengths(kernel))
      if (count <= 1100)
        for (int64_t rows : {6, 37})
          expectSideBySide(kernel, rows, count);
  }
}

// Where all threads have a row each, and walk it.
TEST_P(GpuRow, OfGreatLengthDoesNotDependOnTheAxis) {
  for (const char *source : {"softmax(x)", "sum(x)", "rowmax(x)"}) {
    RowKernel kernel = gpuRows({source, type()});
    ASSERT_TRUE(kernel) << source;
    const KernelSignature &signature = kernel.result.signature;
    int64_t most = int64_t(gpuRowThreads(signature.computesInDouble)) *
                   kGpuRowChunks[1] * signature.lanes;
    for (int64_t count : {most / 4 + 3, most, most + 5})
      expectSideBySide(kernel, /*rows=*/9, count);
  }
}

// More values than shared memory has room for in one walk.
TEST_P(GpuRow, OfManyValuesDoesNotDependOnTheAxis) {
  RowKernel kernel =
      gpuRows({"x * (sum(x, keepdims=1) + sum(x * x, keepdims=1) + "
               "sum(abs(x), keepdims=1) + rowmax(x, keepdims=1) + "
               "sum(x * x * x, keepdims=1)) / 4096",
               type()});
  ASSERT_TRUE(kernel);
  for (int64_t count : {70, 300, 1100})
    expectSideBySide(kernel, /*rows=*/37, count);
}

TEST_P(GpuRow, SideBySideDoesNotDependOnTheOrderOfThreads) {
  SimulationOptions reversed, parallel;
  reversed.reversed = true;
  parallel.hostThreads = 3;
  for (const char *source :
       {"softmax(x)", "sum(x, keepdims=1) + sum(x * x, keepdims=1) * x"}) {
    RowKernel kernel = compileRows({source, type()}, nullptr, gpuOptions());
    SimulatedCode code(kernel.result);
    for (const SimulationOptions &options :
         {SimulationOptions(), reversed, parallel}) {
      code.load(kernel.result, options);
      ASSERT_TRUE(kernel) << source;
      for (int64_t count : {70, 300, 1100, 5000})
        expectSideBySide(kernel, /*rows=*/19, count);
    }
  }
}

// Threads that did not wait for one another where they must would see what
// others have not written yet, or no longer.
TEST_P(GpuRow, DoesNotDependOnTheOrderOfThreads) {
  SimulationOptions reversed, parallel, both;
  reversed.reversed = both.reversed = true;
  parallel.hostThreads = both.hostThreads = 3;
  for (const char *source : {"softmax(x)", "logsumexp(x, mask=x > -1)"}) {
    RowKernel kernel = compileRows({source, type()}, nullptr, gpuOptions());
    SimulatedCode code(kernel.result);
    std::vector<std::vector<char>> expected;
    for (const SimulationOptions &options :
         {SimulationOptions(), reversed, parallel, both}) {
      code.load(kernel.result, options);
      ASSERT_TRUE(kernel) << source;
      std::vector<std::vector<char>> results;
      for (int64_t count : gpuLengths(kernel)) {
        int64_t rows = count < 1100 ? 11 : 2;
        results.push_back(
            runDense(kernel, normalRow(rows * count, 3, 24, type()), rows));
      }
      if (expected.empty())
        expected = results;
      EXPECT_EQ(results, expected) << source;
    }
  }
}

TEST_P(GpuRow, OfAnyShapeStaysWithinItsBound) {
  fuzzGpuRows(gpuRowSources(), {"", type()}, /*runs=*/4, /*seed=*/17);
}

TEST_P(GpuRow, GradientsOfAnyShapeStayWithinTheirBounds) {
  RowSubject subject{"", type()};
  subject.isBackward = true;
  fuzzGpuRows(gpuRowGradients(), subject, /*runs=*/4, /*seed=*/18);
}

INSTANTIATE_TEST_SUITE_P(Types, GpuRow,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

} // namespace

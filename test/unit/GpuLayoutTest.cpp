//===- GpuLayoutTest.cpp - GPU kernels over arrays of any shape -----------===//
//
// Gates, functions of several inputs and their gradients over arrays of random
// shape, strides, broadcast and alignment, in place or not: the bits that dense
// aligned arrays give, which are held to the reference.
//
//===----------------------------------------------------------------------===//

#include "GpuRun.h"
#include "KernelTestUtil.h"
#include "SimulatedCode.h"
#include "llvm/ADT/bit.h"
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>
#include <sys/mman.h>

using namespace act;
using namespace act::test;

namespace {

using Random = std::mt19937_64;

int64_t below(Random &random, int64_t end) {
  return std::uniform_int_distribution<int64_t>(0, end - 1)(random);
}

int64_t sizeOfShape(const std::vector<int64_t> &shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<int64_t>());
}

/// An array over the common shape, somewhere in a larger piece of memory.
struct LaidOut {
  std::vector<char> bytes;
  std::vector<int64_t> strides;
  /// In elements.
  int64_t offset = 0;

  /// The place of element `i` in row-major order.
  int64_t place(int64_t i, const std::vector<int64_t> &shape) const {
    int64_t place = offset;
    for (size_t d = shape.size(); d-- > 0; i /= shape[d])
      place += i % shape[d] * strides[d];
    return place;
  }
};

/// One kernel over arrays of one shape.
class LayoutRun {
public:
  LayoutRun(TestKernel &kernel, Random &random,
            const std::vector<int64_t> &shape)
      : kernel(kernel), random(random), shape(shape) {}

  /// Random strides; the last result lies in the first input where that has an
  /// element for each of its own and `mayAlias`.
  void randomize(bool mayAlias);
  /// Strides of operand `k`, which holds as many elements as it needs.
  void layOut(unsigned k, std::vector<int64_t> strides, int64_t offset);
  /// Dense aligned copies give the same bits; some elements are judged.
  void expectRight();

private:
  unsigned numInputs() const { return kernel.result.signature.numInputs; }
  unsigned numOperands() const {
    return kernel.result.signature.operands.size();
  }
  size_t bytesOf(unsigned k) const {
    return sizeOf(kernel.result.signature.operands[k]);
  }
  bool isScalar(unsigned k) const {
    return k < numInputs() && kernel.result.signature.isScalar[k];
  }
  std::vector<std::vector<char>> runDense();
  void expectReference(const std::vector<std::vector<char>> &dense);
  std::string text() const;

  TestKernel &kernel;
  Random &random;
  std::vector<int64_t> shape;
  std::vector<LaidOut> arrays;
  bool isInPlace = false;
};

void LayoutRun::layOut(unsigned k, std::vector<int64_t> strides,
                       int64_t offset) {
  LaidOut array;
  array.strides = std::move(strides);
  array.offset = offset;
  int64_t last = offset;
  for (size_t d = 0; d < shape.size(); ++d)
    last += std::max<int64_t>(0, shape[d] - 1) * array.strides[d];
  std::vector<double> values(last + 9);
  std::normal_distribution<double> normal(0, 3);
  for (double &x : values)
    x = normal(random);
  array.bytes = packed(values, kernel.type);
  arrays.resize(std::max<size_t>(arrays.size(), k + 1));
  arrays[k] = std::move(array);
}

void LayoutRun::randomize(bool mayAlias) {
  for (unsigned k = 0; k < numOperands(); ++k) {
    std::vector<int64_t> order(shape.size()), strides(shape.size());
    std::iota(order.begin(), order.end(), 0);
    if (below(random, 3) == 0)
      std::shuffle(order.begin(), order.end(), random);
    // Every third array lies at an element that is not aligned.
    int64_t offset = below(random, 3) ? 0 : 1 + below(random, 9);
    int64_t step = below(random, 4) ? 1 : 1 + below(random, 3);
    for (size_t d : llvm::reverse(order)) {
      bool isOne = k < numInputs() && (isScalar(k) || below(random, 5) == 0);
      strides[d] = isOne ? 0 : step;
      if (!isOne)
        step *= std::max<int64_t>(1, shape[d]) + (below(random, 6) == 0);
    }
    layOut(k, strides, offset);
  }
  isInPlace = mayAlias && !llvm::is_contained(arrays[0].strides, 0);
  if (isInPlace)
    arrays.back() = arrays[0];
}

std::vector<std::vector<char>> LayoutRun::runDense() {
  int64_t size = sizeOfShape(shape);
  std::vector<std::vector<char>> memory;
  std::vector<RunOperand> operands;
  for (unsigned k = 0; k < numOperands(); ++k) {
    memory.emplace_back(std::max<int64_t>(1, size) * bytesOf(k));
    for (int64_t i = 0; i < size && k < numInputs(); ++i)
      std::memcpy(&memory[k][i * bytesOf(k)],
                  &arrays[k].bytes[arrays[k].place(i, shape) * bytesOf(k)],
                  bytesOf(k));
  }
  for (unsigned k = 0; k < numOperands(); ++k) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(memory[k].data()) % 16, 0u);
    operands.push_back({memory[k].data(), {isScalar(k) ? 0 : 1}});
  }
  runGpu(kernel.result, {size}, operands);
  return memory;
}

void LayoutRun::expectReference(const std::vector<std::vector<char>> &dense) {
  std::vector<std::vector<double>> values;
  for (const std::vector<char> &bytes : dense)
    values.push_back(unpacked(bytes, kernel.type));
  int64_t size = sizeOfShape(shape), step = std::max<int64_t>(1, size / 12);
  for (int64_t i = 0; i < size; i += step) {
    std::vector<double> args;
    for (unsigned k = 0; k < numInputs(); ++k)
      args.push_back(values[k][i]);
    for (unsigned k = numInputs(); k < numOperands(); ++k) {
      unsigned result = k - numInputs();
      double ulp =
          kernel.reference->error(values[k][i], args, kernel.type, result);
      EXPECT_LE(ulp, kernel.reference->formulaBound(args, kernel.type, result))
          << text() << ", result " << result << ", element " << i;
    }
  }
}

std::string LayoutRun::text() const {
  std::string text = "shape";
  for (int64_t dim : shape)
    text += " " + std::to_string(dim);
  for (const LaidOut &array : arrays) {
    text += ", offset " + std::to_string(array.offset) + " strides";
    for (int64_t stride : array.strides)
      text += " " + std::to_string(stride);
  }
  return text + (isInPlace ? ", in place" : "");
}

void LayoutRun::expectRight() {
  SCOPED_TRACE(text());
  std::vector<std::vector<char>> dense = runDense();
  std::vector<LaidOut> before = arrays;
  std::vector<RunOperand> operands;
  for (unsigned k = 0; k < numOperands(); ++k) {
    LaidOut &array = arrays[isInPlace && k + 1 == numOperands() ? 0 : k];
    operands.push_back(
        {array.bytes.data() + array.offset * bytesOf(k), array.strides});
  }
  runGpu(kernel.result, shape, operands);
  // What is between the elements must stay as it was.
  for (unsigned k = numInputs(); k < numOperands(); ++k)
    for (int64_t i = 0; i < sizeOfShape(shape); ++i)
      std::memcpy(&before[k].bytes[before[k].place(i, shape) * bytesOf(k)],
                  &dense[k][i * bytesOf(k)], bytesOf(k));
  for (unsigned k = 0; k < numOperands(); ++k) {
    if (isInPlace && k == 0)
      continue;
    bool isFirst = isInPlace && k + 1 == numOperands();
    EXPECT_EQ(arrays[isFirst ? 0 : k].bytes, before[k].bytes)
        << "operand " << k;
  }
  expectReference(dense);
}

/// A shape of up to 5 dimensions and 3,000 elements.
std::vector<int64_t> randomShape(Random &random) {
  const int64_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 33, 130, 257};
  std::vector<int64_t> shape;
  int64_t size = 1, rank = 1 + below(random, 5);
  for (int64_t d = 0; d < rank; ++d) {
    // Few arrays have no elements.
    int64_t first = below(random, 16) ? 1 : 0;
    int64_t dim = sizes[first + below(random, std::size(sizes) - first)];
    shape.push_back(size * dim > 3000 ? 1 : dim);
    size *= shape.back();
  }
  std::shuffle(shape.begin(), shape.end(), random);
  return shape;
}

/// A function, or its gradient by each input; inputs that are one value.
struct Source {
  const char *text;
  bool isBackward = false;
  std::vector<unsigned> scalars = {};
};

const Source sources[] = {
    {"silu"},
    {"swiglu"},
    {"geglu_tanh"},
    {"prelu(x, a)"},
    {"scaled_swiglu(g, u, s)"},
    {"scaled_swiglu(g, u, s)", false, {2}},
    {"x * sigmoid(y) + z"},
    {"clamp(x, lo, 1) * y", false, {1}},
    {"gelu", true},
    {"swiglu", true},
    {"prelu(x, a)", true},
    {"x * sigmoid(y) + z", true},
};

TestKernel compileSource(const Source &source, DType type) {
  CompileOptions options = gpuOptions();
  options.scalarInputs = source.scalars;
  auto prepare = [&](FuncOp func) {
    if (source.isBackward)
      addVjp(func);
    else
      addDerivative(func, {{0}});
  };
  return loaded(compileTest(source.text, type, prepare, false, options));
}

class GpuLayout : public testing::TestWithParam<DType> {};

TEST_P(GpuLayout, ChangesNoBit) {
  Random random(2718);
  for (const Source &source : sources) {
    SCOPED_TRACE(std::string(source.text) + (source.isBackward ? "'" : ""));
    TestKernel kernel = compileSource(source, GetParam());
    ASSERT_TRUE(kernel);
    for (int i = 0; i < 24 && !HasFailure(); ++i) {
      LayoutRun run(kernel, random, randomShape(random));
      run.randomize(/*mayAlias=*/i % 3 == 0);
      run.expectRight();
    }
  }
}

// Sums of indices of 5 dimensions, of which no two lie one after another.
TEST_P(GpuLayout, OfDimensionsThatDoNotCollapse) {
  Random random(3);
  for (const Source &source : {Source{"swiglu"}, Source{"swiglu", true}}) {
    TestKernel kernel = compileSource(source, GetParam());
    ASSERT_TRUE(kernel);
    LayoutRun run(kernel, random, {3, 2, 3, 4, 19});
    for (unsigned k = 0; k < kernel.result.signature.operands.size(); ++k) {
      int64_t gap = 20 + k;
      run.layOut(k, {120 * gap, 50 * gap, 13 * gap, 2 * gap, 1}, k);
    }
    run.expectRight();
  }
}

// Whole chunks, what is left of them, and one element more in front of them.
TEST_P(GpuLayout, OfEveryOffsetAndLength) {
  Random random(4);
  TestKernel kernel = compileSource({"swiglu"}, GetParam());
  ASSERT_TRUE(kernel);
  int64_t lanes = kernel.result.signature.lanes;
  for (int64_t length = 0; length <= 2 * lanes + 1; ++length)
    for (int64_t offset : {int64_t(0), int64_t(1), lanes}) {
      LayoutRun run(kernel, random, {3, length});
      for (unsigned k = 0; k < 3; ++k)
        run.layOut(k, {2 * lanes + (offset != 0 ? k : 2 * lanes), 1}, offset);
      run.expectRight();
    }
}

// Kernels of elements count in 32 bits; what is further apart is several
// launches. The memory in between is never touched.
TEST(GpuReach, StridesBeyond32Bits) {
  TestKernel kernel = compileSource({"x + 1"}, DType::BF16);
  ASSERT_TRUE(kernel);
  constexpr size_t bytes = size_t(1) << 35;
  void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    GTEST_SKIP() << "no 32 GiB of addresses";
  auto *elements = static_cast<uint16_t *>(memory);
  struct Case {
    std::vector<int64_t> shape, strides;
  };
  const int64_t far = int64_t(1) << 31;
  for (const Case &each :
       {Case{{3, 2, 40}, {far, far / 2, 1}}, Case{{3, 2, 40}, {far + 8, 64, 1}},
        Case{{7, 5}, {1, far / 2 + 24}}, Case{{40}, {far / 8}},
        Case{{3, 40}, {-far, 1}}, Case{{2, 2, 3}, {-far - 8, 1, far / 2}}}) {
    SCOPED_TRACE(testing::PrintToString(each.strides));
    // The first element, so that all are inside.
    int64_t size = sizeOfShape(each.shape), first = 0;
    std::vector<int64_t> dense(each.shape.size(), 1);
    for (size_t d = each.shape.size(); d-- > 0;) {
      first -= std::min<int64_t>(0, (each.shape[d] - 1) * each.strides[d]);
      if (d + 1 < dense.size())
        dense[d] = dense[d + 1] * each.shape[d + 1];
    }
    LaidOut places{{}, each.strides, first};
    for (int64_t i = 0; i < size; ++i) // 1, 2, ... in bf16
      elements[places.place(i, each.shape)] =
          llvm::bit_cast<uint32_t>(float(i + 1)) >> 16;
    std::vector<uint16_t> results(size);
    runGpu(kernel.result, each.shape,
           {{elements + first, each.strides}, {results.data(), dense}});
    for (int64_t i = 0; i < size; ++i)
      EXPECT_EQ(results[i], llvm::bit_cast<uint32_t>(float(i + 2)) >> 16) << i;
  }
  munmap(memory, bytes);
}

INSTANTIATE_TEST_SUITE_P(Types, GpuLayout,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

} // namespace

//===- VjpKernelTest.cpp - Backward kernels of gates ----------------------===//
//
// Gradients of gates and of learned parameters against Taylor arithmetic in
// MPFR, over arrays of odd sizes, broadcast, strided and transposed.
//
//===----------------------------------------------------------------------===//

#include "KernelTestUtil.h"
#include <cmath>
#include <random>

using namespace act;
using namespace act::test;

namespace {

/// An array over the common shape {rows, columns}, by strides.
struct Array {
  /// What the elements are: both dimensions, columns only, rows only, one.
  enum Extent { Full, PerColumn, PerRow, Scalar } extent = Full;
  /// How a full array lies in memory.
  enum Layout { Dense, Transposed, EverySecond } layout = Dense;

  std::vector<int64_t> strides(int64_t rows, int64_t columns) const {
    if (extent == PerColumn)
      return {0, 1};
    if (extent == PerRow)
      return {1, 0};
    if (extent == Scalar)
      return {0, 0};
    if (layout == Transposed)
      return {1, rows};
    if (layout == EverySecond)
      return {2 * columns, 2};
    return {columns, 1};
  }
};

/// A backward over two-dimensional arrays.
class Backward {
public:
  Backward(llvm::StringRef source, std::vector<Array> inputs, DType type,
           int64_t rows = 7, int64_t columns = 1037);

  /// Compares every gradient with `ulps`, or where it is a sum with
  /// (ulps + 2) * 2^-24 of the sum of the terms' magnitudes.
  void expectGradients(double ulps);
  /// Runs again with more threads: the same bits.
  void expectSameBitsOnThreeThreads();

private:
  struct Operand {
    std::vector<double> values;
    std::vector<char> bytes;
    std::vector<int64_t> strides;
    double at(int64_t i, int64_t j) const {
      return values[i * strides[0] + j * strides[1]];
    }
  };

  Operand operandOf(const Array &array) const;
  std::vector<std::vector<char>> run(unsigned threads);
  void expectElements(unsigned k, const std::vector<double> &computed,
                      double ulps);
  void expectSums(unsigned k, const std::vector<double> &computed, double ulps);
  MpfrNumber gradient(int64_t i, int64_t j, unsigned k);

  std::string source;
  std::vector<Array> arrays;
  DType type;
  int64_t rows, columns;
  JetInterpreter<MpfrNumber> jets;
  TestKernel kernel;
  /// The inputs, then the cotangent.
  std::vector<Operand> operands;
};

} // namespace

Backward::Backward(llvm::StringRef source, std::vector<Array> inputs,
                   DType type, int64_t rows, int64_t columns)
    : source(source), arrays(std::move(inputs)), type(type), rows(rows),
      columns(columns), jets(tapeOf(source)) {
  arrays.push_back(Array());
  CompileOptions options;
  for (unsigned k = 0; k + 1 < arrays.size(); ++k)
    if (arrays[k].extent != Array::Full)
      options.reducedResults.push_back(k);
  kernel = compileTest(
      source, type, [](FuncOp func) { addVjp(func); }, false, options);
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal(0, 4);
  for (const Array &array : arrays) {
    Operand operand = operandOf(array);
    for (double &x : operand.values)
      x = normal(random);
    operand.values = rounded(operand.values, type);
    operand.bytes = packed(operand.values, type);
    operands.push_back(operand);
  }
}

Backward::Operand Backward::operandOf(const Array &array) const {
  Operand operand;
  operand.strides = array.strides(rows, columns);
  operand.values.resize(1 + (rows - 1) * operand.strides[0] +
                        (columns - 1) * operand.strides[1]);
  operand.bytes = packed(operand.values, type);
  return operand;
}

std::vector<std::vector<char>> Backward::run(unsigned threads) {
  std::vector<std::vector<char>> results;
  for (unsigned k = 0; k + 1 < arrays.size(); ++k)
    results.push_back(operandOf(arrays[k]).bytes);
  std::vector<RunOperand> run;
  for (Operand &operand : operands)
    run.push_back({operand.bytes.data(), operand.strides});
  for (auto [k, bytes] : llvm::enumerate(results))
    run.push_back({bytes.data(), operands[k].strides});
  runElementwise(kernel.result.signature, kernel.result.kernel->entry(),
                 {rows, columns}, run, nullptr, threads);
  return results;
}

MpfrNumber Backward::gradient(int64_t i, int64_t j, unsigned k) {
  MpfrPrecision scope(300);
  std::vector<MpfrNumber> args;
  for (unsigned n = 0; n + 1 < operands.size(); ++n)
    args.push_back(MpfrNumber(operands[n].at(i, j)));
  return jets.taylor(args, k, 1)[0][1] * MpfrNumber(operands.back().at(i, j));
}

void Backward::expectElements(unsigned k, const std::vector<double> &computed,
                              double ulps) {
  Worst worst;
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j) {
      MpfrNumber exact = gradient(i, j, k);
      const std::vector<int64_t> &strides = operands[k].strides;
      double y = computed[i * strides[0] + j * strides[1]];
      double ulp = ulpError(y, exact, type);
      if (ulp > worst.ulp)
        worst = {ulp, operands[0].at(i, j), y, Traits::toDouble(exact)};
    }
  printf("%s, gradient %u, %s: %.3f ulp at %.9g (%.9g for %.9g)\n",
         source.c_str(), k, nameOf(type), worst.ulp, worst.x, worst.computed,
         worst.exact);
  EXPECT_LE(worst.ulp, ulps)
      << source << ", gradient " << k << " at " << worst.x;
}

void Backward::expectSums(unsigned k, const std::vector<double> &computed,
                          double ulps) {
  std::vector<MpfrNumber> sums(computed.size()), magnitudes(computed.size());
  const std::vector<int64_t> &strides = operands[k].strides;
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j) {
      MpfrNumber term = gradient(i, j, k);
      size_t place = i * strides[0] + j * strides[1];
      sums[place] = sums[place] + term;
      magnitudes[place] = magnitudes[place] + Traits::abs(term);
    }
  double worst = 0, spacing = std::ldexp(1, 1 - formatOf(type).precision) / 2;
  for (auto [y, sum, magnitude] : llvm::zip(computed, sums, magnitudes)) {
    if (magnitude == MpfrNumber(0)) {
      EXPECT_EQ(y, 0) << source;
      continue;
    }
    MpfrNumber error = Traits::abs(MpfrNumber(y) - sum) / magnitude;
    worst = std::max(worst, Traits::toDouble(error) / spacing);
  }
  printf("%s, summed gradient %u, %s: %.3f of 2^-%d of the terms\n",
         source.c_str(), k, nameOf(type), worst, formatOf(type).precision);
  EXPECT_LE(worst, ulps + 2) << source << ", gradient " << k;
}

void Backward::expectGradients(double ulps) {
  ASSERT_TRUE(kernel) << source;
  std::vector<std::vector<char>> results = run(1);
  for (auto [k, bytes] : llvm::enumerate(results)) {
    std::vector<double> computed = unpacked(bytes, type);
    if (arrays[k].extent == Array::Full)
      expectElements(k, computed, ulps);
    else
      expectSums(k, computed, ulps);
  }
}

void Backward::expectSameBitsOnThreeThreads() {
  ASSERT_TRUE(kernel) << source;
  EXPECT_EQ(run(1), run(3)) << source;
}

//===----------------------------------------------------------------------===//
// Gates
//===----------------------------------------------------------------------===//

static const Array dense{}, transposed{Array::Full, Array::Transposed},
    strided{Array::Full, Array::EverySecond}, perColumn{Array::PerColumn},
    perRow{Array::PerRow}, scalar{Array::Scalar};

namespace {
class Gate : public testing::TestWithParam<const char *> {};
} // namespace

TEST_P(Gate, GradientsAreWithinTheirBound) {
  Backward(GetParam(), {dense, dense}, DType::F32).expectGradients(9);
  Backward(GetParam(), {dense, dense}, DType::F64, 3, 331).expectGradients(9);
}

TEST_P(Gate, LayoutDoesNotMatter) {
  Backward(GetParam(), {transposed, strided}, DType::F32, 5, 201)
      .expectGradients(9);
  Backward(GetParam(), {strided, transposed}, DType::F32, 37, 3)
      .expectGradients(9);
}

TEST_P(Gate, BroadcastOperandsHaveSums) {
  Backward(GetParam(), {dense, perColumn}, DType::F32, 33, 67)
      .expectGradients(8);
  Backward(GetParam(), {perRow, dense}, DType::F32, 33, 67).expectGradients(8);
  Backward(GetParam(), {dense, scalar}, DType::F32, 33, 67).expectGradients(8);
}

TEST_P(Gate, ThreadsDoNotMatter) {
  Backward(GetParam(), {dense, dense}, DType::F32, 61, 1037)
      .expectSameBitsOnThreeThreads();
  Backward(GetParam(), {transposed, perColumn}, DType::F32, 61, 1037)
      .expectSameBitsOnThreeThreads();
  Backward(GetParam(), {scalar, strided}, DType::F32, 301, 1037)
      .expectSameBitsOnThreeThreads();
}

INSTANTIATE_TEST_SUITE_P(
    Gates, Gate,
    testing::Values("silu(g) * u", "gelu(g) * u", "gelu_tanh(g) * u",
                    "sigmoid(g) * u", "relu(g) * u",
                    "min(g, 7) * sigmoid(1.702 * min(g, 7)) * "
                    "(clamp(u, -7, 7) + 1)"));

//===----------------------------------------------------------------------===//
// Learned parameters
//===----------------------------------------------------------------------===//

TEST(Backward, PreluPerChannel) {
  for (Array x : {dense, transposed, strided}) {
    Backward prelu("prelu(x, a)", {x, perColumn}, DType::F32, 35, 67);
    prelu.expectGradients(8);
    prelu.expectSameBitsOnThreeThreads();
  }
  Backward("prelu(x, a)", {dense, perRow}, DType::F64, 35, 67)
      .expectGradients(8);
  Backward("prelu(x, a)", {dense, scalar}, DType::BF16, 35, 67)
      .expectGradients(8);
}

static const char *const xielu = "let p = abs(ap); let n = 0.5 + abs(an); "
                                 "where(x > 0, p * x^2 + 0.5 * x, "
                                 "n * (expm1(min(x, -1e-6)) - x) + 0.5 * x)";

TEST(Backward, XieluParameters) {
  Backward sums(xielu, {dense, scalar, scalar}, DType::F32, 35, 667);
  sums.expectGradients(8);
  sums.expectSameBitsOnThreeThreads();
}

//===----------------------------------------------------------------------===//
// Backward of backward
//===----------------------------------------------------------------------===//

/// Compares an f64 kernel of several inputs with the jets of `once`, the tape
/// of which it is the backward.
static void expectBackwardOf(const Tape &once, TestKernel &kernel,
                             const char *what) {
  ASSERT_TRUE(kernel) << what;
  const KernelSignature &signature = kernel.result.signature;
  unsigned numInputs = signature.numInputs, numGradients = once.numInputs;
  ASSERT_EQ(numInputs, numGradients + once.results.size());
  constexpr int64_t n = 1003;
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal(0, 2);
  std::vector<std::vector<double>> arrays(numInputs + numGradients,
                                          std::vector<double>(n));
  for (unsigned k = 0; k < numInputs; ++k)
    for (double &x : arrays[k])
      x = normal(random);
  std::vector<RunOperand> operands;
  for (std::vector<double> &array : arrays)
    operands.push_back({array.data(), {1}});
  runElementwise(signature, kernel.result.kernel->entry(), {n}, operands,
                 nullptr);
  MpfrPrecision scope(400);
  JetInterpreter<MpfrNumber> jets(once);
  double worst = 0;
  unsigned agree = 0;
  for (int64_t i = 0; i < n; ++i) {
    std::vector<double> point;
    for (unsigned k = 0; k < numInputs; ++k)
      point.push_back(arrays[k][i]);
    std::vector<MpfrNumber> args(point.begin(), point.end());
    auto rows = jets.gradient(llvm::ArrayRef(args).take_front(numGradients));
    for (unsigned k = 0; k < numGradients; ++k) {
      MpfrNumber exact(0.0);
      for (unsigned r = 0; r < rows.size(); ++r)
        exact = exact + rows[r][k] * args[numGradients + r];
      double y = arrays[numInputs + k][i];
      EXPECT_TRUE(kernel.reference->isWithinBound(y, point, 9, k))
          << what << ", gradient " << k;
      worst = std::max(worst, ulpError(y, exact, DType::F64));
      agree += relativeError(MpfrNumber(kernel.reference->value(point, k)),
                             exact) < 0x1p-52;
    }
  }
  // The reference is not the kernel's own idea of the gradient.
  EXPECT_EQ(agree, n * numGradients) << what;
  printf("backward of %s: %.3f ulp\n", what, worst);
}

TEST(Backward, OfTheBackwardOfAGate) {
  std::optional<Tape> once = backwardTape("silu(g) * u");
  TestKernel twice = compileTest("silu(g) * u", DType::F64,
                                 [](FuncOp func) { addVjp(func, {}, 0, 2); });
  ASSERT_TRUE(once);
  expectBackwardOf(*once, twice, "silu(g) * u");
}

TEST(Backward, OfTheThirdDerivative) {
  for (const char *name : {"silu", "gelu", "mish", "tanh"}) {
    std::optional<Tape> third = derivedTape(name, {{3}});
    TestKernel kernel =
        compileTest(name, DType::F64, [](FuncOp func) { addVjp(func, {}, 3); });
    ASSERT_TRUE(third);
    expectBackwardOf(*third, kernel, name);
  }
}

//===- DerivativeKernelTest.cpp - Kernels of derivatives ------------------===//
//
// First derivatives of every row, compiled for this machine, over all floats
// and in every element type.
//
//===----------------------------------------------------------------------===//

#include "KernelTestUtil.h"
#include "Rows.h"
#include "llvm/ADT/bit.h"
#include <cmath>

using namespace act;
using namespace act::test;

/// Adds the errors of a kernel at these inputs.
static void measure(TestKernel &kernel, const std::vector<double> &inputs,
                    Worst &worst) {
  std::vector<double> computed = kernel.run(inputs).front();
  worst.count += inputs.size();
  for (auto [x, y] : llvm::zip(inputs, computed)) {
    double ulp = kernel.reference->error(y, {x}, kernel.type);
    if (ulp > worst.ulp)
      worst = {ulp, x, y, kernel.reference->value({x}), worst.count};
  }
}

static void print(const char *name, DType type, const char *what,
                  const Worst &worst, const FastReference &reference) {
  printf("%s' %s %s: %.3f ulp at %.17g (%.9g for %.9g), %zu values (%zu by "
         "double, %zu by binary128, %zu by MPFR)\n",
         name, nameOf(type), what, worst.ulp, worst.x, worst.computed,
         worst.exact, worst.count, reference.numByDouble, reference.numByQuad,
         reference.numByMpfr);
}

//===----------------------------------------------------------------------===//
// All floats
//===----------------------------------------------------------------------===//

namespace {
class FirstDerivative : public testing::TestWithParam<const FunctionInfo *> {};
} // namespace

TEST_P(FirstDerivative, IsRightOverAllFloats) {
  const char *name = GetParam()->Name;
  TestKernel kernel = compileDerivative(name, DType::F32);
  ASSERT_TRUE(kernel);
  Worst worst;
  constexpr uint64_t stride = 8191, block = 1 << 16;
  std::vector<double> inputs;
  for (uint64_t bits = 0; bits < uint64_t(1) << 32; bits += stride) {
    inputs.push_back(llvm::bit_cast<float>(uint32_t(bits)));
    if (inputs.size() < block && bits + stride < uint64_t(1) << 32)
      continue;
    measure(kernel, inputs, worst);
    inputs.clear();
  }
  print(name, DType::F32, "over all floats", worst, *kernel.reference);
  EXPECT_LE(worst.ulp, 8) << name << " at " << worst.x;
}

/// Floats in order as integers.
static int64_t orderOf(float x) {
  int32_t bits = llvm::bit_cast<int32_t>(x);
  return bits < 0 ? int64_t(INT32_MIN) - bits : bits;
}
static float floatAt(int64_t order) {
  return llvm::bit_cast<float>(
      int32_t(order < 0 ? int64_t(INT32_MIN) - order : order));
}

/// Floats beside the roots of a function that its plain evaluation in double
/// shows between -100 and 100.
static std::vector<float> rootsOf(FastReference &f) {
  std::vector<float> roots;
  for (int i = -6400; i < 6400; ++i) {
    // Not at the places where functions have kinks.
    double low = (i + 0.37) / 64, high = low + 1.0 / 64;
    double atLow = f.roughValue(low);
    // What has underflowed or is constant has no sign to look at.
    if (std::fabs(atLow) < 1e-30 || !(atLow * f.roughValue(high) < 0))
      continue;
    while (orderOf(float(high)) - orderOf(float(low)) > 1) {
      double middle = (low + high) / 2;
      (f.roughValue(middle) * atLow > 0 ? low : high) = middle;
    }
    roots.push_back(float(high));
  }
  return roots;
}

TEST_P(FirstDerivative, IsRightAroundItsRoots) {
  const char *name = GetParam()->Name;
  TestKernel kernel = compileDerivative(name, DType::F32);
  ASSERT_TRUE(kernel);
  for (float root : rootsOf(*kernel.reference)) {
    std::vector<double> inputs;
    for (int64_t d = -100000; d <= 100000; ++d)
      inputs.push_back(floatAt(orderOf(root) + d));
    Worst worst;
    measure(kernel, inputs, worst);
    std::string what = "around " + std::to_string(root);
    print(name, DType::F32, what.c_str(), worst, *kernel.reference);
    EXPECT_LE(worst.ulp, 8) << name << " at " << worst.x;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, FirstDerivative, testing::ValuesIn(rowsWithSlope()),
    [](const testing::TestParamInfo<const FunctionInfo *> &info) {
      return std::string(info.param->Name);
    });

TEST(FirstDerivatives, RootsAreFound) {
  auto roots = [](const char *name) {
    TestKernel kernel = compileDerivative(name, DType::F32);
    return rootsOf(*kernel.reference);
  };
  // Positions to the digits that are published.
  for (auto [name, root] : {std::pair("silu", -1.2784645),
                            {"gelu", -0.7517915},
                            {"gelu_tanh", -0.7524614},
                            {"mish", -1.1924312},
                            {"quick_gelu", -0.7511542}}) {
    std::vector<float> found = roots(name);
    ASSERT_FALSE(found.empty()) << name;
    EXPECT_NEAR(found.front(), root, 1e-6) << name;
  }
  EXPECT_TRUE(roots("tanh").empty());
}

//===----------------------------------------------------------------------===//
// Every element type
//===----------------------------------------------------------------------===//

namespace {
using RowAndType = std::tuple<const FunctionInfo *, DType>;
class TypedDerivative : public testing::TestWithParam<RowAndType> {};
} // namespace

TEST_P(TypedDerivative, StaysWithinItsBound) {
  auto [row, type] = GetParam();
  TestKernel kernel = compileDerivative(row->Name, type);
  ASSERT_TRUE(kernel);
  Worst worst;
  measure(kernel, sweepInputs(type), worst);
  print(row->Name, type, "on spread inputs", worst, *kernel.reference);
  EXPECT_LE(worst.ulp, boundOf(type)) << row->Name << " at " << worst.x;
}

TEST_P(TypedDerivative, MapsNaNToNaN) {
  auto [row, type] = GetParam();
  TestKernel kernel = compileDerivative(row->Name, type);
  ASSERT_TRUE(kernel);
  std::vector<double> computed =
      kernel.run({std::nan(""), -std::nan("")}).front();
  for (double y : computed)
    EXPECT_TRUE(std::isnan(y)) << row->Name;
}

INSTANTIATE_TEST_SUITE_P(
    Table, TypedDerivative,
    testing::Combine(testing::ValuesIn(rowsWithSlope()),
                     testing::Values(DType::F64, DType::F32, DType::F16,
                                     DType::BF16)),
    [](const testing::TestParamInfo<RowAndType> &info) {
      return std::string(std::get<0>(info.param)->Name) + "_" +
             nameOf(std::get<1>(info.param));
    });

//===----------------------------------------------------------------------===//
// Named values
//===----------------------------------------------------------------------===//

/// f'(x) of a row, computed in `type`.
static double slope(const char *name, DType type, double x) {
  TestKernel kernel = compileDerivative(name, type);
  EXPECT_TRUE(kernel) << name;
  return kernel ? kernel.run({x}).front().front() : 0;
}

TEST(FirstDerivatives, KeepTheirSignsInTails) {
  for (DType type : {DType::BF16, DType::F16, DType::F32, DType::F64}) {
    EXPECT_LT(slope("gelu", type, -3.7), 0) << nameOf(type);
    EXPECT_LT(slope("gelu", type, -5), 0) << nameOf(type);
  }
  for (const char *name : {"silu", "gelu", "gelu_tanh", "quick_gelu", "mish"})
    EXPECT_LT(slope(name, DType::F32, -8), 0) << name;
}

TEST(FirstDerivatives, DoNotVanishInSaturation) {
  // 4 exp(-2 x) / (1 + exp(-2 x))^2 at the float next to 9.02
  EXPECT_NEAR(slope("tanh", DType::F32, 9.02), 5.85311595e-08, 3e-14);
  EXPECT_NEAR(slope("elu", DType::F32, -20), 2.0611537e-9, 1e-15);
  EXPECT_NEAR(slope("sigmoid", DType::F32, 20), 2.0611537e-9, 1e-15);
}

TEST(FirstDerivatives, AreFiniteFarOut) {
  for (DType type : {DType::BF16, DType::F16, DType::F32, DType::F64})
    for (const char *name : {"mish", "silu", "gelu", "gelu_tanh"}) {
      EXPECT_EQ(slope(name, type, 100), 1) << name << " " << nameOf(type);
      EXPECT_LT(std::fabs(slope(name, type, -100)), 1e-40) << name;
    }
}

TEST(FirstDerivatives, HaveLimits) {
  for (DType type : {DType::BF16, DType::F16, DType::F32, DType::F64})
    for (const char *name : {"silu", "gelu", "gelu_tanh", "mish"}) {
      EXPECT_EQ(slope(name, type, -HUGE_VAL), 0) << name << " " << nameOf(type);
      EXPECT_EQ(slope(name, type, HUGE_VAL), 1) << name << " " << nameOf(type);
    }
}

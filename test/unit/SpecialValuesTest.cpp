//===- SpecialValuesTest.cpp - Zeros, infinities, NaN, kinks and tails ----===//
//
// What frameworks disagree on and libraries get wrong, through compiled
// kernels in every element type.
//
//===----------------------------------------------------------------------===//

#include "KernelTestUtil.h"
#include "act/IR/FrameworkTable.h"
#include <cmath>

using namespace act;
using namespace act::test;

static const double inf = HUGE_VAL;
static const DType allTypes[] = {DType::F64, DType::F32, DType::F16,
                                 DType::BF16};

/// f at these inputs, or its derivative.
static std::vector<double> valuesOf(llvm::StringRef source, DType type,
                                    const std::vector<double> &inputs,
                                    int64_t order = 0) {
  TestKernel kernel = compileDerivative(source, type, {{order}});
  if (!kernel)
    return std::vector<double>(inputs.size(), std::nan(""));
  return kernel.run(inputs).front();
}

static double valueAt(llvm::StringRef source, DType type, double x) {
  return valuesOf(source, type, {x}).front();
}

static void expectSame(double got, double want, const std::string &what) {
  EXPECT_EQ(got, want) << what;
  EXPECT_EQ(std::signbit(got), std::signbit(want)) << what;
}

//===----------------------------------------------------------------------===//
// Infinities, NaN and zeros
//===----------------------------------------------------------------------===//

namespace {
struct Edges {
  const char *name;
  double atMinusInf, atPlusInf, atMinusZero;
};
} // namespace

static const Edges edges[] = {
    {"sigmoid", 0, 1, 0.5},
    {"tanh", -1, 1, -0.0},
    {"silu", -0.0, inf, -0.0},
    {"gelu", -0.0, inf, -0.0},
    {"gelu_tanh", -0.0, inf, -0.0},
    {"quick_gelu", -0.0, inf, -0.0},
    {"mish", -0.0, inf, -0.0},
    {"softplus", 0, inf, 0.6931471805599453},
    {"log_sigmoid", -inf, -0.0, -0.6931471805599453},
    {"elu", -1, inf, -0.0},
    {"selu", -1.7580993408473768, inf, -0.0},
    {"hard_swish", -0.0, inf, -0.0},
    {"softsign", -1, 1, -0.0},
    {"isru", -1, 1, -0.0},
    {"telu", -0.0, inf, -0.0},
    {"swish_beta", -0.0, inf, -0.0},
    {"xielu", inf, inf, -7.9999960000013333e-7},
    {"bent_identity", -inf, inf, -0.0},
};

TEST(SpecialValues, InfinitiesNaNAndMinusZero) {
  for (const Edges &f : edges)
    for (DType type : allTypes) {
      std::string what = std::string(f.name) + " " + nameOf(type);
      std::vector<double> got =
          valuesOf(f.name, type, {-inf, inf, -0.0, std::nan("")});
      std::vector<double> want =
          rounded({f.atMinusInf, f.atPlusInf, f.atMinusZero}, type);
      expectSame(got[0], want[0], what + " at -inf");
      expectSame(got[1], want[1], what + " at inf");
      // One ulp where the value is no exact number.
      EXPECT_LE(std::fabs(got[2] - want[2]),
                std::ldexp(std::fabs(want[2]), type == DType::BF16 ? -7 : -9))
          << what;
      EXPECT_EQ(std::signbit(got[2]), std::signbit(want[2])) << what;
      EXPECT_TRUE(std::isnan(got[3])) << what;
    }
}

TEST(SpecialValues, ReluAndFrameworksThatDropNaN) {
  std::string ggml =
      definitionOf(*lookupFrameworkFunction("ggml", "relu"), "f");
  for (DType type : allTypes) {
    EXPECT_TRUE(std::isnan(valueAt("relu", type, std::nan(""))));
    EXPECT_EQ(valueAt(ggml, type, std::nan("")), 0) << nameOf(type);
    EXPECT_EQ(valuesOf("relu", type, {-inf, inf, -0.0}),
              (std::vector<double>{0, inf, 0}));
  }
}

TEST(SpecialValues, SmallestAndLargestNumbers) {
  for (const Edges &f : edges)
    for (DType type : allTypes) {
      int least = type == DType::F64   ? -1074
                  : type == DType::F32 ? -149
                  : type == DType::F16 ? -24
                                       : -133;
      int normal = type == DType::F64 ? -1022 : type == DType::F16 ? -14 : -126;
      std::vector<double> inputs;
      for (double sign : {1.0, -1.0})
        for (double x : {std::exp2(least), 3 * std::exp2(least),
                         std::exp2(normal) - std::exp2(least),
                         std::exp2(normal), largestOf(type)})
          inputs.push_back(sign * x);
      TestKernel kernel = compileDerivative(f.name, type, {{0}});
      ASSERT_TRUE(kernel) << f.name;
      std::vector<double> got = kernel.run(inputs).front();
      for (auto [x, y] : llvm::zip(inputs, got))
        EXPECT_LE(kernel.reference->error(y, {x}, type), boundOf(type))
            << f.name << " " << nameOf(type) << " at " << x << ": " << y;
    }
}

//===----------------------------------------------------------------------===//
// Kinks
//===----------------------------------------------------------------------===//

TEST(SpecialValues, SlopesAtKinks) {
  struct Kink {
    const char *source;
    double x, slope;
  };
  for (const Kink &kink :
       std::vector<Kink>{{"relu", 0, 0},
                         {"leaky_relu(x, slope=0.25)", 0, 0.25},
                         {"elu", 0, 1},
                         {"elu(x, alpha=0.5)", 0, 0.5},
                         {"selu", 0, 1.7580993408473768},
                         {"celu", 0, 1},
                         {"relu6", 0, 0},
                         {"relu6", 6, 0},
                         {"hard_tanh", -1, 0},
                         {"hard_tanh", 1, 0},
                         {"hard_sigmoid", -3, 0},
                         {"hard_sigmoid", 3, 0},
                         {"hard_sigmoid_onnx", 2.5, 0},
                         {"hard_swish", -3, 0},
                         {"hard_swish", 3, 1},
                         {"hard_mish", -2, 0},
                         {"abs", 0, 0},
                         {"softshrink", 0.5, 0},
                         {"hardshrink", -0.5, 0},
                         {"threshold", 1, 0},
                         {"sparse_plus", 1, 1},
                         {"smelu", -2, 0}})
    for (DType type : allTypes)
      EXPECT_EQ(valuesOf(kink.source, type, {kink.x}, 1),
                rounded({kink.slope}, type))
          << kink.source << " " << nameOf(type) << " at " << kink.x;
}

TEST(SpecialValues, SlopesAtKinksOfFrameworks) {
  struct Kink {
    const char *framework, *name;
    double x, slope;
  };
  for (const Kink &kink : std::vector<Kink>{{"jax", "leaky_relu", 0, 1},
                                            {"jax", "hard_tanh", 1, 1},
                                            {"jax", "hard_tanh", -1, 1},
                                            {"onednn", "clip", 1, 1},
                                            {"onednn", "clip", -1, 0},
                                            {"torch", "hardswish", -3, -0.5},
                                            {"torch", "hardswish", 3, 1.5}})
    for (DType type : allTypes) {
      std::string source = definitionOf(
          *lookupFrameworkFunction(kink.framework, kink.name), "f");
      EXPECT_EQ(valuesOf(source, type, {kink.x}, 1),
                std::vector<double>{kink.slope})
          << kink.framework << " " << kink.name << " " << nameOf(type);
    }
}

//===----------------------------------------------------------------------===//
// Tails
//===----------------------------------------------------------------------===//

TEST(SpecialValues, SaturationInF32) {
  auto at = [](const char *name, double x) {
    return valueAt(name, DType::F32, float(x));
  };
  EXPECT_EQ(at("sigmoid", 17.4), 1);
  EXPECT_LT(at("sigmoid", 16.6), 1);
  EXPECT_EQ(at("tanh", 9.02), 1);
  EXPECT_LT(at("tanh", 8.6), 1);
  EXPECT_EQ(at("elu", -17.4), -1);
  EXPECT_GT(at("elu", -16.6), -1);
  for (auto [name, x] : {std::pair("silu", 17.4),
                         {"gelu", 5.5},
                         {"softplus", 14.7},
                         {"mish", 14.7}})
    EXPECT_EQ(at(name, x), float(x)) << name;
}

TEST(SpecialValues, TailsInF32) {
  struct Tail {
    const char *name;
    /// Left of these, results are subnormal, and 0.
    double normal, subnormal;
  };
  for (const Tail &tail : {Tail{"sigmoid", -87.3365447506, -103.972077084},
                           {"silu", -91.8567753, -108.660304},
                           {"gelu", -13.1462467, -14.3560680},
                           {"gelu_tanh", -10.1006374, -10.7708683}}) {
    std::vector<double> y =
        valuesOf(tail.name, DType::F32,
                 {tail.normal + 0.001, tail.normal - 0.001,
                  tail.subnormal + 0.01, tail.subnormal - 0.01});
    EXPECT_GE(std::fabs(y[0]), 0x1p-126) << tail.name;
    EXPECT_LT(std::fabs(y[1]), 0x1p-126) << tail.name;
    EXPECT_GT(std::fabs(y[1]), 0x1p-127) << tail.name;
    EXPECT_EQ(std::fabs(y[2]), 0x1p-149) << tail.name;
    EXPECT_EQ(y[3], 0) << tail.name;
  }
}

TEST(SpecialValues, TailsInOtherTypes) {
  struct Tail {
    const char *name;
    DType type;
    /// Where the result becomes 0.
    double zero, step;
  };
  for (const Tail &tail : {Tail{"gelu", DType::BF16, -13.5615, 0.25},
                           {"silu", DType::BF16, -97.461, 1},
                           {"gelu", DType::F16, -5.72385, 0.02},
                           {"silu", DType::F16, -20.3413, 0.1},
                           {"gelu_tanh", DType::F16, -5.28853, 0.02},
                           {"gelu", DType::F64, -38.580, 0.01},
                           {"silu", DType::F64, -751.756, 0.05}}) {
    std::vector<double> y = valuesOf(
        tail.name, tail.type, {tail.zero + tail.step, tail.zero - tail.step});
    EXPECT_LT(y[0], 0) << tail.name << " " << nameOf(tail.type);
    expectSame(y[1], -0.0, std::string(tail.name) + " " + nameOf(tail.type));
  }
  for (auto [name, type, x] : {std::tuple("gelu", DType::BF16, 2.90625),
                               {"gelu", DType::F16, 3.5},
                               {"gelu", DType::F64, 8.3},
                               {"silu", DType::BF16, 6.25},
                               {"silu", DType::F16, 8.328125},
                               {"silu", DType::F64, 37.5}})
    EXPECT_EQ(valueAt(name, type, x), x) << name << " " << nameOf(type);
  for (auto [type, x] : {std::pair(DType::BF16, 3.484375),
                         {DType::F16, 4.51171875},
                         {DType::F64, 19.1}})
    EXPECT_EQ(valueAt("tanh", type, x), 1) << nameOf(type);
}

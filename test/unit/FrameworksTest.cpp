//===- FrameworksTest.cpp - Names of other frameworks ---------------------===//
//
// Every row of Frameworks.td against a formula in C++ that is written from the
// framework's documentation, not from the table.
//
//===----------------------------------------------------------------------===//

#include "DeriveTestUtil.h"
#include "act/IR/FrameworkTable.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>
#include <functional>
#include <map>

using namespace act;
using llvm::StringRef;
using mlir::MLIRContext;
using Function = std::function<double(double)>;
using Gate = std::function<double(double, double)>;

static const double inf = HUGE_VAL, quietNaN = std::nan("");

static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
static double softplus(double x) {
  return std::fmax(x, 0) + std::log1p(std::exp(-std::fabs(x)));
}
static double gelu(double x) { return x / 2 * std::erfc(-x / std::sqrt(2)); }
static double geluTanh(double x) {
  double u = 0.7978845608028654 * x * (1 + 0.044715 * x * x);
  return x * sigmoid(2 * u);
}
static double silu(double x) { return x * sigmoid(x); }
static double quickGelu(double x) { return x * sigmoid(1.702 * x); }
static double mish(double x) { return x * std::tanh(softplus(x)); }
/// Clips as std::clamp does, but keeps a NaN.
static double clip(double x, double lo, double hi) {
  return std::isnan(x) ? x : x < lo ? lo : x > hi ? hi : x;
}
static double relu(double x) { return x < 0 ? 0 : x; }
static double hardSigmoid(double x) { return clip(x / 6 + 0.5, 0, 1); }
static double hardSwish(double x) { return x * hardSigmoid(x); }
static double hardSigmoidOnnx(double x) { return clip(0.2 * x + 0.5, 0, 1); }
static double hardTanh(double x) { return clip(x, -1, 1); }
static double elu(double x) { return x > 0 ? x : std::expm1(x); }
static double selu(double x) {
  return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * std::expm1(x));
}
static Function leaky(double slope) {
  return [=](double x) { return x >= 0 ? x : slope * x; };
}
static double cutSoftplus(double x) { return x > 20 ? x : softplus(x); }
static double softshrink(double x) {
  return x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : std::isnan(x) ? x : 0;
}
static double hardshrink(double x) { return std::fabs(x) <= 0.5 ? 0 : x; }
static double threshold(double x) { return x <= 1 ? 0 : x; }
static double squareplus(double x) { return (x + std::hypot(x, 2)) / 2; }
static double sparsePlus(double x) {
  return x >= 1 ? x : x <= -1 ? 0 : (x + 1) * (x + 1) / 4;
}
static double sparseSigmoid(double x) { return clip((x + 1) / 2, 0, 1); }
static double xielu(double x) {
  double curve =
      x > 0 ? 0.8 * x * x : 0.8 * (std::expm1(x < -1e-6 ? x : -1e-6) - x);
  return std::isnan(x) ? x : curve + 0.5 * x;
}
static double identity(double x) { return x; }
static double softsign(double x) { return x / (1 + std::fabs(x)); }
static double logSigmoid(double x) { return -softplus(-x); }
static double tanhshrink(double x) { return x - std::tanh(x); }

/// Under "framework name" or "framework name arguments".
static const std::map<std::string, Function> functions = {
    {"torch gelu", gelu},
    {"torch gelu approximate=none", gelu},
    {"torch gelu approximate=tanh", geluTanh},
    {"torch relu", relu},
    {"torch relu6", [](double x) { return clip(x, 0, 6); }},
    {"torch leaky_relu", leaky(0.01)},
    {"torch prelu", leaky(0.25)},
    {"torch rrelu", leaky(11 / 48.0)},
    {"torch threshold", threshold},
    {"torch elu", elu},
    {"torch celu", elu},
    {"torch selu", selu},
    {"torch sigmoid", sigmoid},
    {"torch tanh", [](double x) { return std::tanh(x); }},
    {"torch logsigmoid", logSigmoid},
    {"torch softplus", cutSoftplus},
    {"torch silu", silu},
    {"torch mish", mish},
    {"torch hardsigmoid", hardSigmoid},
    {"torch hardswish", hardSwish},
    {"torch hardtanh", hardTanh},
    {"torch tanhshrink", tanhshrink},
    {"torch softshrink", softshrink},
    {"torch hardshrink", hardshrink},
    {"torch softsign", softsign},
    {"jax gelu", geluTanh},
    {"jax gelu approximate=true", geluTanh},
    {"jax gelu approximate=false", gelu},
    {"jax relu", relu},
    {"jax relu6", [](double x) { return clip(x, 0, 6); }},
    {"jax sigmoid", sigmoid},
    {"jax softplus", softplus},
    {"jax sparse_plus", sparsePlus},
    {"jax sparse_sigmoid", sparseSigmoid},
    {"jax soft_sign", softsign},
    {"jax silu", silu},
    {"jax swish", silu},
    {"jax log_sigmoid", logSigmoid},
    {"jax hard_sigmoid", hardSigmoid},
    {"jax hard_silu", hardSwish},
    {"jax hard_swish", hardSwish},
    {"jax selu", selu},
    {"jax mish", mish},
    {"jax identity", identity},
    {"jax tanh", [](double x) { return std::tanh(x); }},
    {"jax logistic", sigmoid},
    {"jax erf", [](double x) { return std::erf(x); }},
    {"jax leaky_relu", leaky(0.01)},
    {"jax hard_tanh", hardTanh},
    {"jax elu", elu},
    {"jax celu", elu},
    {"jax squareplus", squareplus},
    {"keras gelu", gelu},
    {"keras gelu approximate=false", gelu},
    {"keras gelu approximate=true", geluTanh},
    {"keras relu", relu},
    {"keras relu6", [](double x) { return clip(x, 0, 6); }},
    {"keras sigmoid", sigmoid},
    {"keras hard_sigmoid", hardSigmoid},
    {"keras silu", silu},
    {"keras swish", silu},
    {"keras hard_silu", hardSwish},
    {"keras hard_swish", hardSwish},
    {"keras softplus", softplus},
    {"keras softsign", softsign},
    {"keras selu", selu},
    {"keras exponential", [](double x) { return std::exp(x); }},
    {"keras linear", identity},
    {"keras tanh", [](double x) { return std::tanh(x); }},
    {"keras hard_tanh", hardTanh},
    {"keras tanh_shrink", tanhshrink},
    {"keras log_sigmoid", logSigmoid},
    {"keras mish", mish},
    {"keras sparse_plus", sparsePlus},
    {"keras sparse_sigmoid", sparseSigmoid},
    {"keras leaky_relu", leaky(0.2)},
    {"keras prelu", leaky(0)},
    {"keras elu", elu},
    {"keras celu", elu},
    {"keras squareplus", squareplus},
    {"keras soft_shrink", softshrink},
    {"keras hard_shrink", hardshrink},
    {"keras threshold", threshold},
    {"tf gelu", gelu},
    {"tf gelu approximate=false", gelu},
    {"tf gelu approximate=true", geluTanh},
    {"tf relu", relu},
    {"tf relu6", [](double x) { return clip(x, 0, 6); }},
    {"tf elu", elu},
    {"tf selu", selu},
    {"tf softplus", softplus},
    {"tf softsign", softsign},
    {"tf sigmoid", sigmoid},
    {"tf log_sigmoid", logSigmoid},
    {"tf tanh", [](double x) { return std::tanh(x); }},
    {"tf erf", [](double x) { return std::erf(x); }},
    {"tf silu", silu},
    {"tf swish", silu},
    {"tf leaky_relu", leaky(0.2)},
    {"tf leaky_relu layer", leaky(0.3)},
    {"tf hard_sigmoid", hardSigmoidOnnx},
    {"onnx Gelu", gelu},
    {"onnx Gelu approximate=none", gelu},
    {"onnx Gelu approximate=tanh", geluTanh},
    {"onnx FastGelu", geluTanh},
    {"onnx QuickGelu", quickGelu},
    {"onnx Relu", relu},
    {"onnx Sigmoid", sigmoid},
    {"onnx Tanh", [](double x) { return std::tanh(x); }},
    {"onnx Softplus", softplus},
    {"onnx Softsign", softsign},
    {"onnx Mish", mish},
    {"onnx HardSwish", hardSwish},
    {"onnx Identity", identity},
    {"onnx Erf", [](double x) { return std::erf(x); }},
    {"onnx Exp", [](double x) { return std::exp(x); }},
    {"onnx Abs", [](double x) { return std::fabs(x); }},
    {"onnx Sin", [](double x) { return std::sin(x); }},
    {"onnx LeakyRelu", leaky(0.01)},
    {"onnx HardSigmoid", hardSigmoidOnnx},
    {"onnx Elu", elu},
    {"onnx Celu", elu},
    {"onnx Selu",
     [](double x) {
       return double(1.05070102214813232421875f) *
              (x > 0 ? x : double(1.67326319217681884765625f) * std::expm1(x));
     }},
    {"onnx Swish", silu},
    {"onnx ThresholdedRelu", threshold},
    {"onnx Shrink", [](double x) { return std::fabs(x) <= 0.5 ? 0 : x; }},
    {"onednn gelu_erf", gelu},
    {"onednn gelu_tanh", geluTanh},
    {"onednn gelu", geluTanh},
    {"onednn relu", leaky(0)},
    {"onednn elu", elu},
    {"onednn logistic", sigmoid},
    {"onednn tanh", [](double x) { return std::tanh(x); }},
    {"onednn mish", mish},
    {"onednn exp", [](double x) { return std::exp(x); }},
    {"onednn abs", [](double x) { return std::fabs(x); }},
    {"onednn square", [](double x) { return x * x; }},
    {"onednn sqrt", [](double x) { return std::sqrt(x); }},
    {"onednn log", [](double x) { return std::log(x); }},
    {"onednn swish", silu},
    {"onednn soft_relu", softplus},
    {"onednn hardsigmoid", hardSigmoid},
    {"onednn hardswish", hardSwish},
    {"onednn clip", [](double x) { return x > 1    ? 1
                                          : x > -1 ? x
                                                   : -1; }},
    {"onednn clip_v2", hardTanh},
    {"onednn linear", identity},
    {"onednn pow", [](double x) { return x < 0 ? quietNaN : x; }},
    {"ggml GELU", geluTanh},
    {"ggml GELU_ERF", gelu},
    {"ggml GELU_QUICK", quickGelu},
    {"ggml RELU", [](double x) { return x > 0 ? x : 0; }},
    {"ggml LEAKY_RELU",
     [](double x) { return (x > 0 ? x : 0) + 0.01 * (x < 0 ? x : 0); }},
    {"ggml ELU", elu},
    {"ggml SILU", silu},
    {"ggml TANH", [](double x) { return std::tanh(x); }},
    {"ggml SIGMOID", sigmoid},
    {"ggml SOFTPLUS", cutSoftplus},
    {"ggml HARDSWISH",
     [](double x) { return x * std::fmin(1, std::fmax(0, (x + 3) / 6)); }},
    {"ggml HARDSIGMOID",
     [](double x) { return std::fmin(1, std::fmax(0, (x + 3) / 6)); }},
    {"ggml STEP", [](double x) { return x > 0 ? 1 : 0; }},
    {"ggml SGN", [](double x) { return x > 0   ? 1
                                       : x < 0 ? -1
                                               : 0; }},
    {"ggml NEG", [](double x) { return -x; }},
    {"ggml ABS", [](double x) { return std::fabs(x); }},
    {"ggml EXP", [](double x) { return std::exp(x); }},
    {"ggml EXPM1", [](double x) { return std::expm1(x); }},
    {"ggml FLOOR", [](double x) { return std::floor(x); }},
    {"ggml XIELU", xielu},
};

/// Functions of a gate g and what it lets through, or of x and its slope.
static const std::map<std::string, Gate> gates = {
    {"torch glu", [](double g, double u) { return sigmoid(g) * u; }},
    {"jax glu", [](double g, double u) { return sigmoid(g) * u; }},
    {"keras glu", [](double g, double u) { return sigmoid(g) * u; }},
    {"onnx PRelu", [](double x, double slope) { return leaky(slope)(x); }},
    {"onnx SwiGLU", [](double g, double u) { return silu(g) * u; }},
    {"ggml REGLU", [](double g, double u) { return g > 0 ? g * u : 0; }},
    {"ggml GEGLU", [](double g, double u) { return geluTanh(g) * u; }},
    {"ggml GEGLU_ERF", [](double g, double u) { return gelu(g) * u; }},
    {"ggml GEGLU_QUICK", [](double g, double u) { return quickGelu(g) * u; }},
    {"ggml SWIGLU", [](double g, double u) { return silu(g) * u; }},
    {"ggml SWIGLU_OAI",
     [](double g, double u) {
       double c = g > 7 ? 7 : g;
       return c * sigmoid(1.702 * c) * (clip(u, -7, 7) + 1);
     }},
};

static std::string keyOf(const FrameworkFunctionInfo &row) {
  std::string key = std::string(row.Framework) + " " + row.Name;
  return *row.Arguments ? key + " " + row.Arguments : key;
}

/// The row's function at the defaults of its parameters.
static Interpreter<double> interpreterOf(const FrameworkFunctionInfo &row) {
  mlir::MLIRContext context;
  auto module = parseFrameworkFunction(row, "f", &context);
  return cantFail(
      Interpreter<double>::create(*module->getOps<FuncOp>().begin()));
}

static void expectSame(double got, double want, const std::string &what) {
  if (std::isnan(want))
    EXPECT_TRUE(std::isnan(got)) << what << ": " << got;
  else if (std::isinf(want))
    EXPECT_EQ(got, want) << what;
  else
    EXPECT_NEAR(got, want, 1e-13 + 1e-12 * std::fabs(want)) << what;
}

static std::vector<double> points() {
  std::vector<double> all = {-inf, inf, quietNaN, -0.0, 30, -30};
  for (int i = -112; i <= 112; ++i)
    all.push_back(i / 16.0); // Kinks among them.
  return all;
}

TEST(Frameworks, EveryRowHasItsFrameworksValues) {
  for (const FrameworkFunctionInfo &row : allFrameworkFunctions()) {
    std::string key = keyOf(row);
    Interpreter<double> f = interpreterOf(row);
    bool isUnary = f.getNumInputs() == 1;
    ASSERT_TRUE(isUnary ? functions.count(key) : gates.count(key)) << key;
    for (double x : points()) {
      std::string at = key + " at " + std::to_string(x);
      if (!isUnary) {
        for (double u : {-9.0, 0.25, 3.0})
          expectSame(f.evaluate({x, u}), gates.at(key)(x, u), at);
        continue;
      }
      double want = functions.at(key)(x), got = f.evaluate(x);
      // The formula of a limit may have no value; its kernel has the limit.
      if (std::isinf(x) && (std::isnan(got) || std::isnan(want)))
        continue;
      expectSame(got, want, at);
    }
  }
  EXPECT_EQ(allFrameworkFunctions().size(), functions.size() + gates.size());
}

TEST(Frameworks, NaNGoesWhereTheTableSays) {
  for (const FrameworkFunctionInfo &row : allFrameworkFunctions()) {
    Interpreter<double> f = interpreterOf(row);
    std::vector<double> args(f.getNumInputs(), 1);
    args[0] = quietNaN;
    EXPECT_EQ(std::isnan(f.evaluate(args)), row.NaN == StringRef("propagates"))
        << keyOf(row);
  }
}

/// f'(x) of what a framework means by a name.
static double slope(const char *framework, const char *name, double x) {
  MLIRContext context;
  auto module = parseFrameworkFunction(
      *lookupFrameworkFunction(framework, name), "f", &context);
  addDerivative(*module->getOps<FuncOp>().begin(), {});
  FuncOp derived = resolved(*module);
  return cantFail(Interpreter<double>::create(derived)).evaluate(x);
}

TEST(Frameworks, SlopesAtKinks) {
  struct Kink {
    const char *framework, *name;
    double x, slope;
  };
  for (const Kink &kink :
       std::vector<Kink>{{"torch", "relu", 0, 0},
                         {"jax", "relu", 0, 0},
                         {"torch", "leaky_relu", 0, 0.01},
                         {"jax", "leaky_relu", 0, 1},
                         {"ggml", "leaky_relu", 0, 0},
                         {"torch", "elu", 0, 1},
                         {"torch", "selu", 0, 1.7580993408473768},
                         {"jax", "celu", 0, 1},
                         {"torch", "relu6", 0, 0},
                         {"jax", "relu6", 6, 0},
                         {"onednn", "clip", 1, 1},
                         {"onednn", "clip", -1, 0},
                         {"onednn", "clip_v2", 1, 0},
                         {"onednn", "clip_v2", -1, 0},
                         {"torch", "hardtanh", 1, 0},
                         {"torch", "hardtanh", -1, 0},
                         {"jax", "hard_tanh", 1, 1},
                         {"jax", "hard_tanh", -1, 1},
                         {"torch", "hard_sigmoid", 3, 0},
                         {"onnx", "hard_sigmoid", 2.5, 0},
                         {"torch", "hard_swish", -3, -0.5},
                         {"torch", "hard_swish", 3, 1.5},
                         {"jax", "hard_swish", -3, 0},
                         {"jax", "hard_swish", 3, 1},
                         {"onednn", "abs", 0, 0},
                         {"torch", "threshold", 1, 0},
                         {"torch", "softshrink", 0.5, 0},
                         {"torch", "hardshrink", -0.5, 0}})
    EXPECT_NEAR(slope(kink.framework, kink.name, kink.x), kink.slope, 1e-15)
        << kink.framework << " " << kink.name << " at " << kink.x;
}

//===----------------------------------------------------------------------===//
// Names in sources
//===----------------------------------------------------------------------===//

/// The value of a source under a framework, or NaN after an error, whose
/// message is kept.
static double valueIn(const char *framework, const char *source, double x,
                      std::string *message = nullptr) {
  MLIRContext context;
  SourceDiagnostic diagnostic;
  ParseOptions options;
  options.framework = framework;
  options.diagnostic = &diagnostic;
  auto module = parseSource(source, &context, options);
  if (message)
    *message = diagnostic.message;
  if (!module)
    return quietNaN;
  for (FuncOp func : module->getOps<FuncOp>())
    if (func.isPublic())
      return cantFail(Interpreter<double>::create(func)).evaluate(x);
  return quietNaN;
}

TEST(Frameworks, NamesInSourcesAreTheFrameworks) {
  EXPECT_NEAR(valueIn("jax", "gelu(x)", 2), geluTanh(2), 1e-15);
  EXPECT_NEAR(valueIn("torch", "2 * gelu(x)", 2), 2 * gelu(2), 1e-15);
  EXPECT_NEAR(valueIn("keras", "leaky_relu", -1), -0.2, 1e-15);
  EXPECT_NEAR(valueIn("torch", "leaky_relu(x, negative_slope=0.5)", -1), -0.5,
              1e-15);
  EXPECT_NEAR(valueIn("onnx", "f(x) = hard_sigmoid(x); 3 * f(x)", 1), 2.1,
              1e-15);
  // Act's own, where the framework has none.
  EXPECT_NEAR(valueIn("jax", "mish(x) + quick_gelu(x)", 1),
              mish(1) + quickGelu(1), 1e-15);
}

TEST(Frameworks, UnknownNamesHaveCandidates) {
  std::string message;
  EXPECT_TRUE(std::isnan(valueIn("torch", "hardsigmoyd(x)", 1, &message)));
  EXPECT_EQ(message, "unknown function 'hardsigmoyd'; did you mean "
                     "'hardsigmoid'?");
  EXPECT_TRUE(std::isnan(valueIn("torch", "logsigmoid = 3", 1, &message)));
  EXPECT_TRUE(
      std::isnan(valueIn("torch", "leaky_relu(x, slope=0.5)", 1, &message)));
  EXPECT_TRUE(StringRef(message).contains("'slope'")) << message;
}

TEST(Frameworks, NamesAreComparedWithoutCaseAndUnderscores) {
  const FrameworkFunctionInfo *row =
      lookupFrameworkFunction("onnx", "hard_sigmoid");
  ASSERT_TRUE(row);
  EXPECT_EQ(StringRef(row->Name), "HardSigmoid");
  EXPECT_EQ(lookupFrameworkFunction("onnx", "hard_sigmoi"), nullptr);
}

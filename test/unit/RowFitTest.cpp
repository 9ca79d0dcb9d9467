//===- RowFitTest.cpp - Rows fitted to samples ----------------------------===//

#include "RowFit.h"
#include "Rows.h"
#include "act/Reference/Ulp.h"
#include "act/Transforms/Expand.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <gtest/gtest.h>
#include <map>

using namespace act;
using namespace act::report;

namespace {

class RowFits : public testing::Test {
protected:
  RowFits() : context(mlir::MLIRContext::Threading::DISABLED) {
    context.loadDialect<ActDialect, mlir::arith::ArithDialect,
                        mlir::math::MathDialect>();
  }

  /// 1000 points of a source, x and y rounded to a type.
  Samples samplesOf(llvm::StringRef source, DType type = DType::F64) {
    auto module = parseSource(source, &context);
    FuncOp func;
    for (FuncOp candidate : module->getOps<FuncOp>())
      if (candidate.isPublic())
        func = candidate;
    auto f = cantFail(Interpreter<Quad>::create(func));
    std::vector<std::pair<double, double>> points;
    for (int i = 0; i < 1000; ++i) {
      double u = (i - 499.7) / 500;
      double x = roundTo(10 * u * (0.1 + 0.9 * u * u), type);
      points.push_back({x, roundTo(f.evaluate(Quad(x)), type)});
    }
    return makeSamples(std::move(points), type);
  }

  RowFit best(const Samples &samples, Rounding rounding = Rounding::OfResult) {
    return fitRows(samples, rounding, &context).front();
  }

  mlir::MLIRContext context;
};

TEST_F(RowFits, ParametersAreRecovered) {
  for (const char *source : {"celu(x, alpha=2)",
                             "swish_beta(x, beta=1.5)",
                             "swish_beta(x, beta=-2)",
                             "leaky_relu(x, slope=0.2)",
                             "leaky_relu(x, slope=-0.5)",
                             "hard_tanh(x, min=-2, max=3)",
                             "hard_tanh(x, min=2, max=5)",
                             "softcap(x, c=50)",
                             "squareplus(x, b=1)",
                             "snake(x, a=2)",
                             "snake(x, a=3.3)",
                             "snake(x, a=17)",
                             "laplace(x)",
                             "laplace(x, mu=1, sigma=2)",
                             "softplus(x, beta=3)",
                             "softplus(x, beta=1/3)",
                             "selu(x, alpha=2, lambda=3)",
                             "star_relu(x, s=2, b=1)",
                             "hard_sigmoid_onnx(x, alpha=1/3, beta=0.1)",
                             "swish_beta(x, beta=1.23456789)",
                             "isru(x, alpha=3)"}) {
    RowFit fit = best(samplesOf(source));
    EXPECT_TRUE(fit.matches) << source;
    EXPECT_EQ(fit.source(), source);
    EXPECT_LE(fit.differences.ulps, 1) << source;
  }
}

TEST_F(RowFits, ThresholdsAreRecovered) {
  for (const char *source :
       {"hardshrink(x, lambda=3)", "threshold(x, threshold=-1.5, value=4)",
        "threshold(x, threshold=0.1, value=20)",
        "softplus_threshold(x, beta=3, threshold=5)",
        "softshrink(x, lambda=3)"})
    EXPECT_EQ(best(samplesOf(source)).source(), source);
}

TEST_F(RowFits, ParameterWithoutInfluenceIsSaid) {
  RowFit fit = best(samplesOf("xielu(x, alpha_p=1.5, alpha_n=0.3)"));
  EXPECT_EQ(fit.source(), "xielu(x, alpha_p=1.5, alpha_n=0.3)");
  for (const FittedParam &param : fit.params)
    EXPECT_EQ(param.isDetermined, param.param.name != "eps");
}

TEST_F(RowFits, RowsAtTheirDefaultsIdentifyThemselves) {
  // Equal functions: the one with fewer parameters, or the older, is named.
  const std::map<std::string, std::string> equals = {
      {"celu", "elu"},
      {"gelu_10", "gelu"},                // up to 10
      {"softplus_threshold", "softplus"}, // up to 20
      {"swish_beta", "silu"}};
  for (const FunctionInfo *row : unaryRows()) {
    RowFit fit = best(samplesOf(row->Name));
    auto equal = equals.find(row->Name);
    std::string expected = equal == equals.end() ? row->Name : equal->second;
    EXPECT_TRUE(fit.matches) << row->Name;
    EXPECT_EQ(fit.source(), expected + "(x)");
  }
}

TEST_F(RowFits, NarrowTypesAreEnough) {
  for (DType type : {DType::F32, DType::F16, DType::BF16})
    for (const char *source :
         {"gelu(x)", "gelu_tanh(x)", "silu(x)", "mish(x)",
          "swish_beta(x, beta=1.5)", "celu(x, alpha=2)", "softcap(x, c=50)",
          "leaky_relu(x, slope=0.2)"}) {
      RowFit fit = best(samplesOf(source, type));
      EXPECT_TRUE(fit.matches) << source;
      EXPECT_EQ(fit.source(), source);
    }
}

TEST_F(RowFits, OtherFunctionsHaveANearestRow) {
  RowFit fit = best(samplesOf("x * sigmoid(x) + 0.01 * sin(x)"));
  EXPECT_FALSE(fit.matches);
  EXPECT_EQ(fit.source(), "silu(x)");
  EXPECT_NEAR(fit.differences.largest, 0.01, 1e-5);
  // A hundred thousandth at one end is still another function.
  EXPECT_FALSE(best(samplesOf("silu(x) + 1e-5 * max(x - 9, 0)")).matches);
}

TEST_F(RowFits, NoiseHidesAFunctionButNotItsParameters) {
  Samples samples = samplesOf("swish_beta(x, beta=1.5)");
  for (auto [i, y] : llvm::enumerate(samples.y))
    y += 0.01 * std::sin(double(i * i));
  RowFit fit = best(samples);
  EXPECT_FALSE(fit.matches);
  EXPECT_STREQ(fit.row->Name, "swish_beta");
  double beta = NumberTraits<double>::fromText(fit.params[0].text);
  EXPECT_NEAR(beta, 1.5, 0.02);
}

TEST_F(RowFits, DigitsThatAFormulaCancelsAreForgiven) {
  // gelu through 1 + erf, in f32.
  Samples samples = samplesOf("gelu", DType::F32);
  for (auto [x, y] : llvm::zip(samples.x, samples.y))
    y = float(0.5f * float(x)) *
        float(1 + float(std::erf(float(x) * 0.70710678f)));
  EXPECT_FALSE(best(samples).matches);
  RowFit fit = best(samples, Rounding::OfTerms);
  EXPECT_TRUE(fit.matches);
  EXPECT_EQ(fit.source(), "gelu(x)");
}

TEST_F(RowFits, UlpsMayBeSubnormal) {
  Samples samples;
  for (int i = -50; i < 50; ++i) {
    double x = i * 0x1p-1010;
    samples.x.push_back(x);
    samples.y.push_back(x > 0 ? x : x / 2);
  }
  RowFit fit = best(samples);
  EXPECT_TRUE(fit.matches);
  EXPECT_EQ(fit.source(), "leaky_relu(x, slope=0.5)");
}

TEST(Samples, PlacesAreCountedOnce) {
  Samples samples = makeSamples({{1, 2}, {0, 3}, {1, 4}, {0, 3}}, DType::F64);
  EXPECT_EQ(samples.size(), 4u);
  EXPECT_EQ(samples.numPlaces(), 2u);
  EXPECT_EQ(makeSamples({}, DType::F64).numPlaces(), 0u);
}

TEST(Samples, AreSortedAndFinite) {
  double inf = std::numeric_limits<double>::infinity();
  Samples samples =
      makeSamples({{2, 1}, {inf, 0}, {-1, 3}, {0, NAN}}, DType::F64);
  EXPECT_EQ(samples.x, (std::vector<double>{-1, 2}));
  EXPECT_EQ(samples.y, (std::vector<double>{3, 1}));
  EXPECT_EQ(samples.leftOut, 2u);
}

TEST(Samples, TypeIsTheNarrowestThatHoldsThem) {
  auto typeOf = [](double y) {
    return makeSamples({{0.5, y}}, DType::F64).type;
  };
  EXPECT_EQ(typeOf(0.1), DType::F64);
  EXPECT_EQ(typeOf(0.1f), DType::F32);
  EXPECT_EQ(typeOf(0x1p-100), DType::BF16);
  EXPECT_EQ(typeOf(0x1.ffcp0), DType::F16);
}

TEST(Samples, ThinnedOnesKeepTheEnds) {
  std::vector<std::pair<double, double>> points;
  for (int i = 0; i < 1000; ++i)
    points.push_back({i, 0});
  Samples few = makeSamples(points, DType::F64).thinned(10);
  EXPECT_EQ(few.size(), 10u);
  EXPECT_EQ(few.x.front(), 0);
  EXPECT_EQ(few.x.back(), 999);
}

} // namespace

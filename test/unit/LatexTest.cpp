//===- LatexTest.cpp - Formulas in LaTeX ----------------------------------===//

#include "LatexReader.h"
#include "RandomFormula.h"
#include "ReadableTestUtil.h"

using namespace act;

namespace {
struct LatexTest : ReadableFixture {
  /// The derivative of this order by the first argument.
  std::string latexOf(llvm::StringRef source, unsigned order = 0,
                      unsigned argument = 0) {
    auto module = parse(source);
    if (!module)
      return "";
    FuncOp func = mainOf(*module);
    sym::Expr e = read(func);
    for (unsigned i = 0; i < order; ++i)
      e = graph.differentiate(e, argument);
    return printLatex(collectFactors(graph, e), names, func.getNumInputs());
  }

  /// What is printed can be read and has the value of what it is about.
  void expectSameDerivatives(FuncOp func, unsigned highest, double tolerance) {
    auto print = [&](sym::Expr e, unsigned numInputs) {
      std::string latex = printLatex(e, names, numInputs);
      std::string text = LatexReader(latex).read();
      EXPECT_FALSE(text.empty()) << latex;
      return text;
    };
    ReadableFixture::expectSameDerivatives(func, print, highest, tolerance);
  }
};
} // namespace

TEST_F(LatexTest, ProductsAreJuxtaposed) {
  EXPECT_EQ(latexOf("2 * x * (1 - y)"), R"(2\,x\,(1 - y))");
  EXPECT_EQ(latexOf("x * 1e5000 * 2"), R"(2 \cdot 10^{5000}\,x)");
  EXPECT_EQ(latexOf("x * 2.5E+5000 / 3"),
            R"(\frac{2.5 \cdot 10^{5000}\,x}{3})");
}

TEST_F(LatexTest, QuotientsPowersAndRoots) {
  EXPECT_EQ(latexOf("x^2 / (1 + y)"), R"(\frac{x^{2}}{1 + y})");
  EXPECT_EQ(latexOf("sqrt(2 / pi) * x"), R"(\sqrt{\frac{2}{\pi}}\,x)");
  EXPECT_EQ(latexOf("rsqrt(x)"), R"(\frac{1}{\sqrt{x}})");
  EXPECT_EQ(latexOf("(1 + x)^3"), R"((1 + x)^{3})");
  EXPECT_EQ(latexOf("tanh(x)^2"), R"(\tanh^{2}(x))");
  EXPECT_EQ(latexOf("exp(x)^2"), R"((e^{x})^{2})");
}

TEST_F(LatexTest, Functions) {
  EXPECT_EQ(latexOf("abs(x) * erf(x)"),
            R"(\left|x\right|\,\operatorname{erf}(x))");
  EXPECT_EQ(latexOf("floor(x)"), R"(\lfloor x \rfloor)");
  EXPECT_EQ(latexOf("log1p(-x)"), R"(\ln(1 - x))");
  EXPECT_EQ(latexOf("y * expm1(x)"), R"(y\,(e^{x} - 1))");
  EXPECT_EQ(latexOf("max(x, y)"), R"(\max(x, y))");
}

TEST_F(LatexTest, ParenthesesGrowWithWhatIsTall) {
  EXPECT_EQ(latexOf("tanh(x / 2)"), R"(\tanh\left(\frac{x}{2}\right))");
  EXPECT_EQ(latexOf("floor(x / 2)"),
            R"(\left\lfloor \frac{x}{2} \right\rfloor)");
  EXPECT_EQ(latexOf("y + where(x > 0, 1, 2)"),
            R"(y + \left(\begin{cases} 1 & \text{if } x > 0 \\ )"
            R"(2 & \text{otherwise} \end{cases}\right))");
}

TEST_F(LatexTest, SelectionsAreOneBlockOfCases) {
  EXPECT_EQ(latexOf("where(x >= 1, y, where(x != -1, 2 * y, x))"),
            R"(\begin{cases} y & \text{if } x \ge 1 \\ )"
            R"(2\,y & \text{if } x \ne -1 \\ )"
            R"(x & \text{otherwise} \end{cases})");
  // The condition is turned round to make a chain of them.
  EXPECT_EQ(latexOf("where(x < 1, where(x > -1, x, -y), y)"),
            R"(\begin{cases} y & \text{if } x \ge 1 \\ )"
            R"(x & \text{if } x > -1 \\ -y & \text{otherwise} \end{cases})");
}

TEST_F(LatexTest, NamesOfArguments) {
  EXPECT_EQ(latexOf("f(x; alpha=1, beta1=2, alpha_p=3, slope=4, a_max=5) = "
                    "x + alpha + beta1 + alpha_p + slope + a_max"),
            R"(x + \alpha + \beta_{1} + \alpha_{p} + \mathrm{slope} + )"
            R"(a_{\mathrm{max}})");
  EXPECT_EQ(latexOf("x1 - x_1"), R"(x_{1} - \mathrm{x\_1})");
  EXPECT_EQ(latexOf("sigmoid(sigma)"), R"(\operatorname{sigmoid}(\sigma))");
}

TEST_F(LatexTest, ArgumentsFromMlirMayHaveTheNameOfAConstant) {
  sym::Expr exp = graph.call("math.exp", graph.argument(0));
  EXPECT_EQ(printLatex(exp, {"e"}, 1), R"(\exp(e))");
  EXPECT_EQ(printLatex(exp, {"pi"}, 1), R"(e^{\mathrm{pi}})");
  EXPECT_EQ(printLatex(exp, {"a$_b"}, 1), R"(e^{\mathrm{a\$}_{b}})");
}

TEST_F(LatexTest, DerivativesOfRows) {
  EXPECT_EQ(latexOf("sigmoid", 1), R"(s\,(1 - s),\quad s = \sigma(x))");
  EXPECT_EQ(latexOf("silu", 1), R"(s\,(1 + x\,(1 - s)),\quad s = \sigma(x))");
  EXPECT_EQ(latexOf("silu", 2),
            R"(s\,(1 - s)\,(2 + x\,(1 - 2\,s)),\quad s = \sigma(x))");
  EXPECT_EQ(latexOf("tanh", 1), R"(1 - \tanh^{2}(x))");
  EXPECT_EQ(latexOf("tanh", 2), R"(-2\,\tanh(x)\,(1 - \tanh^{2}(x)))");
  EXPECT_EQ(latexOf("softplus", 1), R"(\sigma(\beta\,x))");
  EXPECT_EQ(latexOf("softplus", 0),
            R"(\frac{\operatorname{softplus}(\beta\,x)}{\beta})");
  EXPECT_EQ(
      latexOf("gelu", 1),
      R"(\frac{\operatorname{erfc}\left(-\frac{x}{\sqrt{2}}\right)}{2} + )"
      R"(\frac{x\,e^{-\frac{x^{2}}{2}}}{\sqrt{2\,\pi}})");
  EXPECT_EQ(latexOf("softsign", 1), R"(\frac{1}{(1 + \left|x\right|)^{2}})");
  EXPECT_EQ(latexOf("mish", 1), R"(t + x\,\sigma(x)\,(1 - t^{2}),\quad )"
                                R"(t = \tanh(\operatorname{softplus}(x)))");
}

TEST_F(LatexTest, DerivativesOfRowsWithCases) {
  EXPECT_EQ(latexOf("leaky_relu", 1),
            R"(\begin{cases} 1 & \text{if } x > 0 \\ )"
            R"(\mathrm{slope} & \text{otherwise} \end{cases})");
  EXPECT_EQ(latexOf("elu", 1),
            R"(\begin{cases} 1 & \text{if } x > 0 \\ )"
            R"(\alpha\,e^{x} & \text{otherwise} \end{cases})");
  EXPECT_EQ(latexOf("selu", 1),
            R"(\begin{cases} \lambda & \text{if } x > 0 \\ )"
            R"(\alpha\,\lambda\,e^{x} & \text{otherwise} \end{cases})");
  EXPECT_EQ(latexOf("hard_swish", 1),
            R"(\begin{cases} 1 & \text{if } x \ge 3 \\ )"
            R"(\frac{2\,x + 3}{6} & \text{if } x > -3 \\ )"
            R"(0 & \text{otherwise} \end{cases})");
}

TEST_F(LatexTest, DerivativesOfSources) {
  EXPECT_EQ(latexOf("f(x; beta=1) = x * sigmoid(beta * x)", 1),
            R"(s\,(1 + \beta\,x\,(1 - s)),\quad s = \sigma(\beta\,x))");
  EXPECT_EQ(latexOf("f(x; beta=1) = x * sigmoid(beta * x)", 1, 1),
            R"(x^{2}\,s\,(1 - s),\quad s = \sigma(\beta\,x))");
  EXPECT_EQ(latexOf("silu(g) * u", 1),
            R"(u\,s\,(1 + g\,(1 - s)),\quad s = \sigma(g))");
  EXPECT_EQ(latexOf("silu(g) * u", 1, 1), R"(g\,\sigma(g))");
}

TEST_F(LatexTest, RowsAndTheirDerivativesKeepTheirValue) {
  for (const FunctionInfo &row : allFunctions()) {
    SCOPED_TRACE(row.Name);
    auto module = parseRow(row, &context);
    ASSERT_TRUE(module);
    expectSameDerivatives(mainOf(*module), /*highest=*/3, 1e-28);
  }
}

TEST_F(LatexTest, RandomFormulasKeepTheirValue) {
  // Where terms cancel, the order of additions shows.
  constexpr double tolerance = 1e-12;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    std::string source = randomFormula(seed).text;
    SCOPED_TRACE(source);
    auto module = parse(source);
    ASSERT_TRUE(module);
    expectSameDerivatives(mainOf(*module), /*highest=*/1, tolerance);
  }
}

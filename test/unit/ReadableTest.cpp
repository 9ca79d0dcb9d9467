//===- ReadableTest.cpp - Formulas to read have their value ---------------===//

#include "RandomFormula.h"
#include "ReadableTestUtil.h"

using namespace act;

namespace {
struct ReadableTest : ReadableFixture {
  void expectSameDerivatives(FuncOp func, unsigned highest = 3,
                             double tolerance = 1e-28) {
    auto print = [&](sym::Expr e, unsigned numInputs) {
      return printReadable(e, names, numInputs);
    };
    ReadableFixture::expectSameDerivatives(func, print, highest, tolerance);
  }
};
} // namespace

TEST_F(ReadableTest, RowsAndTheirDerivativesKeepTheirValue) {
  for (const FunctionInfo &row : allFunctions()) {
    SCOPED_TRACE(row.Name);
    auto module = parseRow(row, &context);
    ASSERT_TRUE(module);
    expectSameDerivatives(mainOf(*module));
  }
}

TEST_F(ReadableTest, FormulasAndTheirDerivativesKeepTheirValue) {
  for (const char *source :
       {"x / (1 + exp(-x))", "(x + sqrt(x^2 + 4)) / 2", "u * silu(g)",
        "exp(-x^2)", "x^3 - 2 * x / 7 + 0.1", "-(3 * x - 2)^2 / (x^2 + e)",
        "sqrt(pi / 3) * x^-2 - sqrt(2) * pi^2 * log(x^2 + 1)",
        "where(x > 0, 0.8 * x^2, 0.8 * (expm1(x) - x)) + 0.5 * x",
        "s * exp(-t) * tanh(s)^3 + sigmoid(t * s) * u", "x^x",
        "f(x; a=1.5) = log(1 + exp(a * x)) / a", "clamp(x, -1, 1) * sin(x)"}) {
    SCOPED_TRACE(source);
    auto module = parse(source);
    ASSERT_TRUE(module);
    expectSameDerivatives(mainOf(*module));
  }
}

TEST_F(ReadableTest, RandomFormulasKeepTheirValue) {
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

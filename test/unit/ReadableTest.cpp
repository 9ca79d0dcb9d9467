//===- ReadableTest.cpp - Formulas to read have their value ---------------===//

#include "act/Transforms/Readable.h"
#include "RandomFormula.h"
#include "SyntaxTestUtil.h"
#include "act/Reference/Interpreter.h"
#include "act/Transforms/Expand.h"
#include "llvm/ADT/StringExtras.h"

using namespace act;
using Traits = NumberTraits<Quad>;

namespace {
struct ReadableTest : SyntaxTest {
  sym::Graph graph{&context};
  std::vector<std::string> names;

  /// The results of a source that must have derivatives.
  sym::Expr read(FuncOp func) {
    EXPECT_TRUE(succeeded(expandBody(func)));
    names.clear();
    for (unsigned i = 0; i < func.getNumArguments(); ++i)
      names.push_back(func.getArgName(i).str());
    auto results = graph.read(func);
    EXPECT_TRUE(succeeded(results));
    return results->front();
  }

  /// The expression as a function of all its names.
  Interpreter<Quad> written(sym::Expr e, mlir::OwningOpRef<FuncOp> &func) {
    mlir::OpBuilder builder(&context);
    mlir::Type real = builder.getF64Type();
    llvm::SmallVector<mlir::Type> types(names.size(), real);
    auto loc = builder.getUnknownLoc();
    func =
        builder.create<FuncOp>(loc, "f", builder.getFunctionType(types, real));
    mlir::Block *body = builder.createBlock(&func->getBody());
    for (const std::string &name : names) {
      func->setArgAttr(body->getNumArguments(), kNameAttr,
                       builder.getStringAttr(name));
      body->addArgument(real, loc);
    }
    sym::Writer writer(builder, loc, real, body->getArguments());
    builder.create<ReturnOp>(loc, writer.write(e));
    return llvm::cantFail(Interpreter<Quad>::create(*func));
  }

  /// The text as a definition with as many inputs; the rest are parameters.
  std::string definitionOf(llvm::StringRef text, unsigned numInputs) {
    std::string head = "f(";
    for (auto [i, name] : llvm::enumerate(names)) {
      head += i == 0 ? "" : i == numInputs ? "; " : ", ";
      head += name + (i < numInputs ? "" : "=1");
    }
    return head + ") = " + text.str();
  }

  /// The text has the value of the expression, at points on both sides of 0.
  void expectSameValue(sym::Expr e, unsigned numInputs, double tolerance) {
    std::string text =
        printReadable(collectFactors(graph, e), names, numInputs);
    auto module = parse(definitionOf(text, numInputs));
    ASSERT_TRUE(module) << text;
    auto read = llvm::cantFail(Interpreter<Quad>::create(mainOf(*module)));
    mlir::OwningOpRef<FuncOp> func;
    Interpreter<Quad> exact = written(e, func);
    for (double x : {-7.3, -2.1, -0.4, 0.3, 1.7, 6.9}) {
      llvm::SmallVector<Quad> arguments;
      for (size_t i = 0; i < names.size(); ++i)
        arguments.push_back(i ? 1.25 + 0.5 * double(i) : x);
      // 1 / 0 and log(-1) mean nothing, wherever in the formula they are.
      if (!llvm::all_of(exact.evaluateSlots(arguments), [](Quad value) {
            return !Traits::isNaN(value) && !Traits::isInfinite(value);
          }))
        continue;
      Quad got = read.evaluate(arguments), want = exact.evaluate(arguments);
      Quad error = got > want ? got - want : want - got;
      EXPECT_LE(double(error), tolerance * (1 + std::abs(double(want))))
          << text << " at " << x;
    }
  }

  void expectSameDerivatives(FuncOp func, unsigned highest = 3,
                             double tolerance = 1e-28) {
    sym::Expr e = read(func);
    for (unsigned i = 0; i < func.getNumArguments(); ++i) {
      sym::Expr d = e;
      for (unsigned order = 0; order <= highest; ++order) {
        expectSameValue(d, func.getNumInputs(), tolerance);
        d = graph.differentiate(d, i);
      }
    }
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

//===- ReadableTestUtil.h - Formulas to read have their value ---*- C++ -*-===//
#ifndef ACT_TEST_UNIT_READABLETESTUTIL_H
#define ACT_TEST_UNIT_READABLETESTUTIL_H

#include "SyntaxTestUtil.h"
#include "act/Reference/Interpreter.h"
#include "act/Transforms/Expand.h"
#include "act/Transforms/Readable.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringExtras.h"

/// Formulas and their derivatives, printed by a test and read again.
struct ReadableFixture : SyntaxTest {
  /// Prints an expression of that many inputs; the text is one of the language.
  using Print = llvm::function_ref<std::string(act::sym::Expr, unsigned)>;

  act::sym::Graph graph{&context};
  std::vector<std::string> names;

  /// The results of a source that must have derivatives.
  act::sym::Expr read(act::FuncOp func) {
    EXPECT_TRUE(succeeded(act::expandBody(func)));
    names.clear();
    for (unsigned i = 0; i < func.getNumArguments(); ++i)
      names.push_back(func.getArgName(i).str());
    auto results = graph.read(func);
    EXPECT_TRUE(succeeded(results));
    return results->front();
  }

  /// The expression as a function of all its names.
  act::Interpreter<act::Quad> written(act::sym::Expr e,
                                      mlir::OwningOpRef<act::FuncOp> &func) {
    mlir::OpBuilder builder(&context);
    mlir::Type real = builder.getF64Type();
    llvm::SmallVector<mlir::Type> types(names.size(), real);
    auto loc = builder.getUnknownLoc();
    func = builder.create<act::FuncOp>(loc, "f",
                                       builder.getFunctionType(types, real));
    mlir::Block *body = builder.createBlock(&func->getBody());
    for (const std::string &name : names) {
      func->setArgAttr(body->getNumArguments(), act::kNameAttr,
                       builder.getStringAttr(name));
      body->addArgument(real, loc);
    }
    act::sym::Writer writer(builder, loc, real, body->getArguments());
    builder.create<act::ReturnOp>(loc, writer.write(e));
    return llvm::cantFail(act::Interpreter<act::Quad>::create(*func));
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
  void expectSameValue(act::sym::Expr e, llvm::StringRef text,
                       unsigned numInputs, double tolerance) {
    using Traits = act::NumberTraits<act::Quad>;
    auto module = parse(definitionOf(text, numInputs));
    ASSERT_TRUE(module) << text.str();
    auto read =
        llvm::cantFail(act::Interpreter<act::Quad>::create(mainOf(*module)));
    mlir::OwningOpRef<act::FuncOp> func;
    act::Interpreter<act::Quad> exact = written(e, func);
    for (double x : {-7.3, -2.1, -0.4, 0.3, 1.7, 6.9}) {
      llvm::SmallVector<act::Quad> arguments;
      for (size_t i = 0; i < names.size(); ++i)
        arguments.push_back(i ? 1.25 + 0.5 * double(i) : x);
      // 1 / 0 and log(-1) mean nothing, wherever in the formula they are.
      if (!llvm::all_of(exact.evaluateSlots(arguments), [](act::Quad value) {
            return !Traits::isNaN(value) && !Traits::isInfinite(value);
          }))
        continue;
      act::Quad got = read.evaluate(arguments),
                want = exact.evaluate(arguments);
      act::Quad error = got > want ? got - want : want - got;
      EXPECT_LE(double(error), tolerance * (1 + std::abs(double(want))))
          << text.str() << " at " << x;
    }
  }

  void expectSameDerivatives(act::FuncOp func, Print print,
                             unsigned highest = 3, double tolerance = 1e-28) {
    act::sym::Expr e = read(func);
    for (unsigned i = 0; i < func.getNumArguments(); ++i) {
      act::sym::Expr d = e;
      for (unsigned order = 0; order <= highest; ++order) {
        unsigned numInputs = func.getNumInputs();
        std::string text = print(act::collectFactors(graph, d), numInputs);
        expectSameValue(d, text, numInputs, tolerance);
        d = graph.differentiate(d, i);
      }
    }
  }
};

#endif // ACT_TEST_UNIT_READABLETESTUTIL_H

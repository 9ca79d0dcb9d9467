//===- JetTest.cpp - Taylor arithmetic against other mathematics ----------===//

#include "GoldenTest.h"
#include "JetTestUtil.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>
#include <fstream>
#include <map>

using namespace act;
using llvm::StringRef;

/// Derivative k of the only result at `args`, from values alone: the central
/// difference of order k.
static MpfrNumber difference(const Tape &tape, std::vector<MpfrNumber> args,
                             unsigned wrt, unsigned k, long logStep) {
  Interpreter<MpfrNumber> interpreter(tape);
  MpfrNumber x = args[wrt], sum(0.0), half = Traits::scale(MpfrNumber(1.0), -1);
  double binomial = 1;
  for (unsigned i = 0; i <= k; ++i) {
    MpfrNumber steps = MpfrNumber(double(k)) * half - MpfrNumber(double(i));
    args[wrt] = x + Traits::scale(steps, logStep);
    sum = sum +
          MpfrNumber(i % 2 ? -binomial : binomial) * interpreter.evaluate(args);
    binomial = binomial * (k - i) / (i + 1);
  }
  return Traits::scale(sum, -logStep * long(k));
}

/// Holds every derivative up to the highest order against differences. A
/// derivative that vanishes may be small instead.
static void expectDifferences(const Tape &tape, std::vector<double> point,
                              StringRef what) {
  // The step's square is below 1e-72, and order 8 divides by 2^-960.
  MpfrPrecision scope(2000);
  JetInterpreter<MpfrNumber> jets(tape);
  std::vector<MpfrNumber> args(point.begin(), point.end());
  for (unsigned wrt = 0; wrt < tape.numArgs; ++wrt) {
    unsigned order = jets.kMaxOrder;
    Series<MpfrNumber> got = jets.derivatives(args, wrt, order)[0];
    for (unsigned k = 0; k <= order; ++k) {
      MpfrNumber want = difference(tape, args, wrt, k, -120);
      MpfrNumber error = Traits::abs(got[k] - want);
      EXPECT_TRUE(error < MpfrNumber(1e-60) ||
                  error < MpfrNumber(1e-60) * Traits::abs(want))
          << what.str() << " at " << point[0] << ", derivative " << k
          << " by argument " << wrt << ": " << Traits::toDouble(got[k])
          << " and not " << Traits::toDouble(want);
    }
  }
}

TEST(Jet, FunctionsOfOneNumberAgreeWithDifferences) {
  for (StringRef name :
       {"exp", "expm1", "sin", "cos", "sinh", "cosh", "tanh", "erf", "erfc",
        "sigmoid", "softplus", "abs", "sign", "floor", "-"})
    for (double x : {-3.75, -0.625, 0.3, 1.25, 2.875, 9.5}) {
      expectDifferences(tapeOf((name + "(x)").str()), {x}, name);
      // Another series than that of a bare input.
      expectDifferences(tapeOf((name + "(0.3 + x * (1.1 - x / 3))").str()), {x},
                        name);
    }
  for (StringRef name : {"log", "log1p", "sqrt", "rsqrt"})
    for (double x : {0.015625, 0.3, 1.0, 2.875, 50.0}) {
      expectDifferences(tapeOf((name + "(x)").str()), {x}, name);
      expectDifferences(tapeOf((name + "(0.3 + x * (1.1 + x / 3))").str()), {x},
                        name);
    }
  expectDifferences(tapeOf("log1p(x)"), {-0.75}, "log1p");
}

TEST(Jet, FunctionsOfSeveralNumbersAgreeWithDifferences) {
  for (StringRef source :
       {"x + y", "x - y", "x * y", "x / y", "max(x, y * x)", "min(x, y * x)",
        "clamp(x, -y, 2)", "clamp(x * y, x, y)", "where(x * y > 1, x^3, y^5)",
        "exp(x * y) / (1 + x^2 * y^2)", "sin(x) * cosh(y) - x^-2",
        "where(x != y, x / y, x)", "(1 + x^2)^y", "(x * x)^(1/3) * y",
        "tanh(x * y) * erfc(x) + 1 / (2 + sin(y))"})
    for (double x : {-2.5, -0.375, 0.625, 3.125})
      for (double y : {-1.375, 0.8125})
        expectDifferences(tapeOf(source), {x, y}, source);
}

TEST(Jet, OperationsWithoutSourceAgreeWithDifferences) {
  for (double x : {0.375, 2.0, 3.5})
    for (double y : {-2.0, -0.3, 0.5, 3.0})
      expectDifferences(tapeOf(Opcode::Pow, 2), {x, y}, "pow");
  for (double x : {-1.5, 0.7})
    expectDifferences(tapeOf(Opcode::Fma, 3), {x, 2.25, -0.5}, "fma");
  for (Opcode opcode : {Opcode::And, Opcode::Or, Opcode::Xor})
    expectDifferences(tapeOf(opcode, 2), {1.0, 1.0}, "a condition");
}

TEST(Jet, PowersWithConstantExponents) {
  for (StringRef exponent : {"0", "1", "3", "7", "11", "-2", "1/3", "-2.5"})
    for (double x : {0.75, 4.0})
      expectDifferences(powerTape(exponent), {x}, exponent);
  for (StringRef exponent : {"0", "1", "3", "7", "11", "-2", "-5"})
    expectDifferences(powerTape(exponent), {-1.75}, exponent);
  for (StringRef exponent : {"0", "1", "3", "7", "8", "11"})
    expectDifferences(powerTape(exponent), {0}, exponent);
}

//===----------------------------------------------------------------------===//
// Closed forms
//===----------------------------------------------------------------------===//

TEST(Jet, ClosedForms) {
  auto derivatives = [](StringRef source, double x) {
    return JetInterpreter<double>(tapeOf(source)).derivatives({x}, 0, 8)[0];
  };
  using Values = std::vector<double>;
  EXPECT_EQ(derivatives("x^4", 3), Values({81, 108, 108, 72, 24, 0, 0, 0, 0}));
  EXPECT_EQ(derivatives("1 / x", 1),
            Values({1, -1, 2, -6, 24, -120, 720, -5040, 40320}));
  EXPECT_EQ(derivatives("log(x)", 1),
            Values({0, 1, -1, 2, -6, 24, -120, 720, -5040}));
  EXPECT_EQ(derivatives("exp(x)", 0), Values({1, 1, 1, 1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(derivatives("sin(x)", 0), Values({0, 1, 0, -1, 0, 1, 0, -1, 0}));
  EXPECT_EQ(derivatives("cosh(x)", 0), Values({1, 0, 1, 0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(derivatives("tanh(x)", 0),
            Values({0, 1, 0, -2, 0, 16, 0, -272, 0}));
  EXPECT_EQ(derivatives("sigmoid(x)", 0),
            Values({.5, .25, 0, -.125, 0, .25, 0, -1.0625, 0}));
  EXPECT_EQ(derivatives("sqrt(x)", 1),
            Values({1, .5, -.25, .375, -.9375, 3.28125, -14.765625, 81.2109375,
                    -527.87109375}));
}

TEST(Jet, SaturationKeepsEveryDigit) {
  MpfrPrecision scope(128);
  for (double x : {-300.0, -40.0, 40.0, 300.0}) {
    auto jet = [&](StringRef source) {
      return JetInterpreter<MpfrNumber>(tapeOf(source))
          .derivatives(MpfrNumber(x), 0, 2)[0];
    };
    // tanh' = 1 / cosh^2 and tanh'' = -2 tanh / cosh^2
    MpfrNumber h = Traits::cosh(MpfrNumber(x)), slope = MpfrNumber(1) / h / h;
    MpfrNumber bend = MpfrNumber(-2) * Traits::tanh(MpfrNumber(x)) * slope;
    EXPECT_LE(relativeError(jet("tanh(x)")[1], slope), 1e-35) << x;
    EXPECT_LE(relativeError(jet("tanh(x)")[2], bend), 1e-35) << x;
    // sigmoid' = exp(-|x|) / (1 + exp(-|x|))^2
    MpfrNumber e = Traits::exp(MpfrNumber(-std::fabs(x)));
    MpfrNumber t = MpfrNumber(1) + e;
    EXPECT_LE(relativeError(jet("sigmoid(x)")[1], e / t / t), 1e-35) << x;
    EXPECT_LE(relativeError(jet("softplus(x)")[2], e / t / t), 1e-35) << x;
  }
}

TEST(Jet, EveryNumberAgrees) {
  Tape tape = tapeOf("gelu(x) * mish(x) + log1p(x^2)");
  auto exact =
      JetInterpreter<MpfrNumber>(tape).derivatives(MpfrNumber(0.7), 0, 4)[0];
  auto quad = JetInterpreter<Quad>(tape).derivatives(Quad(0.7), 0, 4)[0];
  auto plain = JetInterpreter<double>(tape).derivatives({0.7}, 0, 4)[0];
  for (unsigned k = 0; k <= 4; ++k) {
    double want = Traits::toDouble(exact[k]);
    EXPECT_NEAR(double(quad[k]), want, 1e-15 * std::fabs(want)) << k;
    EXPECT_NEAR(plain[k], want, 1e-12 * std::fabs(want)) << k;
  }
}

//===----------------------------------------------------------------------===//
// Kinks and arguments
//===----------------------------------------------------------------------===//

TEST(Jet, KinksFollowTheLanguage) {
  auto slope = [](StringRef source, double x) {
    return JetInterpreter<double>(tapeOf(source)).derivatives({x}, 0, 1)[0][1];
  };
  EXPECT_EQ(slope("max(x, 0)", 0), 0);
  EXPECT_EQ(slope("max(0, x)", 0), 1);
  EXPECT_EQ(slope("min(x, 3 * x)", 0), 3);
  EXPECT_EQ(slope("clamp(x, -1, 2)", -1), 1);
  EXPECT_EQ(slope("clamp(x, -1, 2)", 2), 1);
  EXPECT_EQ(slope("clamp(x, -1, 2)", 2.5), 0);
  EXPECT_EQ(slope("clamp(1, 3 * x, 5 * x)", 0.125), 5);
  EXPECT_EQ(slope("clamp(1, 3 * x, 5 * x)", 2), 3);
  EXPECT_EQ(slope("abs(x)", 0), 0);
  EXPECT_EQ(slope("abs(x)", -2), -1);
  EXPECT_EQ(slope("x * sign(x) + floor(x)", 2), 1);
  EXPECT_EQ(slope("where(x > 0, x, 0.25 * x)", 0), 0.25);
  // Neither a branch not taken nor a factor without x leaks.
  EXPECT_EQ(slope("where(x > 0, x, log(x))", 1), 1);
  EXPECT_EQ(slope("where(x > 0, sqrt(x), 2 * x)", 0), 2);
  EXPECT_EQ(slope("sqrt(floor(x)) + x", 0.5), 1);
  EXPECT_TRUE(std::isinf(slope("sqrt(x)", 0)));
  EXPECT_TRUE(std::isnan(slope("max(x, log(x))", -1)));
}

TEST(Jet, ReportsKinksNearby) {
  auto near = [](StringRef source, double x, double eps = 1e-6) {
    return JetInterpreter<double>(tapeOf(source)).isNearKink({x}, eps);
  };
  for (StringRef source : {"abs(x - 2)", "sign(x - 2)", "floor(x)", "max(x, 2)",
                           "min(2, x)", "clamp(x, 2, 5)", "clamp(x, 0, 2)",
                           "where(x < 2, x, 1)", "exp(abs(x^2 - 4) * 3)"}) {
    EXPECT_TRUE(near(source, 2)) << source.str();
    EXPECT_TRUE(near(source, 2, 0)) << source.str();
    EXPECT_TRUE(near(source, 2 + 1e-8)) << source.str();
    EXPECT_FALSE(near(source, 2 + 1e-8, 0)) << source.str();
    EXPECT_FALSE(near(source, 2.25)) << source.str();
  }
  // Relative to a large operand.
  EXPECT_TRUE(near("max(x, 1000000)", 1000000.5));
  // Not where it does not matter.
  EXPECT_FALSE(near("where(x > 0, x, abs(x - 2))", 2));
  EXPECT_FALSE(near("max(x, -abs(x - 2))", 2));
  EXPECT_FALSE(near("let t = abs(x - 2); x + 1", 2));
}

TEST(Jet, GradientsHaveAColumnForEveryArgument) {
  FuncOp func;
  auto module = parsed("f(x, y; a=3) = a * x * y^2", func);
  auto jets = cantFail(JetInterpreter<double>::create(func));
  std::vector<std::vector<double>> rows = jets.gradient({2, 5});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0], std::vector<double>({75, 60, 50}));
  EXPECT_EQ(jets.gradient({2, 5, 1})[0], std::vector<double>({25, 20, 50}));
  // Order 0 has values only.
  EXPECT_EQ(jets.taylor({2, 5}, 0, 0)[0], std::vector<double>({150}));
}

TEST(Jet, EveryResultHasARow) {
  Tape tape = tapeOf(Opcode::Mul, 2);
  tape.results.push_back(0);
  std::vector<std::vector<double>> want = {{7, 3}, {1, 0}};
  EXPECT_EQ(JetInterpreter<double>(tape).gradient({3, 7}), want);
}

//===----------------------------------------------------------------------===//
// Published values
//===----------------------------------------------------------------------===//

TEST(Jet, GoldenDerivatives) {
  // gelu_tanh has 1 + tanh(z), here down to 2^-1080.
  MpfrPrecision scope(1500);
  std::map<std::string, JetInterpreter<MpfrNumber>> interpreters;
  compareWithGolden([&](const std::string &name, const MpfrNumber &x) {
    JetInterpreter<MpfrNumber> &jets =
        interpreters.try_emplace(name, tapeOf(goldenSources.at(name)))
            .first->second;
    return jets.derivatives(x, 0, 2)[0];
  });
}

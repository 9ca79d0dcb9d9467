//===- ReferenceTest.cpp - The interpreter against published values -------===//

#include "GoldenSources.h"
#include "Rows.h"
#include "act/IR/FunctionTable.h"
#include "act/Reference/MpfrNumber.h"
#include "act/Reference/Ulp.h"
#include "act/Syntax/Parser.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"
#include <fstream>
#include <functional>
#include <map>
#include <random>

using namespace act;
using llvm::StringRef;
using Traits = NumberTraits<MpfrNumber>;

static constexpr double inf = std::numeric_limits<double>::infinity();
static constexpr double quietNaN = std::numeric_limits<double>::quiet_NaN();

static mlir::MLIRContext &context() {
  static mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  return context;
}

/// The public function of a source that must parse.
static mlir::OwningOpRef<mlir::ModuleOp> parsed(StringRef source,
                                                FuncOp &func) {
  mlir::OwningOpRef<mlir::ModuleOp> module = parseSource(source, &context());
  EXPECT_TRUE(module) << source.str();
  if (module)
    for (FuncOp candidate : module->getOps<FuncOp>())
      if (candidate.isPublic())
        func = candidate;
  return module;
}

static MpfrReference referenceOf(StringRef source) {
  FuncOp func;
  mlir::OwningOpRef<mlir::ModuleOp> module = parsed(source, func);
  return cantFail(MpfrReference::create(func));
}

static double relativeError(const MpfrNumber &got, const MpfrNumber &want) {
  if (got == want)
    return 0;
  return Traits::toDouble(Traits::abs((got - want) / want));
}

//===----------------------------------------------------------------------===//
// Published values
//===----------------------------------------------------------------------===//

TEST(Golden, EveryValueTo20Digits) {
  std::ifstream file(ACT_TEST_DATA "/golden.csv");
  ASSERT_TRUE(file) << "test/data/golden.csv is missing";
  std::map<std::string, MpfrReference> references;
  std::string line;
  std::getline(file, line);
  unsigned count = 0;
  while (std::getline(file, line)) {
    llvm::SmallVector<StringRef, 5> cells;
    StringRef(line).split(cells, ',');
    ASSERT_EQ(cells.size(), 5u) << line;
    std::string name = cells[0].str();
    ASSERT_TRUE(goldenSources.count(name)) << name;
    auto it = references.find(name);
    if (it == references.end())
      it = references.emplace(name, referenceOf(goldenSources.at(name))).first;
    MpfrNumber got = it->second.evaluate(std::stod(cells[1].str()))[0];
    MpfrNumber want = Traits::fromText(cells[2]);
    ++count;
    // What no format can hold needs no digits.
    if (want != MpfrNumber(0.0) && Traits::exponentOf(want) < -1080) {
      EXPECT_LT(ulpError(0, got, DType::F64), 0.01) << line;
      continue;
    }
    EXPECT_LE(relativeError(got, want), 1e-20)
        << line << " got " << Traits::toDouble(got);
  }
  EXPECT_EQ(count, 23u * 53u);
}

/// Rows without published values, from the functions of MPFR alone.
static const std::map<std::string, std::function<MpfrNumber(MpfrNumber)>>
    definitions = {
        {"identity", [](MpfrNumber x) { return x; }},
        {"relu6",
         [](MpfrNumber x) {
           return x < MpfrNumber(0)   ? MpfrNumber(0)
                  : x > MpfrNumber(6) ? MpfrNumber(6)
                                      : x;
         }},
        {"prelu",
         [](MpfrNumber x) {
           return x < MpfrNumber(0) ? x / MpfrNumber(4) : x;
         }},
        {"hard_tanh",
         [](MpfrNumber x) {
           return x < MpfrNumber(-1)  ? MpfrNumber(-1)
                  : x > MpfrNumber(1) ? MpfrNumber(1)
                                      : x;
         }},
        {"celu",
         [](MpfrNumber x) {
           return x > MpfrNumber(0) ? x : MpfrNumber::apply(mpfr_expm1, x);
         }},
        {"softplus(x, beta=2)",
         [](MpfrNumber x) {
           MpfrNumber e = MpfrNumber::apply(mpfr_exp, x + x);
           return MpfrNumber::apply(mpfr_log1p, e) / MpfrNumber(2);
         }},
        {"quick_gelu",
         [](MpfrNumber x) {
           MpfrNumber z = x * Traits::fromText("-1.702");
           return x / (MpfrNumber(1) + MpfrNumber::apply(mpfr_exp, z));
         }},
        {"gelu",
         [](MpfrNumber x) {
           MpfrNumber z = x / MpfrNumber::apply(mpfr_sqrt, MpfrNumber(2));
           return x * MpfrNumber::apply(mpfr_erfc, -z) / MpfrNumber(2);
         }},
        {"mish",
         [](MpfrNumber x) {
           // tanh(log(w)) of w = 1 + e^x
           MpfrNumber e = MpfrNumber::apply(mpfr_exp, x);
           MpfrNumber n = e * (e + MpfrNumber(2));
           return x * n / (n + MpfrNumber(2));
         }},
};

TEST(Rows, AgreeWithIndependentDefinitions) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> spread(-30, 30);
  std::vector<double> points = {0,        0x1p-1074, -0x1p-1074, 0x3p-1074,
                                0x1p-140, -0x1p-140, 1,          -1,
                                6,        -3,        3,          -700};
  for (int i = 0; i < 200; ++i)
    points.push_back(spread(random));
  for (const auto &[source, definition] : definitions) {
    MpfrReference reference = referenceOf(source);
    for (double x : points)
      EXPECT_LE(
          relativeError(reference.evaluate(x)[0], definition(MpfrNumber(x))),
          1e-30)
          << source << " at " << x;
  }
}

//===----------------------------------------------------------------------===//
// Special values
//===----------------------------------------------------------------------===//

namespace {
struct Edges {
  double atMinusInf, atPlusInf, atMinusZero;
};
} // namespace

/// Values at -inf, +inf and -0 of every row.
static const std::map<std::string, Edges> edges = {
    {"identity", {-inf, inf, -0.0}},
    {"relu", {0, inf, 0}},
    {"relu6", {0, 6, 0}},
    {"leaky_relu", {-inf, inf, -0.0}},
    {"prelu", {-inf, inf, -0.0}},
    {"elu", {-1, inf, -0.0}},
    {"celu", {-1, inf, -0.0}},
    {"selu", {-1.7580993408473768, inf, -0.0}},
    {"sigmoid", {0, 1, 0.5}},
    {"hard_sigmoid", {0, 1, 0.5}},
    {"tanh", {-1, 1, -0.0}},
    {"hard_tanh", {-1, 1, -0.0}},
    {"softplus", {0, inf, 0.6931471805599453}},
    {"softsign", {-1, 1, -0.0}},
    {"silu", {-0.0, inf, -0.0}},
    {"hard_swish", {-0.0, inf, -0.0}},
    {"hard_gelu", {-0.0, inf, -0.0}},
    {"gelu", {-0.0, inf, -0.0}},
    {"gelu_tanh", {-0.0, inf, -0.0}},
    {"quick_gelu", {-0.0, inf, -0.0}},
    {"mish", {-0.0, inf, -0.0}},
    {"step", {0, 1, 0}},
    {"abs", {inf, inf, 0}},
    {"square", {inf, inf, 0}},
    {"rrelu", {-inf, inf, -0.0}},
    {"threshold", {0, inf, 0}},
    {"relu_squared", {0, inf, 0}},
    {"star_relu", {-0.4472, inf, -0.4472}},
    {"exp", {0, inf, 1}},
    {"gaussian", {0, 0, 1}},
    {"xielu", {inf, inf, -7.9999960000013333e-7}},
    {"log_sigmoid", {-inf, -0.0, -0.6931471805599453}},
    {"hard_sigmoid_onnx", {0, 1, 0.5}},
    {"sparse_sigmoid", {0, 1, 0.5}},
    {"lecun_tanh", {-1.7159, 1.7159, -0.0}},
    {"isru", {quietNaN, quietNaN, -0.0}},
    {"softcap", {-30, 30, -0.0}},
    {"erf", {-1, 1, -0.0}},
    {"laplace", {0, 1, 0.006094459617935605}},
    {"softplus_threshold", {0, inf, 0.6931471805599453}},
    {"squareplus", {0, inf, 1}},
    {"sparse_plus", {0, inf, 0.25}},
    {"smelu", {0, inf, 0.5}},
    {"bent_identity", {quietNaN, inf, 0}},
    {"tanhshrink", {-inf, inf, 0}},
    {"softshrink", {-inf, inf, 0}},
    {"hardshrink", {-inf, inf, 0}},
    {"swish_beta", {quietNaN, inf, -0.0}},
    {"gelu_10", {-0.0, 10, -0.0}},
    {"telu", {-0.0, inf, -0.0}},
    {"serf", {-0.0, inf, -0.0}},
    {"logish", {-0.0, inf, -0.0}},
    {"hard_mish", {-0.0, inf, -0.0}},
    {"sin", {quietNaN, quietNaN, -0.0}},
    {"snake", {quietNaN, quietNaN, 0}},
};

TEST(Rows, SpecialInputs) {
  auto expectSame = [](double got, double want, const char *name,
                       const char *where) {
    // Where the formula has no value, kernels have the limit.
    if (std::isnan(want)) {
      EXPECT_TRUE(std::isnan(got)) << name << " at " << where;
      return;
    }
    EXPECT_EQ(got, want) << name << " at " << where;
    EXPECT_EQ(std::signbit(got), std::signbit(want)) << name << " at " << where;
  };
  for (const FunctionInfo *entry : unaryRows()) {
    const FunctionInfo &row = *entry;
    ASSERT_TRUE(edges.count(row.Name))
        << "state the special values of " << row.Name;
    const Edges &want = edges.at(row.Name);
    FuncOp func;
    auto module = parsed(row.Name, func);
    func.setIdentityAttr(FnAttr::get(&context(), row.Name));
    MpfrReference reference = cantFail(MpfrReference::create(func));
    auto at = [&](double x) {
      return Traits::toDouble(reference.evaluate(x)[0]);
    };
    expectSame(at(-inf), want.atMinusInf, row.Name, "-inf");
    expectSame(at(inf), want.atPlusInf, row.Name, "+inf");
    expectSame(at(-0.0), want.atMinusZero, row.Name, "-0");
    EXPECT_TRUE(std::isnan(at(quietNaN))) << row.Name;
  }
}

TEST(Rows, Kinks) {
  auto at = [](StringRef source, double x) {
    return Traits::toDouble(referenceOf(source).evaluate(x)[0]);
  };
  EXPECT_EQ(at("relu", 0), 0);
  EXPECT_EQ(at("relu6", 6), 6);
  EXPECT_EQ(at("hard_sigmoid", -3), 0);
  EXPECT_EQ(at("hard_sigmoid", 3), 1);
  EXPECT_EQ(at("hard_tanh", -1), -1);
  EXPECT_EQ(at("hard_swish", 3), 3);
  EXPECT_EQ(at("hard_swish", -3), 0);
  EXPECT_EQ(at("clamp(x, 2, 1)", 5), 1);
  EXPECT_EQ(at("sign(x)", -0.5), -1);
  EXPECT_TRUE(std::signbit(at("sign(x)", -0.0)));
  EXPECT_EQ(at("where(x != x, 7, x)", quietNaN), 7);
  EXPECT_TRUE(std::isnan(at("log(x)", -1)));
}

TEST(Rows, QuadAgreesWhereFormulasDoNotCancel) {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> spread(-5, 5);
  for (const FunctionInfo *entry : unaryRows()) {
    const FunctionInfo &row = *entry;
    FuncOp func;
    auto module = parsed(row.Name, func);
    auto quad = cantFail(Interpreter<Quad>::create(func));
    MpfrReference mpfr = cantFail(MpfrReference::create(func));
    for (int i = 0; i < 100; ++i) {
      double x = spread(random);
      MpfrNumber exact = mpfr.evaluate(x)[0];
      Quad got = quad.evaluate(Quad(x));
      double rounded = double(got);
      MpfrNumber high(rounded), low(double(got - Quad(rounded)) + 0.0);
      EXPECT_LE(relativeError(high + low, exact), 1e-25)
          << row.Name << " at " << x;
    }
  }
}

//===----------------------------------------------------------------------===//
// Functions, parameters and errors
//===----------------------------------------------------------------------===//

TEST(Interpreter, ParametersFollowInputs) {
  FuncOp func;
  auto module = parsed("leaky_relu", func);
  auto interpreter = cantFail(Interpreter<double>::create(func));
  EXPECT_EQ(interpreter.getNumInputs(), 1u);
  EXPECT_EQ(interpreter.getNumParams(), 1u);
  EXPECT_EQ(interpreter.evaluate({-2.0}), -2 * 0.01);
  EXPECT_EQ(interpreter.evaluate({-2.0, 0.5}), -1);
}

TEST(Interpreter, AppliesRowsAndDefinitions) {
  MpfrReference nested = referenceOf("f(x; a=3) = a * silu(x); "
                                     "f(x) + f(y, a=2) * relu6(g)");
  double got = Traits::toDouble(nested.evaluate({1.0, 2.0, 7.0})[0]);
  auto silu = [](double x) { return x / (1 + std::exp(-x)); };
  EXPECT_NEAR(got, 3 * silu(1) + 2 * silu(2) * 6, 1e-14);
}

TEST(Interpreter, OneOperationFolds) {
  FuncOp func;
  auto module = parsed("exp(x)", func);
  mlir::Operation &op = func.getBody().front().front();
  std::optional<Quad> value = evaluateScalarOp<Quad>(&op, Quad(0));
  ASSERT_TRUE(value);
  EXPECT_TRUE(*value == Quad(1));
}

TEST(Interpreter, NamesAnUnknownOperation) {
  FuncOp func;
  auto module = parsed("exp(x)", func);
  mlir::Block &body = func.getBody().front();
  mlir::OpBuilder builder = mlir::OpBuilder::atBlockBegin(&body);
  builder.create<mlir::math::AtanOp>(func.getLoc(), body.getArgument(0));
  llvm::Expected<Tape> tape = Tape::build(func);
  ASSERT_FALSE(tape);
  EXPECT_TRUE(
      StringRef(llvm::toString(tape.takeError())).starts_with("'math.atan'"));
}

TEST(Interpreter, SeveralPrecisionsSeeThroughCancellation) {
  // 1 + tanh(x) loses 2.9 bits for each unit of x.
  MpfrReference reference = referenceOf("1 + tanh(x)");
  MpfrNumber x(-300.0);
  MpfrNumber e = Traits::exp(x + x);
  MpfrNumber exact = MpfrNumber(2.0) * e / (MpfrNumber(1.0) + e);
  EXPECT_LE(relativeError(reference.evaluate(-300.0)[0], exact), 1e-30);
}

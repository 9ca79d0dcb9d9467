//===- SyntaxTest.cpp - Sources parse, and print to what they were --------===//

#include "SyntaxTestUtil.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"
#include <chrono>
#include <cmath>
#include <map>

using namespace mlir;
using namespace act;

/// Value of a body without applications at one point, every input alike.
static double evaluate(FuncOp func, double x) {
  llvm::DenseMap<Value, double> v;
  for (BlockArgument arg : func.getBody().getArguments())
    v[arg] = x;
  for (Operation &op : func.getBody().front().without_terminator()) {
    auto in = [&](unsigned i) { return v.lookup(op.getOperand(i)); };
    v[op.getResult(0)] =
        llvm::TypeSwitch<Operation *, double>(&op)
            .Case([](act::ConstantOp c) {
              double value = 0;
              (void)c.getValue().getAsDouble(value);
              return c.getValue() == "pi" ? M_PI : value;
            })
            .Case([&](arith::AddFOp) { return in(0) + in(1); })
            .Case([&](arith::SubFOp) { return in(0) - in(1); })
            .Case([&](arith::MulFOp) { return in(0) * in(1); })
            .Case([&](arith::DivFOp) { return in(0) / in(1); })
            .Case([&](arith::NegFOp) { return -in(0); })
            .Case([&](math::ExpOp) { return std::exp(in(0)); })
            .Case([&](math::LogOp) { return std::log(in(0)); })
            .Case([&](arith::CmpFOp c) {
              return c.getPredicate() == arith::CmpFPredicate::OLT
                         ? in(0) < in(1)
                         : in(0) != in(1);
            })
            .Case([&](arith::SelectOp) { return in(0) ? in(1) : in(2); })
            .Default([](Operation *) { return NAN; });
  }
  return v.lookup(func.getReturn().getValues()[0]);
}

/// Gives equal numbers to equal graphs, whatever the order of operations.
class Numbering {
public:
  unsigned of(FuncOp func) {
    std::string signature =
        llvm::join(llvm::map_range(llvm::seq(0u, func.getNumArguments()),
                                   [&](unsigned i) {
                                     StringAttr text = func.getArgDefault(i);
                                     return (func.getArgName(i) + "=" +
                                             (text ? text.getValue() : ""))
                                         .str();
                                   }),
                   ",");
    llvm::DenseMap<Value, unsigned> v;
    for (BlockArgument arg : func.getBody().getArguments())
      v[arg] = number("arg" + std::to_string(arg.getArgNumber()));
    for (Operation &op : func.getBody().front()) {
      std::string key;
      llvm::raw_string_ostream os(key);
      os << op.getName() << op.getAttrDictionary() << signature;
      for (Value operand : op.getOperands())
        os << ' ' << v.lookup(operand);
      unsigned n = number(key);
      if (op.getNumResults() == 0)
        return n;
      v[op.getResult(0)] = n;
    }
    return 0;
  }

private:
  unsigned number(const std::string &key) {
    return numbers.try_emplace(key, numbers.size() + 1).first->second;
  }
  std::map<std::string, unsigned> numbers;
};

TEST_F(SyntaxTest, Precedence) {
  static constexpr struct {
    const char *text;
    double value;
  } cases[] = {
      {"-x^2", -9},
      {"(-x)^2", 9},
      {"2^3^2", 512},
      {"x^-1", 1 / 3.0},
      {"1 - 2 - x", -4},
      {"12 / 2 / x", 2},
      {"1 + 2 * x", 7},
      {"(1 + 2) * x", 9},
      {"2 * x^2", 18},
      {"-x * -x", 9},
      {"--x", 3},
      {"-2^2", -4},
      {"x - -1", 4},
      {"x^0", 1},
      {"x^1", 3},
      {"x^2.0", 9},
      {"x^(4/2)", 9},
      {"x^-2", 1 / 9.0},
      {"x^(1+1+1)", 27},
      {"(-x)^3^2", -19683},
      {"x^0.5e1", 243},
      {".25 + 2.5e0", 2.75},
      {"pi * x", 3 * M_PI},
      {"x^13", 1594323},
      {"let n = 3; x^n", 27},
      {"where(x < 4, 1, 2)", 1},
      {"where(x != x, 1, 2)", 2},
      {"let a = x; let b = a * a; a + b", 12},
      {"(let a = 2; a * x) + (let a = 3; a * x)", 15},
      {"(let a = 2; a) * x + a", 9},
      {"where((x < 2), 1, 2)", 2},
      {"(0 - x)^-3", -1 / 27.0},
      {"x^(2^0)^5", 3},
      {"(-1)^(2^40 / 2^21) * x", 3},
  };
  for (const auto &row : cases) {
    auto module = parse(row.text);
    ASSERT_TRUE(module);
    EXPECT_DOUBLE_EQ(evaluate(mainOf(*module), 3), row.value) << row.text;
  }
}

TEST_F(SyntaxTest, OtherExponentsAreExpOfLog) {
  auto power = parse("x^0.5");
  auto spelled = parse("exp(0.5 * log(x))");
  Numbering numbering;
  EXPECT_EQ(numbering.of(mainOf(*power)), numbering.of(mainOf(*spelled)));
}

TEST_F(SyntaxTest, PrintsMinimalParentheses) {
  static constexpr struct {
    const char *text, *printed;
  } cases[] = {
      {"((x))", "x"},
      {"(y)", "(y)"},
      {"(x+1)+(y+2)", "x + 1 + (y + 2)"},
      {"(x-1)*(y/2)", "(x - 1) * (y / 2)"},
      {"x*y/2", "x * y / 2"},
      {"-(x*y)", "-(x * y)"},
      {"(-x)*y", "-x * y"},
      {"x - -1", "x - -1"},
      {"-(1)", "-(1)"},
      {"--1", "--1"},
      {"-pi", "-pi"},
      {"x*x*x", "x^3"},
      {"x^4", "x^4"},
      {"x^7", "x^7"},
      {"x*(x*x)", "x * x^2"},
      {"(2*x)^2", "(2 * x)^2"},
      {"(x^3)^2", "x^6"},
      {"(x^2)^3", "let t0 = x^2; t0^3"},
      {"2*2", "2 * 2"},
      {"-x^2", "-x^2"},
      {"(-x)^2", "(-x)^2"},
      {"x^-1", "1 / x"},
      {"where(x>0,x,exp(x))", "where(x > 0, x, exp(x))"},
      {"clamp(x, lo=-1, hi=1)", "clamp(x, -1, 1)"},
      {"swish(x)", "silu(x)"},
      {"tanh(x)", "tanh(x)"},
      {"tanh(x=x)", "tanh(x=x)"},
      {"softplus(x, 2)", "softplus(x, beta=2)"},
      {"leaky_relu(x, slope=1/3)", "leaky_relu(x, slope=1/3)"},
      {"leaky_relu(slope=-0.5, x=x)", "leaky_relu(x, slope=-0.5)"},
      {"prelu(x, a)", "prelu(x, a=a)"},
      {"hard_tanh(x, min=-2, max=y)", "hard_tanh(x, min=-2, max=y)"},
      {"f(x; a=1/3) = a*x; f(x)+f(y, a=2)",
       "f(x; a=1/3) = a * x; f(x) + f(y, a=2)"},
      {"f(x)=x; g(x)=f(x); h(x)=x; g(y)", "f(x) = x; g(x) = f(x); g(y)"},
      {"f(x; min=1)=min(x, min)", "f(x; min=1) = min(x, min)"},
      {"f(x)=2*x; f", "f(x) = 2 * x"},
      {"f(y, x)=x+y", "f(y, x) = x + y"},
      {"silu", "silu"},
      {"swish", "silu"},
      {"leaky_relu", "leaky_relu"},
      {"0x1.8p+1 * x", "0x1.8p+1 * x"},
      {"x @ a @ b", "x @ a @ b"},
      {"x @ (a @ b)", "x @ (a @ b)"},
      {"let h = x @ w; h @ h", "let t0 = x @ w; t0 @ t0"},
      {"-silu(x) @ w - 1",
       "part0(x) = -silu(x); part1(x0) = x0 - 1; part1(part0(x) @ w)"},
      {"f(a, b) = a * b; f(x @ g, x @ u) @ d",
       "f(a, b) = a * b; f(x @ g, x @ u) @ d"},
      {"expression(x)=x; 2*expression(x)",
       "expression(x) = x; 2 * expression(x)"},
  };
  for (const auto &row : cases) {
    EXPECT_EQ(reprint(row.text), row.printed) << row.text;
    EXPECT_EQ(reprint(row.printed), row.printed);
  }
}

TEST_F(SyntaxTest, RoundTripKeepsTheGraph) {
  static constexpr const char *sources[] = {
      "0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))",
      "let a = exp(x); let b = 1 + a; where(a <= b, a / b, log1p(b) - e)",
      "sin(x) * (let t = cos(y); t * t) - min(x, y) / max(y, floor(x))",
      "x^7 - (x - (y - (x / (y / (x * y)))))",
      "-(x + y) * -x / -(y * 2) - -(-(3))",
      "where(x == y, rsqrt(abs(x)), where(x >= y, sign(x), erfc(y)))",
      "sinh(x) + cosh(x) + expm1(erf(x)) + sigmoid(softplus(x))",
      "gelu(x) * prelu(x, a=exp(y)) + celu(x, alpha=x)",
      "let t0 = x * x; let t1 = t0 * t0; t0 + t1 + t1",
      "exp(x)^6 * (x * y)^15 + ((y^2)^2)^2 - (x^3)^3 * (x^2)^5 + 2^x",
  };
  for (const char *source : sources) {
    auto module = parse(source);
    std::string printed = printSource(*module);
    auto again = parse(printed);
    ASSERT_TRUE(again) << printed;
    Numbering numbering;
    EXPECT_EQ(numbering.of(mainOf(*module)), numbering.of(mainOf(*again)))
        << source << "\n"
        << printed;
    EXPECT_EQ(printSource(*again), printed);
  }
}

TEST_F(SyntaxTest, EveryRowParsesAndRoundTrips) {
  for (const FunctionInfo &row : allFunctions()) {
    auto module = parseRow(row, &context);
    ASSERT_TRUE(module) << row.Name;
    EXPECT_TRUE(succeeded(verify(*module))) << row.Name;
    FuncOp func = mainOf(*module);
    EXPECT_EQ(func.getSymName(), row.Name);
    EXPECT_EQ(func.getNumInputs(), inputsOf(row).size());
    EXPECT_EQ(func.getNumArguments() - func.getNumInputs(),
              paramsOf(row).size());
    auto again = parse(printDefinition(func), /*definesRows=*/true);
    ASSERT_TRUE(again) << printDefinition(func);
    Numbering numbering;
    EXPECT_EQ(numbering.of(func), numbering.of(mainOf(*again))) << row.Name;
  }
}

/// Rows with parameters name two lists of arguments, other than the defaults.
TEST_F(SyntaxTest, RowsNameFurtherArguments) {
  for (const FunctionInfo &row : allFunctions()) {
    auto further = furtherArgumentsOf(row);
    bool isExpected = isUnary(row) && !paramsOf(row).empty();
    EXPECT_EQ(further.size(), isExpected ? 2u : 0u) << row.Name;
    for (llvm::StringRef arguments : further) {
      std::string call =
          (row.Name + llvm::Twine("(x, ") + arguments + ")").str();
      EXPECT_TRUE(parse(call)) << call;
      for (llvm::StringRef argument : llvm::split(arguments, ", "))
        EXPECT_FALSE(further[0] == further[1] ||
                     llvm::StringRef(row.Params) == argument)
            << call;
    }
  }
}

TEST_F(SyntaxTest, RowsParseFast) {
  const FunctionInfo &row = *lookupFunction("gelu_tanh");
  (void)parseRow(row, &context);
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i)
    (void)parseRow(row, &context);
  std::chrono::duration<double, std::micro> time =
      std::chrono::steady_clock::now() - begin;
  RecordProperty("microseconds", std::to_string(time.count() / 1000));
  EXPECT_LT(time.count() / 1000, 1000) << "a thousandth of a second each";
}

TEST_F(SyntaxTest, BareNameHasRunTimeParameters) {
  auto module = parse("lrelu");
  FuncOp func = mainOf(*module);
  EXPECT_EQ(func.getSymName(), "leaky_relu");
  ASSERT_EQ(func.getNumArguments(), 2u);
  EXPECT_EQ(func.getArgName(0), "x");
  EXPECT_EQ(func.getArgName(1), "slope");
  EXPECT_EQ(func.getArgDefault(1).getValue(), "0.01");
  auto apply = cast<ApplyOp>(func.getBody().front().front());
  EXPECT_EQ(cast<FnAttr>(apply.getCallee()).getName(), "leaky_relu");
}

TEST_F(SyntaxTest, InputsAreInOrderOfFirstAppearance) {
  auto module = parse("where(b > a, c, let t = d; t * a)");
  FuncOp func = mainOf(*module);
  ASSERT_EQ(func.getNumArguments(), 4u);
  static constexpr const char *names[] = {"b", "a", "c", "d"};
  for (auto [i, name] : llvm::enumerate(names))
    EXPECT_EQ(func.getArgName(i), name);
}

TEST_F(SyntaxTest, ConstantsKeepTheirText) {
  auto module = parse("x * 0.1000 + .25");
  std::vector<std::string> texts;
  module->walk(
      [&](act::ConstantOp op) { texts.push_back(op.getValue().str()); });
  EXPECT_EQ(texts, (std::vector<std::string>{"0.1000", ".25"}));
}

TEST_F(SyntaxTest, LocationsAreThoseOfTheSource) {
  auto module = parse("x +\n  exp(x)");
  module->walk([&](math::ExpOp op) {
    auto loc = cast<FileLineColLoc>(op.getLoc());
    EXPECT_EQ(loc.getFilename(), "<expression>");
    EXPECT_EQ(loc.getLine(), 2u);
    EXPECT_EQ(loc.getColumn(), 3u);
  });
}

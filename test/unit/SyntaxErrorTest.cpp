//===- SyntaxErrorTest.cpp - Errors name the place and the remedy ---------===//

#include "SyntaxTestUtil.h"
#include "llvm/Support/raw_ostream.h"
#include <random>

using namespace act;

namespace {
struct Malformed {
  const char *text;
  unsigned column, length;
  /// Part of the message.
  const char *message;
};
} // namespace

static constexpr Malformed malformed[] = {
    {"", 1, 1, "expected an expression, found the end"},
    {"softpluss(x)", 1, 9, "unknown function 'softpluss'; did you mean 'soft"},
    {"1 + geluu(x)", 5, 5, "did you mean 'gelu'?"},
    {"siluu", 1, 5, "unknown function 'siluu'; did you mean 'silu'?"},
    {"zzzzzz", 1, 6, "'x' alone is the identity"},
    {"sqrt", 1, 4, "write 'sqrt(x)'"},
    {"exp + 1", 1, 3, "needs arguments, as in 'exp(x)'"},
    {"(x + 1", 7, 1, "expected ')' to close the '(' at 1:1"},
    {"exp(x", 6, 1, "expected ')' to close the '(' at 1:4"},
    {"x + 1)", 6, 1, "this ')' closes nothing"},
    {"2x", 2, 1, "expected an operator before 'x'; write '*'"},
    {"x (y)", 1, 1, "write 'x * (...)' to multiply"},
    {"(x)(y)", 4, 1, "expected an operator before '('"},
    {"x +", 4, 1, "expected an expression, found the end"},
    {"x + * 2", 5, 1, "expected a number, a name or '('"},
    {"x ** 2", 4, 1, "write '^' for powers"},
    {"+x", 1, 1, "there is no unary '+'"},
    {"x, y", 2, 1, "',' separates arguments"},
    {"x; y", 2, 1, "is followed by ';'"},
    {"(x > 0) * x", 1, 7, "write 'where((x > 0), 1, 0)'"},
    {"x > 0", 1, 5, "write 'where(x > 0, 1, 0)'"},
    {"x * (y < 1)", 5, 7, "first argument of 'where'"},
    {"-(x < y)", 2, 7, "first argument of 'where'"},
    {"0 < x < 1", 7, 1, "comparisons do not chain"},
    {"where(x, 1, 2)", 7, 1, "'where' expects a comparison such as 'x > 0'"},
    {"where(x > 0, x > 1, 2)", 14, 5, "a comparison is not a number"},
    {"let c = x > 0; where(c, 1, 2)", 9, 5, "a comparison is not a number"},
    {"where(x = 0, 1, 2)", 7, 1, "'==' compares"},
    {"x = 2", 3, 1, "a definition names its inputs: write 'x(x) = ...'"},
    {"x + y = 2", 7, 1, "'==' compares"},
    {"exp()", 1, 3, "'exp' expects 1 argument (x), found 0"},
    {"exp(x, y)", 1, 3, "'exp' expects 1 argument (x), found 2"},
    {"min(x)", 1, 3, "'min' expects 2 arguments (a, b), found 1"},
    {"relu(x, 1)", 1, 4, "'relu' expects 1 argument (x), found 2"},
    {"prelu(x, 1, 2)", 1, 5, "expects 1 to 2 arguments (x; a), found 3"},
    {"leaky_relu(x, slop=1)", 15, 4, "did you mean 'slope'?"},
    {"leaky_relu(x, slope=1, slope=2)", 24, 5, "is given twice"},
    {"leaky_relu(x, x=1)", 15, 1, "argument 'x' of 'leaky_relu' is given"},
    {"leaky_relu(slope=1, x)", 21, 1, "a positional argument follows"},
    {"leaky_relu(slope=1)", 1, 10, "'leaky_relu' expects 1 to 2 arguments"},
    {"x / sum(x)", 3, 1, "a value that has dropped its axis meets one"},
    {"softmax(x, scale=sum(x))", 1, 1, "has dropped its axis"},
    {"mean + 1", 1, 4, "needs arguments, as in 'mean(x)'"},
    {"logsumexp", 1, 9, "write 'logsumexp(x)'"},
    {"f(x) = sum(x); f(x)", 8, 3, "is a function of a whole row"},
    {"softmax(x, sum=1)", 12, 3, "'softmax' has no argument 'sum'"},
    {"softmax(x, mask=m, mask=m)", 20, 4, "is given twice"},
    {"softmax(x, temperature=-1/2)", 24, 4, "a temperature is positive"},
    {"softmax(x, temperature=0.000)", 24, 5, "a temperature is positive"},
    {"sum(x, axis=-x)", 14, 1, "'axis' expects an integer"},
    {"sum(x, keepdims=-1)", 17, 2, "'keepdims' is 0 or 1"},
    {"softmax(x, empty_row=0)", 22, 1, "is zero, nan or uniform"},
    {"softmax(softmax(x), axis=0)", 1, 7, "one kernel has one axis"},
    {"softmax(x, x)", 12, 1, "'softmax' takes one array"},
    {"sum(x, bias=1)", 8, 4,
     "(it has: axis, keepdims, causal, mask, causal_offset)"},
    {"2 @ w", 3, 1, "its left operand is a number; write '*'"},
    {"x @ (2 * pi)", 3, 1, "its right operand is a number; write '*'"},
    {"x @ (w > 0)", 5, 7, "a comparison is not a number"},
    {"f(x, w) = x @ w", 13, 1, "cannot stand in a definition"},
    {"sum(x @ w)", 7, 1, "here it has dropped its axis; write keepdims=1"},
    {"sum(x) @ w", 8, 1, "has dropped its axis is none; write keepdims=1"},
    {"cross_entropy(x @ w, target=t)", 17, 1, "compute this product first"},
    {"x & y", 3, 1, "nest one 'where' in another"},
    {"x ? 1 : 2", 3, 1, "write 'where(c, a, b)'"},
    {"x \xC3\x97 2", 3, 2, "write '*'"},
    {"\xCF\x80 * x", 1, 2, "write 'pi'"},
    {"x + \xFF", 5, 1, "byte 0xFF is not part of the language"},
    {"1.2.3", 1, 4, "malformed number '1.2.'"},
    {"1e123456", 1, 8, "malformed number '1e123456'"},
    {"0x1g", 1, 3, "malformed number '0x1'"},
    {". + 1", 1, 1, "a number has a digit"},
    {"let", 4, 1, "expected a name after 'let'"},
    {"let a 3; a", 7, 1, "expected '=' after 'let a'"},
    {"let a = 3", 10, 1, "expected ';' and an expression after 'let a"},
    {"let a = 3; let a = 4; a", 16, 1, "'a' is in use already"},
    {"let x = x + 1; x", 5, 1, "used as an input in its own value"},
    {"let pi = 3; pi", 5, 2, "has a meaning already"},
    {"let gelu = 3; 1", 5, 4, "has a meaning already"},
    {"1 + let a = 3; a", 5, 3, "in parentheses"},
    {"f(x) = f(x)", 8, 1, "functions cannot be recursive"},
    {"f(x) = g(x); g(x) = x; f(x)", 8, 1, "used before its definition"},
    {"f(x) = y", 8, 1, "unknown name 'y' in the definition of 'f'"},
    {"f(x) = x;", 9, 1, "nothing follows this ';'"},
    {"f(x) = x; f(x) = 2; f(x)", 11, 1, "'f' is defined already"},
    {"gelu(x) = x", 1, 4, "cannot be redefined"},
    {"exp(x) = x", 1, 3, "cannot be redefined"},
    {"f(exp) = 1", 3, 3, "cannot be the name of an input"},
    {"f(pi) = 1", 3, 2, "cannot be the name of an input"},
    {"f(x; e=1) = x", 6, 1, "cannot be the name of a parameter"},
    {"f(x, x) = x", 6, 1, "in this list twice"},
    {"f() = 1", 3, 1, "expected the name of an input, found ')'"},
    {"f(x; a) = x", 6, 1, "parameter 'a' needs a default"},
    {"f(x, a=1) = x", 7, 1, "parameters follow ';'"},
    {"f(x; a=b) = x", 8, 1, "a default is a number"},
    {"f(x; a=1/0) = x", 8, 3, "its divisor is not zero"},
    {"f(x) = x; f(x, y)", 11, 1, "'f' expects 1 argument (x), found 2"},
    {"f(x) = x; 2 * f", 15, 1, "'f' is a function and needs arguments"},
    {"x * e(2)", 5, 1, "'e' is not a function"},
    {"x^2000000", 3, 7, "integer exponents are at most"},
};

TEST_F(SyntaxTest, ErrorsNamePlaceAndRemedy) {
  for (const Malformed &row : malformed) {
    SourceDiagnostic diagnostic = failure(row.text);
    EXPECT_EQ(diagnostic.line, 1u) << row.text;
    EXPECT_EQ(diagnostic.column, row.column)
        << row.text << ": " << diagnostic.message;
    EXPECT_EQ(diagnostic.length, row.length)
        << row.text << ": " << diagnostic.message;
    EXPECT_NE(diagnostic.message.find(row.message), std::string::npos)
        << row.text << ": " << diagnostic.message;
  }
}

TEST_F(SyntaxTest, ErrorsHaveLinesAndCarets) {
  llvm::StringRef text = "1 +\n  softpluss(x)";
  std::string shown;
  llvm::raw_string_ostream os(shown);
  SourceDiagnostic diagnostic = failure(text);
  diagnostic.print(os, text);
  EXPECT_EQ(shown, "<expression>:2:3: error: unknown function 'softpluss'; "
                   "did you mean 'softplus'?\n"
                   "  softpluss(x)\n"
                   "  ^~~~~~~~~\n");
}

TEST_F(SyntaxTest, LongLinesAreCropped) {
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += "x + ";
  text += "$";
  std::string shown;
  llvm::raw_string_ostream os(shown);
  failure(text).print(os, text);
  EXPECT_NE(shown.find("<expression>:1:4001: error:"), std::string::npos);
  EXPECT_LT(shown.size(), 400u);
}

TEST_F(SyntaxTest, ErrorsReachTheContext) {
  std::string seen;
  mlir::ScopedDiagnosticHandler handler(
      &context, [&](mlir::Diagnostic &diagnostic) {
        llvm::raw_string_ostream os(seen);
        os << diagnostic.getLocation() << ": " << diagnostic;
        return mlir::success();
      });
  EXPECT_FALSE(parseSource("1 + y(x)", &context));
  EXPECT_EQ(seen, "loc(\"<expression>\":1:5): unknown function 'y'; "
                  "write 'y * (...)' to multiply");
}

TEST_F(SyntaxTest, NulIsAnError) {
  SourceDiagnostic diagnostic = failure(llvm::StringRef("x + \0", 5));
  EXPECT_EQ(diagnostic.column, 5u);
  EXPECT_NE(diagnostic.message.find("NUL"), std::string::npos);
}

static std::string repeat(llvm::StringRef part, unsigned n) {
  std::string text;
  for (unsigned i = 0; i < n; ++i)
    text += part;
  return text;
}

TEST_F(SyntaxTest, DepthIsLimited) {
  for (llvm::StringRef part :
       {"(", "-", "exp(", "2^", "2^-", "min(1,", "x*(", "where(x>"}) {
    SourceDiagnostic diagnostic = failure(repeat(part, 8000));
    EXPECT_NE(diagnostic.message.find("deeper than 256"), std::string::npos)
        << part.str() << ": " << diagnostic.message;
  }
  EXPECT_TRUE(parse(repeat("(", 256) + "x" + repeat(")", 256)));
  failure(repeat("(", 257) + "x" + repeat(")", 257));
}

TEST_F(SyntaxTest, NodesAreLimited) {
  EXPECT_TRUE(parse("x" + repeat("+x", 4095)));
  SourceDiagnostic diagnostic = failure("x" + repeat("+x", 4096));
  EXPECT_NE(diagnostic.message.find("more than 4096"), std::string::npos);
  // Definitions that double would grow without bound once in their places.
  std::string text = "f0(x) = x + x; ";
  for (int i = 1; i < 20; ++i) {
    std::string f = "f" + std::to_string(i - 1) + "(x)";
    text += "f" + std::to_string(i) + "(x) = " + f + " + " + f + "; ";
  }
  diagnostic = failure(text + "x");
  EXPECT_NE(diagnostic.message.find("more than 4096"), std::string::npos);
}

TEST_F(SyntaxTest, BytesAreLimited) {
  EXPECT_TRUE(parse("x" + repeat(" ", kMaxSourceBytes - 1)));
  SourceDiagnostic diagnostic = failure("x" + repeat(" ", kMaxSourceBytes));
  EXPECT_NE(diagnostic.message.find("the limit is 65536"), std::string::npos);
}

/// Random bytes and mutations of sources either parse or fail with a place
/// inside the text; what parses verifies, prints and parses again.
TEST_F(SyntaxTest, MutationsNeverCrash) {
  static constexpr llvm::StringRef seeds[] = {
      "0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))",
      "f(x; a=1/3, min=2) = where(x > a, min(x, min), -x^2); f(x, a=y) + e",
      "let t = exp(x); (let u = t^2; u / (1 + u)) - clamp(t, lo=-1, hi=1)",
      "hard_tanh(x, min=-2, max=y) / softplus(x, beta=.5e-3) - leaky_relu(y)",
      "where(x != y, tanh(x=x), prelu(abs(x), sign(y)))^-2 + (-1)^3^2",
  };
  static constexpr llvm::StringRef pieces[] = {
      "(",  ")",   ",",   ";",    "=",  "+",     "-",    "*",    "/", "^",
      "<",  "==",  "x",   "let ", "pi", "e",     "f(x)", "1",    "0", "1e9",
      ".5", "min", "exp", "f",    "a=", "where", "silu", "sum(", "@", "\0"};
  std::mt19937 random(1);
  auto below = [&](size_t n) { return random() % n; };
  int parsed = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    if (i % 8 == 0) {
      for (size_t n = below(40); n > 0; --n)
        text += i % 16 ? pieces[below(std::size(pieces))].str()
                       : std::string(1, char(random()));
    } else {
      text = seeds[below(std::size(seeds))].str();
      for (size_t n = 1 + below(2); n > 0; --n) {
        size_t at = below(text.size() + 1), length = below(6);
        text.replace(at, i % 2 ? 0 : length,
                     pieces[below(std::size(pieces))].str());
      }
    }
    SourceDiagnostic diagnostic;
    ParseOptions options;
    options.diagnostic = &diagnostic;
    auto module = parseSource(text, &context, options);
    if (!module) {
      ASSERT_FALSE(diagnostic.message.empty()) << text;
      ASSERT_LE(diagnostic.column, text.size() + 1) << text;
      diagnostic.print(llvm::nulls(), text);
      continue;
    }
    ASSERT_TRUE(succeeded(mlir::verify(*module))) << text;
    ++parsed;
    std::string printed = printSource(*module);
    // Without inputs there is no definition to print.
    if (printed.empty())
      continue;
    auto again = parseSource(printed, &context, options);
    ASSERT_TRUE(again) << text << "\n" << printed << "\n" << diagnostic.message;
    ASSERT_EQ(printSource(*again), printed) << text;
  }
  EXPECT_GT(parsed, 1000) << "mutations that stay legal";
}

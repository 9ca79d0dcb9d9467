//===- UlpTest.cpp - Numbers, ulps and error bounds -----------------------===//

#include "act/Reference/ErrorBound.h"
#include "act/Reference/MpfrNumber.h"
#include "act/Syntax/Parser.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"
#include <random>

using namespace act;
using llvm::StringRef;
using Traits = NumberTraits<MpfrNumber>;

static constexpr double inf = std::numeric_limits<double>::infinity();
static constexpr double quietNaN = std::numeric_limits<double>::quiet_NaN();

/// The value of a Quad, exactly, whatever its exponent.
static MpfrNumber widen(Quad x) {
  using Q = NumberTraits<Quad>;
  if (x == 0 || Q::isNaN(x) || Q::isInfinite(x))
    return MpfrNumber(double(x));
  long exponent = Q::exponentOf(x);
  Quad rest = Q::scale(x, -exponent);
  MpfrNumber sum;
  for (int part = 0; part < 3; ++part) {
    sum = sum + MpfrNumber(double(rest));
    rest -= double(rest);
  }
  return Traits::scale(sum, exponent);
}

static double relativeError(Quad got, const MpfrNumber &want) {
  MpfrNumber wide = widen(got);
  if (wide == want || (Traits::isNaN(wide) && Traits::isNaN(want)))
    return 0;
  return Traits::toDouble(Traits::abs((wide - want) / want));
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

TEST(Quad, PrimitivesAgreeWithMpfr) {
  using Q = NumberTraits<Quad>;
  struct {
    const char *name;
    Quad (*quad)(Quad);
    MpfrNumber (*mpfr)(const MpfrNumber &);
  } primitives[] = {
      {"exp", Q::exp, Traits::exp},
      {"expm1", Q::expm1, Traits::expm1},
      {"log", Q::log, Traits::log},
      {"log1p", Q::log1p, Traits::log1p},
      {"sqrt", Q::sqrt, Traits::sqrt},
      {"sin", Q::sin, Traits::sin},
      {"cos", Q::cos, Traits::cos},
      {"sinh", Q::sinh, Traits::sinh},
      {"cosh", Q::cosh, Traits::cosh},
      {"tanh", Q::tanh, Traits::tanh},
      {"erf", Q::erf, Traits::erf},
      {"erfc", Q::erfc, Traits::erfc},
      {"abs", Q::abs, Traits::abs},
      {"floor", Q::floor, Traits::floor},
      {"sigmoid", [](Quad x) { return sigmoidOf<Quad>(x); },
       [](const MpfrNumber &x) { return sigmoidOf<MpfrNumber>(x); }},
      {"softplus", [](Quad x) { return softplusOf<Quad>(x); },
       [](const MpfrNumber &x) { return softplusOf<MpfrNumber>(x); }},
  };
  std::mt19937 random(3);
  std::uniform_real_distribution<double> spread(-40, 40);
  std::vector<double> points = {0, 0.5, -0.5, 1, -1, 1e-9, -1e-9, 0x1p-1074};
  for (int i = 0; i < 500; ++i) {
    points.push_back(spread(random));
    points.push_back(spread(random) / 100);
  }
  for (auto &primitive : primitives)
    for (double x : points)
      EXPECT_LE(relativeError(primitive.quad(x), primitive.mpfr(MpfrNumber(x))),
                1e-30)
          << primitive.name << " at " << x;
}

TEST(Quad, BinaryPrimitivesAgreeWithMpfr) {
  using Q = NumberTraits<Quad>;
  std::mt19937 random(4);
  std::uniform_real_distribution<double> spread(0, 9);
  for (int i = 0; i < 300; ++i) {
    double x = spread(random), y = spread(random) - 4, z = spread(random);
    MpfrNumber a(x), b(y), c(z);
    EXPECT_LE(relativeError(Q::pow(x, y), Traits::pow(a, b)), 1e-30);
    EXPECT_LE(relativeError(Q::fma(x, y, z), Traits::fma(a, b, c)), 1e-30);
    EXPECT_LE(relativeError(Quad(x) / Quad(y), a / b), 1e-30);
  }
}

TEST(Quad, ExactTexts) {
  for (StringRef text :
       {"0.1", "-0.1", ".25", "2.5e-3", "1e300", "1/3", "-2/7", "0x1.8p+1",
        "-0x1.23456789abcdefp-20", "pi", "-pi", "e", "-e", "1.702",
        "1.6732632423543772848170429916717"})
    EXPECT_LE(relativeError(quadFromText(text), Traits::fromText(text)), 4e-34)
        << text.str();
  EXPECT_TRUE(quadFromText("0x1.8p+1") == Quad(3));
  EXPECT_TRUE(NumberTraits<Quad>::isNegative(quadFromText("-0")));
  EXPECT_TRUE(Traits::isNegative(Traits::fromText("-0")));
  EXPECT_TRUE(NumberTraits<Quad>::isInfinite(quadFromText("-inf")));
  EXPECT_TRUE(Traits::isNaN(Traits::fromText("nan")));
  EXPECT_EQ(NumberTraits<double>::fromText("0.1"), 0.1);
  EXPECT_EQ(NumberTraits<float>::fromText("1/3"), 1.0f / 3.0f);
}

TEST(Quad, RoundsToNearest) {
  EXPECT_EQ(float(quadFromText("0.1")), 0.1f);
  EXPECT_EQ(double(quadFromText("0.1")), 0.1);
  EXPECT_EQ(double(quadFromText("0x0.8p-1074")), 0);
  EXPECT_EQ(double(quadFromText("0x0.8001p-1074")), 0x1p-1074);
}

TEST(Extrema, OrderZerosAndPropagateNaN) {
  EXPECT_FALSE(std::signbit(maximumOf(-0.0, 0.0)));
  EXPECT_TRUE(std::signbit(minimumOf(0.0, -0.0)));
  EXPECT_TRUE(std::isnan(maximumOf(quietNaN, 1.0)));
  EXPECT_TRUE(std::isnan(minimumOf(1.0, quietNaN)));
  EXPECT_EQ(maximumOf(-inf, 2.0), 2);
}

//===----------------------------------------------------------------------===//
// Ulps
//===----------------------------------------------------------------------===//

TEST(Ulp, SpacingIsThatOfTheExactValue) {
  MpfrNumber tie = MpfrNumber(1) + MpfrNumber(0x1p-53);
  EXPECT_EQ(ulpError(1.0, tie, DType::F64), 0.5);
  EXPECT_EQ(ulpError(1.0, MpfrNumber(1 - 0x1p-53), DType::F64), 1);
  EXPECT_EQ(ulpError(1.0, Quad(1 + 0x1p-24), DType::F32), 0.5);
  EXPECT_EQ(ulpError(2.0, Quad(2.5), DType::F16), 256);
  EXPECT_EQ(ulpError(2.0, Quad(2.5), DType::BF16), 32);
  EXPECT_EQ(ulpError(-1.0, Quad(1), DType::BF16), 256);
}

TEST(Ulp, SubnormalsHaveOneSpacing) {
  EXPECT_EQ(ulpError(0, MpfrNumber(0x1p-149), DType::F32), 1);
  EXPECT_EQ(ulpError(0, MpfrNumber(0x1p-170), DType::F32), 0x1p-21);
  EXPECT_EQ(ulpError(0x1p-24, MpfrNumber(0x3p-24), DType::F16), 2);
  EXPECT_EQ(ulpError(0x1p-133, MpfrNumber(0.0), DType::BF16), 1);
  EXPECT_EQ(ulpError(0x1p-1074, Quad(0x1p-1074), DType::F64), 0);
}

TEST(Ulp, OverflowRoundsToInfinity) {
  double largest = largestOf(DType::F32);
  EXPECT_EQ(largest, double(std::numeric_limits<float>::max()));
  EXPECT_EQ(largestOf(DType::F64), std::numeric_limits<double>::max());
  EXPECT_EQ(largestOf(DType::F16), 65504);
  Quad halfway = Quad(largest) + Quad(0x1p103);
  EXPECT_EQ(ulpError(inf, halfway, DType::F32), 0);
  EXPECT_EQ(ulpError(largest, halfway, DType::F32), 0.5);
  EXPECT_EQ(ulpError(largest, Quad(0x1p128), DType::F32), 1);
  EXPECT_EQ(ulpError(inf, Quad(largest) + Quad(0x1p102), DType::F32), 0.75);
  EXPECT_EQ(ulpError(inf, Quad(largest), DType::F32), inf);
  EXPECT_EQ(ulpError(-inf, Quad(0x1p200), DType::F32), inf);
}

TEST(Ulp, NonFiniteValuesMustMatch) {
  EXPECT_EQ(ulpError(quietNaN, MpfrNumber(quietNaN), DType::F32), 0);
  EXPECT_EQ(ulpError(0, MpfrNumber(quietNaN), DType::F32), inf);
  EXPECT_EQ(ulpError(quietNaN, MpfrNumber(0.0), DType::F32), inf);
  EXPECT_EQ(ulpError(inf, MpfrNumber(inf), DType::F32), 0);
  EXPECT_EQ(ulpError(-inf, MpfrNumber(inf), DType::F32), inf);
  EXPECT_EQ(ulpError(1, MpfrNumber(inf), DType::F32), inf);
}

TEST(Ulp, SignsOfZerosOnRequest) {
  EXPECT_EQ(ulpError(0.0, Quad(-0.0), DType::F32), 0);
  EXPECT_EQ(ulpError(0.0, Quad(-0.0), DType::F32, ZeroSign::Compared), inf);
  EXPECT_EQ(ulpError(-0.0, Quad(-0.0), DType::F32, ZeroSign::Compared), 0);
}

TEST(Ulp, RoundsToEveryFormat) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> spread(-160, 130);
  for (int i = 0; i < 2000; ++i) {
    double x = std::exp2(spread(random)) * (i % 2 ? -1.1 : 1.3);
    EXPECT_EQ(roundTo(Quad(x), DType::F32), double(float(x))) << x;
    EXPECT_EQ(roundTo(MpfrNumber(x), DType::F64), x);
    llvm::APFloat half(x);
    bool exact;
    half.convert(llvm::APFloat::IEEEhalf(),
                 llvm::RoundingMode::NearestTiesToEven, &exact);
    EXPECT_EQ(roundTo(x, DType::F16), half.convertToDouble()) << x;
  }
  EXPECT_EQ(roundTo(1 + 0x1p-8, DType::BF16), 1);
  EXPECT_EQ(roundTo(1 + 0x3p-8, DType::BF16), 1 + 0x2p-7);
  EXPECT_EQ(roundTo(65519.0, DType::F16), 65504);
  EXPECT_EQ(roundTo(-65520.0, DType::F16), -inf);
  EXPECT_TRUE(isRepresentable(0.5, DType::BF16));
  EXPECT_FALSE(isRepresentable(0.1, DType::F32));
}

//===----------------------------------------------------------------------===//
// Bounds
//===----------------------------------------------------------------------===//

static Tape tapeOf(StringRef source) {
  static mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = parseSource(source, &context);
  FuncOp func;
  for (FuncOp candidate : module->getOps<FuncOp>())
    if (candidate.isPublic())
      func = candidate;
  return cantFail(Tape::build(func));
}

static double boundOf(StringRef source, double x, DType compute,
                      DType storage) {
  Interpreter<MpfrNumber> interpreter(tapeOf(source));
  ErrorBound<MpfrNumber> bound(interpreter, compute);
  double ulps = -1;
  bound.evaluate(MpfrNumber(x), storage, ulps);
  return ulps;
}

TEST(ErrorBound, CoversPlainEvaluation) {
  for (StringRef source :
       {"x * sigmoid(x)", "x / (1 + exp(-x))", "log(1 + exp(x))",
        "0.5 * x * (1 + erf(x / sqrt(2)))", "exp(sin(x)) - 1",
        "(exp(x) - exp(-x)) / (exp(x) + exp(-x))", "sqrt(x * x + 1) - x",
        "max(x, 0.1) * min(x, 3)", "where(x > 1, log(x), expm1(x)) + 1/3",
        "x * tanh(softplus(x))", "clamp(x / 6 + 0.5, 0, 1) * x^3",
        "softplus(x, beta=7)"}) {
    Tape tape = tapeOf(source);
    Interpreter<float> plain(tape);
    Interpreter<Quad> exact(tape);
    ErrorBound<Quad> bound(exact, DType::F32);
    MpfrReference reference(tape);
    std::mt19937 random(6);
    std::uniform_real_distribution<float> spread(-20, 20);
    for (int i = 0; i < 300; ++i) {
      float x = spread(random);
      double allowed = -1;
      bound.evaluate(Quad(x), DType::F32, allowed);
      double actual = ulpError(plain.evaluate(x),
                               reference.evaluate(double(x))[0], DType::F32);
      EXPECT_GE(allowed, actual) << source.str() << " at " << x;
    }
  }
}

TEST(ErrorBound, IsTightForOneOperation) {
  EXPECT_EQ(boundOf("exp(x)", 1, DType::F32, DType::F32), 2);
  EXPECT_EQ(boundOf("max(x, 0)", 1, DType::F32, DType::F32), 0);
  EXPECT_EQ(boundOf("exp(x)", 1, DType::F64, DType::F64), 2);
  EXPECT_LE(boundOf("exp(x)", 1, DType::F32, DType::BF16), 0.501);
}

TEST(ErrorBound, SelectFollowsTheTakenBranch) {
  StringRef source = "where(x > 0, x, 1 + erf(x))";
  EXPECT_EQ(boundOf(source, 2, DType::F32, DType::F32), 0);
  EXPECT_GT(boundOf(source, -4, DType::F32, DType::F32), 1e6);
}

TEST(ErrorBound, OverflowOnTheWay) {
  // exp(100) is infinite in f32: the quotient is then 0, or NaN.
  double lost = boundOf("1 / (1 + exp(-x))", -100, DType::F32, DType::F32);
  EXPECT_GT(lost, 1);
  EXPECT_TRUE(std::isfinite(lost));
  EXPECT_EQ(boundOf("exp(x) / exp(x)", 100, DType::F32, DType::F32), inf);
  // An overflow that is the result rounds to infinity as it should.
  EXPECT_TRUE(std::isfinite(boundOf("exp(x)", 100, DType::F32, DType::F32)));
}

TEST(ErrorBound, TellsOverflowFromInfiniteSlopes) {
  Interpreter<MpfrNumber> interpreter(tapeOf("cosh(x) - sinh(x)"));
  ErrorBound<MpfrNumber> difference(interpreter, DType::F32);
  double ulps = -1;
  difference.evaluate(MpfrNumber(89.5), DType::F32, ulps);
  EXPECT_EQ(ulps, inf);
  EXPECT_TRUE(difference.overflows(0));
  Interpreter<MpfrNumber> root(tapeOf("sqrt(exp(x) - 1)"));
  ErrorBound<MpfrNumber> steep(root, DType::F32);
  steep.evaluate(MpfrNumber(0), DType::F32, ulps);
  EXPECT_EQ(ulps, inf);
  EXPECT_FALSE(steep.overflows(0));
}

TEST(FastBound, IsAPartOfTheExactValue) {
  // 2^-11 is 2^12 of the 2^23 ulp of a power of 2, and nearly twice as many
  // below the next one.
  EXPECT_EQ(fastBoundAt(MpfrNumber(-1)), 4096);
  EXPECT_EQ(fastBoundAt(MpfrNumber(1.75)), 1.75 * 4096);
  EXPECT_EQ(fastBoundAt(Quad(0x1p-100)), 4096);
  EXPECT_EQ(fastBoundAt(Quad(0)), 0);
  // The part and the floor are the same where the one takes over.
  EXPECT_EQ(kFastLeast * kFastPart, kFastFloor);
}

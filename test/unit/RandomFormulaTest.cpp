//===- RandomFormulaTest.cpp - Jets of formulas that nobody thought of ----===//

#include "RandomFormula.h"
#include "JetTestUtil.h"
#include "act/IR/FunctionTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>
#include <cstdio>
#include <set>

using namespace act;

/// The names, numbers' digits aside, that a formula has.
static void addNames(const std::string &text, std::set<std::string> &names) {
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && (llvm::isAlnum(text[end]) || text[end] == '_'))
      ++end;
    if (end > i)
      names.insert(text.substr(i, end - i));
    i = std::max(end, i + 1);
  }
}

TEST(RandomFormula, ParsesAndHasEverything) {
  constexpr unsigned numSeeds = 3000;
  std::set<std::string> names;
  std::set<char> signs;
  std::vector<unsigned> counts;
  unsigned numBinary = 0, numDeepest = 0;
  for (uint64_t seed = 0; seed < numSeeds; ++seed) {
    RandomFormula formula = randomFormula(seed);
    ASSERT_LE(formula.depth, RandomFormula::kMaxDepth) << formula.text;
    numDeepest += formula.depth == RandomFormula::kMaxDepth;
    FuncOp func;
    auto module = parsed(formula.text, func);
    ASSERT_TRUE(func) << "seed " << seed;
    EXPECT_EQ(func.getNumInputs(), formula.numInputs) << formula.text;
    Tape tape = cantFail(Tape::build(func));
    counts.push_back(llvm::count_if(tape.steps, [](const TapeStep &step) {
      return step.op.opcode != Opcode::Constant;
    }));
    numBinary += formula.numInputs == 2;
    addNames(formula.text, names);
    signs.insert(formula.text.begin(), formula.text.end());
  }
  for (const char *name :
       {"exp",      "expm1", "log",  "log1p", "sqrt", "rsqrt", "sin",
        "cos",      "sinh",  "cosh", "tanh",  "erf",  "erfc",  "sigmoid",
        "softplus", "abs",   "sign", "floor", "min",  "max",   "clamp",
        "where",    "let",   "pi",   "e",     "x",    "y"})
    EXPECT_TRUE(names.count(name)) << name;
  EXPECT_GE(llvm::count_if(
                allFunctions(),
                [&](const FunctionInfo &row) { return names.count(row.Name); }),
            20);
  for (char sign : std::string("+-*/^<>=!"))
    EXPECT_TRUE(signs.count(sign)) << sign;
  EXPECT_GT(numBinary, numSeeds / 10);
  EXPECT_GT(numDeepest, numSeeds / 50);
  llvm::sort(counts);
  printf("operations: median %u, a tenth above %u, most %u; %u of %u formulas "
         "have 2 inputs\n",
         counts[numSeeds / 2], counts[numSeeds * 9 / 10], counts.back(),
         numBinary, numSeeds);
}

TEST(RandomFormula, SameSeedSameFormula) {
  EXPECT_EQ(randomFormula(7).text, randomFormula(7).text);
  EXPECT_NE(randomFormula(7).text, randomFormula(15).text);
  EXPECT_EQ(randomPoints(7, 2, 5), randomPoints(7, 2, 5));
}

TEST(RandomFormula, PointsAreSpread) {
  unsigned numSmall = 0, numLarge = 0;
  for (const std::vector<double> &point : randomPoints(1, 2, 1000))
    for (double x : point) {
      EXPECT_EQ(x, float(x));
      EXPECT_LE(std::fabs(x), 50);
      numSmall += std::fabs(x) < 0x1p-6;
      numLarge += std::fabs(x) > 4;
    }
  EXPECT_GT(numSmall, 100u);
  EXPECT_GT(numLarge, 100u);
}

//===----------------------------------------------------------------------===//
// Jets against differences
//===----------------------------------------------------------------------===//

namespace {

/// First derivative by argument 0 at one precision, both ways.
struct Slopes {
  MpfrNumber value, jet, difference;
};

/// What became of a point.
enum Outcome { Agrees, Differs, AtKink, NotFinite, Undecided, NumOutcomes };

} // namespace

/// With a step of 2^-(bits / 5), the difference is right to 2^-(2 bits / 5)
/// and the digits it cancels leave 2^-(4 bits / 5).
static Slopes slopesOf(const Tape &tape, const std::vector<double> &point,
                       unsigned wrt, unsigned bits) {
  MpfrPrecision scope(bits);
  std::vector<MpfrNumber> args(point.begin(), point.end());
  Series<MpfrNumber> jet =
      JetInterpreter<MpfrNumber>(tape).taylor(args, wrt, 1)[0];
  Interpreter<MpfrNumber> interpreter(tape);
  MpfrNumber x = args[wrt];
  MpfrNumber step = Traits::scale(MpfrNumber(1.0), -long(bits / 5));
  args[wrt] = x + step;
  MpfrNumber above = interpreter.evaluate(args);
  args[wrt] = x - step;
  MpfrNumber below = interpreter.evaluate(args);
  return {jet[0], jet[1], (above - below) / (step + step)};
}

static bool isFinite(const MpfrNumber &x) {
  return !Traits::isNaN(x) && !Traits::isInfinite(x);
}

static Outcome compare(const Tape &tape, const std::vector<double> &point,
                       unsigned wrt) {
  MpfrPrecision scope(700);
  std::vector<MpfrNumber> args(point.begin(), point.end());
  if (JetInterpreter<MpfrNumber>(tape).isNearKink(args, 1e-12))
    return AtKink;
  Slopes low = slopesOf(tape, point, wrt, 700);
  if (!isFinite(low.value) || !isFinite(low.jet) || !isFinite(low.difference))
    return NotFinite;
  if (relativeError(low.jet, low.difference) <= 1e-30)
    return Agrees;
  // The difference is no witness where a smaller step in more bits changes
  // it, nor where saturation hides the slope from it.
  Slopes high = slopesOf(tape, point, wrt, 1400);
  if (relativeError(high.jet, high.difference) <= 1e-30)
    return Agrees;
  MpfrNumber visible =
      Traits::scale(MpfrNumber(1) + Traits::abs(high.value), -600);
  bool isSettled =
      isFinite(high.difference) &&
      relativeError(low.difference, high.difference) <= 1e-30 &&
      (high.difference != MpfrNumber(0) || Traits::abs(high.jet) > visible);
  return isSettled ? Differs : Undecided;
}

TEST(RandomFormula, JetsAgreeWithDifferences) {
  constexpr unsigned numFormulas = 600, pointsEach = 4;
  unsigned outcomes[NumOutcomes] = {}, numCompared = 0;
  for (uint64_t seed = 0; seed < numFormulas; ++seed) {
    RandomFormula formula = randomFormula(seed);
    Tape tape = tapeOf(formula.text);
    bool isCompared = false;
    for (const auto &point : randomPoints(seed, formula.numInputs, pointsEach))
      for (unsigned wrt = 0; wrt < formula.numInputs; ++wrt) {
        Outcome outcome = compare(tape, point, wrt);
        ++outcomes[outcome];
        isCompared |= outcome == Agrees;
        EXPECT_NE(outcome, Differs)
            << formula.text << " at " << testing::PrintToString(point)
            << " by input " << wrt << " (seed " << seed << ")";
      }
    numCompared += isCompared;
  }
  printf("slopes: %u agree; skipped %u at kinks, %u not finite, %u undecided; "
         "%u of %u formulas have a point\n",
         outcomes[Agrees], outcomes[AtKink], outcomes[NotFinite],
         outcomes[Undecided], numCompared, numFormulas);
  EXPECT_GE(numCompared, numFormulas / 2);
}

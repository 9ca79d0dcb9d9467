//===- ActivationFactsTest.cpp - Published facts, computed ----------------===//
//
// Every computed column of test/data/activations.csv but the moments, to all
// its digits.
//
//===----------------------------------------------------------------------===//

#include "CurveTestUtil.h"
#include "GoldenTest.h"
#include "Rows.h"
#include "act/Analysis/Classes.h"
#include "act/Analysis/Moments.h"
#include "act/IR/FunctionTable.h"
#include "llvm/ADT/StringSwitch.h"

using namespace act;
using llvm::StringRef;
using Number = MpfrNumber;

namespace {

/// The value of a number or of a formula in the row's parameters, such as
/// "-0.27846454276107379511/beta"; nothing for words.
std::optional<Number> valueOf(StringRef text, const Facts &facts) {
  text = text.split(" (").first;
  if (text == "inf" || text == "+inf")
    return Traits::fromText("inf");
  if (text == "-inf")
    return Traits::fromText("-inf");
  const FunctionInfo *row = lookupFunction(facts.at("name"));
  std::string parameters;
  for (const ParamInfo &param : paramsOf(*row)) {
    StringRef value = row->Name == StringRef("celu") ? "2"
                      : row->Name == StringRef("swish_beta")
                          ? "1.5"
                          : param.defaultText;
    parameters += (parameters.empty() ? "; " : ", ") + param.name.str() + "=" +
                  value.str();
  }
  SourceDiagnostic quiet;
  ParseOptions options;
  options.diagnostic = &quiet;
  auto module = parseSource("v(x" + parameters + ") = " + text.str() + " + 0*x",
                            &context(), options);
  if (!module)
    return std::nullopt;
  return Interpreter<Number>(
             cantFail(Tape::build(*module->getOps<FuncOp>().begin())))
      .evaluate(Number(1.0));
}

/// A point of the intervals that the table names in words.
std::optional<double> pointIn(StringRef text) {
  return llvm::StringSwitch<std::optional<double>>(
             text.split(" (").first.split(';').first)
      .Cases("everywhere", "x>0", "x>=0", "x!=0", "0<x<6", 0.75)
      .Cases("-3<x<3", "-1<x<1", "-2.5<x<2.5", "x>0 or x<0", 0.75)
      .Cases("|x|>lambda", "x>=1", "x>t", 2)
      .Case("x>=b", 3)
      .Cases("x<=0", "x<=t", -0.5)
      .Case("x<=-1", -2)
      .Cases("x<=-3", "x<=-2.5", "x<=-b", -4)
      .Default(std::nullopt);
}

bool agrees(const Number &got, const Number &want, StringRef text) {
  if (Traits::isInfinite(want) || want == Number(0.0))
    return got == want;
  return relativeError(got, want) <=
         std::max(1e-20, roundingOf(text.split('/').first));
}

/// True if one of the places is the one that the table states.
bool isAmong(llvm::ArrayRef<Place<Number>> places, StringRef text,
             const Facts &facts) {
  // "+-0.7" is both; "3- (left limit)" a limit from below.
  bool isBoth = text.consume_front("+-");
  bool isFromBelow = text.consume_back("- (left limit)") ||
                     text.consume_back("- (left limit); lambda for x>0");
  text.consume_back("+2kpi");
  if (text == "pi/(4a)")
    text = "pi/(4*a)";
  std::optional<double> point = pointIn(text);
  std::optional<Number> x = point ? Number(*point) : valueOf(text, facts);
  if (!x) {
    ADD_FAILURE() << "the test cannot read '" << text.str() << "'";
    return false;
  }
  unsigned found = 0;
  for (const Place<Number> &place : places) {
    bool isInside = point && place.lo < *x && *x < place.hi;
    bool isThere =
        agrees(place.lo, *x, text) || (isBoth && agrees(place.lo, -*x, text));
    if (isFromBelow && !(place.kind == Place<Number>::FromBelow ||
                         place.kind == Place<Number>::At))
      continue;
    found += isInside || isThere;
  }
  return found >= (isBoth ? 2u : 1u);
}

class ActivationFacts : public testing::TestWithParam<Facts> {
protected:
  void SetUp() override {
    ASSERT_TRUE(lookupFunction(GetParam().at("name"))) << "no such row";
    shape = analyse(curveOf(sourceOf(GetParam())));
  }
  const std::string &fact(const char *column) const {
    return GetParam().at(column);
  }
  void compare(const Number &got, const char *column) const {
    StringRef text = fact(column);
    if (std::optional<Number> want = valueOf(text, GetParam()))
      EXPECT_TRUE(agrees(got, *want, text))
          << column << " " << text.str() << " got " << Traits::toDouble(got);
    else
      ADD_FAILURE() << "the test cannot read '" << text.str() << "'";
  }
  void compareMinimum() const;
  void compareSlopes() const;
  void compareKind() const;
  void compareLimits() const;

  Shape<Number> shape;
};

void ActivationFacts::compareMinimum() const {
  const Extreme<Number> &infimum = shape.images[0].infimum;
  // "min(v,t)" is only a bound: nothing between v and t is taken.
  if (fact("name") != "threshold")
    compare(infimum.value, "min");
  EXPECT_TRUE(isAmong(infimum.places, fact("argmin"), GetParam()))
      << fact("argmin");
  if (StringRef(fact("min")).contains("infimum"))
    EXPECT_FALSE(infimum.isAttained());
}

void ActivationFacts::compareSlopes() const {
  Extreme<Number> steepest = largestSlopeOf(shape);
  if (fact("max_abs_grad") == "max(1,|a|)")
    EXPECT_TRUE(steepest.value == Number(1.0));
  else
    compare(steepest.value, "max_abs_grad");
  EXPECT_TRUE(isAmong(steepest.places, fact("argmax_grad"), GetParam()))
      << fact("argmax_grad");
  if (!fact("min_grad").empty())
    compare(shape.images[1].infimum.value, "min_grad");
}

void ActivationFacts::compareKind() const {
  StringRef name = fact("name");
  StringRef monotonic = StringRef(fact("monotonic")).split(' ').first;
  // A threshold of value 0 below 1 never falls, and snake rises everywhere
  // but at single points.
  if (name == "threshold")
    monotonic = "nondecreasing";
  if (name == "snake")
    monotonic = "increasing";
  EXPECT_EQ(monotonicityOf(shape), monotonic);
  StringRef smooth = fact("smooth");
  smooth = smooth.take_until([](char c) { return c == ' ' || c == ','; });
  EXPECT_EQ(smoothnessOf(shape), smooth);
  EXPECT_EQ(lookupFunction(name)->ZeroMean, fact("zero_centred"));
}

void ActivationFacts::compareLimits() const {
  for (StringRef part : llvm::split(fact("limits"), ';')) {
    auto [side, value] = part.split("->");
    const Tail<Number> *tail = side == "-inf"   ? &shape.atMinusInf
                               : side == "+inf" ? &shape.atPlusInf
                                                : nullptr;
    std::optional<Number> want = valueOf(value, GetParam());
    if (!tail || !want)
      continue;
    ASSERT_TRUE(tail->limits[0]) << part.str();
    EXPECT_TRUE(agrees(*tail->limits[0], *want, value)) << part.str();
  }
}

TEST_P(ActivationFacts, AreWhatAnalysisFinds) {
  compareMinimum();
  compareSlopes();
  compareKind();
  compareLimits();
}

INSTANTIATE_TEST_SUITE_P(Table, ActivationFacts,
                         testing::ValuesIn(activationFacts()),
                         [](const auto &info) {
                           return info.param.at("name");
                         });

/// What the rows of the catalogue claim of themselves.
class Claims : public testing::TestWithParam<const FunctionInfo *> {};

/// Ranges from "{0} U (1,inf)" or "{0,1}".
std::vector<ValueRange<Number>> rangesFrom(StringRef text) {
  std::vector<ValueRange<Number>> ranges;
  for (StringRef part : llvm::split(text, " U ")) {
    bool isSet = part.starts_with("{");
    bool hasLo = part.starts_with("["), hasHi = part.ends_with("]");
    llvm::SmallVector<Number> ends;
    for (StringRef end : llvm::split(part.drop_front().drop_back(), ','))
      ends.push_back(Traits::fromText(end));
    if (isSet)
      for (const Number &value : ends)
        ranges.push_back({value, value, true, true});
    else
      ranges.push_back({ends.front(), ends.back(), hasLo, hasHi});
  }
  return ranges;
}

TEST_P(Claims, Hold) {
  const FunctionInfo *row = GetParam();
  Curve<Number> curve = curveOf(row->Name);
  Shape<Number> shape = analyse(curve);
  EXPECT_EQ(monotonicityOf(shape), StringRef(row->Monotonic));
  EXPECT_EQ(smoothnessOf(shape), row->Smooth);
  {
    MpfrPrecision scope(192);
    auto moments = gaussianMoments<Number>(curve, Number(1.0),
                                           placesOf<Number>(shape.breaks));
    bool isZero = Traits::abs(moments.meanF) < Number(1e-20);
    EXPECT_EQ(isZero ? "yes" : "no", StringRef(row->ZeroMean));
  }
  auto want = rangesFrom(row->Range), got = shape.images[0].ranges;
  ASSERT_EQ(got.size(), want.size()) << row->Range;
  for (auto [g, w] : llvm::zip(got, want)) {
    EXPECT_TRUE(agrees(g.lo, w.lo, "0.12345678901234567890")) << row->Range;
    EXPECT_TRUE(agrees(g.hi, w.hi, "0.12345678901234567890")) << row->Range;
    EXPECT_EQ(g.hasLo, w.hasLo) << row->Range;
    EXPECT_EQ(g.hasHi, w.hasHi) << row->Range;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, Claims, testing::ValuesIn(unaryRows()),
                         [](const auto &info) {
                           return std::string(info.param->Name);
                         });

} // namespace

//===- ShapeFacts.cpp - What is known of a function's shape ---------------===//

#include "ShapeFacts.h"
#include "NumberText.h"
#include "act/Analysis/Classes.h"
#include "act/Analysis/Symmetry.h"

using namespace act;
using namespace act::report;
using llvm::StringRef;
using llvm::json::Array;
using Json = llvm::json::Value;
using Number = MpfrNumber;
using Traits = NumberTraits<MpfrNumber>;

/// Rows of one table are not more than this.
static constexpr size_t kMostRows = 40;

static StringRef symmetryName(Symmetry symmetry) {
  switch (symmetry) {
  case Symmetry::None:
    return "none";
  case Symmetry::Odd:
    return "odd";
  case Symmetry::Even:
    return "even";
  case Symmetry::Identity:
    return "f(x) - f(-x) = x";
  }
  return "";
}

/// Stretches on which a function is not defined.
static Json undefinedOf(const Shape<Number> &shape) {
  Array texts;
  for (const Stretch<Number> &stretch : joined<Number>(shape.signs[0]))
    if (stretch.sign == Sign::Unknown)
      texts.push_back(textOf(Interval<Number>{stretch.lo, stretch.hi}));
  return texts.empty() ? Json(nullptr) : Json(std::move(texts));
}

/// Roots, and intervals on which the function is 0.
static Json zerosOf(const Curve<Number> &curve, const Shape<Number> &shape) {
  Array zeros;
  auto stretches = joined<Number>(shape.signs[0]);
  for (auto [i, stretch] : llvm::enumerate(stretches)) {
    if (stretch.sign == Sign::Zero)
      zeros.push_back(textOf(Interval<Number>{stretch.lo, stretch.hi}));
    bool isRoot = i + 1 < stretches.size() && stretch.sign != Sign::Zero &&
                  stretches[i + 1].sign != Sign::Zero &&
                  Traits::abs(curve.value(stretch.hi)) < MpfrNumber(1e-30);
    if (isRoot)
      zeros.push_back(numberOf(stretch.hi));
  }
  for (const auto &extremum : shape.extrema)
    if (extremum.value == MpfrNumber(0.0))
      zeros.push_back(numberOf(extremum.x));
  return zeros;
}

static Table limitsOf(const Shape<Number> &shape) {
  Table table;
  table.key = "limits";
  table.columns = {{"x"}, {"f"}, {"slope"}, {"asymptote", true}};
  for (bool isUpper : {false, true}) {
    const Tail<Number> &tail = isUpper ? shape.atPlusInf : shape.atMinusInf;
    std::string asymptote;
    if (tail.slope) {
      asymptote = *tail.slope == Number(1.0) ? "x" : textOf(*tail.slope) + " x";
      if (*tail.intercept != Number(0.0))
        asymptote += (Traits::isNegative(*tail.intercept) ? " - " : " + ") +
                     textOf(Traits::abs(*tail.intercept));
    } else if (tail.limits[0] && !Traits::isInfinite(*tail.limits[0])) {
      asymptote = textOf(*tail.limits[0]);
    }
    table.rows.push_back({isUpper ? "inf" : "-inf", numberOf(tail.limits[0]),
                          numberOf(tail.limits[1]), orNull(asymptote)});
  }
  return table;
}

static Table kinksOf(const Shape<Number> &shape) {
  Table table;
  table.key = "kinks";
  table.columns = {{"x"}, {"what_jumps", true}, {"below"}, {"at"}, {"above"}};
  for (const Break<Number> &at : shape.breaks) {
    std::string what = "f" + std::string(at.order, '\'');
    table.rows.push_back({numberOf(at.x), what, numberOf(at.below[at.order]),
                          numberOf(at.at[at.order]),
                          numberOf(at.above[at.order])});
  }
  return table;
}

static Table extremaOf(const Shape<Number> &shape) {
  Table table;
  table.key = "extrema";
  table.columns = {{"kind"}, {"x"}, {"f"}};
  for (const auto &extremum : shape.extrema)
    table.rows.push_back({extremum.isMaximum ? "maximum" : "minimum",
                          numberOf(extremum.x), numberOf(extremum.value)});
  return table;
}

/// Joined stretches of an order under names for their signs.
static Table intervalsOf(const Shape<Number> &shape, StringRef key,
                         unsigned order, StringRef negative, StringRef zero,
                         StringRef positive) {
  Table table;
  table.key = key.str();
  table.columns = {{"from"}, {"to"}, {"f_is"}};
  for (const Stretch<Number> &s : joined<Number>(shape.signs[order])) {
    StringRef name = s.sign == Sign::Negative   ? negative
                     : s.sign == Sign::Zero     ? zero
                     : s.sign == Sign::Positive ? positive
                                                : "undefined";
    table.rows.push_back({numberOf(s.lo), numberOf(s.hi), name.str()});
  }
  return table;
}

void act::report::addShape(Report &report, const Curve<Number> &curve,
                           const Shape<Number> &shape) {
  const Image<Number> &values = shape.images[0], &slopes = shape.images[1];
  Extreme<Number> steepest = largestSlopeOf(shape);
  std::vector<Fact> facts = {
      {{"range"}, textOf(values.ranges)},
      {{"undefined_on"}, undefinedOf(shape)},
      {{"infimum"}, numberOf(values.infimum.value)},
      {{"infimum_at"}, placesOf(values.infimum)},
      {{"infimum_is_attained"}, values.infimum.isAttained()},
      {{"supremum"}, numberOf(values.supremum.value)},
      {{"supremum_at"}, placesOf(values.supremum)},
      {{"supremum_is_attained"}, values.supremum.isAttained()},
      {{"zeros"}, zerosOf(curve, shape)},
      {{"min_slope"}, numberOf(slopes.infimum.value)},
      {{"min_slope_at"}, placesOf(slopes.infimum)},
      {{"max_slope"}, numberOf(slopes.supremum.value)},
      {{"max_slope_at"}, placesOf(slopes.supremum)},
      {{"lipschitz_constant"}, numberOf(steepest.value)},
      {{"lipschitz_constant_at"}, placesOf(steepest)},
      {{"monotonic"}, monotonicityOf(shape).str()},
      {{"symmetry"}, symmetryName(findSymmetry(curve)).str()},
      {{"smoothness"}, smoothnessOf(shape)}};
  if (auto period = findPeriod(curve, shape)) {
    facts.push_back({{"period"}, numberOf(period->period)});
    if (period->drift != Number(0.0))
      facts.push_back({{"rise_a_period"}, numberOf(period->drift)});
  }
  if (shape.isOscillating)
    facts.push_back({{"window"},
                     textOf(Interval<Number>{shape.signs[0].front().lo,
                                             shape.signs[0].back().hi},
                            6)});
  llvm::append_range(report.facts, facts);
  for (Table &table :
       std::vector<Table>{limitsOf(shape), extremaOf(shape), kinksOf(shape),
                          intervalsOf(shape, "monotone_intervals", 1,
                                      "decreasing", "constant", "increasing"),
                          intervalsOf(shape, "convex_intervals", 2, "concave",
                                      "linear", "convex")}) {
    if (table.rows.empty())
      continue;
    if (table.rows.size() > kMostRows)
      table.rows.resize(kMostRows);
    report.tables.push_back(std::move(table));
  }
}

void act::report::addDepths(Report &report, const Shape<Number> &shape,
                            llvm::ArrayRef<unsigned> depths) {
  Number steepest = largestSlopeOf(shape).value;
  Table table;
  table.key = "depth";
  table.columns = {{"layers"}, {"largest_gradient_factor"}};
  for (unsigned depth : depths) {
    Number factor(1.0);
    for (unsigned i = 0; i < depth; ++i)
      factor = factor * steepest;
    table.rows.push_back({depth, numberOf(factor)});
  }
  report.tables.push_back(std::move(table));
}

//===- Compare.cpp - act-report compare: two functions --------------------===//

#include "NumberText.h"
#include "Picture.h"
#include "Sample.h"
#include "act/Analysis/Distance.h"

using namespace mlir;
using namespace act;
using namespace act::report;
using llvm::json::Array;
using Json = llvm::json::Value;

/// Characters that a title has room for.
static constexpr size_t kMostTitle = 60;

/// Digits of the largest differences.
static constexpr unsigned kDigitsOfDifferences = 15;
/// Places of one difference that are listed.
static constexpr size_t kMostPlaces = 4;

namespace {
/// The two functions, called f and g.
struct Pair {
  Subject &first, &second;
  Curves f, g;
  std::vector<MpfrNumber> breaks;
  Extent range;
};
} // namespace

/// How far they lie apart, and their slopes.
static std::optional<Table> differencesOf(const Pair &pair) {
  Curve<MpfrNumber> f = pair.f.exact(), g = pair.g.exact();
  Table table;
  table.key = "differences";
  table.columns = {{"of", true}, {"largest"}, {"at"}};
  for (unsigned order : {0, 1}) {
    std::optional<Distance<MpfrNumber>> distance =
        LargestDifference<MpfrNumber>(f, g, order)
            .over(pair.range.lo, pair.range.hi, pair.breaks);
    if (!distance) {
      pair.second.func.emitError(
          "the two functions have no finite values together; give another "
          "--range");
      return std::nullopt;
    }
    Array places;
    for (const MpfrNumber &x :
         llvm::ArrayRef(distance->places).take_front(kMostPlaces))
      places.push_back(numberOf(x, kDigitsOfDifferences));
    table.rows.push_back({order == 0 ? "f - g" : "f' - g'",
                          numberOf(distance->value, kDigitsOfDifferences),
                          std::move(places)});
  }
  return table;
}

/// The left tails, where small values hide large relative differences.
static Table tailsOf(const Pair &pair) {
  Table table;
  table.key = "tails";
  table.columns = {{"x"}, {"f"}, {"g"}, {"difference"}, {"relative_to_g"}};
  Curve<Quad> ofF = pair.f.quick(), ofG = pair.g.quick();
  for (double x : {-3, -4, -5, -6}) {
    Quad f = ofF.at(x)[0], g = ofG.at(x)[0];
    table.rows.push_back({x, double(f), double(g), double(f - g),
                          g == 0 ? Json(nullptr) : Json(double((f - g) / g))});
  }
  return table;
}

/// The functions and their slopes above, the differences below.
static std::optional<Plot> plotOf(const Pair &pair) {
  auto name = [](Subject &subject) {
    StringRef name = subject.func.getSymName();
    return name == "expression" ? subject.formulaText() : name.str();
  };
  Plot plot;
  // The legend has long formulas in full.
  plot.title = name(pair.first) + " and " + name(pair.second);
  if (plot.title.size() > kMostTitle)
    plot.title = "f and g";
  plot.xLabel = pair.first.func.getArgName(0).str();
  plot.x = pair.range;
  Curve<Quad> ofF = pair.f.quick(), ofG = pair.g.quick();
  std::vector<double> kinks;
  for (const MpfrNumber &x : pair.breaks)
    kinks.push_back(NumberTraits<MpfrNumber>::toDouble(x));
  std::vector<Line> f = sampleCurve(ofF, 1, pair.range, kinks);
  std::vector<Line> g = sampleCurve(ofG, 1, pair.range, kinks);
  if (!checkVisible(pair.first, f[0], pair.range) ||
      !checkVisible(pair.second, g[0], pair.range))
    return std::nullopt;
  Panel both;
  auto add = [&](Line line, std::string label, unsigned color, unsigned dash) {
    line.label = std::move(label);
    line.color = color;
    line.dash = dash;
    both.lines.push_back(std::move(line));
  };
  add(std::move(f[0]), "f = " + name(pair.first), 0, 0);
  add(std::move(g[0]), "g = " + name(pair.second), 1, 1);
  add(std::move(f[1]), "f'", 2, 0);
  add(std::move(g[1]), "g'", 3, 1);
  Panel differences;
  differences.height = 150;
  for (unsigned order : {0, 1}) {
    Line line = sampleLine(
        order == 0 ? "f - g" : "f' - g'",
        [&](double x) { return double(ofF.at(x)[order] - ofG.at(x)[order]); },
        pair.range, kinks);
    line.color = 2 * order;
    line.dash = order;
    differences.lines.push_back(std::move(line));
  }
  plot.panels = {std::move(both), std::move(differences)};
  return plot;
}

std::optional<Report> act::report::reportCompare(const Options &options) {
  std::unique_ptr<Subject> first = Subject::load(options, "compare", 0);
  if (!first)
    return std::nullopt;
  std::unique_ptr<Subject> second = Subject::load(options, "compare", 1);
  if (!second)
    return std::nullopt;
  auto f = Curves::create(*first, "compare", 2);
  auto g = f ? Curves::create(*second, "compare", 2) : std::nullopt;
  if (!g)
    return std::nullopt;
  std::vector<MpfrNumber> breaks = breakPlaces(f->exact());
  llvm::append_range(breaks, breakPlaces(g->exact()));
  Pair pair{
      *first,        *second,           std::move(*f),
      std::move(*g), std::move(breaks), options.range.value_or(kInputRange)};
  std::optional<Table> differences = differencesOf(pair);
  if (!differences)
    return std::nullopt;
  Report report;
  report.title = "compare";
  report.summary = "Two functions f and g.";
  report.facts = {{{"f", true}, first->titleText()},
                  {{"g", true}, second->titleText()},
                  {{"from"}, pair.range.lo},
                  {{"to"}, pair.range.hi}};
  report.tables = {std::move(*differences), tailsOf(pair)};
  if (!options.plot.empty()) {
    report.plot = plotOf(pair);
    if (!report.plot)
      return std::nullopt;
  }
  return report;
}

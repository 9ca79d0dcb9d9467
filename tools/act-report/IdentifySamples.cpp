//===- IdentifySamples.cpp - Which function points are of -----------------===//

#include "IdentifySamples.h"
#include "RowFit.h"
#include "act/IR/Act.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/STLExtras.h"

using namespace act;
using namespace act::report;
using llvm::json::Array;
using Json = llvm::json::Value;

/// Rows of the table.
static constexpr size_t kMostCandidates = 5;
/// Other sources of the same function; odd limits of parameters come last.
static constexpr size_t kMostOthers = 6;

static Array parametersOf(const RowFit &fit) {
  Array parameters;
  for (const FittedParam &param : fit.params)
    parameters.push_back(param.param.name.str() + "=" + param.text);
  return parameters;
}

/// Null where rounding is not what tells the two apart.
static Json ulpsOf(const RowFit &fit) {
  return fit.matches ? Json(fit.differences.ulps) : Json(nullptr);
}

/// Null where there is no difference anywhere.
static Json placeOf(const RowFit &fit) {
  return fit.differences.largest == 0 ? Json(nullptr)
                                      : Json(fit.differences.at);
}

static Table tableOf(llvm::ArrayRef<RowFit> fits) {
  Table table;
  table.key = "candidates";
  table.columns = {{"source", true},       {"is"}, {"parameters", true},
                   {"largest_difference"}, {"at"}, {"ulp"}};
  for (const RowFit &fit : fits.take_front(kMostCandidates)) {
    table.rows.push_back({fit.source(), fit.matches, parametersOf(fit),
                          fit.differences.largest, placeOf(fit), ulpsOf(fit)});
  }
  return table;
}

static void addFit(Report &report, llvm::ArrayRef<RowFit> fits,
                   Rounding rounding) {
  const RowFit &best = fits.front();
  Array others, undetermined;
  for (const RowFit &fit : fits.drop_front())
    if (fit.matches && others.size() < kMostOthers)
      others.push_back(fit.source());
  for (const FittedParam &param : best.params)
    if (!param.isDetermined)
      undetermined.push_back(param.param.name);
  if (!best.matches)
    report.summary = "No function of the catalogue has these samples, whatever "
                     "its parameters; the nearest by least squares is " +
                     best.source() + ".";
  else if (rounding == Rounding::OfResult)
    report.summary = "The samples are those of " + best.source() +
                     ", up to the rounding of their type.";
  else
    report.summary = "The samples are those of " + best.source() +
                     ", computed by a formula that cancels: where y is much "
                     "smaller than x, digits are lost.";
  auto add = [&](const char *key, bool isCode, Json value) {
    report.facts.push_back({{key, isCode}, std::move(value)});
  };
  add("verdict", false, best.matches ? "is" : "nearest");
  add("ulp_at", false,
      !best.matches                    ? Json(nullptr)
      : rounding == Rounding::OfResult ? Json("y")
                                       : Json("x or y"));
  add("row", true, best.row->Name);
  add("source", true, best.source());
  add("parameters", true, parametersOf(best));
  add("not_determined", true, std::move(undetermined));
  add("also", true, std::move(others));
  add("largest_difference", false, best.differences.largest);
  add("at", false, placeOf(best));
  add("ulp", false, ulpsOf(best));
  report.tables.push_back(tableOf(fits));
}

std::optional<Report> act::report::identifySamples(const Options &options) {
  std::optional<Samples> samples = readSamples(options);
  if (!samples)
    return std::nullopt;
  if (size_t places = samples->numPlaces(); places < kFewestPlaces) {
    llvm::errs() << "act-report: error: --samples=" << options.samples
                 << " has finite samples at " << places
                 << " different x; give at least " << kFewestPlaces
                 << ", better 100 where the function bends\n";
    return std::nullopt;
  }
  Report report;
  report.title = "identify";
  auto [lo, hi] = std::minmax_element(samples->y.begin(), samples->y.end());
  if (*lo == *hi) {
    report.summary = "Every sample has the same y: a constant, which no "
                     "function of the catalogue is.";
    report.facts = {{{"verdict"}, "constant"}, {{"value"}, *lo}};
  } else {
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    context.loadDialect<ActDialect, mlir::arith::ArithDialect,
                        mlir::math::MathDialect>();
    Rounding rounding = Rounding::OfResult;
    std::vector<RowFit> fits = fitRows(*samples, rounding, &context);
    if (!fits.front().matches) {
      rounding = Rounding::OfTerms;
      fits = fitRows(*samples, rounding, &context);
    }
    addFit(report, fits, rounding);
  }
  report.facts.push_back({{"samples"}, int64_t(samples->size())});
  report.facts.push_back({{"left_out"}, int64_t(samples->leftOut)});
  report.facts.push_back({{"type"}, nameOf(samples->type)});
  report.facts.push_back({{"from"}, samples->x.front()});
  report.facts.push_back({{"to"}, samples->x.back()});
  return report;
}

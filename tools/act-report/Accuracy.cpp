//===- Accuracy.cpp - act-report accuracy: errors of a kernel -------------===//

#include "Axis.h"
#include "CatalogueAccuracy.h"
#include "Landmarks.h"
#include "Sweep.h"
#include "act/Reference/Ulp.h"
#include "act/Version.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SHA256.h"
#include <thread>

using namespace mlir;
using namespace act;
using namespace act::report;
using Json = llvm::json::Value;

static Table tableOf(const SweepResult &result) {
  Table table;
  table.key = "regions";
  table.columns = {
      {"region"},       {"inputs"},         {"max_ulp"},     {"at"},
      {"mean_ulp"},     {"misrounded"},     {"wrong_signs"}, {"non_finite"},
      {"order_breaks"}, {"symmetry_breaks"}};
  for (auto [name, tally] : llvm::zip(kRegionNames, result.regions))
    table.rows.push_back(
        {name, tally.inputs, tally.worst.ulp,
         tally.worst.ulp > 0 ? Json(tally.worst.x) : Json(nullptr),
         tally.meanUlp(), tally.misrounded, tally.wrongSigns, tally.nonFinite,
         tally.orderBreaks, tally.symmetryBreaks});
  return table;
}

/// The largest errors over the inputs, which stand in bit order: logarithmic
/// on both sides of 0.
static Plot pictureOf(const SweepResult &result, const Elements &elements,
                      double bound) {
  double last = double(elements.last());
  auto xOf = [&](uint64_t place) { return 2 * (double(place) / last) - 1; };
  Plot plot;
  plot.xLabel = "input, logarithmic on both sides of 0";
  plot.x = {xOf(elements.placeOf(-HUGE_VAL)), xOf(elements.placeOf(HUGE_VAL))};
  // A little more than half of the range from 1 to the ends.
  int exponent = int(0.16 * formatOf(elements.getType()).maxExponent);
  for (int power : {-exponent, 0, exponent})
    for (int sign : {-1, 1}) {
      Tick tick = tickOf(sign, power);
      plot.xTicks.push_back({xOf(elements.placeOf(tick.value)), tick.label});
    }
  plot.xTicks.push_back({xOf(elements.placeOf(0)), "0"});
  Line errors, limit;
  errors.label = "largest error, in ulp";
  limit.label = "bound";
  double largest = 0;
  for (auto [i, column] : llvm::enumerate(result.columns)) {
    uint64_t end = i + 1 < result.columns.size() ? result.columns[i + 1].place
                                                 : elements.last();
    for (uint64_t place : {column.place, end})
      errors.points.push_back(
          {std::clamp(xOf(place), plot.x.lo, plot.x.hi), column.maxUlp});
    if (std::isfinite(column.maxUlp))
      largest = std::max(largest, column.maxUlp);
  }
  limit.points = {{plot.x.lo, bound}, {plot.x.hi, bound}};
  limit.color = limit.dash = 1;
  Panel panel;
  // The bound is shown where it does not flatten the errors.
  panel.window = {0,
                  std::max({largest, bound <= 4 * largest ? bound : 0, 0.5})};
  panel.lines = {std::move(errors), std::move(limit)};
  plot.panels = {std::move(panel)};
  return plot;
}

/// What makes a sweep this one and no other.
static std::vector<SweepState::Property> propertiesOf(Subject &subject,
                                                      const Options &options,
                                                      const SweptKernel &kernel,
                                                      const SweepPlan &plan,
                                                      Accuracy accuracy) {
  std::string maxUlp = "that of the function";
  if (options.maxUlp)
    maxUlp = tools::formatShortest(*options.maxUlp, tools::ElementType::F64);
  auto hash =
      llvm::SHA256::hash(llvm::arrayRefFromStringRef(kernel.compiled.text));
  return {{"version of act", ACT_VERSION_STRING},
          {"function", subject.titleText()},
          {"type", nameOf(plan.getElements().getType())},
          {"class", nameOf(accuracy)},
          {"derivative", std::to_string(options.derivative.value_or(0))},
          {"inputs", plan.describe()},
          {"bound in ulp", maxUlp},
          {"kernel", llvm::toHex(hash, /*LowerCase=*/true)}};
}

std::optional<Report> act::report::reportAccuracy(const Options &options) {
  if (options.sources.empty())
    return reportCatalogue(options);
  std::unique_ptr<Subject> subject = Subject::load(options, "accuracy");
  if (!subject)
    return std::nullopt;
  unsigned order = options.derivative.value_or(0);
  DType type = options.dtype.value_or(DType::F32);
  Accuracy accuracy = options.accuracy.value_or(Accuracy::Default);
  auto curves = Curves::create(*subject, "accuracy",
                               std::min<unsigned>(order + 2, kMaxOrder));
  if (!curves)
    return std::nullopt;
  auto kernel = SweptKernel::compile(*subject, order, type, accuracy);
  if (!kernel)
    return std::nullopt;
  Landmarks landmarks = Landmarks::of(*curves, order);
  SweepPlan plan(Elements(type), options.exhaustive,
                 options.stride.value_or(defaultStride(type)),
                 landmarks.places());
  SweepTask task{*kernel, plan, landmarks.roots, landmarks.symmetry};
  task.nearZero = landmarks.nearZero;
  task.maxUlp = options.maxUlp;
  task.hasRowBound = kernel->isRow() && order <= 1;
  task.accuracy = accuracy;
  task.threads = options.threads.value_or(
      std::max(1u, std::thread::hardware_concurrency()));
  SweepState state(options.resume,
                   propertiesOf(*subject, options, *kernel, plan, accuracy));
  if (!options.resume.empty())
    task.state = &state;
  llvm::Expected<SweepResult> swept = sweep(task);
  if (!swept) {
    llvm::errs() << "act-report: error: " << llvm::toString(swept.takeError())
                 << "\n";
    return std::nullopt;
  }
  const SweepResult &result = *swept;
  Tally total = result.total();
  const Sources &sources = result.sources;

  Report report;
  report.title = "accuracy";
  report.summary =
      "A compiled kernel against the exact value, which is good to 2^-20 ulp. "
      "Regions: results are normal or subnormal numbers; root where the exact "
      "value changes its sign within 1/32 of the input; special where that is "
      "0, infinite or NaN.";
  Json row = orNull(kernel->compiled.identity);
  double bound = total.worst.ulp > 0
                     ? total.worst.bound
                     : task.maxUlp.value_or(formulaBoundOf(type));
  bool isWithin = total.beyondBound == 0;
  report.facts = {
      {{"function", true}, subject->titleText()},
      {{"row", true}, row},
      {{"derivative"}, order},
      {{"type", true}, nameOf(type)},
      {{"class", true}, nameOf(accuracy)},
      {{"inputs"}, total.inputs},
      {{"inputs_are"}, plan.describe()},
      {{"by_double"}, sources.byDouble},
      {{"by_binary128"}, sources.byBinary128},
      {{"by_mpfr"}, sources.byMpfr},
      {{"checked"}, sources.checked},
      {{"check_ulp"}, sources.apartUlp},
      {{"check_of_bound"}, sources.apartOfBound},
      {{"max_ulp"}, total.worst.ulp},
      {{"at"}, total.worst.ulp > 0 ? Json(total.worst.x) : Json(nullptr)},
      {{"result"}, total.worst.result},
      {{"exact"}, total.worst.exact},
      {{"mean_ulp"}, total.meanUlp()},
      {{"misrounded"}, total.misrounded},
      {{"wrong_signs"}, total.wrongSigns},
      {{"non_finite"}, total.nonFinite},
      {{"order_breaks"}, total.orderBreaks},
      {{"symmetry_breaks"}, total.symmetryBreaks},
      {{"not_judged"}, total.notJudged},
      {{"bound"}, bound},
      {{"beyond_bound"}, total.beyondBound},
      {{"within"}, isWithin ? "yes" : "no"}};
  report.tables = {tableOf(result)};
  if (!options.plot.empty()) {
    report.plot = pictureOf(result, plan.getElements(), bound);
    report.plot->title = subject->titleText() + ", " + nameOf(type);
    if (order > 0)
      report.plot->title += ", derivative " + std::to_string(order);
  }
  if (sources.apartOfBound > 1)
    report.failure = "the exact value at " +
                     llvm::formatv("{0}", Json(sources.apartAt)).str() +
                     " is further from what double gives than the bound of its "
                     "errors: a defect of act-report";
  else if (!isWithin)
    report.failure = "the result is beyond its bound";
  return report;
}

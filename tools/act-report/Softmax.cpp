//===- Softmax.cpp - act-report softmax: a row of logits ------------------===//

#include "act/Reference/Softmax.h"
#include "Axis.h"
#include "Inputs.h"
#include "Options.h"
#include "Sample.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace act;
using namespace act::report;
using llvm::ArrayRef;
using llvm::StringRef;
using Json = llvm::json::Value;

/// Rows of more logits have no Jacobian in the report, and no columns of
/// probabilities in the sweep.
static constexpr size_t kMostColumns = 8;
/// The temperatures of the sweep unless --range says others.
static constexpr Extent kTemperatures{0.1, 10};

/// The row that SOURCE describes; nothing after an error that is printed.
static std::optional<std::vector<Quad>> readLogits(StringRef source) {
  auto fail = [](const llvm::Twine &why) {
    llvm::errs() << "act-report: error: " << why << "\n";
    return std::nullopt;
  };
  llvm::Expected<tools::Array> array =
      tools::loadInput(source, tools::ElementType::F64);
  if (!array)
    return fail(llvm::toString(array.takeError()));
  int64_t size = array->size();
  if (size == 0)
    return fail("'" + source + "' holds no logits; give at least one");
  if (!array->shape.empty() && array->shape.back() != size)
    return fail("softmax is of one row of logits, and '" + source +
                "' has shape " + tools::formatShape(array->shape) +
                "; give one row of it");
  std::vector<Quad> logits;
  for (int64_t i = 0; i < size; ++i)
    logits.push_back(array->get(i));
  return logits;
}

/// What is special about a row that has no probabilities.
static std::string noteOf(ArrayRef<Quad> logits) {
  using Traits = NumberTraits<Quad>;
  auto isInfinite = [](bool negative) {
    return [=](Quad z) {
      return Traits::isInfinite(z) && Traits::isNegative(z) == negative;
    };
  };
  if (llvm::any_of(logits, Traits::isNaN))
    return "a logit is NaN, and so is the row";
  if (llvm::any_of(logits, isInfinite(false)))
    return "a logit is inf: by the formula the row is NaN";
  if (llvm::all_of(logits, isInfinite(true)))
    return "every logit is -inf: by the formula the row is NaN; attention "
           "kernels that mask whole rows give 0 instead";
  return "";
}

namespace {
/// Fills the tables and draws the picture of one row.
class SoftmaxReport {
public:
  SoftmaxReport(ArrayRef<Quad> logits, Extent sweep)
      : logits(logits), sweep(sweep) {}

  void addValues(double temperature);
  void addJacobian(double temperature);
  void addSweep();
  Plot plot() const;

  Table values{
      "probabilities",
      {{"temperature"}, {"index"}, {"logit"}, {"exponential"}, {"probability"}},
      {}};
  Table sums{"temperatures", {{"temperature"}, {"sum"}, {"entropy"}}, {}};
  Table jacobian{"jacobian", {{"temperature"}, {"probability"}}, {}};
  Table temperatures{"sweep", {{"temperature"}, {"entropy"}}, {}};

private:
  bool isShort() const { return logits.size() <= kMostColumns; }
  Line lineOf(std::string label,
              llvm::function_ref<Quad(const Softmax<Quad> &)> value) const;

  ArrayRef<Quad> logits;
  Extent sweep;
};
} // namespace

void SoftmaxReport::addValues(double temperature) {
  Softmax<Quad> row = softmaxOf<Quad>(logits, temperature);
  Quad sum = 0;
  for (auto [i, z, p] : llvm::enumerate(logits, row.probabilities)) {
    Quad exponential = NumberTraits<Quad>::exp(z / temperature);
    sum += exponential;
    values.rows.push_back(
        {temperature, int64_t(i), double(z), double(exponential), double(p)});
  }
  sums.rows.push_back({temperature, double(sum), double(row.entropy)});
}

void SoftmaxReport::addJacobian(double temperature) {
  if (!isShort())
    return;
  if (jacobian.rows.empty())
    for (size_t j = 0; j < logits.size(); ++j)
      jacobian.columns.push_back({"by_logit_" + std::to_string(j)});
  Softmax<Quad> row = softmaxOf<Quad>(logits, temperature);
  for (size_t i = 0; i < logits.size(); ++i) {
    std::vector<Json> cells{temperature, int64_t(i)};
    for (Quad slope :
         softmaxJacobianRow<Quad>(row.probabilities, temperature, i))
      cells.push_back(double(slope));
    jacobian.rows.push_back(std::move(cells));
  }
}

void SoftmaxReport::addSweep() {
  if (isShort())
    for (size_t i = 0; i < logits.size(); ++i)
      temperatures.columns.push_back({"probability_" + std::to_string(i)});
  Axis axis{sweep, 0, 1, /*isLog=*/true};
  for (const Tick &tick : axis.ticks(100)) {
    Softmax<Quad> row = softmaxOf<Quad>(logits, tick.value);
    std::vector<Json> cells{tick.value, double(row.entropy)};
    if (isShort())
      for (Quad p : row.probabilities)
        cells.push_back(double(p));
    temperatures.rows.push_back(std::move(cells));
  }
}

/// Sampled evenly on the logarithmic axis.
Line SoftmaxReport::lineOf(
    std::string label,
    llvm::function_ref<Quad(const Softmax<Quad> &)> value) const {
  Line line =
      sampleLine(std::move(label),
                 [&](double u) {
                   return double(value(softmaxOf<Quad>(logits, std::exp(u))));
                 },
                 {std::log(sweep.lo), std::log(sweep.hi)});
  for (auto &point : line.points)
    point.first = std::exp(point.first);
  return line;
}

Plot SoftmaxReport::plot() const {
  Plot plot{"Softmax against its temperature",
            "temperature T",
            sweep,
            /*isLogX=*/true,
            /*xTicks=*/{},
            /*panels=*/{}};
  // The most probable ones, in the order of the row.
  auto shown = llvm::to_vector(llvm::seq<size_t>(0, logits.size()));
  llvm::sort(shown, [&](size_t a, size_t b) {
    return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
  });
  shown.resize(std::min<size_t>(shown.size(), kNumColors));
  llvm::sort(shown);
  Panel probabilities;
  probabilities.window = Extent{0, 1};
  for (size_t i : shown) {
    std::string label;
    llvm::raw_string_ostream(label)
        << "p[" << i << "], z = " << llvm::format("%.4g", double(logits[i]));
    Line line = lineOf(
        label, [i](const Softmax<Quad> &row) { return row.probabilities[i]; });
    line.color = line.dash = probabilities.lines.size();
    probabilities.lines.push_back(std::move(line));
  }
  Panel entropy;
  entropy.height = 140;
  entropy.window = Extent{0, std::log(std::max(double(logits.size()), 2.0))};
  entropy.lines.push_back(lineOf(
      "entropy in nats", [](const Softmax<Quad> &row) { return row.entropy; }));
  plot.panels = {std::move(probabilities), std::move(entropy)};
  return plot;
}

std::optional<Report> act::report::reportSoftmax(const Options &options) {
  std::optional<std::vector<Quad>> logits = readLogits(options.sources[0]);
  if (!logits)
    return std::nullopt;
  SoftmaxReport softmax(*logits, options.range.value_or(kTemperatures));
  for (double temperature : options.temperatures) {
    softmax.addValues(temperature);
    softmax.addJacobian(temperature);
  }
  softmax.addSweep();
  Report report;
  report.title = "softmax";
  report.summary =
      "exp(z / T) and its share in the sum over the row, in binary128 with the "
      "largest logit subtracted first; entropies are in nats.";
  std::string note = noteOf(*logits);
  report.facts = {{{"logits"}, int64_t(logits->size())},
                  {{"note"}, orNull(note)}};
  report.tables = {std::move(softmax.values), std::move(softmax.sums)};
  if (!softmax.jacobian.rows.empty())
    report.tables.push_back(std::move(softmax.jacobian));
  report.tables.push_back(std::move(softmax.temperatures));
  if (!options.plot.empty() && note.empty())
    report.plot = softmax.plot();
  return report;
}

//===- CatalogueAccuracy.cpp - Errors of all kernels ----------------------===//

#include "CatalogueAccuracy.h"
#include "Landmarks.h"
#include "Sweep.h"
#include "act/IR/FunctionTable.h"
#include "act/Reference/Ulp.h"
#include "llvm/Support/ThreadPool.h"

using namespace act;
using namespace act::report;
using Json = llvm::json::Value;

/// The highest order in the table.
static constexpr unsigned kHighestOrder = 2;

namespace {
/// A function and its derivative of some order.
struct Case {
  std::string source;
  unsigned order;
};

/// The kernels that are asked for.
struct Choice {
  std::vector<unsigned> orders;
  std::vector<DType> types;
  std::vector<Accuracy> classes;
};

/// Errors of one case in one type: a row of the table.
using Row = std::vector<Json>;
} // namespace

/// Primes: about 2^17 inputs of f32, 2^15 of f64, whose exact values take far
/// longer.
static uint64_t strideOf(DType type) {
  return type == DType::F64 ? 562949953421231 : 32771;
}

static Choice choiceOf(const Options &options) {
  Choice choice;
  if (options.derivative)
    choice.orders = {*options.derivative};
  else
    for (unsigned order = 0; order <= kHighestOrder; ++order)
      choice.orders.push_back(order);
  if (options.dtype)
    choice.types = {*options.dtype};
  else
    choice.types = {DType::F64, DType::F32, DType::BF16, DType::F16};
  if (options.accuracy)
    choice.classes = {*options.accuracy};
  else
    choice.classes.assign(std::begin(kAccuracies), std::end(kAccuracies));
  return choice;
}

/// "silu", "leaky_relu" and "leaky_relu(x, slope=0.2)".
static std::vector<std::string> sources() {
  std::vector<std::string> all;
  for (const FunctionInfo &row : allFunctions())
    if (isUnary(row)) {
      all.push_back(row.Name);
      for (llvm::StringRef arguments : furtherArgumentsOf(row))
        all.push_back((row.Name + llvm::Twine("(x, ") + arguments + ")").str());
    }
  return all;
}

static std::vector<Label> columnsOf(const Choice &choice) {
  std::vector<Label> columns = {{"function", true}, {"derivative"}, {"type"}};
  for (Accuracy accuracy : choice.classes)
    for (const char *what : {"ulp", "at", "misrounded", "wrong"})
      columns.push_back({std::string(nameOf(accuracy)) + "_" + what});
  return columns;
}

/// An input of the type, to round-trip; JSON has no infinities.
static Json inputOf(double x, DType type) {
  tools::ElementType element = Elements(type).arrayType();
  std::string text = tools::formatShortest(x, element);
  return std::isfinite(x) ? numberAsText(text) : Json(text);
}

static void appendCells(Row &row, const Tally &total, DType type) {
  double ulp = total.worst.ulp;
  row.push_back(std::isfinite(ulp) ? std::round(ulp * 1000) / 1000 : ulp);
  row.push_back(ulp > 0 ? inputOf(total.worst.x, type) : Json(nullptr));
  row.push_back(sizeOf(type) == 2 ? Json(total.misrounded) : Json(nullptr));
  row.push_back(total.wrongSigns + total.nonFinite);
}

namespace {
/// Sweeps the kernels of a case, one after the other.
class CaseSweeper {
public:
  CaseSweeper(const Case &what, const Choice &choice)
      : order(what.order), choice(choice) {
    options.sources = {what.source};
  }

  /// A row for each type; nothing after an error, which has been printed.
  std::optional<std::vector<Row>> run();

private:
  std::optional<Row> sweepType(DType type, const Landmarks &landmarks);

  Options options;
  unsigned order;
  const Choice &choice;
  std::unique_ptr<Subject> subject;
};
} // namespace

std::optional<std::vector<Row>> CaseSweeper::run() {
  subject = Subject::load(options, "accuracy");
  if (!subject)
    return std::nullopt;
  std::vector<Row> rows;
  if (order > 0 && !subject->varies()) {
    for (DType type : choice.types) {
      rows.push_back({options.sources[0], order, nameOf(type)});
      for (size_t i = 0; i < choice.classes.size(); ++i)
        rows.back().insert(rows.back().end(), {"-", nullptr, nullptr, nullptr});
    }
    return rows;
  }
  auto curves = Curves::create(*subject, "accuracy",
                               std::min<unsigned>(order + 2, kMaxOrder));
  if (!curves)
    return std::nullopt;
  Landmarks landmarks = Landmarks::of(*curves, order);
  for (DType type : choice.types) {
    std::optional<Row> row = sweepType(type, landmarks);
    if (!row)
      return std::nullopt;
    rows.push_back(std::move(*row));
  }
  return rows;
}

std::optional<Row> CaseSweeper::sweepType(DType type,
                                          const Landmarks &landmarks) {
  SweepPlan plan(Elements(type), /*exhaustive=*/false, strideOf(type),
                 landmarks.places());
  KnownValues memory;
  Row row = {options.sources[0], order, nameOf(type)};
  // Classes often have the same kernel; that of f32 may be judged differently.
  std::map<std::pair<std::string, bool>, Tally> totals;
  for (Accuracy accuracy : choice.classes) {
    auto kernel = SweptKernel::compile(*subject, order, type, accuracy);
    if (!kernel)
      return std::nullopt;
    SweepTask task{*kernel, plan, landmarks.roots, landmarks.symmetry};
    task.accuracy = accuracy;
    auto [place, isNew] =
        totals.try_emplace({kernel->compiled.text, task.isFast()}, Tally());
    if (isNew) {
      task.nearZero = landmarks.nearZero;
      task.hasRowBound = true;
      task.memory = &memory;
      task.showsProgress = false;
      place->second = llvm::cantFail(sweep(task)).total();
    }
    appendCells(row, place->second, type);
  }
  return row;
}

std::optional<Report> act::report::reportCatalogue(const Options &options) {
  Choice choice = choiceOf(options);
  std::vector<Case> cases;
  for (const std::string &source : sources())
    for (unsigned order : choice.orders)
      cases.push_back({source, order});
  std::vector<std::optional<std::vector<Row>>> rows(cases.size());
  llvm::DefaultThreadPool pool(
      llvm::hardware_concurrency(options.threads.value_or(0)));
  for (auto [result, what] : llvm::zip_equal(rows, cases))
    pool.async([&result = result, &what = what, &choice] {
      result = CaseSweeper(what, choice).run();
    });
  pool.wait();

  Table table;
  table.key = "kernels";
  table.columns = columnsOf(choice);
  for (auto &ofCase : rows) {
    if (!ofCase)
      return std::nullopt;
    llvm::append_range(table.rows, std::move(*ofCase));
  }
  Report report;
  report.title = "Accuracy";
  report.summary =
      "The largest error of each kernel of the catalogue in ulp of its type, "
      "against the exact value, and an input that has it: over all inputs of "
      "a 16-bit type, one in " +
      std::to_string(strideOf(DType::F32)) + " of f32 and one in " +
      std::to_string(strideOf(DType::F64)) +
      " of f64 in bit order, and all that are next to roots, kinks, 0, the "
      "smallest normal numbers and the ends of the range. Misrounded counts "
      "results of 16 bits that are not the nearest number; wrong counts those "
      "of the wrong sign, and those that are NaN or infinite where the exact "
      "value is not, or the reverse. The bits are the same at all CPU levels, "
      "but for the fast class. That promises of f32 a relative 2^-11 or an "
      "absolute 2^-116, whichever is more; its errors are shown where the "
      "former is. A dash stands where a derivative is 0 wherever there is one.";
  report.tables = {std::move(table)};
  return report;
}

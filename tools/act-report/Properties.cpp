//===- Properties.cpp - act-report properties: formula and derivatives ----===//

#include "Curves.h"
#include "Nearest.h"
#include "Picture.h"
#include "ShapeFacts.h"
#include "act/Analysis/Classes.h"
#include "act/IR/FunctionTable.h"
#include "act/Transforms/Derive.h"
#include "act/Transforms/Readable.h"

using namespace mlir;
using namespace act;
using namespace act::report;
using llvm::json::Array;
using Json = llvm::json::Value;

namespace {
/// The function and its derivatives as a table.
class DerivativeTable {
public:
  DerivativeTable(sym::Graph &graph, ArrayRef<std::string> names,
                  unsigned numInputs)
      : graph(graph), names(names), numInputs(numInputs) {
    table.key = "derivatives";
    table.columns = {{"order"},
                     {"by", true},
                     {"formula", true},
                     {"operations"},
                     {"latex", true}};
  }

  /// One row; false where the formula is too long to be of use, and not
  /// printed.
  bool add(unsigned order, Json by, sym::Expr e) {
    bool isShort = graph.countOperations({e}) <= kMaxSymbolicOperations;
    if (isShort)
      e = collectFactors(graph, e);
    table.rows.push_back(
        {order, std::move(by),
         orNull(isShort ? printReadable(e, names, numInputs) : ""),
         graph.countOperations({e}),
         orNull(isShort ? printLatex(e, names, numInputs) : "")});
    return isShort;
  }

  /// Orders 1 to `highest` by every input, and 1 by every parameter.
  void addAll(sym::Expr f, unsigned highest) {
    for (unsigned i = 0; i < names.size(); ++i) {
      sym::Expr e = f;
      unsigned last = i < numInputs ? highest : std::min(highest, 1u);
      for (unsigned order = 1; order <= last; ++order) {
        e = graph.differentiate(e, i);
        if (!add(order, names[i], e))
          break;
      }
    }
  }

  Table table;

private:
  sym::Graph &graph;
  ArrayRef<std::string> names;
  unsigned numInputs;
};
} // namespace

/// What only functions of one input have. False after an error, which has been
/// printed.
static bool addAnalysis(Report &report, Subject &subject, StringRef row,
                        const Options &options) {
  std::optional<Curves> curves = Curves::create(subject, "properties", 3);
  if (!curves)
    return false;
  act::Curve<MpfrNumber> curve = curves->exact();
  Shape<MpfrNumber> shape = analyse(curve);
  if (shape.images[0].ranges.empty()) {
    subject.func.emitError("act-report properties: the function has a finite "
                           "value nowhere; is an argument of log or sqrt "
                           "always negative?");
    return false;
  }
  if (monotonicityOf(shape) == "constant")
    report.summary = "It is constant: no input changes it.";
  addShape(report, curve, shape);
  addMoments(report, curve, shape);
  addSaturation(report, curve, shape);
  if (!options.depths.empty())
    addDepths(report, shape, options.depths);
  report.tables.push_back(nearestRows(
      curve, act::placesOf<MpfrNumber>(shape.breaks), row, &subject.context));
  return true;
}

std::optional<Report> act::report::reportProperties(const Options &options) {
  std::unique_ptr<Subject> subject = Subject::load(options, "properties");
  if (!subject)
    return std::nullopt;
  FuncOp func = subject->func, expanded = *subject->expanded;
  std::vector<std::string> names;
  Array inputs, parameters;
  unsigned numInputs = func.getNumInputs();
  for (unsigned i = 0; i < func.getNumArguments(); ++i) {
    StringRef name = func.getArgName(i);
    names.push_back(name.empty() ? "x" + std::to_string(i) : name.str());
    if (i < numInputs)
      inputs.push_back(names.back());
    else
      parameters.push_back(
          parameterOf(names.back(), func.getArgDefault(i).getValue()));
  }
  Report report;
  report.title = func.getSymName().str();
  StringRef row = rowOf(expanded);
  if (const FunctionInfo *info = lookupFunction(row))
    report.summary = info->Summary;
  else if (numInputs > 1)
    report.summary = "Range, extrema and the like are of functions of one "
                     "input: write numbers in place of the others.";
  report.facts = {{{"name", true}, report.title},
                  {{"formula", true}, orNull(subject->formulaText())},
                  {{"inputs", true}, std::move(inputs)},
                  {{"parameters", true}, std::move(parameters)},
                  {{"row", true}, orNull(row)}};
  DerivativeTable derivatives(subject->graph, names, numInputs);
  if (derivatives.add(0, nullptr, subject->formula))
    derivatives.addAll(subject->formula, options.derivative.value_or(2));
  report.tables.push_back(std::move(derivatives.table));
  if (numInputs == 1 && !addAnalysis(report, *subject, row, options))
    return std::nullopt;
  if (!options.plot.empty()) {
    report.plot = pictureOf(*subject, options);
    if (!report.plot)
      return std::nullopt;
  }
  return report;
}

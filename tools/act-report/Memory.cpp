//===- Memory.cpp - act-report memory: what backward needs ----------------===//

#include "Subject.h"
#include "act/Reference/Interpreter.h"
#include "act/Reference/Ulp.h"
#include "act/Transforms/Derive.h"
#include "act/Transforms/Expand.h"
#include "act/Transforms/Readable.h"
#include "act/Transforms/SavePolicy.h"

using namespace mlir;
using namespace act;
using namespace act::report;
using Json = llvm::json::Value;

/// What a first derivative may be wrong by, in ulp, to be offered unasked.
static constexpr double kClassBound = 8;

namespace {
/// Evaluates functions of one input, with parameters at their defaults.
class Function {
public:
  /// The function `name` of the module; its first `arguments` are given.
  static std::optional<Function> create(ModuleOp module, StringRef name) {
    auto func = module.lookupSymbol<FuncOp>(name);
    if (!func || failed(bindDefaults(func)))
      return std::nullopt;
    llvm::Expected<Tape> tape = Tape::build(func);
    if (tape)
      return Function(std::move(*tape));
    llvm::consumeError(tape.takeError());
    return std::nullopt;
  }
  Quad operator()(ArrayRef<Quad> args, unsigned result = 0) {
    std::vector<Quad> results(interpreter.getNumResults());
    interpreter.evaluate(args, results);
    return results[result];
  }

private:
  explicit Function(Tape tape) : interpreter(std::move(tape)) {}
  Interpreter<Quad> interpreter;
};

/// The worst that rounding the output to its type does to f'.
struct Loss {
  double ulp = 0, at = 0;
};
} // namespace

static Loss measureLoss(Function &f, Function &fromOutput, DType type) {
  Loss loss;
  auto visit = [&](double x) {
    x = roundTo(Quad(x), type);
    Quad exact = f({Quad(x)}, 1);
    double y = roundTo(f({Quad(x)}, 0), type);
    if (NumberTraits<Quad>::isNaN(exact) || !std::isfinite(y) ||
        !std::isfinite(x))
      return;
    double got = roundTo(fromOutput({Quad(y), Quad(1)}), type);
    double ulp = ulpError(got, exact, type);
    if (ulp > loss.ulp)
      loss = {ulp, x};
  };
  // Sixteen points an octave, both signs, over where functions have a shape.
  for (int k = -16 * 20; k <= 16 * 8; ++k)
    for (double sign : {-1.0, 1.0})
      visit(sign * std::exp2(k / 16.0));
  return loss;
}

/// Conditions on parameters as "slope >= 0".
static std::string textOf(ArrayRef<ParameterRange> ranges, FuncOp func) {
  std::string text;
  for (const ParameterRange &range : ranges)
    text += (text.empty() ? "" : ", ") + func.getArgName(range.argument).str() +
            " " + range.text().str();
  return text;
}

namespace {
/// Fills the table of policies.
class Policies {
public:
  Policies(ModuleOp module, FuncOp func, sym::Graph &graph, sym::Expr f)
      : module(module), func(func), graph(graph), f(f) {
    table.key = "policies";
    table.columns = {{"save", true},
                     {"legal"},
                     {"bytes_f32"},
                     {"bytes_16_bit"},
                     {"derivative", true},
                     {"if", true},
                     {"max_ulp_f32"},
                     {"max_ulp_bf16"},
                     {"note"}};
  }

  void add();
  Table table;

private:
  void addRow(StringRef save, bool legal, double bytes, double halfBytes,
              std::string derivative, std::string condition, Json ulp,
              Json halfUlp, std::string note) {
    table.rows.push_back(
        {save.str(), legal ? "yes" : "no", legal ? Json(bytes) : Json(nullptr),
         legal ? Json(halfBytes) : Json(nullptr), orNull(derivative),
         orNull(condition), std::move(ulp), std::move(halfUlp), orNull(note)});
  }
  void addOutput();
  void addMask();

  ModuleOp module;
  FuncOp func;
  sym::Graph &graph;
  sym::Expr f;
};
} // namespace

void Policies::addOutput() {
  SavedForm form = deriveFromOutput(graph, f);
  if (!form.derivative)
    return addRow("output", false, 0, 0, "", "", nullptr, nullptr, form.reason);
  std::vector<std::string> names = {"y"};
  for (unsigned i = 1; i < func.getNumArguments(); ++i)
    names.push_back(func.getArgName(i).str());
  std::string formula = printReadable(collectFactors(graph, form.derivative),
                                      names, func.getNumInputs());

  // The same function as kernels have it, to be measured.
  OpBuilder builder(module.getContext());
  builder.setInsertionPointToEnd(module.getBody());
  auto callee = FlatSymbolRefAttr::get(func.getSymNameAttr());
  builder.create<DerivativeOp>(func.getLoc(), "act.f", func,
                               ArrayRef<int64_t>{0, 1});
  builder.create<VjpOp>(func.getLoc(), builder.getStringAttr("act.saved"),
                        StringAttr(), callee, ArrayAttr(),
                        builder.getI64IntegerAttr(0),
                        builder.getStringAttr("output"), StringAttr());
  Json ulp = nullptr, halfUlp = nullptr;
  std::string note;
  if (succeeded(resolveDerivatives(module))) {
    auto function = Function::create(module, "act.f");
    auto saved = Function::create(module, "act.saved");
    if (function && saved) {
      Loss f32 = measureLoss(*function, *saved, DType::F32);
      Loss bf16 = measureLoss(*function, *saved, DType::BF16);
      ulp = f32.ulp, halfUlp = bf16.ulp;
      if (f32.ulp > kClassBound)
        note = "beyond the bound of " + std::to_string(int(kClassBound)) +
               " ulp, worst at x = " + llvm::formatv("{0}", f32.at).str() +
               ": never chosen unasked";
    }
  }
  addRow("output", true, 4, 2, formula, textOf(form.ranges, func),
         std::move(ulp), std::move(halfUlp), note);
}

void Policies::addMask() {
  SavedForm form = deriveFromMask(graph, f);
  if (!form.derivative)
    return addRow("mask", false, 0, 0, "", "", nullptr, nullptr, form.reason);
  std::vector<std::string> names = {"bit"};
  for (unsigned i = 1; i < func.getNumArguments(); ++i)
    names.push_back(func.getArgName(i).str());
  addRow("mask", true, 0.125, 0.125,
         printReadable(form.derivative, names, func.getNumInputs()), "", 0.5,
         0.5, "");
}

void Policies::add() {
  double inputs = func.getNumInputs();
  addRow("input", true, 4 * inputs, 2 * inputs, "", "", nullptr, nullptr,
         "the default: within the class bound everywhere");
  if (func.getNumInputs() == 1) {
    addOutput();
    addMask();
  } else {
    for (StringRef save : {"output", "mask"})
      addRow(save, false, 0, 0, "", "", nullptr, nullptr,
             "it has several inputs");
  }
  addRow("recompute", true, 0, 0, "", "", nullptr, nullptr,
         "nothing is kept: the caller gives the inputs again");
}

std::optional<Report> act::report::reportMemory(const Options &options) {
  std::unique_ptr<Subject> subject = Subject::load(options, "memory");
  if (!subject)
    return std::nullopt;
  Report report;
  report.title = subject->func.getSymName().str();
  report.summary = "What forward can keep for backward: bytes an element, and "
                   "the error of f' from what is kept.";
  Policies policies(*subject->module, subject->func, subject->graph,
                    subject->formula);
  policies.add();
  report.tables.push_back(std::move(policies.table));
  return report;
}

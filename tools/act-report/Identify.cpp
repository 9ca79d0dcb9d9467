//===- Identify.cpp - act-report identify: what a name means --------------===//

#include "IdentifySamples.h"
#include "Subject.h"
#include "act/IR/FrameworkTable.h"
#include "act/Syntax/Parser.h"
#include "act/Syntax/Printer.h"
#include "act/Transforms/Expand.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <set>

using namespace mlir;
using namespace act;
using namespace act::report;
using llvm::json::Array;

namespace {
/// A name's meaning in the terms of Act.
struct Meaning {
  /// The row it is, or "".
  std::string row;
  /// A source at its defaults, as leaky_relu(x, slope=0.2).
  std::string source;
  /// The row's formula, or the source again.
  std::string formula;
};
} // namespace

static Meaning meaningOf(const FrameworkFunctionInfo &info) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<ActDialect, arith::ArithDialect, math::MathDialect>();
  auto module = parseFrameworkFunction(info, "function", &context);
  FuncOp func = *module->getOps<FuncOp>().begin();
  Meaning meaning;
  if (succeeded(bindDefaults(func)))
    meaning.source = printExpression(func);
  if (succeeded(expandBody(func)))
    meaning.row = rowOf(func).str();
  const FunctionInfo *row = lookupFunction(meaning.row);
  meaning.formula = row ? row->Formula : meaning.source;
  return meaning;
}

static Array partsOf(StringRef text) {
  SmallVector<StringRef> parts;
  text.split(parts, ';', -1, /*KeepEmpty=*/false);
  return Array(parts);
}

static Array parametersOf(const FrameworkFunctionInfo &info) {
  Array parameters;
  for (const llvm::json::Value &part : partsOf(info.Params)) {
    auto [name, text] = part.getAsString()->split('=');
    parameters.push_back(parameterOf(name, text));
  }
  return parameters;
}

/// Prints "act-report: error: ..." and has no report.
static std::nullopt_t fail(const llvm::Twine &message) {
  llvm::errs() << "act-report: error: " << message << "\n";
  return std::nullopt;
}

/// What one framework means.
static std::optional<Report> identifyIn(const Options &options) {
  StringRef framework = options.compat;
  auto variants = frameworkFunctionsNamed(options.name, framework);
  if (variants.empty())
    return fail(framework + " has no function '" + options.name + "'" +
                didYouMean(options.name, frameworkFunctionNames(framework)) +
                "; without --compat, identify lists what others mean by it");
  const FrameworkFunctionInfo *info =
      lookupFrameworkFunction(framework, options.name, options.arguments);
  if (!info) {
    std::string known;
    for (const FrameworkFunctionInfo *variant : variants)
      if (*variant->Arguments)
        known += std::string(known.empty() ? "" : ", ") + variant->Arguments;
    return fail(
        StringRef(variants[0]->Name) + " of " + framework +
        " has no variant '" + options.arguments + "'" +
        (known.empty() ? "; leave --arguments out" : "; it has: " + known));
  }
  Meaning meaning = meaningOf(*info);
  Report report;
  report.title = (framework + " " + info->Name).str();
  report.summary = info->Note;
  report.facts = {{{"framework"}, framework.str()},
                  {{"name", true}, info->Name},
                  {{"arguments", true}, orNull(info->Arguments)},
                  {{"row", true}, orNull(meaning.row)},
                  {{"source", true}, orNull(meaning.source)},
                  {{"inputs", true}, partsOf(info->Inputs)},
                  {{"parameters", true}, parametersOf(*info)},
                  {{"kinks"}, orNull(info->Kinks)},
                  {{"nan"}, info->NaN},
                  {{"layout", true}, orNull(info->Layout)},
                  {{"formula", true}, orNull(meaning.formula)},
                  {{"citation"}, info->Cites}};
  return report;
}

/// What all frameworks, and Act, mean.
static std::optional<Report> identifyAnywhere(const Options &options) {
  Table table;
  table.key = "meanings";
  table.columns = {{"framework"},    {"name", true}, {"arguments", true},
                   {"source", true}, {"kinks"},      {"nan"},
                   {"layout", true}, {"citation"}};
  std::set<std::string> meanings;
  if (const FunctionInfo *row = lookupFunction(options.name)) {
    table.rows.push_back({"act", row->Name, nullptr, row->Formula, nullptr,
                          "propagates", nullptr, orNull(row->Cites)});
  }
  for (StringRef framework : frameworkNames())
    for (const FrameworkFunctionInfo *info :
         frameworkFunctionsNamed(options.name, framework)) {
      std::string source = meaningOf(*info).source;
      if (*info->Arguments == '\0')
        meanings.insert(source + info->Kinks + info->NaN + info->Layout);
      table.rows.push_back(
          {framework.str(), info->Name, orNull(info->Arguments), source,
           orNull(info->Kinks), info->NaN, orNull(info->Layout), info->Cites});
    }
  if (table.rows.empty()) {
    SmallVector<StringRef> known(allFunctionNames());
    for (StringRef framework : frameworkNames())
      llvm::append_range(known, frameworkFunctionNames(framework));
    return fail("no framework has a function '" + options.name + "'" +
                didYouMean(options.name, known));
  }
  Report report;
  report.title = options.name;
  report.summary =
      meanings.size() > 1
          ? "Frameworks differ; --compat chooses one."
          : "Every framework that has the name means the same by it.";
  report.tables.push_back(std::move(table));
  return report;
}

std::optional<Report> act::report::reportIdentify(const Options &options) {
  if (!options.samples.empty())
    return identifySamples(options);
  return options.compat.empty() ? identifyAnywhere(options)
                                : identifyIn(options);
}

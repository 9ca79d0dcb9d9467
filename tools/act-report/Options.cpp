//===- Options.cpp - The command line of act-report -----------------------===//

#include "Options.h"
#include "Array.h"
#include "CommandLine.h"
#include "act/IR/Act.h"
#include "act/IR/FrameworkTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace act;
using namespace act::report;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

static constexpr unsigned kMaxLayers = 1000;

#define ACT_OPTION_TABLE "ActReportOptions.inc"
#include "OptionTable.def"

namespace {
/// What --help, --version and the other options say.
struct Given {
  bool help = false, version = false;
  /// Names of options that belong to some verbs only.
  std::vector<std::string> ofVerbs;
};
} // namespace

llvm::ArrayRef<Verb> act::report::allVerbs() {
  static constexpr Verb verbs[] = {
#define ACT_VERB(Name, Function, Operands, TheOptions, Summary)                \
  {#Name, Function, Operands, TheOptions, Summary},
#include "Verbs.def"
  };
  return verbs;
}

static void printHelp(const OptionTable &table) {
  table.printHelp(llvm::outs(), "act-report VERB [SOURCE...] [options]",
                  "act-report: what is known of activations, the catalogue's "
                  "and your own");
  llvm::outs() << "\nVERBS:\n";
  for (const Verb &verb : allVerbs()) {
    std::string text = (verb.name + llvm::Twine(" ") + verb.operands).str();
    llvm::outs() << "  " << llvm::format("%-22s", text.c_str()) << " "
                 << verb.summary << "\n";
  }
}

static std::optional<double> parseFinite(StringRef text) {
  auto value = tools::parseDecimal(text, tools::ElementType::F64);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

static Error parseTemperatures(StringRef text, std::vector<double> &numbers) {
  llvm::SmallVector<StringRef> parts;
  text.split(parts, ',');
  numbers.clear();
  for (StringRef part : parts) {
    std::optional<double> number = parseFinite(part);
    if (!number || *number <= 0)
      return createStringError("--temperature=" + text + ": '" + part +
                               "' is no temperature; use finite numbers "
                               "above 0, such as --temperature=0.5,1,2");
    numbers.push_back(*number);
  }
  return Error::success();
}

static Error parseRange(StringRef text, std::optional<Extent> &range) {
  auto [lo, hi] = text.split(':');
  std::optional<double> first = parseFinite(lo), last = parseFinite(hi);
  if (!first || !last || *first >= *last || !std::isfinite(*last - *first))
    return createStringError("--range=" + text +
                             ": use two numbers, the lower "
                             "first, such as --range=-6:6");
  range = Extent{*first, *last};
  return Error::success();
}

static Error parseDepths(StringRef text, std::vector<unsigned> &depths) {
  depths.clear();
  for (StringRef part : llvm::split(text, ',')) {
    unsigned depth;
    if (part.getAsInteger(10, depth) || depth == 0 || depth > kMaxLayers)
      return createStringError("--depth=" + text +
                               ": use whole numbers from 1 to " +
                               llvm::Twine(kMaxLayers) + ", such as 10,20");
    depths.push_back(depth);
  }
  return Error::success();
}

static Error parseDType(StringRef text, std::optional<DType> &dtype) {
  for (DType type : {DType::F64, DType::F32, DType::F16, DType::BF16})
    if (text == nameOf(type)) {
      dtype = type;
      return Error::success();
    }
  return createStringError("unknown element type '" + text +
                           "'; use f64, f32, f16 or bf16");
}

static Error parseAccuracy(StringRef text, std::optional<Accuracy> &accuracy) {
  accuracy = accuracyNamed(text);
  if (accuracy)
    return Error::success();
  return createStringError("unknown class '" + text +
                           "' for --accuracy; use strict, default or fast");
}

template <class T>
static Error parseCount(StringRef name, StringRef text,
                        std::optional<T> &count) {
  T number;
  if (text.getAsInteger(10, number) || number == 0)
    return createStringError("--" + name + "=" + text +
                             ": use a whole number from 1 on");
  count = number;
  return Error::success();
}

static Error parseOption(const llvm::opt::Arg &arg, Options &options,
                         Given &given) {
  StringRef text = arg.getNumValues() ? arg.getValue() : "";
  switch (arg.getOption().getID()) {
  case OPT_help:
    given.help = true;
    return Error::success();
  case OPT_version:
    given.version = true;
    return Error::success();
  case OPT_format:
    if (std::optional<Format> format = formatNamed(text)) {
      options.format = *format;
      return Error::success();
    }
    return createStringError("unknown format '" + text +
                             "'; use md, json or csv");
  case OPT_json:
    options.json = text.str();
    if (text.empty() || text == "-")
      return createStringError("--json=" + text +
                               " names no file; write --json=FILE");
    return Error::success();
  case OPT_function:
    options.function = text.str();
    break;
  case OPT_compat:
    options.compat = text.str();
    if (std::string problem = checkFramework(text); !problem.empty())
      return createStringError("--compat=" + text + ": " + problem);
    break;
  case OPT_name:
    options.name = text.str();
    break;
  case OPT_arguments:
    options.arguments = text.str();
    break;
  case OPT_samples:
    options.samples = text.str();
    if (text.empty())
      return createStringError("--samples= names nothing; write "
                               "--samples=@file.npy, or a formula");
    break;
  case OPT_derivative:
    if (unsigned order; !text.getAsInteger(10, order) && order <= kMaxOrder)
      options.derivative = order;
    else
      return createStringError("--derivative=" + text +
                               ": use a whole number from 0 to " +
                               llvm::Twine(kMaxOrder));
    options.plotOrder = std::min(*options.derivative, kMostPlotted);
    break;
  case OPT_plot:
    options.plot = text.str();
    if (text.empty())
      return createStringError("--plot= names no file; write --plot=FILE.svg, "
                               "or --plot=- for stdout");
    break;
  case OPT_temperature:
    if (Error error = parseTemperatures(text, options.temperatures))
      return error;
    break;
  case OPT_range:
    if (Error error = parseRange(text, options.range))
      return error;
    break;
  case OPT_dtype:
    if (Error error = parseDType(text, options.dtype))
      return error;
    break;
  case OPT_accuracy:
    if (Error error = parseAccuracy(text, options.accuracy))
      return error;
    break;
  case OPT_exhaustive:
    options.exhaustive = true;
    break;
  case OPT_stride:
    if (Error error = parseCount("stride", text, options.stride))
      return error;
    break;
  case OPT_threads:
    if (Error error = parseCount("threads", text, options.threads))
      return error;
    break;
  case OPT_resume:
    options.resume = text.str();
    if (text.empty() || text == "-")
      return createStringError("--resume=" + text +
                               " names no file; write --resume=FILE");
    break;
  case OPT_max_ulp:
    options.maxUlp = parseFinite(text);
    if (!options.maxUlp || *options.maxUlp < 0)
      return createStringError("--max-ulp=" + text +
                               ": use a number that is not negative");
    break;
  case OPT_depth:
    if (Error error = parseDepths(text, options.depths))
      return error;
    break;
  case OPT_layers:
    if (text.getAsInteger(10, options.layers) || options.layers == 0 ||
        options.layers > kMaxLayers)
      return createStringError("--layers=" + text +
                               ": use a whole number from 1 to " +
                               llvm::Twine(kMaxLayers));
    break;
  case OPT_weight_variance: {
    double variance;
    if (text.getAsDouble(variance) || !std::isfinite(variance) || variance <= 0)
      return createStringError("--weight-variance=" + text +
                               ": use a positive number, such as 2 for He's "
                               "initialisation");
    options.weightVariance = variance;
    break;
  }
  }
  given.ofVerbs.push_back(arg.getOption().getName().rtrim('=').str());
  return Error::success();
}

static Expected<const Verb *> findVerb(StringRef name) {
  std::vector<StringRef> names;
  for (const Verb &verb : allVerbs()) {
    if (name == verb.name)
      return &verb;
    names.push_back(verb.name);
  }
  return createStringError("unknown verb '" + name + "'" +
                           didYouMean(name, names) +
                           "; act-report --help lists the verbs");
}

/// A name or samples are identified.
static Error checkIdentify(const Given &line) {
  bool isNamed = llvm::is_contained(line.ofVerbs, "name");
  if (!llvm::is_contained(line.ofVerbs, "samples"))
    return isNamed ? Error::success()
                   : createStringError("identify needs --name=NAME for what a "
                                       "name means, or --samples=@file.npy "
                                       "for what a function's points are");
  for (const std::string &name : line.ofVerbs)
    if (name != "samples")
      return createStringError("--samples and --" + name +
                               " do not go together: one asks what points "
                               "are, the other what a name means");
  return Error::success();
}

/// Without a source, options of one kernel mean nothing.
static Error checkCatalogue(const Verb &verb, const Given &line) {
  for (const std::string &name : line.ofVerbs)
    if (!llvm::is_contained({"derivative", "dtype", "accuracy", "threads"},
                            StringRef(name)))
      return createStringError(llvm::Twine("--") + name + " is of one " +
                               "function; give '" + verb.name +
                               "' a source, or leave it out");
  return Error::success();
}

/// The operands and options must be those of the verb.
static Error checkUse(const Options &options, const Given &line) {
  const Verb &verb = *options.verb;
  llvm::SmallVector<StringRef> operands;
  verb.operands.split(operands, ' ', -1, /*KeepEmpty=*/false);
  size_t given = options.sources.size();
  bool isCatalogue = given == 0 && !operands.empty() && verb.isOptional();
  if (isCatalogue)
    if (Error error = checkCatalogue(verb, line))
      return error;
  if (!isCatalogue && given < operands.size()) {
    StringRef missing = operands[given];
    return createStringError(
        llvm::Twine(given ? "no second " : "no ") + missing.lower() +
        "; give '" + verb.name + "' " +
        (missing == "LOGITS"
             ? "numbers such as 2,1,0.1, or a file as @file.npy"
             : "a formula, a name such as silu, or a .mlir file"));
  }
  if (given > operands.size())
    return createStringError(
        operands.empty() ? llvm::Twine("'") + verb.name + "' takes no source"
                         : "a source too many: '" + options.sources.back() +
                               "'; quote a formula that has spaces");
  llvm::SmallVector<StringRef> own;
  StringRef(verb.options).split(own, ' ');
  for (const std::string &name : line.ofVerbs)
    if (!llvm::is_contained(own, name))
      return createStringError(llvm::Twine("'") + verb.name +
                               "' has no option --" + name);
  if (options.exhaustive && options.dtype == DType::F64)
    return createStringError("--exhaustive: f64 has 2^64 numbers; leave it out "
                             "for a sample");
  if (llvm::is_contained(own, "samples"))
    if (Error error = checkIdentify(line))
      return error;
  if (llvm::is_contained(own, "temperature") && options.range &&
      options.range->lo <= 0)
    return createStringError(
        "--range=" +
        tools::formatShortest(options.range->lo, tools::ElementType::F64) +
        ":" +
        tools::formatShortest(options.range->hi, tools::ElementType::F64) +
        " is of temperatures, which are above 0; use such as --range=0.1:10");
  return Error::success();
}

Expected<Options> act::report::parseOptions(int argc, char **argv) {
  OptionTable table;
  Options options;
  Given given;
  auto operands = tools::splitCommandLine(
      table, argc, argv, [&](const llvm::opt::Arg &arg) {
        return parseOption(arg, options, given);
      });
  if (!operands)
    return operands.takeError();
  if (given.help)
    printHelp(table);
  else if (given.version)
    tools::printVersion(llvm::outs());
  if (given.help || given.version)
    return options;
  if (operands->empty())
    return createStringError("no verb; act-report --help lists the verbs");
  Expected<const Verb *> verb = findVerb(operands->front());
  if (!verb)
    return verb.takeError();
  options.verb = *verb;
  options.sources.assign(operands->begin() + 1, operands->end());
  if (Error error = checkUse(options, given))
    return std::move(error);
  return options;
}

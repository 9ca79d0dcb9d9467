//===- Options.cpp - The command line of act-run --------------------------===//

#include "Options.h"
#include "CommandLine.h"
#include "act/IR/Act.h"
#include "act/IR/ExactNumber.h"
#include "act/IR/FrameworkTable.h"
#include "act/Target/Knobs.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace act;
using namespace act::run;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

#define ACT_OPTION_TABLE "ActRunOptions.inc"
#include "OptionTable.def"

static Expected<double> parseNumber(StringRef option, StringRef text) {
  double value;
  if (text.getAsDouble(value) || !std::isfinite(value))
    return createStringError("'" + option + "' expects a finite number, not '" +
                             text + "'");
  return value;
}

static Error parseParam(StringRef text, Options &options) {
  auto [name, number] = text.split('=');
  if (name.empty() || number.empty())
    return createStringError("'--param=" + text +
                             "' is malformed; write --param=NAME=NUMBER");
  Expected<double> value = parseNumber(("--param=" + name).str(), number);
  if (!value)
    return value.takeError();
  for (auto &[other, ignored] : options.params)
    if (other == name)
      return createStringError("parameter '" + name + "' is given twice");
  options.params.emplace_back(name.str(), *value);
  return Error::success();
}

static Error parseDType(StringRef text, Options &options) {
  for (DType type : {DType::F64, DType::F32, DType::F16, DType::BF16})
    if (text == nameOf(type))
      options.dtype = type;
  if (!options.dtype)
    return createStringError("unknown element type '" + text +
                             "'; use f64, f32, f16 or bf16");
  return Error::success();
}

static Error parseAccuracy(StringRef text, Options &options) {
  std::optional<Accuracy> accuracy = accuracyNamed(text);
  if (!accuracy)
    return createStringError("unknown class '" + text +
                             "' for --accuracy; use strict, default or fast");
  options.accuracy = *accuracy;
  return Error::success();
}

static Error parseRounding(StringRef text, Options &options) {
  std::optional<RoundingPoints> rounding = roundingNamed(text);
  if (!rounding)
    return createStringError("unknown rounding '" + text +
                             "' for --round; use once or each");
  options.rounding = *rounding;
  return Error::success();
}

static Error parseQuantize(StringRef text, Options &options) {
  auto [name, scales] = text.split(':');
  std::optional<DType> format;
  for (DType type : {DType::E4M3, DType::E5M2, DType::Int8})
    if (name == nameOf(type))
      format = type;
  if (!format)
    return createStringError("unknown format '" + name +
                             "' for --quantize; use e4m3, e5m2 or int8");
  options.quantization = {*format, Scaling::Static, "1"};
  double scale;
  if (scales == "row" || scales == "128") {
    options.quantization->scaling =
        scales == "row" ? Scaling::Row : Scaling::Block;
  } else if (text.contains(':')) {
    if (!isDecimal(scales) || scales.getAsDouble(scale) ||
        !(scale >= kLeastScale && scale <= kLargestScale))
      return createStringError(
          "--quantize=" + text + ": '" + scales +
          "' is no scale; use a number from 2^-126 to 2^126, by which results "
          "are divided, or row or 128 for scales that are computed");
    options.quantization->scale = scales.str();
  }
  return Error::success();
}

static Error parseStage(StringRef text, Options &options) {
  options.stopAfter = stageNamed(text);
  std::string names;
  for (Road road : {Road::Cpu, Road::Gpu})
    for (Stage stage : stagesUpTo(road, lastPassesOf(road))) {
      if (options.stopAfter == stage)
        return Error::success();
      if (!StringRef(names).contains(nameOf(stage)))
        names += std::string(names.empty() ? "" : ", ") + nameOf(stage);
    }
  return createStringError("unknown stage '" + text +
                           "' for --stop-after; use one of: " + names);
}

static Error parseDerivatives(StringRef text, Options &options) {
  llvm::SmallVector<StringRef> parts;
  text.split(parts, ',');
  for (StringRef part : parts) {
    int64_t order;
    if (part.getAsInteger(10, order) || order < 0 || order > kMaxOrder)
      return createStringError("--derivative=" + text + ": '" + part +
                               "' is no order; use whole numbers from 0 to " +
                               llvm::Twine(kMaxOrder));
    if (llvm::is_contained(options.derivatives, order))
      return createStringError("--derivative=" + text + " names order " + part +
                               " twice");
    options.derivatives.push_back(order);
  }
  return Error::success();
}

Options Options::forward() const {
  Options forward = *this;
  forward.vjp = forward.cotangent = forward.check = false;
  forward.output.clear();
  llvm::erase_if(forward.inputs, [](const std::string &text) {
    return StringRef(text).starts_with("cotangent=");
  });
  if (save == "mask") {
    forward.derivatives = {0};
    forward.keepsMask = true;
  }
  return forward;
}

static Error parseSave(StringRef text, Options &options) {
  for (StringRef policy : {"input", "output", "recompute", "mask"})
    if (text == policy) {
      options.save = text.str();
      return Error::success();
    }
  return createStringError("unknown policy '" + text +
                           "' for --save; use input, output, recompute or "
                           "mask");
}

static Error parseOption(const llvm::opt::Arg &arg, Options &options) {
  StringRef text = arg.getNumValues() ? arg.getValue() : "";
  switch (arg.getOption().getID()) {
  case OPT_input:
    options.inputs.push_back(text.str());
    return Error::success();
  case OPT_param:
    return parseParam(text, options);
  case OPT_derivative:
    return parseDerivatives(text, options);
  case OPT_wrt:
    options.wrt = text.str();
    return Error::success();
  case OPT_vjp:
    options.vjp = true;
    return Error::success();
  case OPT_jvp:
    options.jvp = true;
    return Error::success();
  case OPT_tangent:
    options.inputs.push_back("tangent=" + text.str());
    options.tangent = true;
    return Error::success();
  case OPT_jacobian:
    options.jacobian = options.vjp = options.cotangent = true;
    options.inputs.push_back("cotangent=1");
    return Error::success();
  case OPT_cotangent:
    options.inputs.push_back("cotangent=" + text.str());
    options.cotangent = true;
    return Error::success();
  case OPT_save:
    return parseSave(text, options);
  case OPT_dtype:
    return parseDType(text, options);
  case OPT_function:
    options.function = text.str();
    return Error::success();
  case OPT_compat:
    options.compat = text.str();
    if (std::string problem = checkFramework(text); !problem.empty())
      return createStringError("--compat=" + text + ": " + problem);
    return Error::success();
  case OPT_output:
    options.output = text.str();
    if (text.empty())
      return createStringError("--output needs a file name");
    return Error::success();
  case OPT_emit:
    options.emit = text.str();
    if (!llvm::is_contained({"llvm", "asm", "obj", "ptx"}, text))
      return createStringError("unknown product '" + text +
                               "' for --emit; use llvm, asm, obj or ptx");
    return Error::success();
  case OPT_stop_after:
    return parseStage(text, options);
  case OPT_target:
    options.target = text.str();
    return Error::success();
  case OPT_accuracy:
    return parseAccuracy(text, options);
  case OPT_round:
    return parseRounding(text, options);
  case OPT_tolerance: {
    Expected<double> value = parseNumber("--tolerance", text);
    if (!value)
      return value.takeError();
    if (!(*value > 0))
      return createStringError("--tolerance expects a positive number, not '" +
                               text + "'");
    options.tolerance = *value;
    return Error::success();
  }
  case OPT_quantize:
    return parseQuantize(text, options);
  case OPT_flush:
    options.flush = true;
    return Error::success();
  case OPT_threads:
    if (text.getAsInteger(10, options.threads) || options.threads == 0 ||
        options.threads > 1024)
      return createStringError("--threads expects a number from 1 to 1024, "
                               "not '" +
                               text + "'");
    return Error::success();
  case OPT_check:
    options.check = true;
    return Error::success();
  case OPT_max_ulp: {
    Expected<double> value = parseNumber("--max-ulp", text);
    if (!value)
      return value.takeError();
    if (*value < 0)
      return createStringError("--max-ulp expects a number that is not "
                               "negative");
    options.maxUlp = *value;
    return Error::success();
  }
  case OPT_time:
    options.time = true;
    return Error::success();
  case OPT_stats:
    options.stats = true;
    return Error::success();
  case OPT_stats_axis: {
    int64_t axis;
    if (text.getAsInteger(10, axis))
      return createStringError("--stats-axis expects a whole number, not '" +
                               text + "'");
    options.statsAxis = axis;
    return Error::success();
  }
  case OPT_stats_threshold: {
    Expected<double> value = parseNumber("--stats-threshold", text);
    if (!value)
      return value.takeError();
    if (*value < 0 || *value > 1)
      return createStringError("--stats-threshold expects a fraction from 0 to "
                               "1, not '" +
                               text + "'");
    options.statsThreshold = *value;
    return Error::success();
  }
  }
  return Error::success();
}

/// Options that cannot be given together.
static Error findConflict(const Options &options) {
  if (options.stopAfter && !options.emit.empty())
    return createStringError("--stop-after and --emit each choose what is "
                             "printed; give one of them");
  if (options.onlyPrints())
    for (auto [given, name] : {std::pair(options.check, "--check"),
                               std::pair(options.time, "--time"),
                               std::pair(!options.output.empty(), "--output")})
      if (given)
        return createStringError(
            llvm::Twine(name) + " needs a run, but " +
            (options.stopAfter ? "--stop-after" : "--emit") +
            " prints a product instead");
  if (options.vjp && !options.cotangent && !options.onlyPrints())
    return createStringError("--vjp needs the gradient of the result; give "
                             "--cotangent=VALUE");
  if (!options.vjp && options.cotangent)
    return createStringError("--cotangent belongs to --vjp; give both");
  if (!options.vjp && options.save != "input")
    return createStringError("--save belongs to --vjp; give both");
  if (options.vjp && options.derivatives.size() > 1)
    return createStringError("--vjp is of one derivative; name one order in "
                             "--derivative");
  if (options.jvp && (options.vjp || !options.derivatives.empty()))
    return createStringError(llvm::Twine("--jvp and ") +
                             (options.jacobian ? "--jacobian"
                              : options.vjp    ? "--vjp"
                                               : "--derivative") +
                             " are different derivatives; give one of them");
  if (options.tangent && !options.jvp)
    return createStringError("--tangent belongs to --jvp; give both");
  if (options.jacobian && options.readsSaved())
    return createStringError("--jacobian reads the inputs; leave out --save");
  if (options.vjp && !options.jacobian && !options.wrt.empty())
    return createStringError("--vjp gives the gradients of all inputs; --wrt "
                             "belongs to --derivative");
  if (!options.vjp && !options.jvp && options.derivatives.empty() &&
      !options.wrt.empty())
    return createStringError("--wrt belongs to --derivative, --jvp and "
                             "--jacobian; give one of them");
  if (options.maxUlp && !options.check)
    return createStringError("--max-ulp is the bound of --check; give both");
  if (options.maxUlp && options.tolerance)
    return createStringError("--max-ulp and --tolerance are each the bound of "
                             "--check; give one of them");
  if (options.stats && options.isDerivative())
    return createStringError(
        llvm::Twine(
            "--stats counts the results of the function itself, not of ") +
        (options.vjp   ? "--vjp"
         : options.jvp ? "--jvp"
                       : "--derivative") +
        "; give one of them");
  if (!options.stats && (options.statsAxis || options.statsThreshold))
    return createStringError(
        llvm::Twine(options.statsAxis ? "--stats-axis" : "--stats-threshold") +
        " belongs to --stats; give both");
  return Error::success();
}

/// Options that are of no use beside --quantize.
static Error findQuantizeConflict(const Options &options) {
  if (!options.quantization)
    return Error::success();
  for (auto [given, name, why] :
       {std::tuple(options.isDerivative(), "derivatives",
                   "which are not quantised"),
        std::tuple(options.stats, "--stats",
                   "which counts results as they are"),
        std::tuple(options.tolerance.has_value(), "--tolerance",
                   "which is of results as they are"),
        std::tuple(options.maxUlp.has_value(), "--max-ulp",
                   "which is of results as they are"),
        std::tuple(options.rounding == RoundingPoints::Each, "--round=each",
                   "which rounds results before they are quantised")})
    if (given)
      return createStringError(llvm::Twine("--quantize is given beside ") +
                               name + ", " + why + "; give one of them");
  if (options.dtype == DType::F64)
    return createStringError("results of f64 are not quantised; give "
                             "--dtype=f32, bf16 or f16 beside --quantize");
  return Error::success();
}

static void printHelp(const OptionTable &table) {
  table.printHelp(llvm::outs(), "act-run SOURCE [options]",
                  "act-run: compile a formula, an activation or an .mlir "
                  "file, and run it");
  llvm::outs() << "\nENVIRONMENT:\n";
  for (const KnobInfo &knob : allKnobs())
    llvm::outs() << "  " << knob.name << "=" << knob.value << " " << knob.help
                 << "\n";
}

Expected<std::pair<Action, Options>> act::run::parseOptions(int argc,
                                                            char **argv) {
  OptionTable table;
  Options options;
  bool wantsHelp = false, wantsVersion = false;
  auto sources = tools::splitCommandLine(
      table, argc, argv, [&](const llvm::opt::Arg &arg) {
        wantsHelp |= arg.getOption().matches(OPT_help);
        wantsVersion |= arg.getOption().matches(OPT_version);
        return parseOption(arg, options);
      });
  if (!sources)
    return sources.takeError();
  if (wantsHelp)
    printHelp(table);
  else if (wantsVersion)
    tools::printVersion(llvm::outs());
  if (wantsHelp || wantsVersion)
    return std::pair(Action::Exit, Options());
  if (sources->size() != 1)
    return createStringError(
        sources->empty()
            ? "no source; give a formula, a name such as silu, or a .mlir file"
            : "several sources ('" + (*sources)[0] + "' and '" + (*sources)[1] +
                  "'); quote a formula that has spaces");
  options.source = sources->front();
  if (Error error = findConflict(options))
    return std::move(error);
  if (Error error = findQuantizeConflict(options))
    return std::move(error);
  return std::pair(Action::Run, std::move(options));
}

//===- Options.cpp - The command line of act-gpu-check --------------------===//

#include "Options.h"
#include "CommandLine.h"
#include "act/Target/Knobs.h"
#include "llvm/Support/raw_ostream.h"
#include <thread>

using namespace act;
using namespace act::gpucheck;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

#define ACT_OPTION_TABLE "ActGpuCheckOptions.inc"
#include "OptionTable.def"

template <class Number>
static Error parseCount(StringRef option, StringRef text, Number least,
                        Number &value) {
  if (text.getAsInteger(10, value) || value < least)
    return createStringError("'" + option + "' expects a number from " +
                             llvm::Twine(least) + " on, not '" + text + "'");
  return Error::success();
}

static Error parseOption(const llvm::opt::Arg &arg, Options &options) {
  StringRef value = arg.getNumValues() ? arg.getValue() : "";
  switch (arg.getOption().getID()) {
  case OPT_device:
    return parseCount("--device", value, 0, options.device);
  case OPT_threads:
    return parseCount("--threads", value, 1u, options.threads);
  case OPT_mib:
    return parseCount("--mib", value, 1u, options.mib);
  case OPT_simulate:
    options.simulate = true;
    break;
  case OPT_sm:
    options.level = gpuLevelNamed(value);
    if (!options.level)
      return createStringError("unknown SM version '" + value + "'; use " +
                               gpuLevelNames());
    break;
  case OPT_list_cases:
    options.list = true;
    break;
  case OPT_filter:
    options.filter = value.str();
    break;
  case OPT_small:
    options.small = true;
    break;
  case OPT_no_tests:
    options.tests = false;
    break;
  case OPT_no_benchmarks:
    options.benchmarks = false;
    break;
  case OPT_json:
    options.json = value.str();
    break;
  default:
    break;
  }
  return Error::success();
}

Expected<std::optional<Options>> act::gpucheck::parseOptions(int argc,
                                                             char **argv) {
  OptionTable table;
  Options options;
  options.threads = std::max(1u, std::thread::hardware_concurrency());
  bool wantsHelp = false, wantsVersion = false;
  auto operands = tools::splitCommandLine(
      table, argc, argv, [&](const llvm::opt::Arg &arg) {
        wantsHelp |= arg.getOption().matches(OPT_help);
        wantsVersion |= arg.getOption().matches(OPT_version);
        return parseOption(arg, options);
      });
  if (!operands)
    return operands.takeError();
  if (wantsHelp) {
    table.printHelp(llvm::outs(), "act-gpu-check [options]",
                    "act-gpu-check: run kernels on a GPU, compare their "
                    "results with exact values, and time them");
    llvm::outs() << "\nEXIT CODES:\n  0 all passed, 1 some did not, 2 the "
                    "command line is wrong, 77 there is no device\n"
                    "\nENVIRONMENT:\n";
    for (const KnobInfo &knob : allKnobs())
      llvm::outs() << "  " << knob.name << "=" << knob.value << " " << knob.help
                   << "\n";
  } else if (wantsVersion) {
    tools::printVersion(llvm::outs());
  }
  if (wantsHelp || wantsVersion)
    return std::nullopt;
  if (!operands->empty())
    return createStringError("'" + operands->front() +
                             "' is no option; name cases by --filter");
  if (options.level && !options.simulate)
    return createStringError("--sm belongs to --simulate; give both");
  if (!options.level)
    options.level = gpuLevelNamed("sm_90");
  if (options.simulate)
    options.benchmarks = false;
  return options;
}

//===- Options.cpp - The command line of act-report -----------------------===//

#include "Options.h"
#include "CommandLine.h"
#include "act/IR/Act.h"
#include "act/IR/FrameworkTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Option/Option.h"
#include "llvm/Support/Format.h"

using namespace act;
using namespace act::report;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

namespace {
enum ID {
  OPT_INVALID = 0,
#define OPTION(...) LLVM_MAKE_OPT_ID(__VA_ARGS__),
#include "ActReportOptions.inc"
#undef OPTION
};

#define PREFIX(NAME, VALUE)                                                    \
  static constexpr llvm::StringLiteral NAME##_init[] = VALUE;                  \
  static constexpr llvm::ArrayRef<llvm::StringLiteral> NAME(                   \
      NAME##_init, std::size(NAME##_init) - 1);
#include "ActReportOptions.inc"
#undef PREFIX

using llvm::opt::DefaultVis;
using llvm::opt::HelpHidden;
constexpr llvm::opt::OptTable::Info infos[] = {
#define OPTION(...) LLVM_CONSTRUCT_OPT_INFO(__VA_ARGS__),
#include "ActReportOptions.inc"
#undef OPTION
};

class OptionTable : public llvm::opt::GenericOptTable {
public:
  OptionTable() : GenericOptTable(infos) {}
};

/// What --help, --version and the other options say.
struct Given {
  bool help = false, version = false;
  /// Names of options that belong to some verbs only.
  std::vector<std::string> ofVerbs;
};
} // namespace

llvm::ArrayRef<Verb> act::report::allVerbs() {
  static constexpr Verb verbs[] = {
#define ACT_VERB(Name, Function, Sources, TheOptions, Summary)                 \
  {#Name, Function, Sources, TheOptions, Summary},
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
    std::string text = verb.name;
    for (unsigned i = 0; i < verb.numSources; ++i)
      text += " SOURCE";
    llvm::outs() << "  " << llvm::format("%-20s", text.c_str()) << " "
                 << verb.summary << "\n";
  }
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
  case OPT_derivative:
    if (text.getAsInteger(10, options.derivative) ||
        options.derivative > kMaxOrder)
      return createStringError("--derivative=" + text +
                               ": use a whole number from 0 to " +
                               llvm::Twine(kMaxOrder));
    break;
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

/// The operands and options must be those of the verb.
static Error checkUse(const Options &options, const Given &given) {
  const Verb &verb = *options.verb;
  if (options.sources.size() < verb.numSources)
    return createStringError(llvm::Twine("no source; give '") + verb.name +
                             "' a formula, a name such as silu, or a .mlir "
                             "file");
  if (options.sources.size() > verb.numSources)
    return createStringError(
        verb.numSources == 0
            ? llvm::Twine("'") + verb.name + "' takes no source"
            : "a source too many: '" + options.sources.back() +
                  "'; quote a formula that has spaces");
  llvm::SmallVector<StringRef> own;
  StringRef(verb.options).split(own, ' ');
  for (const std::string &name : given.ofVerbs)
    if (!llvm::is_contained(own, name))
      return createStringError(llvm::Twine("'") + verb.name +
                               "' has no option --" + name);
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

//===- CommandLine.cpp - What the command lines of tools share ------------===//

#include "CommandLine.h"
#include "act/Version.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Option/Option.h"

using namespace act::tools;
using llvm::Error;
using llvm::StringRef;
using llvm::opt::Option;

llvm::Expected<std::vector<std::string>> act::tools::splitCommandLine(
    const llvm::opt::OptTable &table, int argc, char **argv,
    llvm::function_ref<Error(const llvm::opt::Arg &)> handle) {
  llvm::ArrayRef<const char *> arguments(argv + 1, argv + argc);
  auto dashes = llvm::find_if(
      arguments, [](const char *arg) { return StringRef(arg) == "--"; });
  size_t numOptions = dashes - arguments.begin();
  unsigned missingIndex, missingCount;
  llvm::opt::InputArgList parsed = table.ParseArgs(
      arguments.take_front(numOptions), missingIndex, missingCount);
  std::vector<std::string> operands;
  for (const llvm::opt::Arg *arg : parsed) {
    StringRef text = arg->getSpelling();
    switch (arg->getOption().getKind()) {
    case Option::InputClass:
      operands.push_back(arg->getValue());
      break;
    case Option::UnknownClass: {
      // "-" alone is stdin; all else that starts so is a mistyped option.
      if (text == "-") {
        operands.push_back("-");
        break;
      }
      std::string nearest;
      bool near = table.findNearest(text, nearest) <= 3;
      return llvm::createStringError(
          "unknown option '" + text + "'" +
          (near ? "; did you mean '" + nearest + "'?"
                : "; see --help, or put a formula after --"));
    }
    default:
      if (Error error = handle(*arg))
        return std::move(error);
    }
  }
  if (dashes != arguments.end())
    operands.insert(operands.end(), dashes + 1, arguments.end());
  return operands;
}

void act::tools::printVersion(llvm::raw_ostream &os) {
  os << "act " << ACT_VERSION_STRING << ", LLVM " << LLVM_VERSION_STRING
     << "\n";
}

//===- Options.h - The command line of act-report ---------------*- C++ -*-===//
#ifndef ACT_REPORT_OPTIONS_H
#define ACT_REPORT_OPTIONS_H

#include "Verbs.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace act::report {

/// The command line, taken apart.
struct Options {
  /// Null where --help or --version has been answered.
  const Verb *verb = nullptr;
  /// As many as the verb takes.
  std::vector<std::string> sources;
  Format format = Format::Markdown;
  std::string function;
  /// The framework of --compat, or "".
  std::string compat;
  /// --name and --arguments of identify.
  std::string name, arguments;
  /// Highest order of --derivative.
  unsigned derivative = 2;
};

/// Parses the command line. `--help` and `--version` print to stdout; a
/// malformed command line is an error for exit code 2.
llvm::Expected<Options> parseOptions(int argc, char **argv);

} // namespace act::report

#endif // ACT_REPORT_OPTIONS_H

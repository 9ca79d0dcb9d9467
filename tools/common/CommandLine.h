//===- CommandLine.h - What the command lines of tools share ----*- C++ -*-===//
#ifndef ACT_TOOLS_COMMANDLINE_H
#define ACT_TOOLS_COMMANDLINE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace act::tools {

/// Splits a command line: gives each option to `handle` and returns the
/// operands. After "--" everything is an operand, and "-" (stdin) is one. An
/// option that is not in the table is an error that names the nearest.
llvm::Expected<std::vector<std::string>> splitCommandLine(
    const llvm::opt::OptTable &table, int argc, char **argv,
    llvm::function_ref<llvm::Error(const llvm::opt::Arg &)> handle);

/// Prints the versions of act and LLVM.
void printVersion(llvm::raw_ostream &os);

} // namespace act::tools

#endif // ACT_TOOLS_COMMANDLINE_H

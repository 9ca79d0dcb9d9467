//===- act-report.cpp - What is known of an activation --------------------===//

#include "Options.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

using namespace act::report;

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::Expected<Options> options = parseOptions(argc, argv);
  if (!options) {
    llvm::errs() << "act-report: error: " << llvm::toString(options.takeError())
                 << "\n";
    return 2;
  }
  if (!options->verb)
    return 0;
  std::optional<Report> report = options->verb->run(*options);
  if (!report)
    return 1;
  write(llvm::outs(), *report, options->format);
  return 0;
}

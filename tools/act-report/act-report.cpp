//===- act-report.cpp - What is known of an activation --------------------===//

#include "Options.h"
#include "OutputFile.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

using namespace act::report;

/// Reports an error and gives the exit code.
static int fail(llvm::Error error, int code) {
  llvm::errs() << "act-report: error: " << llvm::toString(std::move(error))
               << "\n";
  return code;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::Expected<Options> options = parseOptions(argc, argv);
  if (!options)
    return fail(options.takeError(), 2);
  if (!options->verb)
    return 0;
  llvm::StringRef plot = options->plot, json = options->json;
  for (llvm::StringRef file : {plot, json})
    if (!file.empty())
      if (llvm::Error error = act::tools::checkWritable(file))
        return fail(std::move(error), 1);
  std::optional<Report> report = options->verb->run(*options);
  if (!report)
    return 1;
  if (report->plot)
    if (llvm::Error error = act::tools::writeWhole(
            plot, [&](llvm::raw_ostream &os) { writeSvg(os, *report->plot); }))
      return fail(std::move(error), 1);
  if (!json.empty())
    if (llvm::Error error =
            act::tools::writeWhole(json, [&](llvm::raw_ostream &os) {
              write(os, *report, Format::Json);
            }))
      return fail(std::move(error), 1);
  // Where stdout carries the picture, the text goes to stderr.
  write(plot == "-" ? llvm::errs() : llvm::outs(), *report, options->format);
  if (report->failure.empty())
    return 0;
  llvm::outs().flush();
  return fail(llvm::createStringError(report->failure), 1);
}

//===- Options.h - The command line of act-gpu-check ------------*- C++ -*-===//
#ifndef ACT_GPUCHECK_OPTIONS_H
#define ACT_GPUCHECK_OPTIONS_H

#include "act/Target/Gpu.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>

namespace act::gpucheck {

struct Options {
  int device = 0;
  bool simulate = false;
  /// What is simulated.
  const GpuLevel *level = nullptr;
  unsigned threads = 1;
  bool list = false, small = false, tests = true, benchmarks = true;
  /// Size of an array of a benchmark.
  unsigned mib = 256;
  std::string filter, json;
};

/// Nothing after --help or --version, which have been printed; a malformed
/// command line is an error for exit code 2.
llvm::Expected<std::optional<Options>> parseOptions(int argc, char **argv);

} // namespace act::gpucheck

#endif // ACT_GPUCHECK_OPTIONS_H

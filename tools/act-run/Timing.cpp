//===- Timing.cpp - What --time prints ------------------------------------===//

#include "Timing.h"
#include "CopyBaseline.h"
#include "InterleavedTimer.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace act;
using namespace act::run;
using llvm::format;

static size_t bytesOf(const tools::Array &array) {
  return array.size() * tools::sizeOf(array.type);
}

void act::run::printTimes(llvm::raw_ostream &os, const CompileResult &compiled,
                          double parseMilliseconds, const Data &data,
                          const std::function<void()> &runKernel) {
  auto stage = [&](const char *name, double milliseconds) {
    os << format("  %-12s %8.3f ms\n", name, milliseconds);
  };
  stage("parse", parseMilliseconds);
  double total = parseMilliseconds;
  for (const StageTime &time : compiled.times) {
    stage(nameOf(time.stage), time.milliseconds);
    total += time.milliseconds;
  }
  stage("compile", total);
  if (const auto &rows = compiled.signature.rows) {
    os << "  rows         " << data.shape[*data.axis] << " elements, ";
    os << (rows->inLanes ? "one in each lane" : "along vectors")
       << (rows->inBlocks ? ", in blocks; " : "; ");
    if (rows->kept == 0)
      os << "each phase computes what it needs\n";
    else
      os << rows->kept << (rows->kept == 1 ? " value" : " values")
         << " of an element kept between phases\n";
  }
  if (data.size() == 0)
    return;

  std::vector<size_t> inputs, outputs;
  size_t bytes = 0;
  for (const tools::Array &array : data.inputs)
    inputs.push_back(bytesOf(array));
  for (const tools::Array &array : data.results)
    outputs.push_back(bytesOf(array));
  for (size_t n : inputs)
    bytes += n;
  for (size_t n : outputs)
    bytes += n;
  tools::CopyBaseline copy(inputs, outputs);
  std::vector<std::function<void()>> candidates{runKernel};
  std::vector<std::string> names;
  for (auto &[name, function] : copy.candidates()) {
    names.push_back(name);
    candidates.push_back(function);
  }
  std::vector<tools::Timing> timings = tools::timeInterleaved(candidates);
  size_t fastest = 1;
  for (size_t i = 1; i < timings.size(); ++i)
    if (timings[i].medianSeconds < timings[fastest].medianSeconds)
      fastest = i;
  auto line = [&](const std::string &name, const tools::Timing &timing) {
    os << format("  %-12s %8.3f ms  %7.2f GB/s  %.3f ns an element\n",
                 name.c_str(), timing.medianSeconds * 1e3,
                 double(bytes) / timing.medianSeconds * 1e-9,
                 timing.medianSeconds * 1e9 / double(data.size()));
  };
  line("kernel", timings[0]);
  line("copy", timings[fastest]);
  os << format("  kernel / copy %.2f (copy: %s; medians, interleaved)\n",
               timings[0].medianSeconds / timings[fastest].medianSeconds,
               names[fastest - 1].c_str());
}

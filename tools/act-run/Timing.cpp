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

void act::run::printStages(llvm::raw_ostream &os, const CompileResult &compiled,
                           double parseMilliseconds, const Data &data,
                           const GpuRunner *gpuRunner) {
  auto stage = [&](const char *name, double milliseconds) {
    os << format("  %-12s %8.3f ms", name, milliseconds);
  };
  stage("parse", parseMilliseconds);
  double total = parseMilliseconds;
  for (const StageTime &time : compiled.times) {
    os << "\n";
    stage(nameOf(time.stage), time.milliseconds);
    total += time.milliseconds;
  }
  os << (compiled.wasCached ? "  (machine code from the cache)\n" : "\n");
  stage("compile", total);
  os << "\n";
  if (const auto &rows = compiled.signature.rows) {
    os << "  rows         " << data.rowShape()[*data.axis] << " elements, ";
    if (gpuRunner) {
      os << (gpuRunner->clustersRows()
                 ? "each shared by the blocks of a cluster\n"
             : gpuRunner->splitsRows() ? "each split between several blocks\n"
                                       : "each in one block\n");
      return;
    }
    os << (rows->inStrips  ? "one in each lane, in strips"
           : rows->inLanes ? "one in each lane"
                           : "along vectors")
       << (rows->inBlocks ? ", in blocks; " : "; ");
    if (rows->kept == 0)
      os << "each phase computes what it needs\n";
    else
      os << rows->kept << (rows->kept == 1 ? " value" : " values")
         << " of an element kept between phases\n";
  }
}

namespace {
/// The bytes of a run, array by array.
struct Traffic {
  std::vector<size_t> inputs, outputs;
  size_t total = 0;

  explicit Traffic(const Data &data) {
    for (const tools::Array &array : data.inputs)
      inputs.push_back(bytesOf(array));
    for (const tools::Array &array : data.results)
      outputs.push_back(bytesOf(array));
    for (size_t n : inputs)
      total += n;
    for (size_t n : outputs)
      total += n;
  }
};
} // namespace

/// Prints the times of the kernel, which stand first, and of the fastest copy.
static void printBesideCopy(llvm::raw_ostream &os, const Data &data,
                            const std::vector<tools::Timing> &timings,
                            const std::vector<std::string> &copies) {
  double bytes = double(Traffic(data).total);
  size_t fastest = 1;
  for (size_t i = 1; i < timings.size(); ++i)
    if (timings[i].medianSeconds < timings[fastest].medianSeconds)
      fastest = i;
  auto line = [&](const std::string &name, const tools::Timing &timing) {
    os << format("  %-12s %8.3f ms  %7.2f GB/s  %.3f ns an element\n",
                 name.c_str(), timing.medianSeconds * 1e3,
                 bytes / timing.medianSeconds * 1e-9,
                 timing.medianSeconds * 1e9 / double(data.size()));
  };
  line("kernel", timings[0]);
  line("copy", timings[fastest]);
  os << format("  kernel / copy %.2f (copy: %s; medians, interleaved)\n",
               timings[0].medianSeconds / timings[fastest].medianSeconds,
               copies[fastest - 1].c_str());
}

void act::run::printTimes(llvm::raw_ostream &os, const Data &data,
                          const std::function<void()> &runKernel) {
  if (data.size() == 0)
    return;
  Traffic traffic(data);
  tools::CopyBaseline copy(traffic.inputs, traffic.outputs);
  std::vector<std::function<void()>> candidates{runKernel};
  std::vector<std::string> names;
  for (auto &[name, function] : copy.candidates()) {
    names.push_back(name);
    candidates.push_back(function);
  }
  printBesideCopy(os, data, tools::timeInterleaved(candidates), names);
}

llvm::Error act::run::printDeviceTimes(llvm::raw_ostream &os, const Data &data,
                                       const CudaStream &stream,
                                       const tools::DeviceWork &launch) {
  if (data.size() == 0)
    return llvm::Error::success();
  auto copy = tools::DeviceCopy::create(stream.device().shared_from_this(),
                                        data.dtype, Traffic(data).total);
  if (!copy)
    return copy.takeError();
  std::vector<tools::DeviceWork> candidates{launch};
  std::vector<std::string> names;
  for (auto &[name, work] : copy->candidates()) {
    names.push_back(name);
    candidates.push_back(work);
  }
  auto timings = tools::timeOnDevice(stream, candidates);
  if (!timings)
    return timings.takeError();
  printBesideCopy(os, data, *timings, names);
  return llvm::Error::success();
}

//===- act-gpu-check.cpp - Checks and times kernels on a GPU --------------===//
//
// One program that needs nothing but an NVIDIA driver, to be taken to a machine
// that has a GPU (tools/gpu-check.sh).
//
//===----------------------------------------------------------------------===//

#include "Benchmark.h"
#include "Options.h"
#include "OutputFile.h"
#include "Suite.h"
#include "act/Target/PtxVersions.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Process.h"
#include <atomic>
#include <mutex>
#include <thread>

using namespace act;
using namespace act::gpucheck;
using llvm::Error;
using llvm::Expected;

/// Exit code where there is nothing to check on, which test drivers take for a
/// skipped test.
static constexpr int kNoDevice = 77;

static int fail(Error error, int code = 1) {
  llvm::errs() << "act-gpu-check: error: " << llvm::toString(std::move(error))
               << "\n";
  return code;
}

namespace {
/// One invocation.
class Check {
public:
  explicit Check(const Options &options) : options(options) {}

  int perform();

private:
  Error openDevice();
  Expected<Place> newPlace() const;
  void chooseCases();
  void runCases();
  void runCase(size_t i);
  Error report();

  const Options &options;
  std::shared_ptr<const CudaDevice> device;
  std::vector<Case> cases;
  std::vector<std::optional<Outcome>> outcomes;
  std::mutex mutex;
  /// Outcomes that have been printed.
  size_t numPrinted = 0;
  std::vector<BenchmarkResult> benchmarks;
};
} // namespace

static const char *nameOf(Outcome::State state) {
  return state == Outcome::Passed   ? "passed"
         : state == Outcome::Failed ? "FAILED"
                                    : "skipped";
}

Error Check::openDevice() {
  auto driver = CudaDriver::get();
  if (!driver)
    return driver.takeError();
  auto opened = (*driver)->device(options.device);
  if (!opened)
    return opened.takeError();
  device = std::move(*opened);
  const CudaDeviceInfo &info = device->info();
  llvm::outs() << "CUDA device " << device->ordinal() << ": " << info.name
               << ", sm_" << info.capability << ", " << info.multiprocessors
               << " multiprocessors, " << (info.memoryBytes >> 20)
               << " MiB; driver of CUDA "
               << cudaVersionText((*driver)->version()) << "\n";
  return Error::success();
}

Expected<Place> Check::newPlace() const {
  return device ? Place::on(device) : Place::simulated(*options.level);
}

void Check::chooseCases() {
  addRowCases(cases);
  addGateCases(cases);
  addSoftmaxCases(cases);
  addLayoutCases(cases);
  addDeviceCases(cases);
  llvm::erase_if(cases, [&](const Case &each) {
    return !llvm::StringRef(each.name).contains(options.filter) ||
           (options.small && !each.isSmall);
  });
  outcomes.resize(cases.size());
}

void Check::runCase(size_t i) {
  Expected<Outcome> outcome = [&]() -> Expected<Outcome> {
    Expected<Place> place = newPlace();
    if (!place)
      return place.takeError();
    return cases[i].run(*place);
  }();
  if (!outcome)
    outcome = Outcome{Outcome::Failed, llvm::toString(outcome.takeError())};
  std::lock_guard<std::mutex> lock(mutex);
  outcomes[i] = std::move(*outcome);
  // In the order of the suite, as soon as those before are done.
  for (; numPrinted < cases.size() && outcomes[numPrinted]; ++numPrinted)
    llvm::outs() << nameOf(outcomes[numPrinted]->state) << " "
                 << cases[numPrinted].name << ": " << outcomes[numPrinted]->text
                 << "\n";
  llvm::outs().flush();
}

void Check::runCases() {
  std::atomic<size_t> next{0};
  auto work = [&] {
    for (size_t i; (i = next++) < cases.size();)
      if (!cases[i].isAlone)
        runCase(i);
  };
  std::vector<std::thread> workers;
  for (unsigned i = 1; i < options.threads; ++i)
    workers.emplace_back(work);
  work();
  for (std::thread &worker : workers)
    worker.join();
  for (size_t i = 0; i < cases.size(); ++i)
    if (cases[i].isAlone)
      runCase(i);
}

Error Check::report() {
  if (options.json.empty())
    return Error::success();
  llvm::json::Array all;
  for (auto [each, outcome] : llvm::zip(cases, outcomes))
    if (outcome)
      all.push_back(llvm::json::Object{{"name", each.name},
                                       {"outcome", nameOf(outcome->state)},
                                       {"text", outcome->text}});
  llvm::json::Object object{{"cases", std::move(all)},
                            {"benchmarks", toJSON(benchmarks)}};
  if (device) {
    object["device"] = device->info().name;
    object["capability"] = int64_t(device->info().capability);
    object["cuda"] = cudaVersionText(device->driver().version());
  } else {
    object["simulated"] = options.level->name;
  }
  return tools::writeWhole(options.json, [&](llvm::raw_ostream &os) {
    os << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(object)));
  });
}

int Check::perform() {
  chooseCases();
  if (options.list) {
    for (const Case &each : cases)
      llvm::outs() << each.name << "\n";
    return 0;
  }
  if (!options.simulate)
    if (Error error = openDevice())
      return fail(std::move(error), kNoDevice);
  if (!options.tests)
    cases.clear(), outcomes.clear();
  runCases();
  int64_t failed = 0, skipped = 0;
  for (const auto &outcome : outcomes) {
    failed += outcome->state == Outcome::Failed;
    skipped += outcome->state == Outcome::Skipped;
  }
  if (options.tests)
    llvm::outs() << cases.size() << " cases, " << failed << " failed, "
                 << skipped << " skipped\n";
  if (options.tests && cases.empty() && !options.benchmarks)
    return fail(llvm::createStringError("no case has '" + options.filter +
                                        "' in its name; see --list"));
  if (options.benchmarks) {
    Expected<Place> place = newPlace();
    if (!place)
      return fail(place.takeError());
    benchmarks =
        runBenchmarks(*place, options.filter, size_t(options.mib) << 20);
    for (const BenchmarkResult &result : benchmarks)
      failed += !result.problem.empty();
    llvm::outs() << "\n";
    printTable(llvm::outs(), benchmarks);
  }
  if (Error error = report())
    return fail(std::move(error));
  return failed ? 1 : 0;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  auto options = parseOptions(argc, argv);
  if (!options)
    return fail(options.takeError(), 2);
  if (!*options)
    return 0;
  return Check(**options).perform();
}

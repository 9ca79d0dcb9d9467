//===- act-bench.cpp - Kernels beside the copy of the same bytes ----------===//
//
// Google Benchmark's flags and JSON, and --level=LEVEL for the CPU level. Each
// benchmark times a kernel and copies of the same bytes in turn within the same
// process, and oneDNN's kernel where it has one; its time is that of Act's
// kernel, and the counters give GB/s of each and the ratios.
//
//===----------------------------------------------------------------------===//

#include "Array.h"
#include "Classes.h"
#include "Compile.h"
#include "CopyBaseline.h"
#include "Inputs.h"
#include "InterleavedTimer.h"
#include "Level.h"
#include "Rows.h"
#ifdef ACT_HAS_ONEDNN
#include "OneDnn.h"
#endif
#include "act/IR/FunctionTable.h"
#include "act/Jit/Compiler.h"
#include "act/Syntax/Parser.h"
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>

using namespace act;

namespace {
/// What is measured of a row.
enum class Direction { Forward, Backward, Counting };

/// A compiled row with its arrays in memory: the input (and for backward the
/// cotangent), and the output.
struct Subject {
  CompileResult compiled;
  std::vector<tools::Array> inputs;
  tools::Array output;
  std::vector<RunOperand> operands;
  std::vector<int64_t> shape;
  std::vector<ChannelCounts> counts;

  void run() const {
    runElementwise(compiled.signature, compiled.kernel->entry(), shape,
                   operands, nullptr);
  }
  /// Bytes of each array that is read.
  std::vector<size_t> inputBytes() const {
    return std::vector<size_t>(inputs.size(), bytes());
  }
  size_t bytes() const {
    return size_t(output.size()) * tools::sizeOf(output.type);
  }
};
} // namespace

/// Replaces the function of a module by its vector-Jacobian product, or by one
/// that counts.
static void declare(Direction direction, mlir::ModuleOp module) {
  FuncOp func = *module.getOps<FuncOp>().begin();
  for (FuncOp other : module.getOps<FuncOp>())
    if (other.isPublic())
      func = other;
  func.setPrivate();
  mlir::OpBuilder builder(module.getContext());
  builder.setInsertionPointToEnd(module.getBody());
  auto callee = mlir::FlatSymbolRefAttr::get(func.getSymNameAttr());
  if (direction == Direction::Counting)
    builder.create<StatsOp>(func.getLoc(), builder.getStringAttr("counting"),
                            mlir::StringAttr(), callee, mlir::ArrayAttr());
  else
    builder.create<VjpOp>(func.getLoc(), builder.getStringAttr("backward"),
                          mlir::StringAttr(), callee, mlir::ArrayAttr(),
                          builder.getI64IntegerAttr(0),
                          builder.getStringAttr("input"), mlir::StringAttr());
}

/// Compiles a row for this machine with inputs of normal numbers, 3 times as
/// wide as standard, or gives an error. Arrays are matrices of `channels`
/// columns.
static llvm::Expected<Subject> prepare(const FunctionInfo &row, DType type,
                                       int64_t elements, Direction direction,
                                       int64_t channels = 1) {
  auto context = createContext();
  auto module = parseSource(row.Name, context.get());
  if (direction != Direction::Forward)
    declare(direction, *module);
  CompileOptions options;
  options.dtype = nameOf(type);
  options.level = bench::level();
  auto compiled = compile(*module, options);
  if (!compiled)
    return compiled.takeError();
  auto elementType = type == DType::F32   ? tools::ElementType::F32
                     : type == DType::F64 ? tools::ElementType::F64
                                          : tools::ElementType::BF16;
  Subject subject;
  for (unsigned k = 0; k < compiled->signature.numInputs; ++k) {
    auto input = tools::loadInput("normal:" + std::to_string(k + 1) + ":" +
                                      std::to_string(elements),
                                  elementType);
    if (!input)
      return input.takeError();
    for (int64_t i = 0; i < elements; ++i)
      input->set(i, 3 * input->get(i));
    subject.operands.push_back({input->data(), {channels, 1}});
    subject.inputs.push_back(std::move(*input));
  }
  auto output = tools::allocate(elementType, {elements});
  if (!output)
    return output.takeError();
  subject.operands.push_back({output->data(), {channels, 1}});
  subject.output = std::move(*output);
  subject.compiled = std::move(*compiled);
  subject.shape = {elements / channels, channels};
  subject.counts.resize(channels);
  if (direction == Direction::Counting)
    subject.operands.push_back({subject.counts.data(), {0, 1}});
  return std::move(subject);
}

/// oneDNN's kernel on the same arrays; empty where there is none, an error
/// where it computes something else.
static llvm::Expected<std::function<void()>>
peerOf(const Subject &subject, const FunctionInfo &row, DType type) {
#ifdef ACT_HAS_ONEDNN
  if (subject.inputs.size() != 1) // Backward kernels have none here.
    return nullptr;
  const tools::Array &input = subject.inputs[0];
  auto peer = bench::oneDnnElementwise(row, type, input.size(), input.data(),
                                       subject.output.data());
  if (!peer)
    return nullptr;
  const tools::Array &output = subject.output;
  int64_t count = std::min<int64_t>(output.size(), 1000);
  std::vector<double> expected;
  subject.run();
  for (int64_t i = 0; i < count; ++i)
    expected.push_back(output.get(i));
  peer();
  for (int64_t i = 0; i < count; ++i)
    if (!(std::fabs(output.get(i) - expected[i]) <=
          0.01 * (1 + std::fabs(expected[i]))))
      return llvm::createStringError(
          "oneDNN computes another function at " +
          tools::formatShortest(input.get(i), input.type));
  return peer;
#else
  return nullptr;
#endif
}

/// Elements that stay in the L2 cache, with their results.
static constexpr int64_t kCached = 32768;

static void elementwise(benchmark::State &state, const FunctionInfo *row,
                        DType type, int64_t elements, Direction direction) {
  llvm::Expected<Subject> subject = prepare(*row, type, elements, direction);
  llvm::Expected<Subject> cached = prepare(*row, type, kCached, direction);
  for (auto *one : {&subject, &cached})
    if (!*one) {
      state.SkipWithError(llvm::toString(one->takeError()).c_str());
      return;
    }
  auto peer = peerOf(*subject, *row, type);
  if (!peer) {
    state.SkipWithError(llvm::toString(peer.takeError()).c_str());
    return;
  }
  tools::CopyBaseline copy(subject->inputBytes(), {subject->bytes()});
  std::vector<std::function<void()>> candidates{[&] { subject->run(); },
                                                [&] { cached->run(); }};
  for (auto &[name, function] : copy.candidates())
    candidates.push_back(function);
  size_t copies = candidates.size();
  if (*peer)
    candidates.push_back(*peer);
  double kernelSeconds = 0, copySeconds = 0, peerSeconds = 0, cacheSeconds = 0;
  for (auto _ : state) {
    std::vector<tools::Timing> timings =
        tools::timeInterleaved(candidates, 0.05, 5);
    kernelSeconds = timings[0].medianSeconds;
    cacheSeconds =
        timings[1].medianSeconds * double(elements) / double(kCached);
    copySeconds = timings[2].medianSeconds;
    for (size_t i = 3; i < copies; ++i)
      copySeconds = std::min(copySeconds, timings[i].medianSeconds);
    peerSeconds = timings.back().medianSeconds;
    state.SetIterationTime(kernelSeconds);
  }
  double bytes = double((subject->inputs.size() + 1) * subject->bytes());
  state.counters["GB/s"] = bytes / kernelSeconds * 1e-9;
  state.counters["copy_GB/s"] = bytes / copySeconds * 1e-9;
  state.counters["kernel/copy"] = kernelSeconds / copySeconds;
  // No kernel is faster than the copy, nor than its own arithmetic in cache.
  state.counters["kernel/limit"] =
      kernelSeconds / std::max(copySeconds, cacheSeconds);
  state.counters["ns/element"] = kernelSeconds * 1e9 / double(elements);
  if (!*peer)
    return;
  state.counters["onednn_GB/s"] = bytes / peerSeconds * 1e-9;
  state.counters["kernel/onednn"] = kernelSeconds / peerSeconds;
}

/// A kernel that counts beside the same one that does not.
static void counting(benchmark::State &state, const FunctionInfo *row,
                     DType type, int64_t rows, int64_t channels) {
  auto plain =
      prepare(*row, type, rows * channels, Direction::Forward, channels);
  auto counts =
      prepare(*row, type, rows * channels, Direction::Counting, channels);
  for (auto *one : {&plain, &counts})
    if (!*one) {
      state.SkipWithError(llvm::toString(one->takeError()).c_str());
      return;
    }
  double plainSeconds = 0, countingSeconds = 0, bestRatio = 0;
  for (auto _ : state) {
    auto timings = tools::timeInterleaved(
        {[&] { counts->run(); }, [&] { plain->run(); }}, 0.2, 25);
    countingSeconds = timings[0].medianSeconds;
    plainSeconds = timings[1].medianSeconds;
    bestRatio = timings[0].minSeconds / timings[1].minSeconds;
    state.SetIterationTime(countingSeconds);
  }
  double elements = double(rows * channels);
  state.counters["ns/element"] = countingSeconds * 1e9 / elements;
  state.counters["plain_ns/element"] = plainSeconds * 1e9 / elements;
  state.counters["counting/plain"] = countingSeconds / plainSeconds;
  state.counters["best/best"] = bestRatio;
}

/// Every row in two types, in cache and out of it.
static void registerSuite(const std::string &suite, Direction direction) {
  struct Size {
    const char *name;
    int64_t elements;
  };
  for (const FunctionInfo &row : allFunctions()) {
    // Backward of a gate has a result for each input.
    if (direction == Direction::Backward && !isUnary(row))
      continue;
    for (DType type : {DType::F32, DType::BF16})
      for (Size size :
           {Size{"L1", 2048}, Size{"L2", kCached}, Size{"memory", 16 << 20}})
        benchmark::RegisterBenchmark(
            (suite + "/" + row.Name + "/" + nameOf(type) + "/" + size.name)
                .c_str(),
            elementwise, &row, type, size.elements, direction)
            ->UseManualTime()
            ->Iterations(3)
            ->Unit(benchmark::kMicrosecond);
  }
}

static void registerCounting() {
  for (const char *name : {"relu", "silu", "gelu", "tanh"})
    for (DType type : {DType::F32, DType::BF16})
      for (auto [size, rows, channels] :
           {std::tuple("cache", 256, 1024), std::tuple("memory", 4096, 4096)})
        benchmark::RegisterBenchmark(
            (std::string("stats/") + name + "/" + nameOf(type) + "/" + size)
                .c_str(),
            counting, lookupFunction(name), type, rows, channels)
            ->UseManualTime()
            ->Iterations(3)
            ->Unit(benchmark::kMicrosecond);
}

int main(int argc, char **argv) {
  if (!bench::takeLevelFlag(argc, argv))
    return 1;
  registerSuite("elementwise", Direction::Forward);
  registerSuite("backward", Direction::Backward);
  registerCounting();
  bench::registerClasses();
  bench::registerRows();
  bench::registerCompiles();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

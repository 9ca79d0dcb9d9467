//===- act-bench.cpp - Kernels beside the copy of the same bytes ----------===//
//
// Google Benchmark's flags and JSON. Each benchmark times a kernel and copies
// of the same bytes in turn within the same process, and oneDNN's kernel where
// it has one; its time is Act's kernel's, and the counters give GB/s of each
// and the ratios.
//
//===----------------------------------------------------------------------===//

#include "CopyBaseline.h"
#include "InterleavedTimer.h"
#include "Array.h"
#include "Inputs.h"
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
/// A compiled row with an input and an output in memory.
struct Subject {
  CompileResult compiled;
  tools::Array input, output;
  std::vector<RunOperand> operands;
  std::vector<int64_t> shape;

  void run() const {
    runElementwise(compiled.signature, compiled.kernel->entry(), shape,
                   operands, nullptr);
  }
};
} // namespace

/// Compiles a row for this machine with an input of normal numbers, 3 times
/// as wide as standard, or gives an error.
static llvm::Expected<Subject> prepare(const FunctionInfo &row, DType type,
                                       int64_t elements) {
  auto context = createContext();
  auto module = parseSource(row.Name, context.get());
  CompileOptions options;
  options.dtype = nameOf(type);
  options.level = bestHostLevel();
  auto compiled = compile(*module, options);
  if (!compiled)
    return compiled.takeError();
  auto elementType = type == DType::F32   ? tools::ElementType::F32
                     : type == DType::F64 ? tools::ElementType::F64
                                          : tools::ElementType::BF16;
  std::string size = std::to_string(elements);
  auto input = tools::loadInput("normal:1:" + size, elementType);
  auto output = tools::allocate(elementType, {elements});
  if (!input || !output) {
    llvm::consumeError(output.takeError());
    return input.takeError();
  }
  for (int64_t i = 0; i < elements; ++i)
    input->set(i, 3 * input->get(i));
  Subject subject;
  subject.compiled = std::move(*compiled);
  subject.input = std::move(*input);
  subject.output = std::move(*output);
  subject.shape = {elements};
  subject.operands = {{subject.input.data(), {1}},
                      {subject.output.data(), {1}}};
  return std::move(subject);
}

/// oneDNN's kernel on the same arrays; empty where there is none, an error
/// where it computes something else.
static llvm::Expected<std::function<void()>>
peerOf(const Subject &subject, const FunctionInfo &row, DType type) {
#ifdef ACT_HAS_ONEDNN
  auto peer = bench::oneDnnElementwise(row, type, subject.input.size(),
                                       subject.input.data(),
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
          tools::formatShortest(subject.input.get(i), subject.input.type));
  return peer;
#else
  return nullptr;
#endif
}

static void elementwise(benchmark::State &state, const FunctionInfo *row,
                        DType type, int64_t elements) {
  llvm::Expected<Subject> subject = prepare(*row, type, elements);
  if (!subject) {
    state.SkipWithError(llvm::toString(subject.takeError()).c_str());
    return;
  }
  auto peer = peerOf(*subject, *row, type);
  if (!peer) {
    state.SkipWithError(llvm::toString(peer.takeError()).c_str());
    return;
  }
  size_t bytes = size_t(elements) * sizeOf(type);
  tools::CopyBaseline copy({bytes}, {bytes});
  std::vector<std::function<void()>> candidates{[&] { subject->run(); }};
  for (auto &[name, function] : copy.candidates())
    candidates.push_back(function);
  size_t copies = candidates.size();
  if (*peer)
    candidates.push_back(*peer);
  double kernelSeconds = 0, copySeconds = 0, peerSeconds = 0;
  for (auto _ : state) {
    std::vector<tools::Timing> timings =
        tools::timeInterleaved(candidates, 0.05, 5);
    kernelSeconds = timings[0].medianSeconds;
    copySeconds = timings[1].medianSeconds;
    for (size_t i = 2; i < copies; ++i)
      copySeconds = std::min(copySeconds, timings[i].medianSeconds);
    peerSeconds = timings.back().medianSeconds;
    state.SetIterationTime(kernelSeconds);
  }
  state.counters["GB/s"] = 2 * double(bytes) / kernelSeconds * 1e-9;
  state.counters["copy_GB/s"] = 2 * double(bytes) / copySeconds * 1e-9;
  state.counters["kernel/copy"] = kernelSeconds / copySeconds;
  state.counters["ns/element"] = kernelSeconds * 1e9 / double(elements);
  if (!*peer)
    return;
  state.counters["onednn_GB/s"] = 2 * double(bytes) / peerSeconds * 1e-9;
  state.counters["kernel/onednn"] = kernelSeconds / peerSeconds;
}

/// Source text to a loaded kernel in a warm process.
static void compileRow(benchmark::State &state, const FunctionInfo *row) {
  for (auto _ : state) {
    auto context = createContext();
    auto module = parseSource(row->Name, context.get());
    CompileOptions options;
    options.level = bestHostLevel();
    auto compiled = compile(*module, options);
    if (!compiled) {
      state.SkipWithError(llvm::toString(compiled.takeError()).c_str());
      return;
    }
  }
}

int main(int argc, char **argv) {
  if (!bestHostLevel()) {
    llvm::errs() << "act-bench: error: this machine runs none of the CPU "
                    "levels, which need AVX2 and FMA\n";
    return 1;
  }
  struct Size {
    const char *name;
    int64_t elements;
  };
  for (const FunctionInfo &row : allFunctions())
    for (DType type : {DType::F32, DType::BF16})
      for (Size size : {Size{"L1", 2048}, Size{"L2", 32768},
                        Size{"memory", 16 << 20}})
        benchmark::RegisterBenchmark(
            (std::string("elementwise/") + row.Name + "/" + nameOf(type) +
             "/" + size.name)
                .c_str(),
            elementwise, &row, type, size.elements)
            ->UseManualTime()
            ->Iterations(3)
            ->Unit(benchmark::kMicrosecond);
  for (const FunctionInfo &row : allFunctions())
    benchmark::RegisterBenchmark(
        (std::string("compile/") + row.Name).c_str(), compileRow, &row)
        ->Unit(benchmark::kMillisecond);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

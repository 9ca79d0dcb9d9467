//===- Compile.cpp - How long compiling takes -----------------------------===//

#include "Compile.h"
#include "Level.h"
#include "act/GpuKernelNames.h"
#include "act/IR/FunctionTable.h"
#include "act/Jit/Compiler.h"
#include "act/Syntax/Parser.h"
#include <benchmark/benchmark.h>

using namespace act;

/// Compiles a source in a context of its own; nothing where that failed, which
/// the benchmark then reports.
static std::optional<CompileResult>
compileSource(benchmark::State &state, llvm::StringRef source,
              const CompileOptions &options) {
  auto context = createContext(options.road());
  auto module = parseSource(source, context.get());
  auto compiled = compile(*module, options);
  if (compiled)
    return std::move(*compiled);
  state.SkipWithError(llvm::toString(compiled.takeError()).c_str());
  return std::nullopt;
}

static void toKernel(benchmark::State &state, const FunctionInfo *row) {
  CompileOptions options;
  options.level = bench::level();
  for (auto _ : state)
    if (!compileSource(state, row->Name, options))
      return;
}

/// Of the kernels with these names behind the function's; of all if empty.
static void toPtx(benchmark::State &state, const char *source,
                  const std::vector<std::string> &kernels) {
  CompileOptions options;
  options.gpu = gpuLevelNamed("sm_90");
  options.dtype = nameOf(DType::BF16);
  options.product = Product::PTX;
  options.gpuKernels = kernels;
  for (auto _ : state) {
    auto compiled = compileSource(state, source, options);
    if (!compiled)
      return;
    for (const StageTime &time : compiled->times) {
      benchmark::Counter &counter = state.counters[nameOf(time.stage)];
      counter = {counter.value + time.milliseconds,
                 benchmark::Counter::kAvgIterations};
    }
  }
}

void act::bench::registerCompiles() {
  for (const FunctionInfo &row : allFunctions())
    benchmark::RegisterBenchmark((std::string("compile/") + row.Name).c_str(),
                                 toKernel, &row)
        ->Unit(benchmark::kMillisecond);
  for (const char *source : {"silu", "swiglu", "softmax(x)"}) {
    llvm::StringRef name = llvm::StringRef(source).split('(').first;
    benchmark::RegisterBenchmark(("compile/ptx/" + name).str().c_str(), toPtx,
                                 source, std::vector<std::string>())
        ->Unit(benchmark::kMillisecond);
  }
  // What rows of some shape ask for.
  std::vector<std::vector<std::string>> groups = {gpuSplitNames("", 2)};
  for (const std::string &name : gpuRowNames(""))
    groups.push_back({name});
  for (size_t i = 0, size = groups.size(); i < size; ++i) {
    std::vector<std::string> others;
    for (const std::string &name : groups[i])
      others.push_back(gpuAnyName(name));
    groups.push_back(std::move(others));
  }
  groups.push_back({gpuAsideName("")});
  groups.push_back({gpuClusterName("")});
  for (const std::vector<std::string> &group : groups)
    benchmark::RegisterBenchmark(
        ("compile/ptx/softmax" + group.front()).c_str(), toPtx, "softmax(x)",
        group)
        ->Unit(benchmark::kMillisecond);
}

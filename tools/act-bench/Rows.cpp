//===- Rows.cpp - Benchmarks of functions of a row ------------------------===//

#include "Rows.h"
#include "Array.h"
#include "CopyBaseline.h"
#include "Inputs.h"
#include "InterleavedTimer.h"
#include "Level.h"
#ifdef ACT_HAS_ONEDNN
#include "OneDnn.h"
#endif
#include "act/Jit/Compiler.h"
#include "act/Jit/RowForm.h"
#include "act/Runtime/RowRunner.h"
#include "act/Syntax/Parser.h"
#include <algorithm>
#include <benchmark/benchmark.h>

using namespace act;
using namespace act::bench;

namespace {

/// Softmax, and exp, of the same matrix.
struct Matrix {
  int64_t rows, count;
  bool alongFirst;
  tools::Array input, output;
  CompileResult softmax, exp;
  std::unique_ptr<RowRunner> runner;

  std::vector<int64_t> shape() const {
    return alongFirst ? std::vector<int64_t>{count, rows}
                      : std::vector<int64_t>{rows, count};
  }
  int64_t size() const { return rows * count; }
  size_t bytes() const { return size_t(size()) * tools::sizeOf(input.type); }
  void runSoftmax() { runner->run({input.data(), output.data()}, nullptr); }
  void runExp() {
    runElementwise(exp.signature, exp.kernel->entry(), {size()},
                   {{input.data(), {1}}, {output.data(), {1}}}, nullptr);
  }
};

} // namespace

static llvm::Expected<CompileResult> compiled(llvm::StringRef text,
                                              CompileOptions options) {
  auto context = createContext();
  auto module = parseSource(text, context.get());
  options.level = bench::level();
  return compile(*module, options);
}

static llvm::Expected<Matrix> prepare(DType type, int64_t rows, int64_t count,
                                      bool alongFirst) {
  Matrix matrix{rows, count, alongFirst, {}, {}, {}, {}, nullptr};
  auto elementType =
      type == DType::F32 ? tools::ElementType::F32 : tools::ElementType::BF16;
  auto input =
      tools::loadInput("normal:1:" + std::to_string(rows * count), elementType);
  auto output = tools::allocate(elementType, {rows * count});
  if (!input || !output)
    return input ? output.takeError() : input.takeError();
  matrix.input = std::move(*input);
  matrix.output = std::move(*output);
  CompileOptions options;
  options.dtype = nameOf(type);
  auto exp = compiled("exp(x)", options);
  options.level = bench::level();
  chooseRowForm(options, matrix.shape(), alongFirst ? 0 : 1, type);
  auto softmax = compiled("softmax(x)", options);
  if (!exp || !softmax)
    return exp ? softmax.takeError() : exp.takeError();
  matrix.exp = std::move(*exp);
  matrix.softmax = std::move(*softmax);
  std::vector<int64_t> strides = {alongFirst ? rows : count, 1};
  matrix.runner = std::make_unique<RowRunner>(
      matrix.softmax.signature, matrix.softmax.kernel->entry(), matrix.shape(),
      alongFirst ? 0 : 1, std::vector<std::vector<int64_t>>{strides, strides});
  return std::move(matrix);
}

static void softmax(benchmark::State &state, DType type, int64_t rows,
                    int64_t count, bool alongFirst) {
  auto matrix = prepare(type, rows, count, alongFirst);
  if (!matrix) {
    state.SkipWithError(llvm::toString(matrix.takeError()).c_str());
    return;
  }
  tools::CopyBaseline copy({matrix->bytes()}, {matrix->bytes()});
  std::vector<std::function<void()>> candidates = {
      [&] { matrix->runSoftmax(); }, [&] { matrix->runExp(); }};
  for (auto &[name, function] : copy.candidates())
    candidates.push_back(function);
  size_t copies = candidates.size();
#ifdef ACT_HAS_ONEDNN
  if (auto peer = oneDnnSoftmax(type, rows, count, alongFirst,
                                matrix->input.data(), matrix->output.data()))
    candidates.push_back(peer);
#endif
  std::vector<tools::Timing> timings;
  for (auto _ : state) {
    timings = tools::timeInterleaved(candidates, 0.1, 7);
    state.SetIterationTime(timings[0].medianSeconds);
  }
  double kernel = timings[0].medianSeconds, fastest = timings[2].medianSeconds;
  for (size_t i = 3; i < copies; ++i)
    fastest = std::min(fastest, timings[i].medianSeconds);
  double perElement = 1e9 / double(matrix->size());
  state.counters["ns/element"] = kernel * perElement;
  state.counters["exp_ns/element"] = timings[1].medianSeconds * perElement;
  state.counters["copy_ns/element"] = fastest * perElement;
  state.counters["kernel/exp"] = kernel / timings[1].medianSeconds;
  state.counters["kernel/copy"] = kernel / fastest;
  if (candidates.size() == copies)
    return;
  state.counters["onednn_ns/element"] =
      timings.back().medianSeconds * perElement;
  state.counters["kernel/onednn"] = kernel / timings.back().medianSeconds;
}

static void add(const std::string &name, DType type, int64_t rows,
                int64_t count, bool alongFirst) {
  benchmark::RegisterBenchmark(name.c_str(), softmax, type, rows, count,
                               alongFirst)
      ->UseManualTime()
      ->Iterations(3)
      ->Unit(benchmark::kMicrosecond);
}

void act::bench::registerRows() {
  // With its results a quarter of an L2 cache, or more than the last level.
  constexpr int64_t cached = 32768, large = 16 << 20;
  for (DType type : {DType::F32, DType::BF16}) {
    std::string suite = std::string("softmax/") + nameOf(type);
    for (int64_t count = 8; count <= 262144; count *= count < 64 ? 2 : 4) {
      std::string name = suite + "/" + std::to_string(count);
      if (count <= cached)
        add(name + "/L2", type, cached / count, count, false);
      add(name + "/memory", type, large / count, count, false);
    }
    add(suite + "/first_axis/256x128", type, 128, 256, true);
    add(suite + "/first_axis/1024x1024", type, 1024, 1024, true);
    add(suite + "/first_axis/4096x4096", type, 4096, 4096, true);
  }
}

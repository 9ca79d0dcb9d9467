//===- Benchmark.cpp - Kernels beside the device's copy -------------------===//

#include "Benchmark.h"
#include "DeviceTimer.h"
#include "Inputs.h"
#include "llvm/Support/Format.h"
#include <cstring>

using namespace act;
using namespace act::gpucheck;
using llvm::Error;
using llvm::Expected;
using llvm::format;

namespace {
struct Row {
  const char *name;
  Program program;
  DType type;
  /// Of a run; 0 for as many as there are, and where there are none.
  int64_t rows, columns;
  double wanted;
};
} // namespace

static std::vector<Row> allRows() {
  return {
#define ACT_GPU_BENCHMARK(NAME, SOURCE, KIND, TYPE, COLUMNS, WANTED)           \
  {NAME, {SOURCE, Program::KIND}, DType::TYPE, 0, COLUMNS, WANTED},
#define ACT_GPU_BENCHMARK_ROWS(NAME, SOURCE, KIND, TYPE, ROWS, COLUMNS,        \
                               WANTED)                                         \
  {NAME, {SOURCE, Program::KIND}, DType::TYPE, ROWS, COLUMNS, WANTED},
#define ACT_GPU_QUANTIZED(NAME, SOURCE, TYPE, QUANTIZATION, COLUMNS, WANTED)   \
  {                                                                            \
      NAME,        {SOURCE, Program::Forward, {}, QUANTIZATION},               \
      DType::TYPE, 0,                                                          \
      COLUMNS,     WANTED},
#include "Benchmarks.def"
  };
}

/// Memory of the place full of normal numbers: a million of them, repeated.
static Expected<Memory> normalNumbers(const Place &place, DType type,
                                      size_t arrayBytes) {
  Expected<tools::Array> some =
      tools::loadInput("normal:11:1048576", elementTypeOf(type));
  if (!some)
    return some.takeError();
  size_t bytes = some->size() * sizeOf(type);
  std::vector<char> all(arrayBytes);
  for (size_t at = 0; at < all.size(); at += bytes)
    std::memcpy(&all[at], some->data(), std::min(bytes, all.size() - at));
  Expected<Memory> memory = place.allocate(all.size());
  if (!memory)
    return memory.takeError();
  if (Error error = place.upload(*memory, all.data()))
    return std::move(error);
  return memory;
}

namespace {
/// What one run takes of each array.
struct Slices {
  static Expected<Slices> of(const Row &row, const Kernel &kernel,
                             size_t arrayBytes);

  std::vector<int64_t> shape;
  /// [operand]
  std::vector<std::vector<int64_t>> strides;
  std::vector<int64_t> bytes;
  /// Runs that take other elements than those before them.
  int64_t runs = 1;
};
} // namespace

Expected<Slices> Slices::of(const Row &row, const Kernel &kernel,
                            size_t arrayBytes) {
  Slices slices;
  int64_t size = arrayBytes / sizeOf(row.type);
  int64_t rows = row.columns ? size / row.columns : 1;
  if (row.rows && row.rows > rows)
    return llvm::createStringError(
        "arrays of " + llvm::Twine(arrayBytes >> 20) + " MiB do not hold " +
        llvm::Twine(row.rows) + " rows of " + llvm::Twine(row.columns) +
        "; give a larger --mib");
  if (row.rows)
    slices.runs = rows / row.rows, rows = row.rows;
  slices.shape = {size};
  if (row.columns)
    slices.shape = {rows, row.columns};
  for (unsigned k = 0; k < kernel.numOperands(); ++k) {
    std::vector<int64_t> shape = kernel.shapeOf(k, slices.shape);
    int64_t bytes = sizeOf(kernel.compiled.signature.operands[k]);
    for (int64_t extent : shape)
      bytes *= extent;
    slices.bytes.push_back(bytes);
    slices.strides.push_back({1});
    if (row.columns)
      slices.strides.back() = {shape.back(), shape.back() == 1 ? 0 : 1};
  }
  return slices;
}

static Expected<BenchmarkResult> run(const Place &place, const Row &row,
                                     size_t arrayBytes) {
  Expected<Kernel> kernel = Kernel::compile(place, row.program, row.type);
  if (!kernel)
    return kernel.takeError();
  Expected<Slices> slices = Slices::of(row, *kernel, arrayBytes);
  if (!slices)
    return slices.takeError();
  BenchmarkResult result{row.name, row.type, "", 0, 0, 0, "", row.wanted};
  std::vector<Memory> memories;
  std::vector<void *> operands;
  for (int64_t bytes : slices->bytes) {
    Expected<Memory> memory =
        normalNumbers(place, row.type, bytes * slices->runs);
    if (!memory)
      return memory.takeError();
    result.bytes += double(bytes);
    operands.push_back(memory->data());
    memories.push_back(std::move(*memory));
  }
  Expected<GpuRunner> runner =
      kernel->createRunner(slices->shape, slices->strides);
  if (!runner)
    return runner.takeError();
  Expected<Memory> scratch = place.allocate(runner->scratchBytes());
  if (!scratch)
    return scratch.takeError();
  // Of few rows the copy would take what launching it takes.
  double copied = row.rows ? 2.0 * arrayBytes : result.bytes;
  auto copy = tools::DeviceCopy::create(place.getDevice(), row.type, copied);
  if (!copy)
    return copy.takeError();
  int64_t run = 0;
  std::vector<tools::DeviceWork> candidates = {[&](const CudaStream &stream) {
    std::vector<void *> slice = operands;
    for (size_t k = 0; k < slice.size(); ++k)
      slice[k] =
          static_cast<char *>(slice[k]) + run % slices->runs * slices->bytes[k];
    ++run;
    return runner->run(slice.data(), nullptr, scratch->data(), stream.get());
  }};
  auto copies = copy->candidates();
  for (auto &[name, work] : copies)
    candidates.push_back(work);
  auto timings = tools::timeOnDevice(place.getStream(), candidates);
  if (!timings)
    return timings.takeError();
  result.kernelSeconds = timings->front().medianSeconds;
  result.copySeconds = HUGE_VAL;
  for (size_t i = 0; i < copies.size(); ++i) {
    double seconds = (*timings)[i + 1].medianSeconds * result.bytes / copied;
    if (seconds < result.copySeconds)
      result.copySeconds = seconds, result.copy = copies[i].first;
  }
  return result;
}

std::vector<BenchmarkResult>
act::gpucheck::runBenchmarks(const Place &place, llvm::StringRef filter,
                             size_t arrayBytes) {
  std::vector<BenchmarkResult> results;
  for (const Row &row : allRows()) {
    std::string name =
        std::string("benchmark/") + row.name + "/" + nameOf(row.type);
    if (!llvm::StringRef(name).contains(filter))
      continue;
    Expected<BenchmarkResult> result = run(place, row, arrayBytes);
    if (result)
      results.push_back(std::move(*result));
    else
      results.push_back({row.name, row.type, llvm::toString(result.takeError()),
                         0, 0, 0, "", row.wanted});
  }
  return results;
}

void act::gpucheck::printTable(llvm::raw_ostream &os,
                               const std::vector<BenchmarkResult> &results) {
  os << "| kernel | dtype | MB | ms | GB/s | copy GB/s | copy | of the copy | "
        "wanted |\n|---|---|---|---|---|---|---|---|---|\n";
  for (const BenchmarkResult &r : results) {
    os << "| " << r.name << " | " << nameOf(r.type);
    if (!r.problem.empty()) {
      os << " | failed: " << r.problem << " |\n";
      continue;
    }
    os << format(" | %.0f | %.4f | %.0f | %.0f | ", r.bytes * 1e-6,
                 r.kernelSeconds * 1e3, r.bytes / r.kernelSeconds * 1e-9,
                 r.bytes / r.copySeconds * 1e-9)
       << r.copy
       << format(" | %.3f | %.2f%s |\n", r.part(), r.wanted,
                 r.isMissed() ? ", missed" : "");
  }
}

llvm::json::Array
act::gpucheck::toJSON(const std::vector<BenchmarkResult> &results) {
  llvm::json::Array array;
  for (const BenchmarkResult &r : results) {
    llvm::json::Object row{{"name", r.name}, {"dtype", nameOf(r.type)}};
    if (!r.problem.empty()) {
      row["problem"] = r.problem;
    } else {
      row["bytes"] = r.bytes;
      row["kernel_seconds"] = r.kernelSeconds;
      row["copy_seconds"] = r.copySeconds;
      row["copy"] = r.copy;
      row["part_of_copy"] = r.part();
      row["wanted"] = r.wanted;
    }
    array.push_back(std::move(row));
  }
  return array;
}

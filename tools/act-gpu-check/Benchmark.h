//===- Benchmark.h - Kernels beside the device's copy -----------*- C++ -*-===//
#ifndef ACT_GPUCHECK_BENCHMARK_H
#define ACT_GPUCHECK_BENCHMARK_H

#include "Kernel.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace act::gpucheck {

/// What one row of Benchmarks.def took.
struct BenchmarkResult {
  std::string name;
  DType type;
  /// Why there are no numbers, or "".
  std::string problem;
  /// Read and written together.
  double bytes;
  /// Medians.
  double kernelSeconds, copySeconds;
  /// The faster copy.
  std::string copy;
  /// The part of the copy's rate that is wanted.
  double wanted;

  double part() const { return copySeconds / kernelSeconds; }
  bool isMissed() const { return part() < wanted; }
};

/// Times every row whose name contains `filter` on the device of the place:
/// arrays of so many bytes, which no cache is to hold, of normally distributed
/// numbers.
std::vector<BenchmarkResult>
runBenchmarks(const Place &place, llvm::StringRef filter, size_t arrayBytes);

/// A table of Markdown.
void printTable(llvm::raw_ostream &os,
                const std::vector<BenchmarkResult> &results);
llvm::json::Array toJSON(const std::vector<BenchmarkResult> &results);

} // namespace act::gpucheck

#endif // ACT_GPUCHECK_BENCHMARK_H

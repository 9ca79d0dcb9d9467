//===- GpuRows.h - Functions of a row as GPU kernels ------------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_GPUROWS_H
#define ACT_TEST_UNIT_GPUROWS_H

#include "RowFuzz.h"
#include "SimulatedCode.h"
#include <set>

namespace act::test {

/// The kernels of a function of a row, loaded.
inline RowKernel gpuRows(const RowSubject &subject,
                         const SimulationOptions &options = {}) {
  return loaded(compileRows(subject, nullptr, gpuOptions()), options);
}

/// Lengths of rows around a chunk of a thread, a warp, several warps, and where
/// another kernel takes over.
inline std::set<int64_t> gpuLengths(const RowKernel &kernel) {
  int64_t chunk = kernel.result.signature.lanes;
  unsigned most = gpuRowThreads(kernel.result.signature.computesInDouble);
  std::set<int64_t> lengths = {0, 1};
  for (int64_t kept : kGpuRowChunks)
    for (int64_t threads : {1u, 2u, kWarpThreads, 2 * kWarpThreads, most})
      for (int64_t more : {-1, 0, 1})
        lengths.insert(kept * threads * chunk + more);
  // More chunks than one fewer than the next kernel keeps.
  for (int64_t kept : kGpuRowChunks)
    for (int64_t more : {0, 1})
      lengths.insert((kept - 1) * chunk + more);
  // A thread of the last kernel walks several.
  for (int64_t more : {0, 1})
    lengths.insert(3 * most * chunk * kGpuRowChunks[1] + chunk + more);
  return lengths;
}

/// A function of a row; inputs that are one value a row, by number.
struct GpuRowSource {
  const char *text;
  std::vector<unsigned> uniform = {};
};

inline std::vector<GpuRowSource> gpuRowSources() {
  return {{"softmax(x)"},
          {"log_softmax(x)"},
          {"softmin(x)"},
          {"logsumexp(x)"},
          {"sum(x)"},
          {"rowmax(x)"},
          {"x - mean(x, keepdims=1)"},
          {"softmax(x, temperature=0.5) * y"},
          {"log_softmax(x, bias=b, scale=0.3)", {1}},
          {"softmax(x, softcap=5)"},
          {"softmax(x, sink=s)", {1}},
          {"logsumexp(x, sink=s, mask=m > -1)", {1}},
          {"softmax(x, mask=m > 0, empty_row=zero)"},
          {"log_softmax(x, mask=m > 0, empty_row=uniform)"},
          {"softmax(x, temperature=1 + t^2 / 8)", {1}},
          {"sum(x * y)", {1}},
          {"rowmax(x, mask=x < m)"}};
}

/// Backwards; the last input is the cotangent.
inline std::vector<GpuRowSource> gpuRowGradients() {
  return {{"softmax(x)"},
          {"log_softmax(x)"},
          {"logsumexp(x)", {1}},
          {"softmax(x, temperature=1 + t^2 / 8)", {1}},
          {"softmax(x, sink=s)", {1}},
          {"softmax(x, bias=b)"},
          {"sum(x * y)", {1, 2}}};
}

/// Fuzzes kernels of sources, in each error mode in turn, and prints the worst
/// of all.
inline void fuzzGpuRows(const std::vector<GpuRowSource> &sources,
                        RowSubject subject, unsigned runs, unsigned seed) {
  Random random(seed);
  RowError worst;
  for (const GpuRowSource &source : sources) {
    subject.source = source.text;
    subject.uniformInputs = source.uniform;
    RowKernel kernel = compileRows(subject, nullptr, gpuOptions());
    SimulatedCode code(kernel.result);
    std::vector<SimulationOptions> modes = errorModes();
    for (unsigned i = 0; i < runs; ++i) {
      code.load(kernel.result, modes[i % modes.size()]);
      ASSERT_TRUE(kernel) << source.text;
      FuzzRun run(kernel, random);
      run.run();
      if (testing::Test::HasFailure())
        return;
      worst.ulp = std::max(worst.ulp, run.worst().ulp);
      worst.part = std::max(worst.part, run.worst().part);
    }
  }
  subject.source = "functions of a row";
  printf("%s: max %.3f ulp, %.3f of the bound\n", subject.text().c_str(),
         worst.ulp, worst.part);
}

} // namespace act::test

#endif // ACT_TEST_UNIT_GPUROWS_H

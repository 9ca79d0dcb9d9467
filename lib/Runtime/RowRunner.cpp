//===- RowRunner.cpp - Kernels of rows over arrays of any shape -----------===//

#include "act/Runtime/RowRunner.h"
#include "Parallel.h"
#include "RowGroups.h"
#include "RowSums.h"
#include "RowWorker.h"
#include <algorithm>
#include <atomic>

using namespace act;

/// Bytes of results from which on a cache would lose them before they are read:
/// half of a large last level.
static constexpr int64_t kStreamBytes = 16 * 1024 * 1024;
/// The same of strips that leave results to one another, which gain more by it
/// than a reader loses that would have found them in the last level.
static constexpr int64_t kLeastLeftBytes = 2 * 1024 * 1024;
/// Threads get multiples of so many rows, which fill lines of memory where they
/// lie side by side.
static constexpr int64_t kShareRows = 64;

struct RowRunner::State {
  State(const KernelSignature &signature, KernelFunction kernel,
        const RowGroups &part, unsigned threads);

  void compute(const std::vector<void *> &data, const void *parameters,
               unsigned threads);

  RowGroups part;
  RowSums sums;
  RowRun run;
  std::vector<std::unique_ptr<RowWorker>> workers;

  /// The first row of a thread.
  int64_t begin(int64_t worker) const {
    int64_t rows = run.space.size, parts = workers.size();
    int64_t row = rows * worker / parts;
    return worker < parts && rows >= parts * kShareRows
               ? row / kShareRows * kShareRows
               : row;
  }
};

RowRunner::State::State(const KernelSignature &signature, KernelFunction kernel,
                        const RowGroups &given, unsigned threads)
    : part(given), sums(signature, part.shape, part.axis, part.strides) {
  const std::vector<int64_t> &shape = part.shape;
  int64_t axis = part.axis;
  const std::vector<std::vector<int64_t>> &strides = sums.termStrides();
  std::vector<int64_t> others = shape, along;
  others.erase(others.begin() + axis);
  std::vector<RunOperand> across;
  for (const std::vector<int64_t> &own : strides) {
    along.push_back(own[axis]);
    across.push_back({nullptr, own});
    across.back().strides.erase(across.back().strides.begin() + axis);
  }
  IterationSpace space = collapse(signature, others, across);
  int64_t rows = space.size, bytes = 0;
  int64_t most = std::min<int64_t>(std::max(threads, 1u), rows);
  run = {signature,   kernel,           std::move(space),
         shape[axis], std::move(along), unsigned(most)};
  for (size_t k = signature.numInputs; k < strides.size(); ++k)
    bytes += rows * shape[axis] * sizeOf(signature.operands[k]);
  run.streams =
      bytes >= (signature.rows->leavesStrips ? kLeastLeftBytes : kStreamBytes);
  for (int64_t i = 0; i < most; ++i)
    workers.push_back(signature.rows->inStrips  ? workerInStrips(run)
                      : signature.rows->inLanes ? workerAcrossRows(run)
                                                : workerAlongRows(run));
}

RowRunner::RowRunner(const KernelSignature &signature, KernelFunction kernel,
                     const std::vector<int64_t> &shape, int64_t axis,
                     const std::vector<std::vector<int64_t>> &strides,
                     unsigned threads)
    : threads(threads) {
  for (const RowGroups &part : groupRows(signature, shape, axis, strides))
    states.push_back(std::make_unique<State>(signature, kernel, part, threads));
}

RowRunner::~RowRunner() = default;

void RowRunner::State::compute(const std::vector<void *> &data,
                               const void *parameters, unsigned threads) {
  std::vector<void *> withTerms = sums.withTerms(data);
  run.data = &withTerms;
  run.parameters = parameters;
  int64_t parts = workers.size();
  parallelFor(parts, parts, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i)
      workers[i]->rows(begin(i), begin(i + 1));
    // Writes around the caches come before the end of the run.
    std::atomic_thread_fence(std::memory_order_seq_cst);
  });
  sums.finish(data, threads);
}

void RowRunner::run(const std::vector<void *> &data, const void *parameters) {
  for (auto &state : states)
    state->compute(state->part.operandsOf(data, state->run.signature),
                   parameters, threads);
}

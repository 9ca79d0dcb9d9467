//===- RowRunner.cpp - Kernels of rows over arrays of any shape -----------===//

#include "act/Runtime/RowRunner.h"
#include "Parallel.h"
#include "RowSums.h"
#include "RowWorker.h"
#include <algorithm>
#include <atomic>

using namespace act;

/// Bytes of results from which on a cache would lose them before they are read:
/// half of a large last level.
static constexpr int64_t kStreamBytes = 16 * 1024 * 1024;
/// Threads get multiples of so many rows, which fill lines of memory where they
/// lie side by side.
static constexpr int64_t kShareRows = 64;

struct RowRunner::State {
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

RowRunner::RowRunner(const KernelSignature &signature, KernelFunction kernel,
                     const std::vector<int64_t> &shape, int64_t axis,
                     const std::vector<std::vector<int64_t>> &given,
                     unsigned threads)
    : threads(threads) {
  RowSums sums(signature, shape, axis, given);
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
  state.reset(new State{std::move(sums),
                        {signature, kernel, std::move(space), shape[axis],
                         std::move(along), unsigned(most)},
                        {}});
  for (size_t k = signature.numInputs; k < given.size(); ++k)
    bytes += rows * shape[axis] * sizeOf(signature.operands[k]);
  state->run.streams = bytes >= kStreamBytes;
  for (int64_t i = 0; i < most; ++i)
    state->workers.push_back(signature.rows->inLanes
                                 ? workerAcrossRows(state->run)
                                 : workerAlongRows(state->run));
}

RowRunner::~RowRunner() = default;

void RowRunner::run(const std::vector<void *> &data, const void *parameters) {
  std::vector<void *> withTerms = state->sums.withTerms(data);
  state->run.data = &withTerms;
  state->run.parameters = parameters;
  int64_t parts = state->workers.size();
  parallelFor(parts, parts, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      state->workers[i]->rows(state->begin(i), state->begin(i + 1));
    // Writes around the caches come before the end of the run.
    std::atomic_thread_fence(std::memory_order_seq_cst);
  });
  state->sums.finish(data, threads);
}

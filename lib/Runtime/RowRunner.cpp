//===- RowRunner.cpp - Kernels of rows over arrays of any shape -----------===//

#include "act/Runtime/RowRunner.h"
#include "IterationSpace.h"
#include "Parallel.h"
#include "RowPacking.h"
#include "RowSums.h"
#include <algorithm>
#include <atomic>
#include <memory>

using namespace act;

namespace {

/// Bytes of a buffer for rows of an input and of a result, which share it: with
/// the scratch memory it stays in the L2 cache.
constexpr int64_t kTileBytes = 512 * 1024;
/// Bytes of results from which on a cache would lose them before they are read:
/// half of a large last level.
constexpr int64_t kStreamBytes = 16 * 1024 * 1024;
/// Rows copied at a time at least: a line of memory holds as many elements.
constexpr int64_t kLeastTileRows = 16;

int64_t roundUp(int64_t value, int64_t unit) {
  return (value + unit - 1) / unit * unit;
}

/// Memory that vectors may be loaded from whole.
class Buffer {
public:
  void allocate(size_t bytes) {
    memory.reset(new char[bytes + 64]);
    auto address = reinterpret_cast<uintptr_t>(memory.get());
    aligned = memory.get() + (64 - address % 64) % 64;
  }
  char *data() const { return aligned; }

private:
  std::unique_ptr<char[]> memory;
  char *aligned = nullptr;
};

/// What all threads of a run share.
struct RowRun {
  KernelSignature signature;
  KernelFunction kernel;
  /// The dimensions beside the axis.
  IterationSpace space;
  /// Elements of a row, and the strides along it.
  int64_t count;
  std::vector<int64_t> strides;
  /// Results are too large for a cache to keep them.
  bool streams = false;
  /// Of the run in progress.
  const std::vector<void *> *data = nullptr;
  const void *parameters = nullptr;

  bool isInput(size_t k) const { return k < signature.numInputs; }
  bool isUniform(size_t k) const { return signature.rows->isUniform[k]; }
  bool isScalar(size_t k) const { return isInput(k) && signature.isScalar[k]; }
  size_t bytes(size_t k) const { return sizeOf(signature.operands[k]); }
  bool inLanes() const { return signature.rows->inLanes; }
  /// Used in place: rows whose elements are dense. Rows side by side are not:
  /// elements that are a power of two apart share few lines of a cache.
  bool isInPlace(size_t k) const {
    return isScalar(k) ||
           (!inLanes() && (isUniform(k) || strides[k] == 1 || count <= 1));
  }
};

/// One thread's share.
class Worker {
public:
  explicit Worker(const RowRun &run);
  void rows(int64_t begin, int64_t end);

private:
  /// Rows that one call of the kernel covers: a part of the inner dimension.
  void dense(int64_t begin, int64_t end);
  void packed(int64_t begin, int64_t end);
  void panels(int64_t begin, int64_t end);
  void call(int64_t rows);
  /// The buffer of a result is that of an input of its kind, as results may
  /// alias inputs exactly; no two results have the same.
  size_t sharedBuffer(size_t k) const;
  RowSpan spanOf(size_t k, int64_t begin, int64_t end) const;
  /// In elements; an odd number of lines of memory, so that panels spread over
  /// the cache.
  int64_t panelStride(size_t k) const {
    int64_t count = run.isUniform(k) ? 1 : run.count;
    return (count | 1) * run.signature.lanes;
  }
  char *address(size_t k, int64_t row) const {
    int64_t inner = run.space.inner();
    int64_t offset = run.space.rowOffset(k, row / inner) +
                     row % inner * run.space.innerStride(k);
    return static_cast<char *>((*run.data)[k]) + offset * int64_t(run.bytes(k));
  }

  const RowRun &run;
  bool allInPlace = true;
  int64_t tileRows;
  std::vector<void *> pointers;
  std::vector<int64_t> strides, rowStrides;
  /// Elements from one row of a buffer to the next.
  int64_t bufferCount;
  Buffer scratch;
  std::vector<Buffer> buffers;
  /// Which of them an operand has.
  std::vector<size_t> bufferOf;
};

} // namespace

Worker::Worker(const RowRun &run)
    : run(run), pointers(run.strides.size()), strides(run.strides.size()),
      rowStrides(run.strides.size()), buffers(run.strides.size()),
      bufferOf(run.strides.size()) {
  int64_t lanes = run.inLanes() ? run.signature.lanes : 1;
  int64_t padded = roundUp(run.count, kRowUnit) * lanes;
  size_t computeBytes = run.signature.computesInDouble ? 8 : 4;
  if (unsigned kept = run.signature.rows->kept)
    scratch.allocate(kept * padded * computeBytes);
  int64_t widest = 1;
  for (size_t k = 0; k < run.strides.size(); ++k)
    if (!run.isInPlace(k)) {
      allInPlace = false;
      widest = std::max<int64_t>(widest, run.bytes(k));
    }
  allInPlace &= !run.inLanes();
  int64_t unit = std::max(kLeastTileRows, lanes);
  tileRows = std::max<int64_t>(
      unit,
      kTileBytes / std::max<int64_t>(1, run.count * widest) / unit * unit);
  // A stride that is no power of two spreads the rows over the cache.
  bufferCount = roundUp(run.count, kLeastTileRows) + kLeastTileRows;
  for (size_t k = 0; k < run.strides.size(); ++k) {
    bufferOf[k] = sharedBuffer(k);
    if (bufferOf[k] == k && (run.inLanes() || !run.isInPlace(k)))
      buffers[k].allocate(
          run.bytes(k) *
          std::max(tileRows * bufferCount, tileRows / lanes * panelStride(k)));
  }
}

void Worker::rows(int64_t begin, int64_t end) {
  int64_t inner = run.space.inner();
  while (begin < end) {
    int64_t stop = std::min(end, (begin / inner + 1) * inner);
    if (!allInPlace)
      stop = std::min(stop, begin + tileRows);
    if (run.inLanes())
      panels(begin, stop);
    else
      allInPlace ? dense(begin, stop) : packed(begin, stop);
    begin = stop;
  }
}

void Worker::dense(int64_t begin, int64_t end) {
  for (size_t k = 0; k < pointers.size(); ++k) {
    pointers[k] = address(k, begin);
    rowStrides[k] = run.space.innerStride(k);
  }
  call(end - begin);
}

size_t Worker::sharedBuffer(size_t k) const {
  if (run.isInput(k))
    return k;
  for (size_t j = 0; j < run.signature.numInputs; ++j) {
    bool isTaken = std::count(bufferOf.begin() + run.signature.numInputs,
                              bufferOf.begin() + k, j);
    if (!isTaken && !run.isScalar(j) && run.bytes(j) == run.bytes(k) &&
        run.isUniform(j) == run.isUniform(k) &&
        run.isInPlace(j) == run.isInPlace(k))
      return j;
  }
  return k;
}

RowSpan Worker::spanOf(size_t k, int64_t begin, int64_t end) const {
  bool inLanes = run.inLanes();
  return {address(k, begin),
          buffers[bufferOf[k]].data(),
          run.bytes(k),
          run.strides[k],
          run.space.innerStride(k),
          run.isUniform(k) ? 1 : run.count,
          end - begin,
          inLanes,
          inLanes ? run.signature.lanes : end - begin,
          bufferCount,
          panelStride(k)};
}

void Worker::packed(int64_t begin, int64_t end) {
  for (size_t k = 0; k < pointers.size(); ++k) {
    bool inPlace = run.isInPlace(k);
    pointers[k] = inPlace ? address(k, begin) : buffers[bufferOf[k]].data();
    rowStrides[k] = inPlace ? run.space.innerStride(k) : bufferCount;
    if (!inPlace && run.isInput(k))
      gatherRows(spanOf(k, begin, end));
  }
  call(end - begin);
  for (size_t k = run.signature.numInputs; k < pointers.size(); ++k)
    if (!run.isInPlace(k))
      scatterRows(spanOf(k, begin, end));
}

/// Panels of as many rows as a vector has lanes: what the kernel reads of an
/// element of theirs is dense, and so is the next element.
void Worker::panels(int64_t begin, int64_t end) {
  for (size_t k = 0; k < run.signature.numInputs; ++k)
    if (!run.isScalar(k))
      gatherRows(spanOf(k, begin, end));
  // Lanes behind the last row compute on whatever is in the buffer.
  int64_t lanes = run.signature.lanes;
  for (int64_t row = begin, panel = 0; row < end; row += lanes, ++panel) {
    for (size_t k = 0; k < pointers.size(); ++k) {
      pointers[k] = run.isScalar(k) ? (*run.data)[k]
                                    : buffers[bufferOf[k]].data() +
                                          panel * panelStride(k) * run.bytes(k);
      strides[k] = lanes;
    }
    call(lanes);
  }
  for (size_t k = run.signature.numInputs; k < pointers.size(); ++k)
    scatterRows(spanOf(k, begin, end));
}

void Worker::call(int64_t rows) {
  KernelArgs args{};
  args.operands = pointers.data();
  args.count = run.count;
  args.strides = strides.data();
  args.rows = rows;
  args.rowStrides = rowStrides.data();
  args.scalars = run.parameters;
  args.scratch = scratch.data();
  args.streams = run.streams;
  run.kernel(&args);
}

struct RowRunner::State {
  RowSums sums;
  RowRun run;
  std::vector<Worker> workers;
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
  state.reset(new State{
      std::move(sums),
      {signature, kernel, std::move(space), shape[axis], std::move(along)},
      {}});
  int64_t rows = state->run.space.size, bytes = 0;
  for (size_t k = signature.numInputs; k < given.size(); ++k)
    bytes += rows * shape[axis] * sizeOf(signature.operands[k]);
  state->run.streams = bytes >= kStreamBytes;
  int64_t most = std::min<int64_t>(std::max(threads, 1u), rows);
  for (int64_t i = 0; i < most; ++i)
    state->workers.emplace_back(state->run);
}

RowRunner::~RowRunner() = default;

void RowRunner::run(const std::vector<void *> &data, const void *parameters) {
  std::vector<void *> withTerms = state->sums.withTerms(data);
  state->run.data = &withTerms;
  state->run.parameters = parameters;
  int64_t rows = state->run.space.size, parts = state->workers.size();
  parallelFor(parts, parts, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      state->workers[i].rows(rows * i / parts, rows * (i + 1) / parts);
    // Writes around the caches come before the end of the run.
    std::atomic_thread_fence(std::memory_order_seq_cst);
  });
  state->sums.finish(data, threads);
}

//===- RowRunner.cpp - Kernels of rows over arrays of any shape -----------===//

#include "act/Runtime/RowRunner.h"
#include "IterationSpace.h"
#include "Parallel.h"
#include "RowPacking.h"
#include <memory>

using namespace act;

namespace {

/// Bytes of a buffer for rows of one operand: all operands of usual kernels
/// and the scratch memory stay in the L2 cache.
constexpr int64_t kTileBytes = 256 * 1024;
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
  const KernelSignature &signature;
  KernelFunction kernel;
  /// The dimensions beside the axis.
  IterationSpace space;
  const std::vector<RunOperand> &operands;
  const void *parameters;
  /// Elements of a row, and the strides along it.
  int64_t count;
  std::vector<int64_t> strides;

  bool isInput(size_t k) const { return k < signature.numInputs; }
  bool isUniform(size_t k) const { return signature.rows->isUniform[k]; }
  bool isScalar(size_t k) const { return isInput(k) && signature.isScalar[k]; }
  size_t bytes(size_t k) const { return sizeOf(signature.operands[k]); }
  bool inLanes() const { return signature.rows->inLanes; }
  /// Used in place: rows whose elements are dense. Of rows side by side only
  /// results are, since what is read more than once is read from a buffer.
  bool isInPlace(size_t k) const {
    if (isScalar(k))
      return true;
    if (inLanes())
      return !isInput(k) && space.innerStride(k) == 1;
    return isUniform(k) || strides[k] == 1 || count <= 1;
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
  void call(int64_t rows);
  char *address(size_t k, int64_t row) const {
    int64_t inner = run.space.inner();
    int64_t offset = run.space.rowOffset(k, row / inner) +
                     row % inner * run.space.innerStride(k);
    return static_cast<char *>(run.operands[k].data) +
           offset * int64_t(run.bytes(k));
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
};

} // namespace

Worker::Worker(const RowRun &run)
    : run(run), pointers(run.operands.size()), strides(run.operands.size()),
      rowStrides(run.operands.size()), buffers(run.operands.size()) {
  int64_t lanes = run.inLanes() ? run.signature.lanes : 1;
  int64_t padded = roundUp(run.count, kRowUnit) * lanes;
  size_t computeBytes = run.signature.computesInDouble ? 8 : 4;
  if (unsigned kept = run.signature.rows->kept)
    scratch.allocate(kept * padded * computeBytes);
  int64_t widest = 1;
  for (size_t k = 0; k < run.operands.size(); ++k)
    if (!run.isInPlace(k)) {
      allInPlace = false;
      widest = std::max<int64_t>(widest, run.bytes(k));
    }
  allInPlace &= !run.inLanes();
  int64_t unit = std::max(kLeastTileRows, lanes);
  tileRows = std::max<int64_t>(
      unit, kTileBytes / std::max<int64_t>(1, run.count * widest) / unit * unit);
  // A stride that is no power of two spreads the rows over the cache.
  bufferCount = roundUp(run.count, kLeastTileRows) + kLeastTileRows;
  for (size_t k = 0; k < run.operands.size(); ++k)
    if (run.inLanes() || !run.isInPlace(k))
      buffers[k].allocate(
          tileRows * (run.isUniform(k) ? 1 : bufferCount) * run.bytes(k));
}

void Worker::rows(int64_t begin, int64_t end) {
  int64_t inner = run.space.inner();
  while (begin < end) {
    int64_t stop = std::min(end, (begin / inner + 1) * inner);
    if (!allInPlace)
      stop = std::min(stop, begin + tileRows);
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

void Worker::packed(int64_t begin, int64_t end) {
  int64_t rows = end - begin;
  // Lanes behind the last row compute on whatever is in the buffer.
  int64_t lanes = run.inLanes() ? run.signature.lanes : 1;
  int64_t whole = roundUp(rows, lanes);
  auto isDirect = [&](size_t k) {
    return run.isInPlace(k) && (whole == rows || run.isScalar(k));
  };
  auto spanOf = [&](size_t k) {
    RowSpan span{address(k, begin),
                 buffers[k].data(),
                 run.bytes(k),
                 run.strides[k],
                 run.space.innerStride(k),
                 run.isUniform(k) ? 1 : run.count,
                 rows,
                 run.inLanes() ? whole : 1,
                 run.inLanes() ? 1 : bufferCount};
    return span;
  };
  for (size_t k = 0; k < pointers.size(); ++k) {
    bool direct = isDirect(k);
    pointers[k] = direct ? address(k, begin) : buffers[k].data();
    strides[k] = direct ? run.strides[k] : whole;
    rowStrides[k] = direct ? run.space.innerStride(k) : bufferCount;
    if (!direct && run.isInput(k))
      gatherRows(spanOf(k));
  }
  call(whole);
  for (size_t k = run.signature.numInputs; k < pointers.size(); ++k)
    if (!isDirect(k))
      scatterRows(spanOf(k));
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
  run.kernel(&args);
}

void act::runRows(const KernelSignature &signature, KernelFunction kernel,
                  const std::vector<int64_t> &shape, int64_t axis,
                  const std::vector<RunOperand> &operands,
                  const void *parameters, unsigned threads) {
  std::vector<int64_t> others = shape, strides;
  others.erase(others.begin() + axis);
  std::vector<RunOperand> across = operands;
  for (RunOperand &operand : across) {
    strides.push_back(operand.strides[axis]);
    operand.strides.erase(operand.strides.begin() + axis);
  }
  RowRun run{signature,  kernel,      collapse(signature, others, across),
             operands,   parameters,  shape[axis],
             std::move(strides)};
  parallelFor(run.space.size, threads, [&](int64_t begin, int64_t end) {
    Worker(run).rows(begin, end);
  });
}

//===- RowWorker.h - One thread's share of the rows -------------*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_ROWWORKER_H
#define ACT_LIB_RUNTIME_ROWWORKER_H

#include "IterationSpace.h"
#include "RowPacking.h"
#include "act/KernelABI.h"
#include <memory>

namespace act {

/// What all threads of a run share.
struct RowRun {
  KernelSignature signature;
  KernelFunction kernel;
  /// The dimensions beside the axis.
  IterationSpace space;
  /// Elements of a row, and the strides along it.
  int64_t count;
  std::vector<int64_t> strides;
  unsigned threads;
  /// Results are too large for a cache to keep them.
  bool streams = false;
  /// Of the run in progress.
  const std::vector<void *> *data = nullptr;
  const void *parameters = nullptr;

  size_t numOperands() const { return strides.size(); }
  bool isInput(size_t k) const { return k < signature.numInputs; }
  bool isUniform(size_t k) const { return signature.rows->isUniform[k]; }
  bool isScalar(size_t k) const { return isInput(k) && signature.isScalar[k]; }
  size_t bytes(size_t k) const { return sizeOf(signature.operands[k]); }
  /// Elements of a row.
  int64_t countOf(size_t k) const { return isUniform(k) ? 1 : count; }
};

/// Memory that vectors may be loaded from whole.
class RowBuffer {
public:
  void allocate(size_t bytes);
  char *data() const { return aligned; }
  /// A place from which on there are as many bytes, whose stores do not hold up
  /// loads in step with them from either array, and the other way round; null
  /// if there are none.
  char *awayFrom(const void *one, const void *other) const;

private:
  std::unique_ptr<char[]> memory;
  char *aligned = nullptr;
};

/// One thread's share. Holds the kernel's scratch memory and buffers of rows.
class RowWorker {
public:
  virtual ~RowWorker() = default;
  /// Computes the rows [begin, end).
  virtual void rows(int64_t begin, int64_t end) = 0;

protected:
  /// `lanes` rows go through the kernel at a time at most.
  RowWorker(const RowRun &run, int64_t lanes);
  /// The end of the rows from `begin` on that have one stride.
  int64_t innerEnd(int64_t begin) const {
    int64_t inner = run.space.inner();
    return (begin / inner + 1) * inner;
  }
  char *address(size_t k, int64_t row) const {
    int64_t inner = run.space.inner();
    int64_t offset = run.space.rowOffset(k, row / inner) +
                     row % inner * run.space.innerStride(k);
    return static_cast<char *>((*run.data)[k]) + offset * int64_t(run.bytes(k));
  }
  /// The operand that has the same buffer: of a result an input of its kind, as
  /// results may alias inputs exactly, or itself. No two results have the same.
  /// `isLike` tells what more the two must have in common.
  template <class Predicate>
  size_t sharedBuffer(size_t k, Predicate isLike) const;
  /// The rows [begin, end) of an operand's array and the start of its buffer,
  /// whose form is still to be said.
  RowSpan arraySpan(size_t k, int64_t begin, int64_t end) const;
  /// Calls the kernel with what follows.
  void call(int64_t rows, const RowsAhead *ahead, bool streams,
            const StripBefore *before = nullptr);
  void call(int64_t rows, const RowsAhead *ahead = nullptr) {
    call(rows, ahead, run.streams);
  }

  /// Of scratch memory for calls of so many rows.
  int64_t scratchBytes(int64_t lanes) const;

  const RowRun &run;
  std::vector<void *> pointers;
  std::vector<int64_t> strides, rowStrides;
  RowBuffer scratch;
  /// What of it the latest call was given.
  void *scratchGiven = nullptr;
  std::vector<RowBuffer> buffers;
  /// Which of them an operand has.
  std::vector<size_t> bufferOf;
};

template <class Predicate>
size_t RowWorker::sharedBuffer(size_t k, Predicate isLike) const {
  if (run.isInput(k))
    return k;
  for (size_t j = 0; j < run.signature.numInputs; ++j) {
    bool isTaken = false;
    for (size_t other = run.signature.numInputs; other < k; ++other)
      isTaken |= bufferOf[other] == j;
    if (!isTaken && !run.isScalar(j) && run.bytes(j) == run.bytes(k) &&
        run.isUniform(j) == run.isUniform(k) && isLike(j))
      return j;
  }
  return k;
}

/// For kernels whose vectors lie along the rows.
std::unique_ptr<RowWorker> workerAlongRows(const RowRun &run);

/// For kernels whose vectors have an element of each of some rows.
std::unique_ptr<RowWorker> workerAcrossRows(const RowRun &run);

/// The same for kernels that take strips of such vectors.
std::unique_ptr<RowWorker> workerInStrips(const RowRun &run);

} // namespace act

#endif // ACT_LIB_RUNTIME_ROWWORKER_H

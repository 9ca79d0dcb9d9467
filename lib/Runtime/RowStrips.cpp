//===- RowStrips.cpp - Rows side by side, some vectors of them at a time --===//
//
// A kernel of strips reads and writes an element of all rows of a strip after
// another, which are pieces of several lines of memory, and keeps what it needs
// again: arrays are used as they are. Operands whose rows are no neighbours,
// and rows that fill no vector, go through buffers of the same form.
//
//===----------------------------------------------------------------------===//

#include "RowWorker.h"
#include "act/Target/Target.h"
#include <algorithm>

using namespace act;

namespace {

/// Rows [begin, end), less than a vector of them or a power of two of vectors.
struct Strip {
  int64_t begin, end;

  int64_t rows() const { return end - begin; }
};

class StripRows : public RowWorker {
public:
  explicit StripRows(const RowRun &run);
  void rows(int64_t begin, int64_t end) override;

private:
  static int64_t stripRows(const RowRun &run) {
    return kStripBytes / (run.signature.computesInDouble ? 8 : 4);
  }
  /// Neighbouring rows are neighbours in memory.
  bool isBeside(size_t k) const { return run.space.innerStride(k) == 1; }
  Strip stripAt(int64_t begin, int64_t end) const;
  void compute(const Strip &strip, const Strip &next);
  /// True if the call for the next strip may store this one's results.
  bool mayLeave(const Strip &strip, const Strip &next) const;
  RowSpan spanOf(size_t k, const Strip &strip, int64_t width) const;

  int64_t lanes, mostRows, lanesShift = 0;
  std::vector<const void *> aheadInputs;
  /// Strips may leave results: a cache has the scratch memory of two of them.
  bool leavesAny = false;
  /// Of the strip before: whether its results are left, its operands and its
  /// scratch memory; and memory that takes turns with `scratch`.
  bool isLeft = false;
  std::vector<void *> pointersBefore;
  void *scratchBefore = nullptr;
  RowBuffer otherScratch;
};

} // namespace

StripRows::StripRows(const RowRun &run)
    : RowWorker(run, stripRows(run)), lanes(run.signature.lanes),
      mostRows(stripRows(run)), aheadInputs(run.signature.numInputs),
      pointersBefore(run.numOperands()) {
  int64_t both = 2 * scratchBytes(mostRows);
  leavesAny = run.signature.rows->leavesStrips && run.streams &&
              both <= lastLevelCacheBytes() / 2;
  if (leavesAny)
    otherScratch.allocate(both / 2);
  while (int64_t(1) << lanesShift < lanes)
    ++lanesShift;
  for (size_t k = 0; k < run.numOperands(); ++k) {
    bufferOf[k] =
        sharedBuffer(k, [&](size_t j) { return isBeside(j) == isBeside(k); });
    if (bufferOf[k] == k && !run.isScalar(k))
      buffers[k].allocate(run.bytes(k) * run.countOf(k) *
                          (isBeside(k) ? lanes : mostRows));
  }
}

Strip StripRows::stripAt(int64_t begin, int64_t end) const {
  int64_t rows = std::min(end, innerEnd(begin)) - begin, most = mostRows;
  while (most > rows && most > lanes)
    most /= 2;
  return {begin, begin + std::min(rows, most)};
}

void StripRows::rows(int64_t begin, int64_t end) {
  while (begin < end) {
    Strip strip = stripAt(begin, end);
    compute(strip, strip.end < end ? stripAt(strip.end, end) : strip);
    begin = strip.end;
  }
}

RowSpan StripRows::spanOf(size_t k, const Strip &strip, int64_t width) const {
  RowSpan span = arraySpan(k, strip.begin, strip.end);
  span.inLanes = true;
  span.panelRows = width;
  span.streams = run.streams;
  return span;
}

bool StripRows::mayLeave(const Strip &strip, const Strip &next) const {
  bool areWhole = strip.rows() == mostRows && next.rows() == mostRows;
  for (size_t k = 0; k < pointers.size(); ++k)
    areWhole &= run.isScalar(k) || isBeside(k);
  return leavesAny && areWhole && next.begin == strip.end &&
         next.end <= innerEnd(strip.begin);
}

void StripRows::compute(const Strip &strip, const Strip &next) {
  // Lanes behind the last row compute on whatever is in the buffer.
  int64_t width = std::max(strip.rows(), lanes);
  size_t inputs = run.signature.numInputs;
  auto isInArray = [&](size_t k) {
    return isBeside(k) && strip.rows() == width;
  };
  bool streams = run.streams;
  for (size_t k = 0; k < pointers.size(); ++k) {
    if (run.isScalar(k)) {
      pointers[k] = (*run.data)[k];
      continue;
    }
    bool inArray = isInArray(k);
    pointers[k] =
        inArray ? address(k, strip.begin) : buffers[bufferOf[k]].data();
    strides[k] = inArray ? run.strides[k] : width;
    if (run.isInput(k) && !inArray)
      gatherRows(spanOf(k, strip, width));
    streams &= run.isInput(k) || inArray;
  }
  RowsAhead ahead{};
  ahead.lanes = lanes;
  ahead.lanesShift = lanesShift;
  while (lanes << ahead.vectorsShift < width)
    ++ahead.vectorsShift;
  for (size_t k = 0; k < inputs; ++k)
    aheadInputs[k] = run.isScalar(k) ? (*run.data)[k] : address(k, next.begin);
  ahead.inputs = aheadInputs.data();
  ahead.strides = run.strides.data();
  StripBefore before{isLeft, mayLeave(strip, next), pointersBefore.data(),
                     scratchBefore};
  call(width, &ahead, streams, &before);
  isLeft = before.leaves;
  if (isLeft) {
    pointersBefore = pointers;
    scratchBefore = scratchGiven;
    std::swap(scratch, otherScratch);
  }
  for (size_t k = inputs; k < pointers.size(); ++k)
    if (!isInArray(k))
      scatterRows(spanOf(k, strip, width));
}

std::unique_ptr<RowWorker> act::workerInStrips(const RowRun &run) {
  return std::make_unique<StripRows>(run);
}

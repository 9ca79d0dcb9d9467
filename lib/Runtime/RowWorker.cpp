//===- RowWorker.cpp - Rows whose elements are dense, or made so ----------===//

#include "RowWorker.h"
#include <algorithm>
#ifdef __linux__
#include <sys/mman.h>
#endif

using namespace act;

/// Loads wait for stores in front of them whose addresses differ by a multiple
/// of so many bytes.
static constexpr size_t kAliasBytes = 4096;

void RowBuffer::allocate(size_t bytes) {
  bytes += kAliasBytes;
  // A buffer of many pages takes large ones, which miss no translation.
  constexpr size_t page = 2 << 20;
  size_t unit = bytes >= page / 2 ? page : 64;
  size_t size = (bytes + unit - 1) / unit * unit;
  memory.reset(new char[size + unit]);
  auto start = reinterpret_cast<uintptr_t>(memory.get());
  aligned = memory.get() + (unit - start % unit) % unit;
#ifdef MADV_HUGEPAGE
  if (unit == page) // Without effect where there are none.
    madvise(aligned, size, MADV_HUGEPAGE);
#endif
}

char *RowBuffer::awayFrom(const void *one, const void *other) const {
  if (!aligned)
    return nullptr;
  auto place = [](const void *pointer) {
    return reinterpret_cast<uintptr_t>(pointer);
  };
  // In the middle of the larger part of a page between them.
  uintptr_t gap = (place(other) - place(one)) % kAliasBytes;
  uintptr_t middle = gap / 2 + (gap < kAliasBytes / 2 ? kAliasBytes / 2 : 0);
  uintptr_t away = place(one) + middle - place(aligned);
  return aligned + away % kAliasBytes / 64 * 64;
}

RowWorker::RowWorker(const RowRun &run, int64_t lanes)
    : run(run), pointers(run.numOperands()), strides(run.numOperands()),
      rowStrides(run.numOperands()), buffers(run.numOperands()),
      bufferOf(run.numOperands()) {
  if (int64_t bytes = scratchBytes(lanes))
    scratch.allocate(bytes);
}

int64_t RowWorker::scratchBytes(int64_t lanes) const {
  auto padded = [](int64_t count) {
    return (count + kRowUnit - 1) / kRowUnit * kRowUnit;
  };
  const RowSignature &rows = *run.signature.rows;
  int64_t values = rows.kept * padded(run.count) +
                   rows.keptOfBlocks * padded(rowBlocks(run.count));
  if (rows.inStrips)
    values = rowScratch(values + rows.keptOfRows * kRowUnit);
  return values * lanes * (run.signature.computesInDouble ? 8 : 4);
}

RowSpan RowWorker::arraySpan(size_t k, int64_t begin, int64_t end) const {
  RowSpan span{};
  span.array = address(k, begin);
  span.buffer = buffers[bufferOf[k]].data();
  span.bytes = run.bytes(k);
  span.stride = run.strides[k];
  span.rowStride = run.space.innerStride(k);
  span.count = run.countOf(k);
  span.rows = end - begin;
  return span;
}

void RowWorker::call(int64_t rows, const RowsAhead *ahead, bool streams,
                     const StripBefore *before) {
  KernelArgs args{};
  args.operands = pointers.data();
  args.count = run.count;
  args.strides = strides.data();
  args.rows = rows;
  args.rowStrides = rowStrides.data();
  args.scalars = run.parameters;
  scratchGiven = scratch.awayFrom(pointers.front(), pointers.back());
  args.scratch = scratchGiven;
  args.streams = streams;
  args.ahead = ahead;
  args.before = before;
  run.kernel(&args);
}

namespace {

/// Bytes of a buffer for rows of an input and of a result, which share it: with
/// the scratch memory it stays in the L2 cache.
constexpr int64_t kTileBytes = 512 * 1024;
/// Rows copied at a time at least: a line of memory holds as many elements.
constexpr int64_t kLeastTileRows = 16;

/// Rows whose elements are dense are used in place, others are copied, some at
/// a time.
class AlongRows : public RowWorker {
public:
  explicit AlongRows(const RowRun &run);
  void rows(int64_t begin, int64_t end) override;

private:
  bool isInPlace(size_t k) const {
    return run.isScalar(k) || run.isUniform(k) || run.strides[k] == 1 ||
           run.count <= 1;
  }
  void dense(int64_t begin, int64_t end);
  void packed(int64_t begin, int64_t end);
  RowSpan spanOf(size_t k, int64_t begin, int64_t end) const;

  bool allInPlace = true;
  int64_t tileRows;
  /// Elements from one row of a buffer to the next.
  int64_t bufferCount;
};

} // namespace

AlongRows::AlongRows(const RowRun &run) : RowWorker(run, /*lanes=*/1) {
  int64_t widest = 1;
  for (size_t k = 0; k < run.numOperands(); ++k)
    if (!isInPlace(k)) {
      allInPlace = false;
      widest = std::max<int64_t>(widest, run.bytes(k));
    }
  tileRows = std::max<int64_t>(
      kLeastTileRows, kTileBytes / std::max<int64_t>(1, run.count * widest) /
                          kLeastTileRows * kLeastTileRows);
  // A stride that is no power of two spreads the rows over the cache.
  bufferCount =
      (run.count + kLeastTileRows - 1) / kLeastTileRows * kLeastTileRows +
      kLeastTileRows;
  for (size_t k = 0; k < run.numOperands(); ++k) {
    bufferOf[k] =
        sharedBuffer(k, [&](size_t j) { return isInPlace(j) == isInPlace(k); });
    if (bufferOf[k] == k && !isInPlace(k))
      buffers[k].allocate(run.bytes(k) * tileRows * bufferCount);
  }
}

void AlongRows::rows(int64_t begin, int64_t end) {
  while (begin < end) {
    int64_t stop = std::min(end, innerEnd(begin));
    if (!allInPlace)
      stop = std::min(stop, begin + tileRows);
    allInPlace ? dense(begin, stop) : packed(begin, stop);
    begin = stop;
  }
}

void AlongRows::dense(int64_t begin, int64_t end) {
  for (size_t k = 0; k < pointers.size(); ++k) {
    pointers[k] = address(k, begin);
    rowStrides[k] = run.space.innerStride(k);
  }
  call(end - begin);
}

RowSpan AlongRows::spanOf(size_t k, int64_t begin, int64_t end) const {
  RowSpan span = arraySpan(k, begin, end);
  span.panelRows = span.rows;
  span.bufferRowStride = bufferCount;
  return span;
}

void AlongRows::packed(int64_t begin, int64_t end) {
  for (size_t k = 0; k < pointers.size(); ++k) {
    bool inPlace = isInPlace(k);
    pointers[k] = inPlace ? address(k, begin) : buffers[bufferOf[k]].data();
    rowStrides[k] = inPlace ? run.space.innerStride(k) : bufferCount;
    if (!inPlace && run.isInput(k))
      gatherRows(spanOf(k, begin, end));
  }
  call(end - begin);
  for (size_t k = run.signature.numInputs; k < pointers.size(); ++k)
    if (!isInPlace(k))
      scatterRows(spanOf(k, begin, end));
}

std::unique_ptr<RowWorker> act::workerAlongRows(const RowRun &run) {
  return std::make_unique<AlongRows>(run);
}

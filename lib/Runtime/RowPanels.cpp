//===- RowPanels.cpp - Rows side by side, one in each lane ----------------===//
//
// Along any axis but the last, rows lie side by side. A panel is as many rows
// as a vector has lanes; what the kernel reads of an element of theirs is
// dense, and so is the next element. Elements of an array are far apart, often
// by a power of two, so that they share few lines of a cache. Panels are
// therefore copied to buffers and back, a tile of some panels at a time, so
// that memory is read and written in pieces of several lines, and the kernel
// fetches the next tile meanwhile. Arrays that caches hold are used in place.
//
//===----------------------------------------------------------------------===//

#include "RowWorker.h"
#include "act/Target/Target.h"
#include <algorithm>

using namespace act;

namespace {

/// Bytes of an element of all rows of a tile: memory delivers longer pieces no
/// faster, and shorter ones at half the speed.
constexpr int64_t kPieceBytes = 512, kLeastPieceBytes = 256;
/// Bytes of a buffer of rows that are transposed, which stays in the L2 cache.
constexpr int64_t kTransposedBytes = 512 * 1024;
constexpr int64_t kLineBytes = 64;

/// Rows [begin, end) that are copied to buffers.
struct Tile {
  int64_t begin = 0, end = 0;

  int64_t rows() const { return end - begin; }
};

class AcrossRows : public RowWorker {
public:
  explicit AcrossRows(const RowRun &run);
  void rows(int64_t begin, int64_t end) override;

private:
  bool areSideBySide() const;
  bool areDense() const;
  bool mayUseArrays() const;
  int64_t chooseTileRows();
  /// In elements; an odd number of vectors, so that panels spread over the
  /// cache.
  int64_t panelStride(size_t k) const { return (run.countOf(k) | 1) * lanes; }
  int64_t panelsOf(const Tile &tile) const {
    return (tile.rows() + lanes - 1) / lanes;
  }
  RowSpan spanOf(size_t k, const Tile &tile) const;
  /// The tile from a row on.
  Tile tileAt(int64_t begin, int64_t end) const;
  void inPlace(int64_t begin, int64_t end);
  void copied(const Tile &tile, const Tile &next);

  int64_t lanes, tileRows;
  bool sideBySide, usesArrays, fetchesAhead = false;
  /// Of the next tile. Vectors of dense rows follow one another.
  std::vector<const void *> aheadInputs;
  std::vector<int64_t> aheadStrides;
};

} // namespace

/// Neighbouring rows are neighbours in memory, or the same.
bool AcrossRows::areSideBySide() const {
  for (size_t k = 0; k < run.numOperands(); ++k)
    if (!run.isScalar(k) && !run.isUniform(k) &&
        run.space.innerStride(k) != 1 && run.space.innerStride(k) != 0)
      return false;
  return true;
}

/// Inputs are rows one behind the other.
bool AcrossRows::areDense() const {
  for (size_t k = 0; k < run.signature.numInputs; ++k)
    if (!run.isScalar(k) && !run.isUniform(k) &&
        (run.strides[k] != 1 || run.space.innerStride(k) != run.count))
      return false;
  return true;
}

/// All rows are neighbours, a panel stays in the L2 cache, where elements that
/// are a power of two apart share few places, and all arrays in the last level.
bool AcrossRows::mayUseArrays() const {
  int64_t bytes = 0;
  for (size_t k = 0; k < run.numOperands(); ++k) {
    if (run.isScalar(k))
      continue;
    if (run.space.innerStride(k) != 1)
      return false;
    if (run.isUniform(k))
      continue;
    if (run.count > secondLevelPlaces(run.strides[k] * int64_t(run.bytes(k))))
      return false;
    bytes += run.space.size * run.count * int64_t(run.bytes(k));
  }
  return bytes <= lastLevelCacheBytes() / 2;
}

int64_t AcrossRows::chooseTileRows() {
  int64_t widest = 1, narrowest = 8, rowBytes = 1;
  for (size_t k = 0; k < run.numOperands(); ++k) {
    if (run.isScalar(k) || run.isUniform(k))
      continue;
    int64_t bytes = run.bytes(k);
    widest = std::max(widest, bytes);
    narrowest = std::min(narrowest, bytes);
    if (bufferOf[k] == k)
      rowBytes += run.count * bytes;
  }
  if (!sideBySide) {
    fetchesAhead = areDense();
    int64_t unit = std::max<int64_t>(kLineBytes / 4, lanes);
    int64_t most = kTransposedBytes / std::max<int64_t>(1, run.count * widest);
    return std::max(unit, most / unit * unit);
  }
  // An eighth of the last level of caches is room for what all threads buffer,
  // and for the next tile. Without room, pieces are long all the same.
  int64_t room = lastLevelCacheBytes() / 8 / run.threads / rowBytes;
  fetchesAhead = room >= kLeastPieceBytes / narrowest;
  int64_t most = std::min(kPieceBytes / widest,
                          fetchesAhead ? room : kPieceBytes / widest);
  int64_t rows = std::max(lanes, kLineBytes / narrowest);
  while (2 * rows <= most && rows < run.space.inner())
    rows *= 2;
  return rows;
}

AcrossRows::AcrossRows(const RowRun &run)
    : RowWorker(run, run.signature.lanes), lanes(run.signature.lanes),
      sideBySide(areSideBySide()), aheadInputs(run.signature.numInputs) {
  for (size_t k = 0; k < run.numOperands(); ++k)
    bufferOf[k] = sharedBuffer(k, [](size_t) { return true; });
  usesArrays = sideBySide && mayUseArrays();
  tileRows = chooseTileRows();
  aheadStrides = run.strides;
  if (!sideBySide)
    std::fill(aheadStrides.begin(), aheadStrides.end(), lanes);
  for (size_t k = 0; k < run.numOperands(); ++k)
    if (bufferOf[k] == k && !run.isScalar(k))
      buffers[k].allocate(run.bytes(k) * tileRows / lanes * panelStride(k));
}

RowSpan AcrossRows::spanOf(size_t k, const Tile &tile) const {
  RowSpan span = arraySpan(k, tile.begin, tile.end);
  span.inLanes = true;
  span.panelRows = lanes;
  span.panelStride = panelStride(k);
  span.streams = run.streams;
  return span;
}

Tile AcrossRows::tileAt(int64_t begin, int64_t end) const {
  int64_t rows = std::min(end, innerEnd(begin)) - begin;
  if (!sideBySide)
    return {begin, begin + std::min(rows, tileRows)};
  // Vectors of a tile are counted by shifts.
  int64_t most = tileRows;
  while (most > rows && most > lanes)
    most /= 2;
  return {begin, begin + std::min(rows, most)};
}

void AcrossRows::rows(int64_t begin, int64_t end) {
  while (begin < end) {
    int64_t stop = std::min(end, innerEnd(begin));
    if (usesArrays && stop - begin >= lanes) {
      stop -= (stop - begin) % lanes;
      inPlace(begin, stop);
      begin = stop;
      continue;
    }
    Tile tile = tileAt(begin, end), next;
    if (tile.end < end && fetchesAhead)
      next = tileAt(tile.end, end);
    copied(tile, next);
    begin = tile.end;
  }
}

/// Whole panels.
void AcrossRows::inPlace(int64_t begin, int64_t end) {
  for (size_t k = 0; k < pointers.size(); ++k) {
    pointers[k] = run.isScalar(k) ? (*run.data)[k] : address(k, begin);
    strides[k] = run.strides[k];
  }
  call(end - begin);
}

void AcrossRows::copied(const Tile &tile, const Tile &next) {
  for (size_t k = 0; k < run.signature.numInputs; ++k)
    if (!run.isScalar(k))
      gatherRows(spanOf(k, tile));
  RowsAhead ahead{};
  ahead.lanes = lanes;
  ahead.inputs = aheadInputs.data();
  ahead.strides = aheadStrides.data();
  int64_t panels = panelsOf(tile), nextPanels = panelsOf(next);
  while (sideBySide && int64_t(1) << ahead.vectorsShift < nextPanels)
    ++ahead.vectorsShift;
  for (size_t k = 0; k < run.signature.numInputs && nextPanels > 0; ++k)
    if (!run.isScalar(k))
      aheadInputs[k] = address(k, next.begin);
  // Lanes behind the last row compute on whatever is in the buffer.
  for (int64_t panel = 0; panel < panels; ++panel) {
    for (size_t k = 0; k < pointers.size(); ++k) {
      char *buffer = buffers[bufferOf[k]].data();
      int64_t first = panel * panelStride(k) * int64_t(run.bytes(k));
      pointers[k] = run.isScalar(k) ? (*run.data)[k] : buffer + first;
      strides[k] = lanes;
    }
    ahead.first = panel * run.count;
    call(lanes, panel < nextPanels ? &ahead : nullptr);
  }
  for (size_t k = run.signature.numInputs; k < run.numOperands(); ++k)
    scatterRows(spanOf(k, tile));
}

std::unique_ptr<RowWorker> act::workerAcrossRows(const RowRun &run) {
  return std::make_unique<AcrossRows>(run);
}

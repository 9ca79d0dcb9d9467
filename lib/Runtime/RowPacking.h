//===- RowPacking.h - Rows copied to buffers and back -----------*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_ROWPACKING_H
#define ACT_LIB_RUNTIME_ROWPACKING_H

#include <cstddef>
#include <cstdint>

namespace act {

/// Rows of an array and a buffer of panels of `panelRows` rows each. A panel is
/// dense: row by row, or with `inLanes` element by element, each of all rows,
/// those of a panel that has fewer included.
struct RowSpan {
  void *array, *buffer;
  /// Bytes of an element: 1, 2, 4 or 8.
  size_t bytes;
  /// Of the array in elements, along a row and from one row to the next.
  int64_t stride, rowStride;
  int64_t count, rows;
  bool inLanes;
  int64_t panelRows;
  /// Elements from one row of a panel to the next, or without meaning.
  int64_t bufferRowStride;
  /// Elements from one panel to the next.
  int64_t panelStride;
  /// The array is written around the caches where whole lines of it are.
  bool streams;
};

/// From the array to the buffer.
void gatherRows(const RowSpan &span);

/// True if scatterRows writes the array around the caches.
bool streamsRows(const RowSpan &span);

/// From the buffer to the array. What is written around the caches is ordered
/// before what follows by the caller.
void scatterRows(const RowSpan &span);

} // namespace act

#endif // ACT_LIB_RUNTIME_ROWPACKING_H

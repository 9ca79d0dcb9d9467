//===- RowPacking.h - Rows copied to buffers and back -----------*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_ROWPACKING_H
#define ACT_LIB_RUNTIME_ROWPACKING_H

#include <cstddef>
#include <cstdint>

namespace act {

/// Rows of an array and a buffer that holds them, densely in one direction.
struct RowSpan {
  void *array, *buffer;
  /// Bytes of an element: 1, 2, 4 or 8.
  size_t bytes;
  /// Of the array in elements, along a row and from one row to the next.
  int64_t stride, rowStride;
  int64_t count, rows;
  /// The same of the buffer; one of them is 1.
  int64_t bufferStride, bufferRowStride;
};

/// From the array to the buffer.
void gatherRows(const RowSpan &span);

/// From the buffer to the array.
void scatterRows(const RowSpan &span);

} // namespace act

#endif // ACT_LIB_RUNTIME_ROWPACKING_H

//===- RowPacking.cpp - Rows copied to buffers and back -------------------===//

#include "RowPacking.h"
#include <algorithm>
#include <cstring>

using namespace act;

/// Elements of a square that is transposed at a time: a line of memory or two.
static constexpr int64_t kSquare = 16;

/// Element j of row s, in squares, so that what is read and what is written
/// stay in the cache.
template <class T>
static void copySquares(const T *__restrict from, int64_t fromStride,
                        int64_t fromRowStride, T *__restrict to,
                        int64_t toStride, int64_t toRowStride, int64_t count,
                        int64_t rows) {
  for (int64_t i = 0; i < count; i += kSquare)
    for (int64_t r = 0; r < rows; r += kSquare) {
      int64_t iEnd = std::min(i + kSquare, count);
      int64_t rEnd = std::min(r + kSquare, rows);
      for (int64_t s = r; s < rEnd; ++s)
        for (int64_t j = i; j < iEnd; ++j)
          to[j * toStride + s * toRowStride] =
              from[j * fromStride + s * fromRowStride];
    }
}

template <class T>
static void copyRows(const T *__restrict from, int64_t fromStride,
                     int64_t fromRowStride, T *__restrict to, int64_t toStride,
                     int64_t toRowStride, int64_t count, int64_t rows) {
  if (fromRowStride == 1 && toRowStride == 1) // Element by element, all rows.
    for (int64_t i = 0; i < count; ++i)
      std::memcpy(to + i * toStride, from + i * fromStride, rows * sizeof(T));
  else if (fromStride == 1 && toStride == 1)
    for (int64_t r = 0; r < rows; ++r)
      std::memcpy(to + r * toRowStride, from + r * fromRowStride,
                  count * sizeof(T));
  else
    copySquares(from, fromStride, fromRowStride, to, toStride, toRowStride,
                count, rows);
}

template <class T> static void copyRows(const RowSpan &span, bool isScatter) {
  T *array = static_cast<T *>(span.array);
  T *buffer = static_cast<T *>(span.buffer);
  if (isScatter)
    copyRows<T>(buffer, span.bufferStride, span.bufferRowStride, array,
                span.stride, span.rowStride, span.count, span.rows);
  else
    copyRows<T>(array, span.stride, span.rowStride, buffer, span.bufferStride,
                span.bufferRowStride, span.count, span.rows);
}

static void copyRows(const RowSpan &span, bool isScatter) {
  switch (span.bytes) {
  case 1:
    return copyRows<uint8_t>(span, isScatter);
  case 2:
    return copyRows<uint16_t>(span, isScatter);
  case 4:
    return copyRows<uint32_t>(span, isScatter);
  default:
    return copyRows<uint64_t>(span, isScatter);
  }
}

void act::gatherRows(const RowSpan &span) { copyRows(span, false); }
void act::scatterRows(const RowSpan &span) { copyRows(span, true); }

//===- RowPacking.cpp - Rows copied to dense buffers and back -------------===//

#include "RowPacking.h"
#include <algorithm>

using namespace act;

/// Elements of a square that is transposed at a time: a line of memory or two.
static constexpr int64_t kSquare = 16;

/// to[r count + i] = from[i stride + r rowStride], in squares, so that what is
/// read and what is written stay in the cache. With `isScatter` the reverse.
template <class T, bool isScatter> static void copyRows(const RowSpan &span) {
  T *array = static_cast<T *>(span.array);
  T *buffer = static_cast<T *>(span.buffer);
  for (int64_t i = 0; i < span.count; i += kSquare)
    for (int64_t r = 0; r < span.rows; r += kSquare) {
      int64_t iEnd = std::min(i + kSquare, span.count);
      int64_t rEnd = std::min(r + kSquare, span.rows);
      for (int64_t j = i; j < iEnd; ++j)
        for (int64_t s = r; s < rEnd; ++s) {
          T &outside = array[j * span.stride + s * span.rowStride];
          T &inside = buffer[s * span.count + j];
          if constexpr (isScatter)
            outside = inside;
          else
            inside = outside;
        }
    }
}

template <bool isScatter> static void copyRows(const RowSpan &span) {
  switch (span.bytes) {
  case 1:
    return copyRows<uint8_t, isScatter>(span);
  case 2:
    return copyRows<uint16_t, isScatter>(span);
  case 4:
    return copyRows<uint32_t, isScatter>(span);
  default:
    return copyRows<uint64_t, isScatter>(span);
  }
}

void act::gatherRows(const RowSpan &span) { copyRows<false>(span); }
void act::scatterRows(const RowSpan &span) { copyRows<true>(span); }

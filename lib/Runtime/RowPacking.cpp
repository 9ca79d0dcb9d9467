//===- RowPacking.cpp - Rows copied to buffers and back -------------------===//

#include "RowPacking.h"
#include <algorithm>
#include <cstring>
#include <utility>

using namespace act;

namespace {

/// A square of elements that is transposed in registers: as many vectors as a
/// vector has elements.
template <class T> struct Square {
  static constexpr int64_t side = 16 / sizeof(T);
  typedef T Vector
      __attribute__((vector_size(16), aligned(sizeof(T)), may_alias));

  template <size_t... I>
  static Vector low(Vector a, Vector b, std::index_sequence<I...>) {
    return __builtin_shufflevector(a, b, (I % 2 ? side + I / 2 : I / 2)...);
  }
  template <size_t... I>
  static Vector high(Vector a, Vector b, std::index_sequence<I...>) {
    return __builtin_shufflevector(
        a, b, (side / 2 + (I % 2 ? side + I / 2 : I / 2))...);
  }

  /// to[j toPitch + i] = from[i fromPitch + j]. Interleaving the vectors of the
  /// first half with those of the second, log2(side) times, does it.
  static void transpose(const T *from, int64_t fromPitch, T *to,
                        int64_t toPitch) {
    Vector v[side], w[side];
    for (int64_t i = 0; i < side; ++i)
      v[i] = *reinterpret_cast<const Vector *>(from + i * fromPitch);
    for (int64_t round = 1; round < side; round *= 2) {
      for (int64_t i = 0; i < side / 2; ++i) {
        w[2 * i] = low(v[i], v[i + side / 2], std::make_index_sequence<side>());
        w[2 * i + 1] =
            high(v[i], v[i + side / 2], std::make_index_sequence<side>());
      }
      std::copy(w, w + side, v);
    }
    for (int64_t i = 0; i < side; ++i)
      *reinterpret_cast<Vector *>(to + i * toPitch) = v[i];
  }
};

/// to[j toPitch + i] = from[i fromPitch + j] for i < m and j < n.
template <class T>
void transpose(const T *from, int64_t fromPitch, T *to, int64_t toPitch,
               int64_t m, int64_t n) {
  constexpr int64_t side = Square<T>::side;
  int64_t wholeM = m - m % side, wholeN = n - n % side;
  auto one = [&](int64_t i, int64_t j) {
    to[j * toPitch + i] = from[i * fromPitch + j];
  };
  for (int64_t j = 0; j < wholeN; j += side) {
    for (int64_t i = 0; i < wholeM; i += side)
      Square<T>::transpose(from + i * fromPitch + j, fromPitch,
                           to + j * toPitch + i, toPitch);
    for (int64_t k = j; k < j + side; ++k)
      for (int64_t i = wholeM; i < m; ++i)
        one(i, k);
  }
  for (int64_t j = wholeN; j < n; ++j)
    for (int64_t i = 0; i < m; ++i)
      one(i, j);
}

/// Copies a few elements: a vector's, mostly, which is then no call.
template <class T> void copyFew(const T *from, T *to, int64_t n) {
  if (n * sizeof(T) == 64)
    std::memcpy(to, from, 64);
  else if (n * sizeof(T) == 32)
    std::memcpy(to, from, 32);
  else
    std::memcpy(to, from, n * sizeof(T));
}

/// One of the two directions, over elements of one size.
template <class T, bool isScatter> struct Copy {
  const RowSpan &span;
  T *array = static_cast<T *>(span.array);
  T *buffer = static_cast<T *>(span.buffer);

  static void elements(T *array, T *buffer, int64_t n) {
    isScatter ? copyFew<T>(buffer, array, n) : copyFew<T>(array, buffer, n);
  }
  int64_t rowsOf(int64_t panel) const {
    return std::min(span.panelRows, span.rows - panel * span.panelRows);
  }
  T *arrayOf(int64_t panel) const {
    return array + panel * span.panelRows * span.rowStride;
  }
  T *bufferOf(int64_t panel) const { return buffer + panel * span.panelStride; }

  /// Rows lie side by side on both sides. All panels of an element at a time:
  /// lines of memory are read, or written, in their order.
  void sideBySide(int64_t panels) const {
    // The hardware does not foresee strides of pages.
    constexpr int64_t ahead = 16, line = 64 / sizeof(T);
    for (int64_t i = 0; i < span.count; ++i) {
      if (i + ahead < span.count)
        for (int64_t r = 0; r < span.rows; r += line)
          __builtin_prefetch(array + (i + ahead) * span.stride + r, isScatter);
      for (int64_t p = 0; p < panels; ++p)
        elements(arrayOf(p) + i * span.stride, bufferOf(p) + i * span.panelRows,
                 rowsOf(p));
    }
  }

  void panel(int64_t p) const {
    T *outside = arrayOf(p), *inside = bufferOf(p);
    int64_t rows = rowsOf(p);
    int64_t step = span.inLanes ? span.panelRows : 1;
    int64_t rowStep = span.inLanes ? 1 : span.bufferRowStride;
    // Dense along different directions.
    if (span.stride == 1 && rowStep == 1)
      return isScatter ? transpose<T>(inside, step, outside, span.rowStride,
                                      span.count, rows)
                       : transpose<T>(outside, span.rowStride, inside, step,
                                      rows, span.count);
    if (span.rowStride == 1 && step == 1)
      return isScatter ? transpose<T>(inside, rowStep, outside, span.stride,
                                      rows, span.count)
                       : transpose<T>(outside, span.stride, inside, rowStep,
                                      span.count, rows);
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t i = 0; i < span.count; ++i) {
        T &a = outside[i * span.stride + r * span.rowStride];
        T &b = inside[i * step + r * rowStep];
        isScatter ? a = b : b = a;
      }
  }

  void run() const {
    int64_t panels = (span.rows + span.panelRows - 1) / span.panelRows;
    if (span.inLanes && span.rowStride == 1)
      return sideBySide(panels);
    for (int64_t p = 0; p < panels; ++p)
      panel(p);
  }
};

template <bool isScatter> void copyRows(const RowSpan &span) {
  switch (span.bytes) {
  case 1:
    return Copy<uint8_t, isScatter>{span}.run();
  case 2:
    return Copy<uint16_t, isScatter>{span}.run();
  case 4:
    return Copy<uint32_t, isScatter>{span}.run();
  default:
    return Copy<uint64_t, isScatter>{span}.run();
  }
}

} // namespace

void act::gatherRows(const RowSpan &span) { copyRows<false>(span); }
void act::scatterRows(const RowSpan &span) { copyRows<true>(span); }

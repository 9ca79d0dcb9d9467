//===- RowPacking.cpp - Rows copied to buffers and back -------------------===//

#include "RowPacking.h"
#include <algorithm>
#include <cstring>
#include <utility>

using namespace act;

namespace {

constexpr int64_t kLineBytes = 64;

/// Copies `bytes`, a multiple of 16, to a multiple of 16, around the caches, in
/// as few vectors as the caller is compiled for.
template <int64_t bytes>
inline __attribute__((always_inline)) void stream(const char *from, char *to) {
  typedef long Vector __attribute__((vector_size(bytes), may_alias));
  Vector value;
  std::memcpy(&value, from, bytes);
#if __has_builtin(__builtin_nontemporal_store)
  __builtin_nontemporal_store(value, reinterpret_cast<Vector *>(to));
#else
  *reinterpret_cast<Vector *>(to) = value;
#endif
}

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
  template <bool streams>
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
      if constexpr (streams)
        stream<16>(reinterpret_cast<const char *>(&v[i]),
                   reinterpret_cast<char *>(to + i * toPitch));
      else
        *reinterpret_cast<Vector *>(to + i * toPitch) = v[i];
  }
};

/// to[j toPitch + i] = from[i fromPitch + j] for i < m and j < n, written
/// around the caches where `streams` is set.
template <class T, bool streams = false>
void transpose(const T *from, int64_t fromPitch, T *to, int64_t toPitch,
               int64_t m, int64_t n) {
  constexpr int64_t side = Square<T>::side;
  int64_t wholeM = m - m % side, wholeN = n - n % side;
  auto one = [&](int64_t i, int64_t j) {
    to[j * toPitch + i] = from[i * fromPitch + j];
  };
  for (int64_t j = 0; j < wholeN; j += side) {
    for (int64_t i = 0; i < wholeM; i += side)
      Square<T>::template transpose<streams>(
          from + i * fromPitch + j, fromPitch, to + j * toPitch + i, toPitch);
    for (int64_t k = j; k < j + side; ++k)
      for (int64_t i = wholeM; i < m; ++i)
        one(i, k);
  }
  for (int64_t j = wholeN; j < n; ++j)
    for (int64_t i = 0; i < m; ++i)
      one(i, j);
}

bool areSideBySide(const RowSpan &span) {
  return span.inLanes && span.rowStride == 1;
}

/// Copies rows that lie side by side on both sides. All panels of an element
/// at a time: lines of memory are read, or written, in their order. What a step
/// needs is in registers, as there is little time beside the memory.
template <bool isScatter, int64_t panelBytes, bool streams>
inline __attribute__((always_inline)) void
copyPanelsInline(const RowSpan &span) {
  const int64_t size = span.bytes, bytes = span.rows * size;
  const int64_t wholePanels = bytes / panelBytes, rest = bytes % panelBytes;
  const int64_t stride = span.stride * size;
  const int64_t panelStride = span.panelStride * size;
  // The hardware does not foresee strides of pages. As many lines are on their
  // way as a core can wait for.
  const int64_t ahead = std::clamp<int64_t>(32 * kLineBytes / bytes, 1, 16);
  const int64_t fetched = streams ? 0 : span.count - ahead;
  char *outside = static_cast<char *>(span.array);
  char *inside = static_cast<char *>(span.buffer);
  for (int64_t i = 0; i < span.count; ++i) {
    if (i < fetched)
      for (int64_t b = 0; b < bytes; b += kLineBytes)
        __builtin_prefetch(outside + ahead * stride + b, isScatter);
    char *a = outside, *b = inside;
    for (int64_t p = 0; p < wholePanels;
         ++p, a += panelBytes, b += panelStride) {
      if constexpr (streams)
        stream<panelBytes>(b, a);
      else
        isScatter ? std::memcpy(a, b, panelBytes)
                  : std::memcpy(b, a, panelBytes);
    }
    if (rest != 0)
      isScatter ? std::memcpy(a, b, rest) : std::memcpy(b, a, rest);
    outside += stride;
    inside += panelBytes;
  }
}

#ifdef __x86_64__
/// A line of memory in one store, which the memory takes sooner than parts.
template <int64_t panelBytes>
__attribute__((target("avx512f"))) void streamPanels512(const RowSpan &span) {
  copyPanelsInline<true, panelBytes, true>(span);
}
template <int64_t panelBytes>
__attribute__((target("avx"))) void streamPanels256(const RowSpan &span) {
  copyPanelsInline<true, panelBytes, true>(span);
}
#endif

template <int64_t panelBytes> void streamPanels(const RowSpan &span) {
#ifdef __x86_64__
  if (panelBytes > 32 && __builtin_cpu_supports("avx512f"))
    return streamPanels512<panelBytes>(span);
  if (panelBytes > 16 && __builtin_cpu_supports("avx"))
    return streamPanels256<panelBytes>(span);
#endif
  copyPanelsInline<true, panelBytes, true>(span);
}

template <bool isScatter, int64_t panelBytes>
void copyPanels(const RowSpan &span) {
  if constexpr (isScatter && panelBytes % 16 == 0)
    if (streamsRows(span))
      return streamPanels<panelBytes>(span);
  copyPanelsInline<isScatter, panelBytes, false>(span);
}

/// False where rows do not lie side by side.
template <bool isScatter> bool copySideBySide(const RowSpan &span) {
  if (!areSideBySide(span))
    return false;
  switch (span.panelRows * int64_t(span.bytes)) {
  case 4:
    copyPanels<isScatter, 4>(span);
    return true;
  case 8:
    copyPanels<isScatter, 8>(span);
    return true;
  case 16:
    copyPanels<isScatter, 16>(span);
    return true;
  case 32:
    copyPanels<isScatter, 32>(span);
    return true;
  case 64:
    copyPanels<isScatter, 64>(span);
    return true;
  default:
    return false;
  }
}

/// One of the two directions, over elements of one size.
template <class T, bool isScatter> struct Copy {
  const RowSpan &span;
  T *array = static_cast<T *>(span.array);
  T *buffer = static_cast<T *>(span.buffer);

  int64_t rowsOf(int64_t panel) const {
    return std::min(span.panelRows, span.rows - panel * span.panelRows);
  }
  T *arrayOf(int64_t panel) const {
    return array + panel * span.panelRows * span.rowStride;
  }
  T *bufferOf(int64_t panel) const { return buffer + panel * span.panelStride; }

  /// Rows of the array are dense, and as many as a square has fill lines of
  /// memory from its start on.
  bool streamsTransposed(const T *to) const {
    int64_t row = span.rowStride * sizeof(T), side = Square<T>::side;
    bool fills = span.rowStride == span.count ||
                 (row | span.count * sizeof(T)) % kLineBytes == 0;
    return span.streams && span.stride == 1 && fills &&
           span.count % side == 0 &&
           (reinterpret_cast<uintptr_t>(to) | side * row) % kLineBytes == 0;
  }

  void panel(int64_t p) const {
    T *outside = arrayOf(p), *inside = bufferOf(p);
    int64_t rows = rowsOf(p);
    int64_t step = span.inLanes ? span.panelRows : 1;
    int64_t rowStep = span.inLanes ? 1 : span.bufferRowStride;
    // Dense along different directions.
    if (isScatter && span.inLanes && streamsTransposed(outside))
      return transpose<T, isScatter>(inside, step, outside, span.rowStride,
                                     span.count, rows);
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
    for (int64_t p = 0; p < panels; ++p)
      panel(p);
  }
};

template <bool isScatter> void copyRows(const RowSpan &span) {
  if (copySideBySide<isScatter>(span))
    return;
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

bool act::streamsRows(const RowSpan &span) {
  auto address = reinterpret_cast<uintptr_t>(span.array);
  int64_t size = span.bytes;
  return span.streams && areSideBySide(span) &&
         (address | span.stride * size | span.rows * size) % kLineBytes == 0;
}

void act::scatterRows(const RowSpan &span) { copyRows<true>(span); }

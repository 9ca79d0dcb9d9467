//===- Packing.cpp - Copies between arrays and dense buffers --------------===//

#include "Packing.h"
#include <algorithm>
#include <cstring>

using namespace act;

/// Copies `n` elements with the given strides. Strides that occur often are
/// compile-time constants in a copy of the loop, which is then vectorised.
template <class T>
static void copyRun(const T *__restrict from, int64_t fromStride,
                    T *__restrict to, int64_t toStride, int64_t n) {
  if (n < 8) // Too short to pay for a call or a vectorised loop.
    for (int64_t i = 0; i < n; ++i)
      to[i * toStride] = from[i * fromStride];
  else if (fromStride == 1 && toStride == 1)
    std::memcpy(to, from, n * sizeof(T));
  else if (fromStride == 0 && toStride == 1)
    std::fill_n(to, n, *from);
  else if (fromStride == 2 && toStride == 1)
    for (int64_t i = 0; i < n; ++i)
      to[i] = from[2 * i];
  else if (fromStride == 1 && toStride == 2)
    for (int64_t i = 0; i < n; ++i)
      to[2 * i] = from[i];
  else
    for (int64_t i = 0; i < n; ++i)
      to[i * toStride] = from[i * fromStride];
}

/// Calls `copy(offset, done, n)` for the part of each row in a range.
template <class Copy>
static void forEachRow(const IterationSpace &space, size_t operand,
                       int64_t begin, int64_t count, Copy copy) {
  int64_t inner = space.inner(), stride = space.innerStride(operand);
  int64_t row = begin / inner, column = begin % inner;
  for (int64_t done = 0; done < count; column = 0, ++row) {
    int64_t n = std::min(count - done, inner - column);
    copy(space.rowOffset(operand, row) + column * stride, done, n);
    done += n;
  }
}

template <class Work> static void withElement(size_t bytes, Work work) {
  if (bytes == 8)
    work(uint64_t());
  else if (bytes == 4)
    work(uint32_t());
  else
    work(uint16_t());
}

void act::gather(const IterationSpace &space, size_t operand, size_t bytes,
                 const void *array, void *buffer, int64_t begin,
                 int64_t count) {
  int64_t stride = space.innerStride(operand);
  withElement(bytes, [&](auto element) {
    using T = decltype(element);
    forEachRow(space, operand, begin, count,
               [&](int64_t offset, int64_t done, int64_t n) {
                 copyRun(static_cast<const T *>(array) + offset, stride,
                         static_cast<T *>(buffer) + done, 1, n);
               });
  });
}

void act::scatter(const IterationSpace &space, size_t operand, size_t bytes,
                  const void *buffer, void *array, int64_t begin,
                  int64_t count) {
  int64_t stride = space.innerStride(operand);
  withElement(bytes, [&](auto element) {
    using T = decltype(element);
    forEachRow(space, operand, begin, count,
               [&](int64_t offset, int64_t done, int64_t n) {
                 copyRun(static_cast<const T *>(buffer) + done, 1,
                         static_cast<T *>(array) + offset, stride, n);
               });
  });
}

void act::fill(size_t bytes, const void *value, void *buffer, int64_t count) {
  withElement(bytes, [&](auto element) {
    using T = decltype(element);
    copyRun(static_cast<const T *>(value), 0, static_cast<T *>(buffer), 1,
            count);
  });
}

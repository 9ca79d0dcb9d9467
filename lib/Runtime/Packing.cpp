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
  else if (bytes == 2)
    work(uint16_t());
  else
    work(uint8_t());
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

void act::gatherPair(const IterationSpace &space, size_t operand, size_t bytes,
                     const void *array, void *first, void *second,
                     int64_t begin, int64_t count) {
  withElement(bytes, [&](auto element) {
    using T = decltype(element);
    forEachRow(space, operand, begin, count,
               [&](int64_t offset, int64_t done, int64_t n) {
                 auto *__restrict from = static_cast<const T *>(array) + offset;
                 auto *__restrict a = static_cast<T *>(first) + done;
                 auto *__restrict b = static_cast<T *>(second) + done;
                 for (int64_t i = 0; i < n; ++i) {
                   a[i] = from[2 * i];
                   b[i] = from[2 * i + 1];
                 }
               });
  });
}

void act::scatterPair(const IterationSpace &space, size_t operand, size_t bytes,
                      const void *first, const void *second, void *array,
                      int64_t begin, int64_t count) {
  withElement(bytes, [&](auto element) {
    using T = decltype(element);
    forEachRow(space, operand, begin, count,
               [&](int64_t offset, int64_t done, int64_t n) {
                 auto *__restrict to = static_cast<T *>(array) + offset;
                 auto *__restrict a = static_cast<const T *>(first) + done;
                 auto *__restrict b = static_cast<const T *>(second) + done;
                 for (int64_t i = 0; i < n; ++i) {
                   to[2 * i] = a[i];
                   to[2 * i + 1] = b[i];
                 }
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

/// Calls `bit(i)` for single elements up to a byte of the mask and behind its
/// last whole one, and `byte(i)` for eight elements at a time between.
template <class Bit, class Byte>
static void forEachByte(int64_t begin, int64_t count, Bit bit, Byte byte) {
  int64_t i = 0, head = std::min(count, (8 - begin % 8) % 8);
  for (; i < head; ++i)
    bit(i);
  for (; i + 8 <= count; i += 8)
    byte(i);
  for (; i < count; ++i)
    bit(i);
}

void act::unpackBits(const void *mask, int64_t begin, int64_t count,
                     void *bytes) {
  auto *from = static_cast<const uint8_t *>(mask);
  auto *to = static_cast<uint8_t *>(bytes);
  forEachByte(
      begin, count,
      [&](int64_t i) {
        int64_t at = begin + i;
        to[i] = from[at / 8] >> at % 8 & 1;
      },
      [&](int64_t i) {
        // Byte k of the product's selection holds bit k or 0; adding 127
        // carries anything but 0 into the top bit of its own byte.
        uint64_t eight = from[(begin + i) / 8] * 0x0101010101010101u;
        eight &= 0x8040201008040201u;
        eight = (eight + 0x7f7f7f7f7f7f7f7fu) >> 7 & 0x0101010101010101u;
        std::memcpy(to + i, &eight, 8);
      });
}

void act::packBits(const void *bytes, int64_t begin, int64_t count, void *mask,
                   int64_t size) {
  auto *from = static_cast<const uint8_t *>(bytes);
  auto *to = static_cast<uint8_t *>(mask);
  forEachByte(
      begin, count,
      [&](int64_t i) {
        int64_t at = begin + i;
        to[at / 8] = (to[at / 8] & ~(1u << at % 8)) | (from[i] & 1u) << at % 8;
      },
      [&](int64_t i) {
        // Moves bit 0 of byte k to bit 56 + k; no two terms meet.
        uint64_t eight;
        std::memcpy(&eight, from + i, 8);
        to[(begin + i) / 8] = eight * 0x0102040810204080u >> 56;
      });
  if (begin + count == size && size % 8)
    to[size / 8] &= (1u << size % 8) - 1;
}

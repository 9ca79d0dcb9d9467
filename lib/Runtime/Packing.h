//===- Packing.h - Copies between arrays and dense buffers ------*- C++ -*-===//
//
// Elements are copied as integers of their size, so every bit of a NaN stays.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_RUNTIME_PACKING_H
#define ACT_LIB_RUNTIME_PACKING_H

#include "IterationSpace.h"

namespace act {

/// Copies elements [begin, begin + count) of the space from the array of an
/// operand to `buffer`. Elements have `bytes` bytes: 2, 4 or 8.
void gather(const IterationSpace &space, size_t operand, size_t bytes,
            const void *array, void *buffer, int64_t begin, int64_t count);

/// The reverse: from `buffer` to the array of an operand.
void scatter(const IterationSpace &space, size_t operand, size_t bytes,
             const void *buffer, void *array, int64_t begin, int64_t count);

/// gather() of two operands whose elements alternate in memory: of `operand`,
/// whose inner stride is 2, into `first`, and of the one that stands one
/// element behind it into `second`. Each line of memory is read once.
void gatherPair(const IterationSpace &space, size_t operand, size_t bytes,
                const void *array, void *first, void *second, int64_t begin,
                int64_t count);

/// The reverse; writes without gaps.
void scatterPair(const IterationSpace &space, size_t operand, size_t bytes,
                 const void *first, const void *second, void *array,
                 int64_t begin, int64_t count);

/// Spreads bits [begin, begin + count) of a mask into bytes of 0 and 1.
void unpackBits(const void *mask, int64_t begin, int64_t count, void *bytes);

/// The reverse. Other bits of the first and the last byte stay as they are,
/// except that those behind `size`, the end of the mask, become 0.
void packBits(const void *bytes, int64_t begin, int64_t count, void *mask,
              int64_t size);

/// Sets `count` elements of `buffer` to the one at `value`.
void fill(size_t bytes, const void *value, void *buffer, int64_t count);

} // namespace act

#endif // ACT_LIB_RUNTIME_PACKING_H

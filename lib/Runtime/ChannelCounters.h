//===- ChannelCounters.h - Counters that kernels add to ---------*- C++ -*-===//
//
// A kernel adds to packed counters of 32 bits, which stay in the cache; they
// are unpacked into the caller's 64-bit totals before a field overflows. Where
// the channels lie along the inner dimension each has one packed counter. Where
// a whole row belongs to one channel, the elements of a step have one each,
// which are added up when the channel changes. Numbers are whole, so totals do
// not depend on the threads.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_RUNTIME_CHANNELCOUNTERS_H
#define ACT_LIB_RUNTIME_CHANNELCOUNTERS_H

#include "IterationSpace.h"
#include <mutex>

namespace act {

/// Most elements that `ChannelCounters::at` may be asked for at a time where a
/// row is one channel: few calls, and the counters fit into the L1 cache.
inline constexpr int64_t kCounterLanes = 4096;

/// The counters of one counted result in one thread.
class ChannelCounters {
public:
  /// Counts are added to the memory of `operand`, under `lock`.
  ChannelCounters(const IterationSpace &space, size_t operand,
                  const CountedResult &result, ChannelCounts *totals,
                  std::mutex &lock);

  bool isOneChannelARow() const { return lanes; }

  /// Counters for `count` elements from `column` of `row` on, to each of which
  /// the caller adds once. Elements come in order.
  uint32_t *at(int64_t row, int64_t column, int64_t count);
  /// Adds what a kernel has counted in an empty buffer of its own for elements
  /// [begin, begin + count) of the space.
  void add(const uint32_t *codes, int64_t begin, int64_t count);
  /// Moves all counts to the totals.
  void flush();

private:
  void addTotal(int64_t channel, uint32_t zero, uint32_t limit,
                uint32_t nonFinite);
  void flushLanes();

  const IterationSpace &space;
  size_t operand;
  bool zeroSaturates, lanes;
  ChannelCounts *totals;
  std::mutex &lock;
  std::vector<uint32_t> packed;
  /// How often a counter may have been added to, which of them were, the last
  /// row and the channel that it is.
  uint32_t used = 0;
  int64_t first = 0, last = 0, row = -1, channel = -1;
};

/// Empties the totals of an operand that holds counts.
void clearCounts(const IterationSpace &space, size_t operand,
                 ChannelCounts *totals);

} // namespace act

#endif // ACT_LIB_RUNTIME_CHANNELCOUNTERS_H

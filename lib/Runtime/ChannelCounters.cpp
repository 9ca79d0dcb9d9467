//===- ChannelCounters.cpp - Counters that kernels add to -----------------===//

#include "ChannelCounters.h"
#include <algorithm>

using namespace act;

static constexpr uint32_t fieldOf(uint32_t counter, unsigned shift) {
  return counter >> shift & kCounterMax;
}

/// One more than the last channel.
static int64_t countChannels(const IterationSpace &space, size_t operand) {
  int64_t channels = 1;
  for (size_t d = 0; d < space.shape.size(); ++d)
    channels += (space.shape[d] - 1) * space.strides[operand][d];
  return std::max<int64_t>(channels, 0);
}

ChannelCounters::ChannelCounters(const IterationSpace &space, size_t operand,
                                 const CountedResult &result,
                                 ChannelCounts *totals, std::mutex &lock)
    : space(space), operand(operand), zeroSaturates(result.zeroSaturates()),
      lanes(space.innerStride(operand) == 0), totals(totals), lock(lock),
      packed(lanes ? kCounterLanes : countChannels(space, operand)) {}

uint32_t *ChannelCounters::at(int64_t nextRow, int64_t column, int64_t count) {
  int64_t offset = space.rowOffset(operand, nextRow);
  if (lanes) {
    // Each step begins at the first counter.
    if (offset != channel || used == kCounterMax)
      flush();
    channel = offset;
    ++used;
    last = std::max(last, count);
    return packed.data();
  }
  // The elements of a row belong to as many channels.
  if (nextRow != row) {
    if (used == kCounterMax)
      flush();
    row = nextRow;
    ++used;
  }
  int64_t begin = offset + column;
  first = first == last ? begin : std::min(first, begin);
  last = std::max(last, begin + count);
  return &packed[begin];
}

void ChannelCounters::add(const uint32_t *codes, int64_t begin, int64_t count) {
  int64_t inner = space.inner();
  int64_t nextRow = begin / inner, column = begin % inner;
  for (; count > 0; ++nextRow, column = 0) {
    int64_t n = std::min(count, inner - column);
    uint32_t *into = at(nextRow, column, n);
    for (int64_t i = 0; i < n; ++i)
      into[i] += codes[i];
    codes += n;
    count -= n;
  }
}

void ChannelCounters::addTotal(int64_t channel, uint32_t zero, uint32_t limit,
                               uint32_t nonFinite) {
  ChannelCounts &total = totals[channel];
  total.zero += zero;
  total.saturated += limit + (zeroSaturates ? zero : 0);
  total.nonFinite += nonFinite;
  total.inactive += zero + limit;
}

/// Adds up the counters of one channel: as they are while no field overflows.
void ChannelCounters::flushLanes() {
  int64_t chunk = std::max<int64_t>(1, kCounterMax / used);
  uint32_t zero = 0, limit = 0, nonFinite = 0;
  for (int64_t begin = 0; begin < last; begin += chunk) {
    uint32_t sum = 0;
    for (int64_t i = begin, end = std::min(begin + chunk, last); i < end; ++i)
      sum += packed[i];
    zero += fieldOf(sum, kZeroShift);
    limit += fieldOf(sum, kLimitShift);
    nonFinite += fieldOf(sum, kNonFiniteShift);
  }
  std::lock_guard<std::mutex> guard(lock);
  addTotal(channel, zero, limit, nonFinite);
}

void ChannelCounters::flush() {
  if (first == last)
    return;
  if (lanes) {
    flushLanes();
  } else {
    std::lock_guard<std::mutex> guard(lock);
    for (int64_t c = first; c < last; ++c)
      addTotal(c, fieldOf(packed[c], kZeroShift),
               fieldOf(packed[c], kLimitShift),
               fieldOf(packed[c], kNonFiniteShift));
  }
  std::fill(packed.begin() + first, packed.begin() + last, 0);
  first = last = 0;
  used = 0;
}

void act::clearCounts(const IterationSpace &space, size_t operand,
                      ChannelCounts *totals) {
  std::fill_n(totals, countChannels(space, operand), ChannelCounts());
}

//===- ChannelCounters.cpp - Masks of kernels become counts ---------------===//

#include "ChannelCounters.h"
#include <algorithm>
#include <cstring>

using namespace act;

namespace {

/// Rows that three adders sum up to a number of three bits.
constexpr unsigned kSlots = 7;
constexpr unsigned kPlanes = 10;
constexpr unsigned kMaxBatches = ((1u << kPlanes) - 1) / kSlots;
/// Most elements side by side where a row is one channel: masks that fit into
/// the L1 cache.
constexpr int64_t kMaxWidth = 4096;
/// Bits that move at once, so that any shift by less than a byte fits.
constexpr int64_t kChunk = 56;

/// sum + 2 carry = a + b + c, bit by bit.
void fullAdd(uint64_t a, uint64_t b, uint64_t c, uint64_t &sum,
             uint64_t &carry) {
  uint64_t either = a ^ b;
  carry = (a & b) | (either & c);
  sum = either ^ c;
}

/// Adds the bits of seven slots to the numbers in the planes.
void addSlots(const uint64_t *__restrict slots, uint64_t *__restrict planes,
              int64_t words) {
  for (int64_t w = 0; w < words; ++w) {
    uint64_t in[kSlots], sum[3], carry[3], high;
    for (unsigned s = 0; s < kSlots; ++s)
      in[s] = slots[s * words + w];
    fullAdd(in[0], in[1], in[2], sum[0], carry[0]);
    fullAdd(in[3], in[4], in[5], sum[1], carry[1]);
    fullAdd(sum[0], sum[1], in[6], sum[0], carry[2]);
    fullAdd(carry[0], carry[1], carry[2], sum[1], sum[2]);
    high = 0;
    for (unsigned k = 0; k < 3; ++k)
      fullAdd(planes[k * words + w], sum[k], high, planes[k * words + w], high);
    for (unsigned k = 3; k < kPlanes; ++k) {
      uint64_t bit = planes[k * words + w];
      planes[k * words + w] = bit ^ high;
      high &= bit;
    }
  }
}

int countBits(uint64_t word) { return __builtin_popcountll(word); }

/// Byte k of the result is bit k of `bits`.
uint64_t spreadBits(uint8_t bits) {
  if (bits == 0)
    return 0;
  uint64_t eight = bits * 0x0101010101010101u & 0x8040201008040201u;
  return (eight + 0x7f7f7f7f7f7f7f7fu) >> 7 & 0x0101010101010101u;
}

} // namespace

ChannelCounters::ChannelCounters(const KernelSignature &signature,
                                 const CountedResult &result,
                                 const IterationSpace &space, size_t operand,
                                 ChannelCounts *totals, std::mutex &lock)
    : space(space), operand(operand), lanes(signature.lanes),
      laneShift(__builtin_ctz(lanes)), vectorBits(8 * maskBytes(lanes)),
      masks(result.numMasks()), zeroSaturates(result.zeroSaturates()),
      oneChannelARow(space.innerStride(operand) == 0), totals(totals),
      lock(lock),
      width(oneChannelARow
                ? std::min(kMaxWidth, space.inner())
                : countChannels(space.shape, space.strides[operand])) {
  int64_t vectors = (width + lanes - 1) >> laneShift;
  words = (vectors * vectorBits + 63) / 64;
  joined =
      bitOf(width) == words * 64 && (oneChannelARow || width == space.inner());
  // Behind the last slot there is room for the far end of a chunk.
  maskStride = kSlots * words + 2;
  slots.resize(masks * maskStride);
  planes.resize(masks * kPlanes * words);
}

uint64_t *ChannelCounters::planesOf(unsigned mask) {
  return &planes[mask * kPlanes * words];
}

/// Vectors of less than eight lanes have a byte each.
int64_t ChannelCounters::bitOf(int64_t element) const {
  return (element >> laneShift) * vectorBits + (element & (lanes - 1));
}

/// Where in a slot an element stands.
int64_t ChannelCounters::elementAt(int64_t row, int64_t column) const {
  if (oneChannelARow)
    return 0;
  return joinsRows() ? column % width : space.rowOffset(operand, row) + column;
}

int64_t ChannelCounters::room(int64_t row, int64_t column,
                              int64_t otherwise) const {
  int64_t at = elementAt(row, column);
  if (at & (lanes - 1))
    return otherwise;
  if (!joined || at != 0)
    return width - at;
  unsigned free = kSlots - slot - (filled > 0);
  return (free == 0 ? kSlots : free) * width;
}

/// Makes room for elements and gives where they stand in the slot.
int64_t ChannelCounters::advance(int64_t row, int64_t column, int64_t count) {
  int64_t at = elementAt(row, column);
  if (oneChannelARow) {
    int64_t next = space.rowOffset(operand, row);
    if (next != channel)
      flush();
    channel = next;
  }
  // Channels that were seen begin another row.
  if (at < filled) {
    filled = 0;
    if (++slot == kSlots)
      addBatch();
  }
  filled = at + count;
  return at;
}

bool ChannelCounters::place(int64_t row, int64_t column, int64_t count,
                            void **pointers) {
  if (elementAt(row, column) & (lanes - 1))
    return false;
  int64_t at = advance(row, column, count);
  for (unsigned m = 0; m < masks; ++m)
    pointers[m] =
        reinterpret_cast<char *>(slotsOf(m) + slot * words) + bitOf(at) / 8;
  int64_t more = (filled - 1) / width;
  slot += more;
  filled -= more * width;
  return true;
}

/// Moves bits between masks; the target's are 0.
void ChannelCounters::copyBits(const void *from, int64_t source, void *to,
                               int64_t target, int64_t count) const {
  auto *in = static_cast<const uint8_t *>(from);
  auto *out = static_cast<uint8_t *>(to);
  for (int64_t n; count > 0; count -= n, source += n, target += n) {
    n = std::min(count, kChunk);
    if (lanes < 8)
      n = std::min<int64_t>(
          {n, lanes - (source & (lanes - 1)), lanes - (target & (lanes - 1))});
    int64_t s = bitOf(source), t = bitOf(target);
    uint64_t bits, word;
    std::memcpy(&bits, in + s / 8, sizeof(bits));
    std::memcpy(&word, out + t / 8, sizeof(word));
    word |= (bits >> s % 8 & ((uint64_t(1) << n) - 1)) << t % 8;
    std::memcpy(out + t / 8, &word, sizeof(word));
  }
}

void ChannelCounters::add(void *const *pointers, int64_t begin, int64_t count) {
  int64_t inner = space.inner();
  int64_t row = begin / inner, column = begin % inner;
  for (int64_t done = 0; done < count; ++row, column = 0) {
    int64_t n = std::min(count - done, inner - column);
    int64_t at = advance(row, column, n);
    for (unsigned m = 0; m < masks; ++m)
      copyBits(pointers[m], done, slotsOf(m) + slot * words, at, n);
    done += n;
  }
}

void ChannelCounters::addBatch() {
  for (unsigned m = 0; m < masks; ++m) {
    uint64_t *begin = slotsOf(m), *end = begin + kSlots * words, any = 0;
    for (uint64_t *word = begin; word != end; ++word)
      any |= *word;
    // Most values are finite.
    if (any == 0)
      continue;
    summed[m] = true;
    addSlots(begin, planesOf(m), words);
    std::fill(begin, end + 2, 0);
  }
  slot = 0;
  if (++batches == kMaxBatches)
    flush();
}

void ChannelCounters::addTotal(int64_t to, const int64_t *counts) {
  ChannelCounts &total = totals[to];
  int64_t limit = masks > kLimitMask ? counts[kLimitMask] : 0;
  total.zero += counts[kZeroMask];
  total.saturated += limit + (zeroSaturates ? counts[kZeroMask] : 0);
  total.nonFinite += counts[kNonFiniteMask];
  total.inactive += counts[kZeroMask] + limit;
}

/// A channel's count is the number that its bits in the planes are.
void ChannelCounters::flushColumns() {
  unsigned used = 64 - __builtin_clzll(uint64_t(batches) * kSlots);
  int64_t group = std::min(lanes, 8u);
  for (int64_t first = 0; first < width; first += group) {
    int64_t byte = bitOf(first) / 8;
    // Counts below 2^8 and what is above, one a byte.
    uint64_t low[kMaxMasks] = {}, high[kMaxMasks] = {}, any = 0;
    for (unsigned m = 0; m < masks; ++m) {
      if (!summed[m])
        continue;
      auto *plane = reinterpret_cast<const uint8_t *>(planesOf(m)) + byte;
      for (unsigned k = 0; k < used; ++k, plane += words * 8)
        (k < 8 ? low : high)[m] |= spreadBits(*plane) << k % 8;
      any |= low[m] | high[m];
    }
    for (int64_t i = 0; any && i < std::min(group, width - first); ++i) {
      int64_t counts[kMaxMasks];
      for (unsigned m = 0; m < masks; ++m)
        counts[m] = (low[m] >> 8 * i & 255) | (high[m] >> 8 * i & 255) << 8;
      addTotal(first + i, counts);
    }
  }
}

void ChannelCounters::flushOneChannel() {
  int64_t counts[kMaxMasks] = {};
  for (unsigned m = 0; m < masks; ++m) {
    for (int64_t w = 0; w < (slot + 1) * words; ++w)
      counts[m] += countBits(slotsOf(m)[w]);
    for (int64_t w = 0; batches > 0 && w < kPlanes * words; ++w)
      counts[m] += int64_t(countBits(planesOf(m)[w])) << w / words;
  }
  addTotal(channel, counts);
}

void ChannelCounters::flush() {
  if (filled == 0 && slot == 0 && batches == 0)
    return;
  if (!oneChannelARow && (filled > 0 || slot > 0)) {
    filled = slot = 0;
    return addBatch(), flush();
  }
  {
    std::lock_guard<std::mutex> guard(lock);
    oneChannelARow ? flushOneChannel() : flushColumns();
  }
  for (unsigned m = 0; m < masks; ++m)
    std::fill_n(slotsOf(m), (slot + 1) * words + 2, 0);
  if (batches > 0)
    std::fill(planes.begin(), planes.end(), 0);
  std::fill_n(summed, kMaxMasks, false);
  slot = batches = filled = 0;
}

void act::clearCounts(const IterationSpace &space, size_t operand,
                      ChannelCounts *totals) {
  std::fill_n(totals, countChannels(space.shape, space.strides[operand]),
              ChannelCounts());
}

//===- ChannelCounters.h - Masks of kernels become counts -------*- C++ -*-===//
//
// A kernel writes bits: which of the values it stored are zero, not finite, or
// at a limit. Here the bits of a row stand side by side, one a channel, and the
// rows are added up word by word: seven rows at a time by full adders into bit
// planes, which are numbers of ten bits that stand upright. Planes become
// 64-bit counts before they overflow. An element costs a few hundredths of an
// operation that way. Where a whole row belongs to one channel, the steps of
// the row take the place of rows. Numbers are whole, so the counts do not
// depend on the threads.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_RUNTIME_CHANNELCOUNTERS_H
#define ACT_LIB_RUNTIME_CHANNELCOUNTERS_H

#include "IterationSpace.h"
#include <mutex>

namespace act {

/// The counts of one counted result in one thread.
class ChannelCounters {
public:
  /// `operand` is that of the counts, which are added to its memory under
  /// `lock`. Everything given must outlive this.
  ChannelCounters(const KernelSignature &signature, const CountedResult &result,
                  const IterationSpace &space, size_t operand,
                  ChannelCounts *totals, std::mutex &lock);

  unsigned numMasks() const { return masks; }
  /// True if the rows of a dense array may be taken for one long row: masks of
  /// rows follow one another without gaps.
  bool joinsRows() const { return joined && !oneChannelARow; }

  /// How many elements from `column` of `row` on may be placed at once, or
  /// `otherwise` where they do not begin at a byte and none may.
  int64_t room(int64_t row, int64_t column, int64_t otherwise) const;
  /// Where the kernel writes the masks of `count` elements, whole vectors and
  /// no more than there is room for, from `column` of `row` on; false if they
  /// do not begin at a byte there. Elements come in order.
  bool place(int64_t row, int64_t column, int64_t count, void **pointers);
  /// Takes the masks that a kernel wrote elsewhere for elements
  /// [begin, begin + count) of the space.
  void add(void *const *pointers, int64_t begin, int64_t count);
  /// Moves everything to the totals.
  void flush();

private:
  uint64_t *slotsOf(unsigned mask) { return &slots[mask * maskStride]; }
  uint64_t *planesOf(unsigned mask);
  int64_t bitOf(int64_t element) const;
  int64_t elementAt(int64_t row, int64_t column) const;
  int64_t advance(int64_t row, int64_t column, int64_t count);
  void copyBits(const void *from, int64_t source, void *to, int64_t target,
                int64_t count) const;
  void addBatch();
  void flushColumns();
  void flushOneChannel();
  void addTotal(int64_t channel, const int64_t *counts);

  const IterationSpace &space;
  size_t operand;
  unsigned lanes, laneShift, vectorBits, masks;
  bool zeroSaturates, oneChannelARow;
  ChannelCounts *totals;
  std::mutex &lock;
  /// Elements side by side, words of a mask of them, words of the slots of a
  /// mask, and whether a row fills its words.
  int64_t width, words, maskStride;
  bool joined;
  /// Rows that are not added yet, [mask][slot][word], and their sums,
  /// [mask][plane][word].
  std::vector<uint64_t> slots, planes;
  unsigned slot = 0, batches = 0;
  /// Whether the planes of a mask have any bit.
  bool summed[kMaxMasks] = {};
  /// How far the slot in progress is filled, and the channel of the row.
  int64_t filled = 0, channel = 0;
};

/// Empties the totals of an operand that holds counts.
void clearCounts(const IterationSpace &space, size_t operand,
                 ChannelCounts *totals);

} // namespace act

#endif // ACT_LIB_RUNTIME_CHANNELCOUNTERS_H

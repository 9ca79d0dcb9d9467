//===- ChannelCounts.h - What kernels count of their results ----*- C++ -*-===//
//
// Public: no header of LLVM is included here.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_CHANNELCOUNTS_H
#define ACT_CHANNELCOUNTS_H

#include <cstdint>

namespace act {

/// How many values of one channel are what, as they are stored. A value may be
/// zero and saturated; of these it is one or both, or it is not finite, or none
/// of all.
struct ChannelCounts {
  /// +0 or -0.
  int64_t zero = 0;
  /// Equal to a finite limit of the function at -inf or +inf.
  int64_t saturated = 0;
  /// Infinite or NaN.
  int64_t nonFinite = 0;
  /// Zero or saturated or both: nothing, or next to nothing, flows back.
  int64_t inactive = 0;

  /// True for a unit that was inactive for each of `samples` values.
  bool isDead(int64_t samples) const {
    return samples > 0 && inactive == samples;
  }
};

} // namespace act

#endif // ACT_CHANNELCOUNTS_H

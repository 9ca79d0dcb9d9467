//===- InterleavedTimer.h - Fair timing on a noisy machine ------*- C++ -*-===//
#ifndef ACT_TOOLS_INTERLEAVEDTIMER_H
#define ACT_TOOLS_INTERLEAVEDTIMER_H

#include <functional>
#include <vector>

namespace act::tools {

/// Seconds of one call.
struct Timing {
  double minSeconds, medianSeconds;
};

/// Times candidates in turn, round after round, so that whatever slows the
/// machine meets all of them. Each is called once before; short ones are
/// repeated within a sample. Runs at least `minRounds` rounds and
/// `minTotalSeconds` seconds.
std::vector<Timing>
timeInterleaved(const std::vector<std::function<void()>> &candidates,
                double minTotalSeconds = 0.3, int minRounds = 11);

} // namespace act::tools

#endif // ACT_TOOLS_INTERLEAVEDTIMER_H

//===- InterleavedTimer.cpp - Fair timing on a noisy machine --------------===//

#include "InterleavedTimer.h"
#include <algorithm>
#include <chrono>

using namespace act::tools;
using Clock = std::chrono::steady_clock;

static double secondsOf(const std::function<void()> &candidate, int calls) {
  auto begin = Clock::now();
  for (int i = 0; i < calls; ++i)
    candidate();
  return std::chrono::duration<double>(Clock::now() - begin).count() / calls;
}

std::vector<Timing> act::tools::timeInterleaved(
    const std::vector<std::function<void()>> &candidates,
    double minTotalSeconds, int minRounds) {
  constexpr double minSample = 50e-6;
  constexpr int maxCalls = 1 << 20;
  std::vector<int> calls;
  for (const auto &candidate : candidates) {
    candidate();
    // Doubled, as a single call is too short to be timed.
    int count = 1;
    while (count < maxCalls && secondsOf(candidate, count) * count < minSample)
      count *= 2;
    calls.push_back(count);
  }
  std::vector<std::vector<double>> samples(candidates.size());
  auto begin = Clock::now();
  for (int round = 0;; ++round) {
    std::chrono::duration<double> spent = Clock::now() - begin;
    if (round >= minRounds && spent.count() >= minTotalSeconds)
      break;
    for (size_t i = 0; i < candidates.size(); ++i)
      samples[i].push_back(secondsOf(candidates[i], calls[i]));
  }
  std::vector<Timing> timings;
  for (std::vector<double> &sample : samples) {
    std::sort(sample.begin(), sample.end());
    timings.push_back({sample.front(), sample[sample.size() / 2]});
  }
  return timings;
}

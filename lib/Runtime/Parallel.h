//===- Parallel.h - Work split over threads ---------------------*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_PARALLEL_H
#define ACT_LIB_RUNTIME_PARALLEL_H

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

namespace act {

/// Calls `work(begin, end)` for contiguous parts of [0, count), at most
/// `threads` of them at the same time, one on the calling thread, and waits.
template <class Work>
void parallelFor(int64_t count, unsigned threads, Work work) {
  int64_t parts = std::min<int64_t>(std::max(threads, 1u), count);
  if (parts <= 1) {
    if (count > 0)
      work(int64_t(0), count);
    return;
  }
  std::vector<std::thread> pool;
  for (int64_t t = 1; t < parts; ++t)
    pool.emplace_back(work, count * t / parts, count * (t + 1) / parts);
  work(int64_t(0), count / parts);
  for (std::thread &thread : pool)
    thread.join();
}

} // namespace act

#endif // ACT_LIB_RUNTIME_PARALLEL_H

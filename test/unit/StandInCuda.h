//===- StandInCuda.h - A CUDA driver for tests without a GPU ----*- C++ -*-===//
//
// A library that exports what CudaEntryPoints.def lists and plays a driver in
// host memory: it keeps contexts, modules, memory and captures as a driver
// does, refuses what one refuses, and records what it was asked. It runs no
// kernel. Tests see and set its state through this struct, which they find by
// the symbol standInCuda.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TEST_UNIT_STANDINCUDA_H
#define ACT_TEST_UNIT_STANDINCUDA_H

namespace act::test {

/// A launch, as the driver got it.
struct StandInLaunch {
  char kernel[64];
  unsigned grid[3], block[3], sharedBytes;
  /// Of the attribute of the launch; 0 if it came without.
  unsigned cluster[3];
  void *stream;
  void **parameters;
  bool wasCaptured;
};

struct StandInCuda {
  // What it plays; the environment may give other numbers of devices and
  // another capability (ACT_STAND_IN_DEVICES, ACT_STAND_IN_CAPABILITY). A
  // function whose name, without a suffix, is `failing` returns `failure`.
  int version, numDevices, capability;
  const char *failing;
  int failure;
  /// All memory is managed.
  bool isManaged;

  // What it was asked: names of the functions, in order.
  static constexpr unsigned kMaxCalls = 256;
  const char *calls[kMaxCalls];
  unsigned numCalls;
  StandInLaunch launch;
  unsigned numLaunches;
  /// Dynamic shared memory that the last kernel looked up may have.
  int maxDynamicShared;

  // What is alive.
  int numRetained, numModules, numBuffers, numHandles;

  /// Everything as at the start, but for what is alive.
  void (*reset)();
  /// Makes this context (0: none; else any number) the calling thread's
  /// current one, or tells which is.
  void (*setCurrent)(unsigned long);
  unsigned long (*current)();

  /// How often the function was called.
  unsigned count(const char *name) const {
    unsigned found = 0;
    for (unsigned i = 0; i < numCalls; ++i) {
      const char *a = calls[i], *b = name;
      while (*a && *a == *b)
        ++a, ++b;
      found += *a == *b;
    }
    return found;
  }
};

} // namespace act::test

#endif // ACT_TEST_UNIT_STANDINCUDA_H

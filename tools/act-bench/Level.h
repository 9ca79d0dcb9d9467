//===- Level.h - The CPU level that is measured -----------------*- C++ -*-===//
#ifndef ACT_BENCH_LEVEL_H
#define ACT_BENCH_LEVEL_H

#include "act/Target/Target.h"

namespace act::bench {

/// The level that all kernels are compiled for: that of the flag, else the best
/// one of this machine. Not null once takeLevelFlag gave true.
const CpuLevel *level();

/// Takes --level=LEVEL from the arguments, as Google Benchmark takes its own
/// flags. Says on stderr what is wrong and gives false where the machine does
/// not run the level, or none at all. To be called once, before any benchmark.
bool takeLevelFlag(int &argc, char **argv);

} // namespace act::bench

#endif // ACT_BENCH_LEVEL_H

//===- Target.h - What a CPU level can do -----------------------*- C++ -*-===//
//
// The only place that knows feature strings and vector widths. Constant data;
// safe from any thread.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TARGET_TARGET_H
#define ACT_TARGET_TARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace act {

/// A CPU level that kernels can be compiled for.
struct CpuLevel {
  /// Command-line name, also LLVM's name of the CPU: "x86-64-v3".
  const char *name;
  /// Width of a vector register.
  unsigned vectorBits;
  /// LLVM features this level needs, space-separated, for the host check.
  const char *needs;

  /// Lanes of a vector of elements this wide in arithmetic.
  unsigned lanes(unsigned elementBits) const {
    return vectorBits / elementBits;
  }
};

/// Levels of the host's architecture, the least capable first.
llvm::ArrayRef<CpuLevel> cpuLevels();

/// The level of this name, or null.
const CpuLevel *cpuLevelNamed(llvm::StringRef name);

/// True if this machine runs code of the level.
bool hostSupports(const CpuLevel &level);

/// The best level this machine runs, or null if it runs none.
const CpuLevel *bestHostLevel();

} // namespace act

#endif // ACT_TARGET_TARGET_H

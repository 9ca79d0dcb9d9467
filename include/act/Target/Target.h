//===- Target.h - What a CPU level can do -----------------------*- C++ -*-===//
//
// The only place that knows architectures, triples, feature strings, vector
// widths and which instructions look up tables. Constant data; safe from any
// thread.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TARGET_TARGET_H
#define ACT_TARGET_TARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace act {

/// Instruction sets.
enum class Arch { X86_64, AArch64 };

/// What operations on one vector register cost, in cycles of throughput on the
/// cores in use that run the level; round figures, as cores differ.
struct OperationCosts {
  /// Additions, products, fma, comparisons, selections, integer operations.
  double simple;
  /// Divisions and square roots.
  double divide32, divide64;
  /// Entries of a table of at most 8, and of a larger one.
  double permute32, permute64, gather32, gather64;
};

/// A CPU level that kernels can be compiled for.
struct CpuLevel {
  /// Command-line name: "x86-64-v3".
  const char *name;
  Arch arch;
  /// LLVM's name of the CPU.
  const char *cpu;
  /// LLVM features beside those of the CPU, comma-separated.
  const char *features;
  /// Width of a vector register.
  unsigned vectorBits;
  /// LLVM features this level needs, space-separated, for the host check.
  const char *needs;
  OperationCosts costs;

  /// Lanes of a vector of elements this wide in arithmetic.
  unsigned lanes(unsigned elementBits) const {
    return vectorBits / elementBits;
  }
};

/// All levels; those of one architecture stand together, the least capable
/// first.
llvm::ArrayRef<CpuLevel> cpuLevels();

/// The names of all levels, separated by ", ", for messages.
std::string cpuLevelNames();

/// The level of this name, or null.
const CpuLevel *cpuLevelNamed(llvm::StringRef name);

/// True if this machine runs code of the level.
bool hostSupports(const CpuLevel &level);

/// The best level this machine runs, or null if it runs none.
const CpuLevel *bestHostLevel();

/// Why bestHostLevel() is null, as a sentence for messages.
std::string noHostLevelMessage();

/// The triple that code of the level is generated for: this process's where
/// the architectures agree, else Linux's.
std::string tripleFor(const CpuLevel &level);

/// LLVM's intrinsic that permutes the `lanes` elements of a register by a
/// vector of as many indices, or "" where the level has none.
llvm::StringRef lanePermutation(const CpuLevel &level, unsigned elementBits,
                                bool isFloat, unsigned lanes);

/// LLVM's intrinsic that picks bytes from a table of this many whole registers
/// by a register of byte numbers, or "" where the level has none.
llvm::StringRef byteLookup(const CpuLevel &level, unsigned registers);

/// Bytes of the L2 cache of one core of this machine; 1 MiB where it does not
/// say.
int64_t secondLevelCacheBytes();

/// Lines of memory that many bytes apart that an L2 cache of eight ways has
/// places for: addresses an eighth of it apart share theirs.
int64_t secondLevelPlaces(int64_t bytesApart);

/// Bytes of the last level of caches of this machine, which cores share; 8 MiB
/// where it does not say, or the L2 cache if that is larger.
int64_t lastLevelCacheBytes();

} // namespace act

#endif // ACT_TARGET_TARGET_H

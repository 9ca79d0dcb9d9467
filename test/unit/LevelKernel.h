//===- LevelKernel.h - Kernels of each CPU level ----------------*- C++ -*-===//
//
// Kernels compiled for a stated level and run here or, if this machine has
// another architecture, under an emulator.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TEST_UNIT_LEVELKERNEL_H
#define ACT_TEST_UNIT_LEVELKERNEL_H

#include "act/Jit/Compiler.h"
#include "llvm/Support/Error.h"
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace act::test {

using Bytes = std::vector<char>;

/// What is compiled for several levels: the function of a source, or its
/// derivative of this order by its first input.
struct Subject {
  std::string source;
  DType type;
  int64_t order = 0;
  Accuracy accuracy = Accuracy::Default;
  bool longRows = false;

  std::string text() const;
};

/// Reports failures to gtest; the kernel is then null.
CompileResult compileFor(const CpuLevel &level, const Subject &subject,
                         Product product = Product::Kernel);

/// The same, of order 0, with its result counted (act.stats).
CompileResult compileCounting(const CpuLevel &level, const Subject &subject,
                              Product product = Product::Kernel);

/// This machine's best level, if any, with vectors as short as the shortest of
/// any level: masks, tails and tables of NEON's width, run here.
inline const CpuLevel *narrowLevel() {
  static const std::optional<CpuLevel> level = []() -> std::optional<CpuLevel> {
    const CpuLevel *best = bestHostLevel();
    if (!best)
      return std::nullopt;
    CpuLevel narrow = *best;
    for (const CpuLevel &other : cpuLevels())
      narrow.vectorBits = std::min(narrow.vectorBits, other.vectorBits);
    return narrow;
  }();
  return level ? &*level : nullptr;
}

/// Levels that this machine runs, and the narrow one.
inline std::vector<const CpuLevel *> hostLevels() {
  std::vector<const CpuLevel *> found;
  for (const CpuLevel &level : cpuLevels())
    if (hostSupports(level))
      found.push_back(&level);
  if (const CpuLevel *narrow = narrowLevel())
    found.push_back(narrow);
  return found;
}

/// The one result of a loaded kernel on dense arrays of equal length.
Bytes runHere(const CompileResult &kernel, const std::vector<Bytes> &inputs,
              unsigned threads = 1);

/// One call of a loaded kernel on dense arrays whose length is a multiple of
/// its vector width: its results, then its masks.
std::vector<Bytes> callHere(const CompileResult &kernel,
                            const std::vector<Bytes> &inputs);

/// Runs AArch64 objects in programs of their own under qemu's user emulation.
class Emulator {
public:
  /// The one of this process. Looks for qemu-aarch64, clang and lld on the path
  /// and compiles the driver into a temporary folder.
  static const Emulator &get();
  Emulator(const Emulator &) = delete;
  ~Emulator();
  /// Why there is no emulation here, or empty.
  const std::string &missing() const { return missingTool; }
  /// What callHere() gives for a loaded kernel, of an emitted object.
  llvm::Expected<std::vector<Bytes>>
  call(const CompileResult &object, const std::vector<Bytes> &inputs) const;

private:
  Emulator();
  std::string path(const char *name) const { return folder + "/" + name; }

  std::string qemu, clang, lld, missingTool, folder;
};

} // namespace act::test

#endif // ACT_TEST_UNIT_LEVELKERNEL_H

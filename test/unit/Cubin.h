//===- Cubin.h - What ptxas made of a kernel --------------------*- C++ -*-===//
//
// A reader of cubins, for tests: what a kernel takes and which machine
// instructions (SASS) it consists of, from sm_75 to sm_90. The encoding is not
// documented; CubinTest.cpp holds every name used here to PTX of which ptxas
// makes that instruction.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TEST_UNIT_CUBIN_H
#define ACT_TEST_UNIT_CUBIN_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace act::test {

/// What the way through a kernel asks of an instruction.
struct SassStep {
  /// Of global memory; whole accesses take 64 bits or more.
  bool isLoad = false, isStore = false, isWhole = false;
  bool isExit = false, isNop = false;
  /// Under a predicate, so that what follows comes next, too.
  bool isConditional = false;
  /// Of a branch: the number of the instruction it leads to.
  std::optional<size_t> target;
};

/// A kernel of a cubin.
struct KernelSass {
  std::string name;
  /// Of a thread, as ptxas reports them.
  unsigned registers = 0;
  /// Bytes that a block declares, and bytes of a thread in local memory.
  uint64_t sharedBytes = 0, localBytes = 0;
  /// Instructions, subroutines included; without what pads the end.
  unsigned instructions = 0;
  /// How many there are of each: "FFMA", "MUFU.EX2", "LDG.128" (bits of a
  /// thread's access); opcodes without a name are "op" and three digits.
  std::map<std::string, unsigned> opcodes;
  /// All in order; of sm_90 with the targets of branches.
  std::vector<SassStep> steps;
  /// What ptxas said of this kernel beside its figures (Ptxas.h).
  std::vector<std::string> warnings;

  /// Instructions of this name or with it in front of a dot: "MUFU" is all of
  /// "MUFU.EX2", "MUFU.RCP" ...
  unsigned count(llvm::StringRef name) const;
  /// How many instructions a thread issues that loads and stores so many whole
  /// chunks and no single element: those of the shortest way from the first
  /// instruction to an exit. Nothing if there is no such way. What a predicate
  /// turns off is issued all the same.
  std::optional<unsigned> issued(unsigned loads, unsigned stores) const;
  /// "k: 65 instructions, 24 registers; FFMA 8, ..."; for messages.
  std::string text() const;
};

/// The kernels of a cubin, by name; errors of what is none.
llvm::Expected<std::vector<KernelSass>> readCubin(llvm::StringRef bytes);

} // namespace act::test

#endif // ACT_TEST_UNIT_CUBIN_H

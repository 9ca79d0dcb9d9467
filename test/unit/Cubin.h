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
#include <string>
#include <vector>

namespace act::test {

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
  /// What ptxas said of this kernel beside its figures (Ptxas.h).
  std::vector<std::string> warnings;

  /// Instructions of this name or with it in front of a dot: "MUFU" is all of
  /// "MUFU.EX2", "MUFU.RCP" ...
  unsigned count(llvm::StringRef name) const;
  /// "k: 65 instructions, 24 registers; FFMA 8, ..."; for messages.
  std::string text() const;
};

/// The kernels of a cubin, by name; errors of what is none.
llvm::Expected<std::vector<KernelSass>> readCubin(llvm::StringRef bytes);

} // namespace act::test

#endif // ACT_TEST_UNIT_CUBIN_H

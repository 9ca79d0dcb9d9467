//===- NvHelpers.h - The table of GPU instructions --------------*- C++ -*-===//
#ifndef ACT_IR_NVHELPERS_H
#define ACT_IR_NVHELPERS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace act {

/// A row of NvHelpers.def. Types are C types, as they are spelled there.
struct NvHelper {
  const char *name;
  const char *result;
  llvm::SmallVector<llvm::StringRef, 3> operands;
  const char *ptx;
  double error;
  /// The lowest compute capability that has it, 10 * major + minor.
  unsigned lowestSm;
  const char *sentence;
};

/// Functions that stand for helpers are called so, and then their name.
inline constexpr llvm::StringLiteral kNvPrefix = "act.nv.";

/// All rows. Constant data; safe from any thread.
llvm::ArrayRef<NvHelper> nvHelpers();

/// The row of this name, without the prefix, or null.
const NvHelper *nvHelperNamed(llvm::StringRef name);

} // namespace act

#endif // ACT_IR_NVHELPERS_H

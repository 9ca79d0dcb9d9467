//===- Inputs.h - The values that --input describes -------------*- C++ -*-===//
#ifndef ACT_TOOLS_INPUTS_H
#define ACT_TOOLS_INPUTS_H

#include "Array.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace act::tools {

/// "[name=]value" taken apart; the name may be empty.
struct InputSpec {
  std::string name, value;
};
llvm::Expected<InputSpec> parseInputSpec(llvm::StringRef text);

/// The array that a value describes:
///
///   @file.npy, @-                 a file, or stdin
///   linspace:LO:HI:N              N values, HI included
///   normal:SEED:SHAPE             standard normal numbers
///   uniform:LO:HI:SEED:SHAPE      numbers in (LO, HI), LO <= HI
///   all                           every value of a 16-bit type, in bit order
///   1,-2e-3,inf,nan               numbers, each the nearest of the type; a
///                                 single one has rank 0
///
/// Generated arrays have type `type`, f32 by default; files keep theirs unless
/// `type` is given. Random numbers are functions of (seed, index), computed
/// with + - * / and sqrt only: the same bits on every machine.
llvm::Expected<Array> loadInput(llvm::StringRef value,
                                std::optional<ElementType> type);

} // namespace act::tools

#endif // ACT_TOOLS_INPUTS_H

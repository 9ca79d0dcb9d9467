//===- Knobs.h - Environment variables, read once ---------------*- C++ -*-===//
#ifndef ACT_TARGET_KNOBS_H
#define ACT_TARGET_KNOBS_H

#include "llvm/ADT/ArrayRef.h"
#include <string>

namespace act {

/// The values of the variables of Knobs.def; empty where one is unset.
struct Knobs {
#define ACT_KNOB(MEMBER, NAME, VALUE, HELP) std::string MEMBER;
#include "act/Target/Knobs.def"
};

/// What the environment said when this was first called. Safe from any
/// thread, as long as none changes the environment during the first call.
const Knobs &knobs();

/// A row of Knobs.def for help and documentation.
struct KnobInfo {
  const char *name, *value, *help;
};

/// Every row, in the order of the table.
llvm::ArrayRef<KnobInfo> allKnobs();

} // namespace act

#endif // ACT_TARGET_KNOBS_H

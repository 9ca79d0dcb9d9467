//===- Print.h - A short table of an array ----------------------*- C++ -*-===//
#ifndef ACT_TOOLS_PRINT_H
#define ACT_TOOLS_PRINT_H

#include "Array.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace act::tools {

/// Prints shape, type, up to 8 first and 8 last values, and the minimum,
/// maximum and mean of the values that are not NaN with the number of NaNs.
void printSummary(llvm::raw_ostream &os, llvm::StringRef name,
                  const Array &array);

} // namespace act::tools

#endif // ACT_TOOLS_PRINT_H

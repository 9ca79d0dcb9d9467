//===- Limits.h - Finite limits of functions --------------------*- C++ -*-===//
//
// Where a unit is saturated its result is the limit of the function, which is
// what tells saturation from values that merely are large.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REFERENCE_LIMITS_H
#define ACT_REFERENCE_LIMITS_H

#include "act/Reference/Tape.h"
#include "llvm/ADT/APFloat.h"

namespace act {

/// The finite limits of each result at -inf and +inf, as exact texts; equal
/// ones once, and none where the result grows, oscillates, or moves too slowly
/// to settle before 2^1500 in double. Functions of several inputs have none:
/// what one input leaves depends on the others. Parameters have their defaults.
std::vector<std::vector<std::string>> finiteLimits(const Tape &tape);

/// A limit as kernels store it: rounded to the compute type, then to `format`.
llvm::APFloat storedLimit(llvm::StringRef text,
                          const llvm::fltSemantics &format);

} // namespace act

#endif // ACT_REFERENCE_LIMITS_H

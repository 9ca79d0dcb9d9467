//===- JumpSearch.h - Where a jump is ---------------------------*- C++ -*-===//
//
// A threshold has no derivative that says where it should be: the cost is
// constant between two samples. It falls towards the right place, though, when
// every sample on the wrong side of the threshold adds to it.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REPORT_JUMPSEARCH_H
#define ACT_REPORT_JUMPSEARCH_H

#include "llvm/ADT/STLFunctionalExtras.h"

namespace act::report {

/// Rounds that find the place to a 30000th of the reach, and to the last bits.
inline constexpr unsigned kRoughRounds = 3, kFineRounds = 16;

/// The value in -reach..reach whose cost is least, `start` if none is better:
/// a grid, then finer ones about the best. Each round divides by 8.
double findJump(llvm::function_ref<double(double value)> cost, double start,
                double reach, unsigned rounds);

/// The values about one of them that are no different.
struct Plateau {
  double lo, hi;
  /// Goes on to the end of the reach.
  bool isOpen;
};

/// By bisection on each side.
Plateau findPlateau(llvm::function_ref<bool(double value)> isSame,
                    double inside, double reach);

} // namespace act::report

#endif // ACT_REPORT_JUMPSEARCH_H

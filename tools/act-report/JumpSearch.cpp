//===- JumpSearch.cpp - Where a jump is -----------------------------------===//

#include "JumpSearch.h"
#include <algorithm>

using namespace act::report;

/// Down to the last bits of the reach.
static constexpr unsigned kBisections = 64;

double act::report::findJump(llvm::function_ref<double(double)> cost,
                             double start, double reach, unsigned rounds) {
  double best = start, lowest = cost(start);
  auto tryGrid = [&](double center, double width, int count) {
    for (int i = -count; i <= count; ++i) {
      double value = center + width * i / count;
      if (double here = cost(value); here < lowest) {
        lowest = here;
        best = value;
      }
    }
  };
  tryGrid(0, reach, 32);
  double width = reach / 32;
  for (unsigned round = 0; round < rounds; ++round, width /= 8)
    tryGrid(best, width, 8);
  return best;
}

Plateau act::report::findPlateau(llvm::function_ref<bool(double)> isSame,
                                 double inside, double reach) {
  Plateau plateau{inside, inside, false};
  for (double end : {-reach, reach}) {
    if (isSame(end)) {
      (end < 0 ? plateau.lo : plateau.hi) = end;
      plateau.isOpen = true;
      continue;
    }
    double near = inside, far = end;
    for (unsigned step = 0; step < kBisections; ++step) {
      double middle = near + (far - near) / 2;
      (isSame(middle) ? near : far) = middle;
    }
    (end < 0 ? plateau.lo : plateau.hi) = near;
  }
  return plateau;
}

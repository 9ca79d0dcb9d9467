//===- NearZero.h - What a function is next to 0 ----------------*- C++ -*-===//
#ifndef ACT_REPORT_NEARZERO_H
#define ACT_REPORT_NEARZERO_H

#include "act/Reference/Tape.h"

namespace act::report {

/// Where f(0) = 0 and f'(0) is a number of f32, f(x) is the product of that and
/// x, which a double holds, and a rest of f''(xi) / 2 * x^2 for some xi between
/// 0 and x, whose sign is that of f'' throughout. Half of the results of silu
/// that are subnormal are such: x / 2 is a tie, which no error may blur.
struct NearZero {
  /// What is proven from enclosures of f, f' and f'', the results of the tape,
  /// over -reach..reach.
  static NearZero of(const Tape &tape);

  /// From here on a double tells the rest itself.
  static constexpr double reach = 0x1p-48;
  /// f'(0), or 0 where nothing is known.
  double slope = 0;
  /// The sign of f''; 0 where f is linear.
  int bend = 0;
  /// A bound of |f''| / 2.
  double curvature = 0;
};

} // namespace act::report

#endif // ACT_REPORT_NEARZERO_H

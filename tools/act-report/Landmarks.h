//===- Landmarks.h - Places where a sweep looks closely ---------*- C++ -*-===//
#ifndef ACT_REPORT_LANDMARKS_H
#define ACT_REPORT_LANDMARKS_H

#include "Curves.h"
#include "NearZero.h"
#include "act/Analysis/Symmetry.h"

namespace act::report {

/// What a sweep is told of the exact function.
struct Landmarks {
  /// Of the derivative of this order; `curves` has two more, as far as there
  /// are orders.
  static Landmarks of(const Curves &curves, unsigned order);

  /// Roots and breaks.
  std::vector<double> places() const;

  /// Where it changes its sign, from the lowest up; not 0.
  std::vector<double> roots;
  /// Where it bends or jumps.
  std::vector<double> breaks;
  Symmetry symmetry = Symmetry::None;
  NearZero nearZero = {};
};

} // namespace act::report

#endif // ACT_REPORT_LANDMARKS_H

//===- Sweep.h - Results of a kernel against exact values -------*- C++ -*-===//
#ifndef ACT_REPORT_SWEEP_H
#define ACT_REPORT_SWEEP_H

#include "NearZero.h"
#include "SweepPlan.h"
#include "SweptKernel.h"
#include "Tally.h"
#include "act/Analysis/Symmetry.h"

namespace act::report {

/// What a sweep goes by.
struct SweepTask {
  const SweptKernel &kernel;
  const SweepPlan &plan;
  /// Where the exact value changes its sign, from the lowest up; not 0.
  std::vector<double> roots;
  /// Odd and even functions are looked at from both sides.
  Symmetry symmetry = Symmetry::None;
  NearZero nearZero = {};
  /// In ulp, from --max-ulp.
  std::optional<double> maxUlp = std::nullopt;
  /// What results are held to without that: rows and first derivatives their
  /// class bound, the others what a plain evaluation may lose, if that is more.
  bool hasRowBound = false;
  unsigned threads = 1;
};

/// The largest error of a stretch of inputs, for a picture.
struct SweepColumn {
  /// The place of its first input in the order of the type.
  uint64_t place = 0;
  double maxUlp = 0;
};

struct SweepResult {
  Tallies regions;
  Sources sources;
  std::vector<SweepColumn> columns;

  Tally total() const;
};

/// Runs a kernel over the inputs of a plan. The result does not depend on the
/// number of threads. Where stderr is a terminal, a line there says how far it
/// is.
SweepResult sweep(const SweepTask &task);

} // namespace act::report

#endif // ACT_REPORT_SWEEP_H

//===- Sweep.h - Results of a kernel against exact values -------*- C++ -*-===//
#ifndef ACT_REPORT_SWEEP_H
#define ACT_REPORT_SWEEP_H

#include "ExactValues.h"
#include "NearZero.h"
#include "SweepPlan.h"
#include "SweepState.h"
#include "SweptKernel.h"
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
  /// Whose bound that is.
  Accuracy accuracy = Accuracy::Default;
  unsigned threads = 1;
  /// Of one thread: what other sweeps of the function and type have found out,
  /// or null.
  KnownValues *memory = nullptr;
  /// A line on a terminal says how far the sweep is.
  bool showsProgress = true;
  /// Where the sweep goes on from and is saved every few seconds, or null.
  const SweepState *state = nullptr;
  /// Stops when so many blocks are done and saved, as if it had been killed.
  std::optional<uint64_t> stopAfter = std::nullopt;

  /// Results of the fast class of f32 are held to a part of the exact value,
  /// and errors within a floor are none.
  bool isFast() const {
    return accuracy == Accuracy::Fast &&
           plan.getElements().getType() == DType::F32;
  }
};

/// Runs a kernel over the inputs of a plan. The result does not depend on the
/// number of threads, nor on where a sweep was stopped and went on. Fails where
/// the state cannot be read or written.
llvm::Expected<SweepResult> sweep(const SweepTask &task);

} // namespace act::report

#endif // ACT_REPORT_SWEEP_H

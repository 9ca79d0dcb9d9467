//===- Judge.h - Blocks of results against exact values ---------*- C++ -*-===//
#ifndef ACT_REPORT_JUDGE_H
#define ACT_REPORT_JUDGE_H

#include "Screen.h"
#include "Sweep.h"

namespace act::report {

/// What is counted of a block of inputs.
struct BlockResult {
  Tallies regions;
  Sources sources;
  double maxUlp = 0;
};

/// Judges blocks of a sweep; one for each thread. Double decides where it
/// proves enough, binary128 and MPFR elsewhere, and wherever a largest error
/// may be: that is reported to all its digits.
class Judge {
public:
  explicit Judge(const SweepTask &task);

  /// Inputs `begin` to `end` of the plan; the same whoever asks.
  BlockResult judge(uint64_t begin, uint64_t end);

private:
  /// An input with its result, and what is known of the exact value in double.
  struct Point {
    double x, y, value, error;
  };
  /// What a pass over a block has in hand.
  struct Pass;
  struct Candidate;

  void judgeBatch(Pass &pass, llvm::ArrayRef<double> x,
                  llvm::ArrayRef<double> y, llvm::ArrayRef<double> mirrored);
  /// Counts a result by what the screen says; null if that is not enough.
  Tally *countScreened(Pass &pass, unsigned lane, const Point &point);
  /// Counts a result by its exact value, which `point` gets.
  Tally &countExactly(Pass &pass, Point &point);
  /// Finds the largest errors of the points that the screen has decided, to all
  /// their digits.
  void settleWorst(Pass &pass);
  void updateWorst(Pass &pass, uint64_t number, unsigned region,
                   const Worst &next);
  void check(Pass &pass, unsigned lane, const Point &point);
  bool breaksOrder(const Point &before, const Point &point);
  bool breaksSymmetry(double y, double mirrored) const;
  Region regionOf(double x, const Quad &exact) const;
  bool isNearRoot(double x) const;
  /// What a result is held to at least, in ulp.
  template <class Number> double leastBoundAt(const Number &exact) const;
  /// What it is held to; nothing where it is not judged.
  std::optional<double> boundAt(double x, const Quad &exact, double ulp);
  /// True where the floor of the fast class excuses an error, even if `exact`
  /// is `apart` from here for the worse; for the better where that is negative.
  template <class Number>
  bool isExcused(double y, const Number &exact, double apart = 0) const;

  const SweepTask &task;
  DType type;
  ExactValues exacts;
  std::optional<Screen> screen;
  /// No result is held to more than leastBoundAt.
  bool isFixed;
};

/// Every so many inputs, one that double decides is looked at by MPFR.
uint64_t checkStep(const SweepPlan &plan);

} // namespace act::report

#endif // ACT_REPORT_JUDGE_H

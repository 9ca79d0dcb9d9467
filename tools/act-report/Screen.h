//===- Screen.h - Results judged in double ----------------------*- C++ -*-===//
#ifndef ACT_REPORT_SCREEN_H
#define ACT_REPORT_SCREEN_H

#include "BatchValues.h"
#include "ExactValues.h"
#include "NearZero.h"
#include "act/Tensor.h"

namespace act::report {

/// Judges results of f32 and smaller types by values in double and bounds of
/// their errors, and says where these are not enough. One thread at a time.
class Screen {
public:
  static constexpr unsigned kBlock = BatchValues::kBlock;

  /// Of a tape that BatchValues supports, for a type other than f64.
  Screen(const Tape &tape, DType type, const NearZero &nearZero)
      : batch(tape), type(type), nearZero(nearZero) {}

  /// What is known of a result.
  enum Verdict : uint64_t {
    /// What follows is what the exact value gives, too. Never where the input
    /// is 0, infinite or NaN.
    Known = 1,
    /// The result is not the nearest number of the type.
    Misrounded = 2,
    WrongSign = 4,
    /// The exact value is smaller than the smallest normal number.
    Subnormal = 8
  };

  /// Judges at most kBlock results.
  void judge(llvm::ArrayRef<double> inputs, llvm::ArrayRef<double> results);

  /// Where the exact value lies of a value that is a tie.
  enum Side : int {
    TowardsZero = -1,
    /// Not known.
    Anywhere = 0,
    AwayFromZero = 1,
    /// The value is exact.
    OnTie = 2
  };

  /// Of the last call: exact values, bounds of their errors, and Sides.
  std::array<double, kBlock> values, errors, sides;
  /// Errors of the results in ulp, and how wrong these numbers may be.
  std::array<double, kBlock> ulps, ulpErrors;
  std::array<uint64_t, kBlock> verdicts;

private:
  void judgeNearZero(llvm::ArrayRef<double> inputs);

  BatchValues batch;
  DType type;
  NearZero nearZero;
};

} // namespace act::report

#endif // ACT_REPORT_SCREEN_H

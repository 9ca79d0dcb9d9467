//===- ExactValues.h - Exact values at speed --------------------*- C++ -*-===//
#ifndef ACT_REPORT_EXACTVALUES_H
#define ACT_REPORT_EXACTVALUES_H

#include "act/Reference/ErrorBound.h"
#include "act/Reference/MpfrNumber.h"
#include <unordered_map>

namespace act::report {

/// Errors below this, in ulp, are none; exact values are as good as that.
inline constexpr double kNegligible = 0x1p-20;

/// What a result is compared with. At an infinity where the formula of a
/// function that is no row has no value, NaN and the limit are both right.
struct Exact {
  Quad value;
  std::optional<Quad> orElse;
};

/// Exact values at finite inputs other than 0 that took MPFR.
using KnownValues = std::unordered_map<double, Quad>;

/// The exact values of a function of one input, for results of one type. One
/// thread at a time.
class ExactValues {
public:
  /// Of a tape of one result. `isRow`: of a row or its derivative, which have
  /// limits at the infinities. Values are looked up in `memory` and added to
  /// it, which is of this function and type, where it is not null.
  ExactValues(const Tape &tape, DType type, bool isRow,
              KnownValues *memory = nullptr);
  ExactValues(const ExactValues &) = delete;

  /// Good to 2^-20 ulp of the type, and on the right side of a tie: by
  /// binary128 where the first-order bound of its errors proves that, else by
  /// MPFR. What is as close to a tie as 2^-65000 of it is the tie: a sum of
  /// decimals.
  Exact at(double x);

  /// What a plain evaluation in the compute type may be wrong by, in ulp;
  /// nothing where it overflows.
  std::optional<double> plainBound(double x);

  /// By MPFR alone, at a finite input.
  MpfrNumber exactly(double x) { return reference.evaluate({x})[0]; }

  /// Finite points that binary128 and MPFR decided.
  uint64_t byBinary128 = 0, byMpfr = 0;

private:
  bool isProven(const Quad &value, double error) const;
  Quad besideTie(const MpfrNumber &exact, double x);
  /// The sign of f(x) less a number that equals it to 113 bits and more.
  int sideOf(const Quad &tie, double x);
  Exact special(double x);

  DType type;
  bool isRow;
  Interpreter<Quad> quads;
  /// In units of double, from which that of binary128 follows.
  ErrorBound<Quad> errors, plainErrors;
  MpfrReference reference;
  /// The function in more bits than the reference has, as far as it was asked
  /// for.
  std::vector<Interpreter<MpfrNumber>> deepLevels;
  /// At NaN, -inf and inf.
  std::optional<Exact> known[3];
  KnownValues *memory;
};

} // namespace act::report

#endif // ACT_REPORT_EXACTVALUES_H

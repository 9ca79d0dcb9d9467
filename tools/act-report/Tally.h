//===- Tally.h - What a sweep counts ----------------------------*- C++ -*-===//
#ifndef ACT_REPORT_TALLY_H
#define ACT_REPORT_TALLY_H

#include <array>
#include <cstdint>

namespace act::report {

/// Parts of the input axis that are counted apart. Each input is in the first
/// of them, from the last upwards, that it fits.
enum class Region {
  /// The exact result is a normal number of the type.
  Normal,
  /// It is smaller.
  Subnormal,
  /// The exact value changes its sign within 1/32 of the input, not at 0.
  Root,
  /// The input is 0, infinite or NaN.
  Special
};
inline constexpr unsigned kNumRegions = 4;
inline constexpr const char *kRegionNames[] = {"normal", "subnormal", "root",
                                               "special"};

/// The largest error and where it is.
struct Worst {
  /// In ulp; infinite where only one of the two is NaN or infinite.
  double ulp = 0;
  double x = 0, result = 0, exact = 0;
  /// What the result is held to there.
  double bound = 0;
};

/// Counts of some inputs.
struct Tally {
  uint64_t inputs = 0, misrounded = 0, wrongSigns = 0, nonFinite = 0,
           orderBreaks = 0, symmetryBreaks = 0, beyondBound = 0, notJudged = 0;
  /// Of errors that are finite.
  double sumUlp = 0;
  Worst worst;

  /// Adds counts of later inputs.
  void add(const Tally &later);
  double meanUlp() const;
};

/// Where exact values of finite inputs other than 0 come from.
struct Sources {
  uint64_t byDouble = 0, byBinary128 = 0, byMpfr = 0;
  /// Points decided in double that MPFR has evaluated, too.
  uint64_t checked = 0;
  /// How far the two were apart at most: in ulp, and as a part of the bound of
  /// the errors of double, beyond 1 of which that does not hold.
  double apartUlp = 0, apartOfBound = 0;
  /// Where the latter was.
  double apartAt = 0;

  void add(const Sources &later);
};

using Tallies = std::array<Tally, kNumRegions>;

} // namespace act::report

#endif // ACT_REPORT_TALLY_H

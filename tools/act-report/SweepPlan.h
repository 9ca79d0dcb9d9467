//===- SweepPlan.h - Which inputs a sweep takes -----------------*- C++ -*-===//
#ifndef ACT_REPORT_SWEEPPLAN_H
#define ACT_REPORT_SWEEPPLAN_H

#include "Elements.h"

namespace act::report {

/// Elements on each side of a place of interest that a sampled sweep takes.
inline constexpr uint64_t kDense = 2000;

/// Inputs of a sweep, from the lowest up.
class SweepPlan {
public:
  /// All elements of a 16-bit type or where `exhaustive`; else every
  /// `stride`-th, and all around `places`, which are finite, around 0 and the
  /// smallest normal numbers and at the ends of the range.
  SweepPlan(Elements elements, bool exhaustive, uint64_t stride,
            llvm::ArrayRef<double> places);

  bool isAll() const { return places.empty(); }
  uint64_t size() const {
    return isAll() ? elements.last() + 1 : places.size();
  }
  uint64_t placeAt(uint64_t i) const { return isAll() ? i : places[i]; }
  const Elements &getElements() const { return elements; }
  /// Says in words which inputs these are.
  std::string describe() const;

private:
  Elements elements;
  uint64_t stride;
  std::vector<uint64_t> places;
};

/// A step that gives about 2^20 elements of the type: a prime, so that low
/// bits vary.
uint64_t defaultStride(DType type);

} // namespace act::report

#endif // ACT_REPORT_SWEEPPLAN_H

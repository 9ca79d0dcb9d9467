//===- Difference.h - How far two functions lie apart -----------*- C++ -*-===//
#ifndef ACT_REPORT_DIFFERENCE_H
#define ACT_REPORT_DIFFERENCE_H

#include "Plot.h"
#include "act/Analysis/Curve.h"
#include "act/Reference/Quad.h"

namespace act::report {

/// The largest |f - g|.
struct Difference {
  Quad value;
  /// Where, from left to right; no more than four places.
  std::vector<double> at;
};

/// The largest difference of derivatives of an order over a range: samples,
/// and each of their highest hills climbed to the top by golden sections. A
/// hill narrower than the samples lie apart, 1/2000 of the range, may be
/// missed. Nothing where the functions have no finite values together.
std::optional<Difference> largestDifference(const Curve<Quad> &f,
                                            const Curve<Quad> &g,
                                            unsigned order, Extent range);

} // namespace act::report

#endif // ACT_REPORT_DIFFERENCE_H

//===- ShapeFacts.h - What is known of a function's shape -------*- C++ -*-===//
#ifndef ACT_REPORT_SHAPEFACTS_H
#define ACT_REPORT_SHAPEFACTS_H

#include "Report.h"
#include "act/Analysis/Shape.h"
#include "act/Reference/MpfrNumber.h"

namespace act::report {

/// Adds range, extrema, slopes, zeros, symmetry and smoothness as facts, and
/// tables of limits, kinks, monotone and convex intervals.
void addShape(Report &report, const Curve<MpfrNumber> &curve,
              const Shape<MpfrNumber> &shape);

/// Adds means over a standard normal input, and what a function of such
/// inputs is worth to signals and gradients.
void addMoments(Report &report, const Curve<MpfrNumber> &curve,
                const Shape<MpfrNumber> &shape);

/// Adds a table of what a gradient can keep at most through so many layers:
/// sup |f'| to their power.
void addDepths(Report &report, const Shape<MpfrNumber> &shape,
               llvm::ArrayRef<unsigned> depths);

/// Adds tables of where |f'| is small, and of where formats overflow, underflow
/// and saturate.
void addSaturation(Report &report, const Curve<MpfrNumber> &curve,
                   const Shape<MpfrNumber> &shape);

} // namespace act::report

#endif // ACT_REPORT_SHAPEFACTS_H

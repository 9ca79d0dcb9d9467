//===- Check.h - A run's results against the interpreter --------*- C++ -*-===//
#ifndef ACT_RUN_CHECK_H
#define ACT_RUN_CHECK_H

#include "Data.h"
#include "Exchange.h"
#include "act/Reference/MpfrNumber.h"

namespace act::run {

/// What a comparison found.
struct CheckReport {
  /// The largest error and the bound where it is, in ulp of the element type,
  /// or in units of the result where a tolerance is the bound.
  double maxError = 0, bound = 0;
  bool passed = true;
  /// Every `stride`-th element was compared.
  int64_t stride = 1, compared = 0;
  std::string where;
  /// Elements that are not judged, as a plain evaluation overflows there, and
  /// the first of them.
  int64_t overflowed = 0;
  std::string firstOverflow;
};

/// Compares results with the reference. The bound is `options.maxUlp`, else
/// that of the element type for a row of the table and its first derivative
/// (`order` is the highest among the results), else for each element
/// what a plain evaluation operation by operation may lose. With a tolerance
/// it is what `exchange` says. Kernels for GPUs have bounds of their own.
CheckReport checkResults(const Data &data, MpfrReference &reference, bool isRow,
                         int64_t order, const Exchange &exchange, bool onGpu,
                         const Options &options);

} // namespace act::run

#endif // ACT_RUN_CHECK_H

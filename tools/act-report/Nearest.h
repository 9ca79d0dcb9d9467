//===- Nearest.h - Rows that a function is close to -------------*- C++ -*-===//
#ifndef ACT_REPORT_NEAREST_H
#define ACT_REPORT_NEAREST_H

#include "Report.h"
#include "act/Analysis/Curve.h"
#include "act/Reference/MpfrNumber.h"
#include "mlir/IR/MLIRContext.h"

namespace act::report {

/// Differences are looked at within -kNearestWindow..kNearestWindow.
inline constexpr double kNearestWindow = 10;

/// The `count` rows of the catalogue that are nearest to a curve, with their
/// largest difference and where that is; `self` is the row that it is, or "".
Table nearestRows(const Curve<MpfrNumber> &curve,
                  llvm::ArrayRef<MpfrNumber> breaks, llvm::StringRef self,
                  mlir::MLIRContext *context, unsigned count = 3);

} // namespace act::report

#endif // ACT_REPORT_NEAREST_H

//===- RowFit.h - A row fitted to samples -----------------------*- C++ -*-===//
#ifndef ACT_REPORT_ROWFIT_H
#define ACT_REPORT_ROWFIT_H

#include "Samples.h"
#include "act/IR/FunctionTable.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/SmallVector.h"

namespace act::report {

/// A parameter and the exact number that was found for it.
struct FittedParam {
  ParamInfo param;
  std::string text;
  /// False where the samples look the same with other values.
  bool isDetermined = true;

  bool isDefault() const { return param.defaultText == text; }
};

/// What is rounded to the samples' type: an ulp is at the size of f(x), or at
/// that of x where it is larger, which is what formulas that cancel leave
/// right.
enum class Rounding { OfResult, OfTerms };

/// How far samples lie from a function.
struct Differences {
  /// The largest |y - f(x)| and the x where it is.
  double largest = 0, at = 0;
  /// The largest in ulp of the samples' type; of matches only.
  double ulps = 0;
};

/// A row with the parameters that bring it closest to samples.
struct RowFit {
  const FunctionInfo *row = nullptr;
  llvm::SmallVector<FittedParam, 4> params;
  Differences differences;
  /// Whether the samples' rounding explains the differences.
  bool matches = false;
  /// Operations and constants of the formula; of matches only.
  size_t numSteps = 0;

  /// "swish_beta(x, beta=1.5)".
  std::string source() const;
  /// Parameters that are not at their defaults.
  unsigned numChanged() const;
};

/// Fits a row of one input to all samples; nothing where it has no finite
/// value at one of them.
std::optional<RowFit> fitRow(const FunctionInfo &row, const Samples &samples,
                             Rounding rounding, mlir::MLIRContext *context);

/// Every row of the catalogue with one input, best first. Those that match are
/// before the others, and those within 1 ulp of the closest before other
/// matches; then the one with fewest parameters off their defaults, with fewest
/// parameters, with the smallest differences in whole ulp, with the shortest
/// numbers and formula, and the older one. The others are ordered by their
/// largest difference.
std::vector<RowFit> fitRows(const Samples &samples, Rounding rounding,
                            mlir::MLIRContext *context);

} // namespace act::report

#endif // ACT_REPORT_ROWFIT_H

//===- LeastSquares.h - Parameters that fit best ----------------*- C++ -*-===//
//
// Damped least squares: K. Levenberg, A method for the solution of certain
// non-linear problems in least squares, 1944; D. W. Marquardt, An algorithm
// for least-squares estimation of nonlinear parameters, 1963. For a handful of
// parameters, which the normal equations serve well.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_ANALYSIS_LEASTSQUARES_H
#define ACT_ANALYSIS_LEASTSQUARES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace act {

/// Residual `k` at these parameters, and its derivative by each of them. A
/// residual that is not finite makes the parameters inadmissible.
using Residual =
    llvm::function_ref<double(size_t k, llvm::ArrayRef<double> parameters,
                              llvm::MutableArrayRef<double> gradient)>;

/// Where a fit ended.
struct LeastSquaresFit {
  llvm::SmallVector<double, 4> parameters;
  /// The sum of squares there; infinite where the start is inadmissible.
  double cost;
  /// How far each parameter has to move, the others following as well as they
  /// can, to raise the cost by 1. Infinite for a parameter without influence,
  /// and for one whose influence is that of parameters before it.
  llvm::SmallVector<double, 4> spread;
};

/// The parameters near `start` that minimise the sum of the squares of
/// `numResiduals` residuals: a local minimum. Gradients must be finite where
/// the residuals are. Ends after `maxSteps` steps at the latest.
LeastSquaresFit fitLeastSquares(Residual residual, size_t numResiduals,
                                llvm::ArrayRef<double> start,
                                unsigned maxSteps = 50);

} // namespace act

#endif // ACT_ANALYSIS_LEASTSQUARES_H

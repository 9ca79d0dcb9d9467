//===- LeastSquares.cpp - Parameters that fit best ------------------------===//

#include "act/Analysis/LeastSquares.h"
#include <cmath>
#include <limits>

using namespace act;
using llvm::ArrayRef;
using llvm::SmallVector;

/// Of a column's square, the part that is its own: less is rounding of the
/// normal equations.
static constexpr double kOwnPart = 1e-11;
static constexpr double kLargestDamping = 1e12;
/// A step that changes the cost by less of it has arrived.
static constexpr double kFlat = 1e-9;

namespace {
/// The equations whose solution is a step: a symmetric matrix J^T J with J^T r,
/// unknowns scaled so that its diagonal is 1.
class NormalEquations {
public:
  NormalEquations(Residual residual, size_t numResiduals,
                  ArrayRef<double> parameters);

  /// The step that the damped equations give.
  SmallVector<double, 4> step(double damping) const;
  SmallVector<double, 4> spread() const;

  double cost = 0;

private:
  /// The lower triangle L of the matrix, L L^T, damped. Unknowns that it does
  /// not determine have 0 on the diagonal.
  SmallVector<double, 16> factor(double damping) const;
  /// Solves L L^T x = b; 0 for unknowns that are not determined.
  SmallVector<double, 4> solve(ArrayRef<double> lower,
                               SmallVector<double, 4> b) const;

  unsigned n;
  SmallVector<double, 16> matrix;
  SmallVector<double, 4> right, scales;
};
} // namespace

NormalEquations::NormalEquations(Residual residual, size_t numResiduals,
                                 ArrayRef<double> parameters)
    : n(parameters.size()), matrix(n * n), right(n), scales(n) {
  SmallVector<double, 4> gradient(n);
  for (size_t k = 0; k < numResiduals; ++k) {
    double r = residual(k, parameters, gradient);
    cost += r * r;
    for (unsigned i = 0; i < n; ++i) {
      right[i] -= gradient[i] * r;
      for (unsigned j = 0; j <= i; ++j)
        matrix[i * n + j] += gradient[i] * gradient[j];
    }
  }
  if (!std::isfinite(cost))
    cost = std::numeric_limits<double>::infinity();
  for (unsigned i = 0; i < n; ++i)
    scales[i] = std::sqrt(matrix[i * n + i]);
  for (unsigned i = 0; i < n; ++i) {
    if (scales[i] == 0)
      continue;
    right[i] /= scales[i];
    for (unsigned j = 0; j <= i; ++j)
      if (scales[j] != 0)
        matrix[i * n + j] /= scales[i] * scales[j];
  }
}

SmallVector<double, 16> NormalEquations::factor(double damping) const {
  SmallVector<double, 16> lower(n * n);
  for (unsigned i = 0; i < n; ++i)
    for (unsigned j = 0; j <= i; ++j) {
      double rest = matrix[i * n + j];
      for (unsigned k = 0; k < j; ++k)
        rest -= lower[i * n + k] * lower[j * n + k];
      if (i == j) {
        rest += damping;
        bool isDetermined = scales[i] != 0 && rest > kOwnPart;
        lower[i * n + i] = isDetermined ? std::sqrt(rest) : 0;
      } else {
        double pivot = lower[j * n + j];
        lower[i * n + j] = pivot == 0 ? 0 : rest / pivot;
      }
    }
  return lower;
}

SmallVector<double, 4> NormalEquations::solve(ArrayRef<double> lower,
                                              SmallVector<double, 4> b) const {
  for (unsigned i = 0; i < n; ++i) {
    for (unsigned k = 0; k < i; ++k)
      b[i] -= lower[i * n + k] * b[k];
    double pivot = lower[i * n + i];
    b[i] = pivot == 0 ? 0 : b[i] / pivot;
  }
  for (unsigned i = n; i-- > 0;) {
    double pivot = lower[i * n + i];
    for (unsigned k = i + 1; k < n; ++k)
      b[i] -= lower[k * n + i] * b[k];
    b[i] = pivot == 0 ? 0 : b[i] / pivot;
  }
  return b;
}

SmallVector<double, 4> NormalEquations::step(double damping) const {
  SmallVector<double, 4> delta = solve(factor(damping), right);
  for (unsigned i = 0; i < n; ++i)
    if (scales[i] != 0)
      delta[i] /= scales[i];
  return delta;
}

SmallVector<double, 4> NormalEquations::spread() const {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  SmallVector<double, 16> lower = factor(0);
  SmallVector<double, 4> spread(n, infinity);
  for (unsigned i = 0; i < n; ++i) {
    if (lower[i * n + i] == 0)
      continue;
    // The inverse's diagonal.
    SmallVector<double, 4> unit(n, 0.0);
    unit[i] = 1;
    spread[i] = std::sqrt(solve(lower, unit)[i]) / scales[i];
  }
  return spread;
}

LeastSquaresFit act::fitLeastSquares(Residual residual, size_t numResiduals,
                                     ArrayRef<double> start,
                                     unsigned maxSteps) {
  SmallVector<double, 4> parameters(start);
  NormalEquations equations(residual, numResiduals, parameters);
  double damping = 1e-3;
  for (unsigned step = 0; step < maxSteps && std::isfinite(equations.cost) &&
                          damping < kLargestDamping;
       ++step) {
    SmallVector<double, 4> delta = equations.step(damping), moved(parameters);
    bool moves = false;
    for (unsigned i = 0; i < moved.size(); ++i) {
      moved[i] += delta[i];
      moves |= moved[i] != parameters[i];
    }
    if (!moves)
      break;
    NormalEquations there(residual, numResiduals, moved);
    if (!(there.cost < equations.cost)) {
      if (there.cost <= equations.cost * (1 + kFlat))
        break;
      damping *= 10;
      continue;
    }
    damping = std::max(damping / 10, 1e-15);
    parameters = std::move(moved);
    equations = std::move(there);
  }
  return {std::move(parameters), equations.cost, equations.spread()};
}

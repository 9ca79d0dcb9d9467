//===- Pairing.h - A function with weights of a variance --------*- C++ -*-===//
#ifndef ACT_REPORT_PAIRING_H
#define ACT_REPORT_PAIRING_H

#include "act/Analysis/MeanField.h"
#include "act/Reference/Quad.h"
#include <optional>
#include <string>

namespace act::report {

/// What a stack of layers with one function and one variance of weights, in
/// units of 1 / fan-in, does to signals of variance 1 and to gradients.
struct Pairing {
  double weightVariance;
  unsigned layers;
  /// Variances after the layers: of the signal, and of the gradient that
  /// comes back through them.
  Layers after;
  /// Every variance is kept; there is no one fixed point then.
  bool keepsAll;
  /// One layer multiplies every variance by the same.
  bool isLinear;
  /// Where the variance goes from 1; infinite where it diverges.
  double fixedQ;
  /// Gradient factor there, in variance; after the layers where it diverges.
  double chi;
  /// Of the map at fixedQ: an error of the variance is multiplied by this.
  double slope;
  /// Root mean square of f' at fixedQ over that at 0, if f'(0) is not 0.
  std::optional<double> relativeSlope;
};

/// Follows the variance.
Pairing studyPairing(MeanField<Quad> &field, double weightVariance,
                     unsigned layers);

/// One sentence of what that means, from the numbers alone. `fitting` is the
/// variance that keeps the signal: it is named where this one does not.
std::string verdictOf(const Pairing &pairing, double fitting);

} // namespace act::report

#endif // ACT_REPORT_PAIRING_H

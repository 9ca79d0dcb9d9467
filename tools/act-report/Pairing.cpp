//===- Pairing.cpp - A function with weights of a variance ----------------===//

#include "Pairing.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace act;
using namespace act::report;

/// How near numbers of a mean field are to be taken for equal.
static constexpr double kSame = 1e-9;

static bool isSame(double a, double b) {
  return std::fabs(a - b) <= kSame * std::fabs(b);
}

/// The fixed point that the variance 1 goes to. The map of variances may be
/// followed by signs alone: it does not cross a fixed point while it rises.
static std::optional<FixedPoint> destinationOf(MeanField<Quad> &field,
                                               double weightVariance) {
  std::optional<FixedPoint> below, above;
  for (FixedPoint point : field.fixedPoints(weightVariance)) {
    if (isSame(point.q, 1)) {
      point.q = 1;
      return point;
    }
    if (point.q < 1)
      below = point;
    else if (!above)
      above = point;
  }
  return weightVariance * field.factor(1) < 1 ? below : above;
}

Pairing act::report::studyPairing(MeanField<Quad> &field, double weightVariance,
                                  unsigned layers) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Pairing pairing;
  pairing.weightVariance = weightVariance;
  pairing.layers = layers;
  pairing.after = field.run(weightVariance, 1, layers);
  pairing.keepsAll = field.keepsAll(weightVariance);
  pairing.isLinear = field.isLinear();
  double q = pairing.after.q;
  FixedPoint end = {kInfinity, kInfinity, kInfinity};
  if (pairing.keepsAll)
    end = {1, weightVariance * field.meanSquares(1).second, 1};
  else if (auto point = destinationOf(field, weightVariance))
    end = *point;
  else if (std::isfinite(q))
    end.chi = weightVariance * field.meanSquares(q).second;
  if (pairing.isLinear)
    end.slope = weightVariance * field.factor(1);
  pairing.fixedQ = end.q, pairing.chi = end.chi, pairing.slope = end.slope;
  double at = std::isfinite(end.q) ? end.q : std::isfinite(q) ? q : 1;
  // Where f'(0) is not 0.
  constexpr double kFlat = 1e-12;
  double atZero = field.meanSquares(0).second;
  if (std::isfinite(atZero) && atZero > kFlat)
    pairing.relativeSlope = std::sqrt(field.meanSquares(at).second / atZero);
  return pairing;
}

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

static auto number(double x) { return llvm::format("%.3g", x); }

/// What happens to the signal.
static void writeSignal(llvm::raw_ostream &os, const Pairing &p) {
  const char *layers = p.layers == 1 ? " layer" : " layers";
  bool isLost = p.fixedQ == 0 || std::isinf(p.fixedQ);
  if (p.keepsAll) {
    os << "keeps every variance";
  } else if (p.isLinear) {
    os << (p.slope < 1 ? "vanishes" : "explodes")
       << ": each layer multiplies the variance by " << number(p.slope);
  } else if (p.fixedQ == 0 && isSame(p.slope, 1)) {
    os << "fades, slower than exponentially: near 0 a layer keeps the variance";
  } else if (p.fixedQ == 0 && p.slope == 0) {
    os << "vanishes: near 0 each layer leaves less of the variance";
  } else if (p.fixedQ == 0) {
    os << "vanishes: near 0 each layer multiplies the variance by "
       << number(p.slope);
  } else if (std::isinf(p.fixedQ)) {
    os << "explodes: the variance has no bound";
  } else if (p.slope < -1) {
    os << "does not settle: around the variance " << number(p.fixedQ)
       << " an error grows by " << number(-p.slope)
       << " a layer and changes its sign";
  } else if (isSame(p.slope, 1)) {
    os << "settles at the variance " << number(p.fixedQ)
       << ", slower than exponentially";
  } else if (p.slope > 1) {
    os << "keeps the variance " << number(p.fixedQ)
       << ", but unstably: an error grows by " << number(p.slope) << " a layer";
  } else {
    os << "settles at the variance " << number(p.fixedQ);
  }
  if (isLost && !p.keepsAll) {
    if (std::isfinite(p.after.q))
      os << "; it is " << number(p.after.q) << " after ";
    else
      os << "; it exceeds every number within ";
    os << p.layers << layers;
  }
}

/// What happens to gradients.
static void writeGradients(llvm::raw_ostream &os, const Pairing &p) {
  constexpr double kSaturated = 0.3;
  if (p.chi == 0) {
    os << "; no gradient comes back";
  } else if (std::isinf(p.chi)) {
    if (std::isfinite(p.fixedQ))
      os << "; the variance of gradients is infinite";
  } else if (isSame(p.chi, 1) && p.keepsAll) {
    os << "; gradients keep their size";
  } else if (isSame(p.chi, 1)) {
    os << "; gradients tend to keep their size, their variance is "
       << number(p.after.gradient) << " after as many";
  } else {
    if (p.chi < 1 && p.fixedQ > 0 && std::isfinite(p.fixedQ) && p.relativeSlope)
      os << (*p.relativeSlope < kSaturated ? "; saturated" : "; not saturated")
         << " (f' is " << number(*p.relativeSlope) << " of that at 0), but";
    else
      os << ";";
    os << " gradients " << (p.chi < 1 ? "shrink" : "grow") << " by "
       << number(std::sqrt(p.chi)) << " a layer";
  }
}

std::string act::report::verdictOf(const Pairing &p, double fitting) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (p.keepsAll && isSame(p.chi, 1))
    os << "critical: ";
  writeSignal(os, p);
  writeGradients(os, p);
  bool isLost = p.fixedQ == 0 || std::isinf(p.fixedQ);
  if (isLost && !isSame(p.weightVariance, fitting))
    os << "; use gain^2 = " << llvm::format("%.6g", fitting);
  return text;
}

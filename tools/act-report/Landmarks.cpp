//===- Landmarks.cpp - Places where a sweep looks closely -----------------===//

#include "Landmarks.h"
#include "act/Analysis/MpfrCurve.h"
#include "act/Analysis/SignTable.h"
#include "llvm/ADT/STLExtras.h"

using namespace act;
using namespace act::report;

/// Roots and kinks are looked for from minus this to this.
static constexpr double kOutermostPlace = 128;

Landmarks Landmarks::of(const Curves &curves, unsigned order) {
  Tape tape = curves.getTape();
  tape.results.erase(tape.results.begin(), tape.results.begin() + order);
  NearZero nearZero = NearZero::of(tape);
  tape.results.resize(std::min<size_t>(tape.results.size(), 2));
  Curve<MpfrNumber> curve = makeMpfrCurve(tape);
  std::vector<Cell> cells = partition(curve.signsOver, 1, kOutermostPlace);
  auto breaks = findBreaks<MpfrNumber>(curve, cells);
  using Traits = NumberTraits<MpfrNumber>;
  Landmarks landmarks;
  landmarks.nearZero = nearZero;
  for (const Break<MpfrNumber> &at : breaks)
    landmarks.breaks.push_back(Traits::toDouble(at.x));
  auto table = joined<MpfrNumber>(
      SignTableBuilder<MpfrNumber>(curve, cells, breaks, 0).build());
  for (size_t i = 0; i + 1 < table.size(); ++i) {
    double x = Traits::toDouble(table[i].hi);
    Sign before = table[i].sign, after = table[i + 1].sign;
    if (x != 0 && ((before == Sign::Positive && after == Sign::Negative) ||
                   (before == Sign::Negative && after == Sign::Positive)))
      landmarks.roots.push_back(x);
  }
  landmarks.symmetry = findSymmetry(curve);
  return landmarks;
}

std::vector<double> Landmarks::places() const {
  std::vector<double> all = roots;
  llvm::append_range(all, breaks);
  return all;
}

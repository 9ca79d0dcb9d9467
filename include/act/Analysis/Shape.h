//===- Shape.h - All that a curve does --------------------------*- C++ -*-===//
#ifndef ACT_ANALYSIS_SHAPE_H
#define ACT_ANALYSIS_SHAPE_H

#include "act/Analysis/Image.h"

namespace act {

/// The shape of a curve with derivatives up to order 2 or higher.
template <class Number> struct Shape {
  std::vector<Cell> cells;
  std::vector<Break<Number>> breaks;
  /// Stretches of f, f' and f'', not joined.
  std::vector<Stretch<Number>> signs[3];
  Tail<Number> atMinusInf, atPlusInf;
  /// Values of f and of f'.
  std::vector<Image<Number>> images;

  /// Places at which f' changes its sign: extrema of f.
  struct Extremum {
    Number x, value;
    bool isMaximum;
  };
  std::vector<Extremum> extrema;
  void findExtrema(const Curve<Number> &curve);

  /// Everything but the limits is then of a window around 0.
  bool isOscillating = false;
};

/// True for a curve that does not settle far out: it changes its branch or the
/// sign of its curvature again and again.
template <class Number>
bool oscillates(const Curve<Number> &curve, llvm::ArrayRef<Cell> cells) {
  using Traits = NumberTraits<Number>;
  unsigned switches = 0, changes = 0;
  Sign before = Sign::Unknown;
  for (const Cell &cell : cells) {
    if (cell.lo < 0x1p8 || cell.hi > 0x1p20)
      continue;
    if (llvm::is_contained(cell.signs.switches, Sign::Unknown)) {
      auto atLo = curve.switchesAt(Traits::fromDouble(cell.lo));
      auto atHi = curve.switchesAt(Traits::fromDouble(cell.hi));
      for (auto [lo, hi] : llvm::zip(atLo, atHi))
        switches += signOf(lo) != signOf(hi);
    }
    Sign sign = cell.signs.orders[2];
    if (sign == Sign::Unknown)
      sign = signOf(
          curve.roughly(Traits::fromDouble(cell.lo / 2 + cell.hi / 2))[2]);
    changes += sign != before && sign != Sign::Zero && before != Sign::Unknown;
    before = sign;
  }
  return changes > 4 || switches > 8;
}

/// An oscillating curve is looked at out to here.
inline constexpr double kWindow = 16;

/// Analyses a curve. Deterministic; takes some thousand evaluations.
template <class Number> Shape<Number> analyse(const Curve<Number> &curve) {
  using Traits = NumberTraits<Number>;
  Shape<Number> shape;
  shape.cells = partition(curve.signsOver, 3);
  shape.isOscillating = oscillates<Number>(curve, shape.cells);
  if (shape.isOscillating)
    shape.cells = partition(curve.signsOver, 3, kWindow);
  shape.breaks = findBreaks<Number>(curve, shape.cells);
  for (unsigned order : {0, 1, 2}) {
    SignTableBuilder<Number> builder(curve, shape.cells, shape.breaks, order);
    if (shape.isOscillating)
      builder.lo = Traits::fromDouble(shape.cells.front().lo),
      builder.hi = Traits::fromDouble(shape.cells.back().hi);
    shape.signs[order] = builder.build();
  }
  for (unsigned order : {1, 2})
    for (Stretch<Number> &stretch : shape.signs[order])
      for (const Stretch<Number> &ofValue : shape.signs[0])
        if (ofValue.sign == Sign::Unknown && !(stretch.lo < ofValue.lo) &&
            !(stretch.hi > ofValue.hi))
          stretch.sign = Sign::Unknown;
  shape.atMinusInf = findTail(curve, -1);
  shape.atPlusInf = findTail(curve, 1);
  if (shape.isOscillating)
    for (Tail<Number> *tail : {&shape.atMinusInf, &shape.atPlusInf})
      tail->keepGrowthOnly();
  for (unsigned order : {0, 1})
    shape.images.emplace_back(
        ImageSources<Number>{curve, order, shape.breaks, shape.signs[order + 1],
                             shape.atMinusInf, shape.atPlusInf});
  shape.findExtrema(curve);
  return shape;
}

template <class Number>
void Shape<Number>::findExtrema(const Curve<Number> &curve) {
  auto stretches = joined<Number>(signs[1]);
  for (size_t i = 0; i + 1 < stretches.size(); ++i) {
    const Number &x = stretches[i].hi;
    Sign before = stretches[i].sign, after = stretches[i + 1].sign;
    bool isJump = llvm::any_of(breaks, [&](const Break<Number> &at) {
      return at.x == x && at.order == 0;
    });
    bool isExtremum = (before == Sign::Positive && after == Sign::Negative) ||
                      (before == Sign::Negative && after == Sign::Positive);
    if (isExtremum && !isJump)
      extrema.push_back({x, curve.value(x), before == Sign::Positive});
  }
}

} // namespace act

#endif // ACT_ANALYSIS_SHAPE_H

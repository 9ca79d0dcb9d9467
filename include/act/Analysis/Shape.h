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
};

/// Analyses a curve. Deterministic; takes a few hundred evaluations.
template <class Number> Shape<Number> analyse(const Curve<Number> &curve) {
  Shape<Number> shape;
  shape.cells = partition(curve.signsOver, 3);
  shape.breaks = findBreaks<Number>(curve, shape.cells);
  for (unsigned order : {0, 1, 2})
    shape.signs[order] =
        SignTableBuilder<Number>(curve, shape.cells, shape.breaks, order)
            .build();
  shape.atMinusInf = findTail(curve, -1);
  shape.atPlusInf = findTail(curve, 1);
  for (unsigned order : {0, 1})
    shape.images.emplace_back(ImageSources<Number>{
        curve, order, shape.breaks, shape.signs[order + 1], shape.atMinusInf,
        shape.atPlusInf});
  auto stretches = joined<Number>(shape.signs[1]);
  for (size_t i = 0; i + 1 < stretches.size(); ++i) {
    Sign before = stretches[i].sign, after = stretches[i + 1].sign;
    if (before == Sign::Positive && after == Sign::Negative)
      shape.extrema.push_back(
          {stretches[i].hi, curve.value(stretches[i].hi), true});
    if (before == Sign::Negative && after == Sign::Positive)
      shape.extrema.push_back(
          {stretches[i].hi, curve.value(stretches[i].hi), false});
  }
  return shape;
}

} // namespace act

#endif // ACT_ANALYSIS_SHAPE_H

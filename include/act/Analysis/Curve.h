//===- Curve.h - A function of one variable, to be analysed -----*- C++ -*-===//
//
// What everything in Analysis works on: values and derivatives at a point, in
// any number. The derivatives come from act-derive; whoever makes a curve
// decides how many there are and how exact they are.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_ANALYSIS_CURVE_H
#define ACT_ANALYSIS_CURVE_H

#include "act/Reference/Number.h"
#include <functional>
#include <vector>

namespace act {

/// A function of one real variable and its derivatives.
template <class Number> struct Curve {
  /// f(x), f'(x), ..., f^(highestOrder)(x), each to full accuracy also where
  /// it is tiny; NaN where there is no value. At a kink the conventions of
  /// section 9 of docs/Language.md hold. One thread at a time.
  std::function<std::vector<Number>(const Number &x)> at;
  unsigned highestOrder = 0;
};

} // namespace act

#endif // ACT_ANALYSIS_CURVE_H

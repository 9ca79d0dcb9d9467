//===- Curve.h - A function of one variable, to be analysed -----*- C++ -*-===//
//
// What everything in Analysis works on: values and derivatives at a point, in
// any number, and what is known of them over an interval. The derivatives come
// from act-derive; whoever makes a curve decides how many there are and how
// exact they are.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_ANALYSIS_CURVE_H
#define ACT_ANALYSIS_CURVE_H

#include "act/Reference/Number.h"
#include "llvm/ADT/SmallVector.h"
#include <functional>
#include <vector>

namespace act {

/// The sign of a function over an interval. Unknown where it has several or
/// none could be proven.
enum class Sign : int8_t { Negative = -1, Zero = 0, Positive = 1, Unknown = 2 };

/// What interval arithmetic proves of a curve over an interval.
struct CellSigns {
  /// Of f, f', f'', ...
  llvm::SmallVector<Sign, 4> orders;
  /// Of each of the curve's switches.
  llvm::SmallVector<Sign, 4> switches;
};

/// A function of one real variable and its derivatives. One thread at a time.
template <class Number> struct Curve {
  /// f(x), f'(x), ..., f^(highestOrder)(x), each to full accuracy also where
  /// it is tiny; NaN where there is no value. At a kink the conventions of
  /// section 9 of docs/Language.md hold.
  std::function<std::vector<Number>(const Number &x)> at;
  /// The same to 50 bits, which may be quicker.
  std::function<std::vector<Number>(const Number &x)> roughly;
  unsigned highestOrder = 0;

  /// The switches of a curve: functions of x at whose zeros, and nowhere else,
  /// an operation changes its branch, has a pole or leaves its domain. May be
  /// empty, as for a polynomial.
  std::function<std::vector<Number>(const Number &x)> switchesAt;
  /// Signs over lo..hi.
  std::function<CellSigns(double lo, double hi)> signsOver;

  Number value(const Number &x, unsigned order = 0) const {
    return at(x)[order];
  }
};

/// The sign of a number; Unknown for NaN.
template <class Number> Sign signOf(const Number &x) {
  Number zero = NumberTraits<Number>::fromDouble(0);
  return x > zero    ? Sign::Positive
         : x < zero  ? Sign::Negative
         : x == zero ? Sign::Zero
                     : Sign::Unknown;
}

} // namespace act

#endif // ACT_ANALYSIS_CURVE_H

//===- Classes.h - What a shape is called -----------------------*- C++ -*-===//
#ifndef ACT_ANALYSIS_CLASSES_H
#define ACT_ANALYSIS_CLASSES_H

#include "act/Analysis/Shape.h"
#include <string>

namespace act {

/// "constant", "increasing", "nondecreasing", "decreasing", "nonincreasing" or
/// "no". A function that rises but for single points increases.
template <class Number>
llvm::StringRef monotonicityOf(const Shape<Number> &shape) {
  bool rises = false, falls = false, rests = false;
  for (const Stretch<Number> &stretch : shape.signs[1]) {
    rises |= stretch.sign == Sign::Positive;
    falls |= stretch.sign == Sign::Negative;
    rests |= stretch.sign == Sign::Zero;
  }
  for (const Break<Number> &at : shape.breaks)
    if (at.order == 0) {
      rises |= at.below[0] < at.above[0];
      falls |= at.below[0] > at.above[0];
    }
  if (rises && falls)
    return "no";
  if (rises)
    return rests ? "nondecreasing" : "increasing";
  if (falls)
    return rests ? "nonincreasing" : "decreasing";
  return "constant";
}

/// "C^inf" where nothing jumps, "C^2" where the third derivative is the first
/// that does, "discontinuous" where f itself does. Derivatives beyond the
/// curve's highest order are not looked at.
template <class Number> std::string smoothnessOf(const Shape<Number> &shape) {
  std::optional<unsigned> lowest;
  for (const Break<Number> &at : shape.breaks)
    lowest = lowest ? std::min(*lowest, at.order) : at.order;
  if (!lowest)
    return "C^inf";
  return *lowest == 0 ? "discontinuous" : "C^" + std::to_string(*lowest - 1);
}

/// sup |f'|, with its places.
template <class Number>
Extreme<Number> largestSlopeOf(const Shape<Number> &shape) {
  using Traits = NumberTraits<Number>;
  const Image<Number> &slopes = shape.images[1];
  Extreme<Number> lowest = slopes.infimum, highest = slopes.supremum;
  lowest.value = Traits::abs(lowest.value);
  highest.value = Traits::abs(highest.value);
  bool isSame = isSameValue(lowest.value, highest.value) &&
                !(slopes.infimum.value == slopes.supremum.value);
  if (!isSame)
    return lowest.value > highest.value ? lowest : highest;
  highest.places.insert(highest.places.begin(), lowest.places.begin(),
                        lowest.places.end());
  return highest;
}

} // namespace act

#endif // ACT_ANALYSIS_CLASSES_H

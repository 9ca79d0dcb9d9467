//===- LinearRatio.cpp - Linear functions with a divisor ------------------===//

#include "LinearRatio.h"
#include <cmath>

using namespace mlir;
using namespace act;

/// `value` as a number of at most 24 bits, if it is one but for the rounding on
/// the way here.
static std::optional<double> shortNumber(Quad value) {
  double nearest = double(float(double(value)));
  Quad distance = NumberTraits<Quad>::abs(value - Quad(nearest));
  if (!std::isfinite(nearest) ||
      distance > NumberTraits<Quad>::abs(value) * Quad(0x1p-100))
    return std::nullopt;
  return nearest;
}

std::optional<LinearRatio> act::linearRatio(Quad c, Quad d) {
  for (unsigned divisor = 1; divisor < 2048; divisor += 2) {
    std::optional<double> slope = shortNumber(c * Quad(divisor));
    if (!slope)
      continue;
    if (std::optional<double> offset = shortNumber(d * Quad(divisor)))
      return LinearRatio{*slope, *offset, divisor};
  }
  return std::nullopt;
}

Value act::emitLinearRatio(Emitter &emit, const LinearRatio &ratio, Value x) {
  Value dividend =
      emit.fma(emit.constant(ratio.slope), x, emit.constant(ratio.offset));
  if (ratio.divisor == 1)
    return dividend;
  // A relative 2^-54 is at most half the distance to the next double, so that
  // the product with such a reciprocal is rounded to what it would be exactly.
  double inverse = 1.0 / ratio.divisor;
  Quad error = Quad(inverse) * Quad(ratio.divisor) - Quad(1);
  if (NumberTraits<Quad>::abs(error) <= Quad(0x1p-54))
    return emit.mul(dividend, emit.constant(inverse));
  return emit.div(dividend, emit.constant(ratio.divisor));
}

//===- CompensatedSum.cpp - Sums as unevaluated pairs of doubles ----------===//

#include "CompensatedSum.h"
#include <algorithm>
#include <cmath>
#include <cstring>

using namespace act;

/// high + low rounded to odd: where inexact, of the two neighbours the one
/// with an odd last bit. Rounding that to a narrower type gives what rounding
/// the exact sum would have given.
static double roundToOdd(double high, double low) {
  double sum = high, rest = kEmptySum;
  addTerm(sum, rest, low);
  uint64_t bits;
  std::memcpy(&bits, &sum, sizeof(bits));
  if (rest == 0 || bits & 1)
    return sum;
  return std::nextafter(sum, rest > 0 ? HUGE_VAL : -HUGE_VAL);
}

/// A number as 16 bits: a sign, an exponent whose smallest normal value is
/// `minExponent`, and `fractionBits` of fraction.
static uint16_t encode(double value, int fractionBits, int minExponent) {
  int sign = std::signbit(value) << 15;
  int infinity = 0x7fff >> fractionBits << fractionBits;
  if (std::isnan(value))
    return sign | infinity | 1 << (fractionBits - 1);
  if (std::isinf(value))
    return sign | infinity;
  if (value == 0)
    return sign;
  value = std::fabs(value);
  int exponent;
  std::frexp(value, &exponent); // value < 2^exponent
  exponent = std::max(exponent - 1, minExponent);
  // In units of the last place; the hidden bit, or a carry out of rounding,
  // adds one to the exponent field.
  int units = int(std::nearbyint(std::ldexp(value, fractionBits - exponent)));
  int bits = ((exponent - minExponent) << fractionBits) + units;
  return sign | std::min(bits, infinity);
}

static double leastNormal(DType type) {
  return type == DType::F64   ? 0x1p-1022
         : type == DType::F16 ? 0x1p-14
                              : 0x1p-126;
}

void act::storeSum(double high, double low, DType type, bool flushes,
                   void *to) {
  if (flushes && std::fabs(high) < leastNormal(type)) {
    high = std::copysign(0.0, high);
    low = 0;
  }
  // A zero sum keeps the sign of `high`.
  bool exact = !std::isfinite(high) || low == 0;
  auto store = [&](auto value) { std::memcpy(to, &value, sizeof(value)); };
  if (type == DType::F64)
    return store(exact ? high : high + low);
  double odd = exact ? high : roundToOdd(high, low);
  if (type == DType::F32)
    store(float(odd));
  else if (type == DType::F16)
    store(encode(odd, 10, -14));
  else
    store(encode(odd, 7, -126));
}

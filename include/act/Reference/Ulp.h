//===- Ulp.h - Errors in units in the last place ----------------*- C++ -*-===//
//
// One ulp is the spacing of the format at the exact value: 2^(e - p + 1),
// or the smallest subnormal where that is more. Computed values are doubles,
// which hold every value of every format here.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REFERENCE_ULP_H
#define ACT_REFERENCE_ULP_H

#include "act/Numerics.h"
#include "act/Reference/Number.h"
#include "act/Tensor.h"
#include <algorithm>
#include <limits>

namespace act {

/// Parameters of a binary floating-point format.
struct FormatInfo {
  /// Significant bits, the hidden one included.
  int precision;
  /// Exponents of the smallest normal and of the largest finite number.
  int minExponent, maxExponent;

  /// Exponent of the spacing of numbers in [2^e, 2^(e+1)).
  long spacingExponent(long e) const {
    return std::clamp<long>(e, minExponent, maxExponent) - precision + 1;
  }
};

/// The parameters of `type`, which is not `Bit`.
const FormatInfo &formatOf(DType type);

/// The largest finite number of `type`.
double largestOf(DType type);

/// The smallest normal number of `type`.
double leastNormalOf(DType type);

/// What every row of the table and its first derivative are held to, in ulp of
/// results of `type`; half an ulp means correctly rounded.
double rowBoundOf(DType type, Accuracy accuracy);

/// The same of kernels for GPUs. Of 16 bits the default class may round the
/// other way within a quarter of an ulp of a tie.
double gpuRowBoundOf(DType type, Accuracy accuracy);

/// What a kernel computes in.
struct ComputeModel {
  /// That of operations, each of which is off by 2 ulp at most.
  DType type;
  /// The largest error of functions such as exp, in ulp of that type.
  double functionUlps = 2;
};

/// That of formulas with results of `storage`. In the strict class f64 holds
/// more bits than they need, and functions have as many as they do: a relative
/// error of 2^-32 for f32, and 2^-42 for 16 bits.
ComputeModel computeModelOf(DType storage, Accuracy accuracy);

/// What a formula without a row is held to at least, in ulp of results of
/// `type`: more where a plain evaluation may lose more.
inline double formulaBoundOf(DType type) {
  return type == DType::F64 || type == DType::F32 ? 8 : 1;
}

/// What f32 results of the fast class are held to: an error of this part of the
/// exact value, or of the floor where that is more.
inline constexpr double kFastPart = 0x1p-11, kFastFloor = 0x1p-116;

/// Exact values from here on are held to the part, smaller ones to the floor.
inline constexpr double kFastLeast = kFastFloor / kFastPart;

/// True for a value that an element of `type` can hold.
bool isRepresentable(double value, DType type);

/// Exponent of one ulp of `type` at `exact`, which is finite.
template <class Number> long ulpExponent(const Number &exact, DType type) {
  using Traits = NumberTraits<Number>;
  const FormatInfo &format = formatOf(type);
  if (exact == Traits::fromDouble(0))
    return format.spacingExponent(format.minExponent);
  return format.spacingExponent(Traits::exponentOf(exact));
}

/// That part of `exact`, which is finite, in ulp of f32.
template <class Number> double fastBoundAt(const Number &exact) {
  using Traits = NumberTraits<Number>;
  Number bound = Traits::abs(exact) * Traits::fromDouble(kFastPart);
  return Traits::toDouble(
      Traits::scale(bound, -ulpExponent(exact, DType::F32)));
}

/// The element of `type` nearest to `exact`, ties to even, infinite from half
/// a spacing beyond the largest finite number on.
template <class Number> double roundTo(const Number &exact, DType type) {
  using Traits = NumberTraits<Number>;
  if (Traits::isNaN(exact) || Traits::isInfinite(exact) ||
      exact == Traits::fromDouble(0))
    return Traits::toDouble(exact);
  long spacing = ulpExponent(exact, type);
  // Far beyond the format already; also keeps the integer below in range.
  if (Traits::exponentOf(exact) > formatOf(type).maxExponent)
    return Traits::isNegative(exact) ? -std::numeric_limits<double>::infinity()
                                     : std::numeric_limits<double>::infinity();
  Number units = Traits::scale(Traits::abs(exact), -spacing);
  Number whole = Traits::floor(units);
  Number rest = units - whole, half = Traits::fromDouble(0.5);
  double count = Traits::toDouble(whole);
  if (rest > half || (rest == half && std::fmod(count, 2) == 1))
    count += 1;
  double rounded = std::ldexp(count, int(spacing));
  if (rounded > largestOf(type))
    rounded = std::numeric_limits<double>::infinity();
  return Traits::isNegative(exact) ? -rounded : rounded;
}

/// Whether a zero must have the sign of the exact value.
enum class ZeroSign { Ignored, Compared };

/// Distance of `computed`, an element of `type`, from `exact` in ulp of
/// `exact`. 0 where both are NaN, or the same infinity, or where `computed`
/// is the infinity that `exact` rounds to; between the largest finite number
/// and there, infinity counts as the next power of two. Infinite where
/// otherwise only one is NaN or infinite, and for a zero of the other sign
/// where signs of zeros are compared.
template <class Number>
double ulpError(double computed, const Number &exact, DType type,
                ZeroSign zeroSign = ZeroSign::Ignored) {
  using Traits = NumberTraits<Number>;
  constexpr double mismatch = std::numeric_limits<double>::infinity();
  if (std::isnan(computed) || Traits::isNaN(exact))
    return std::isnan(computed) && Traits::isNaN(exact) ? 0 : mismatch;
  bool sameSign = std::signbit(computed) == Traits::isNegative(exact);
  if (Traits::isInfinite(exact))
    return std::isinf(computed) && sameSign ? 0 : mismatch;
  if (computed == 0 && zeroSign == ZeroSign::Compared && !sameSign)
    return mismatch;
  long spacing = ulpExponent(exact, type);
  Number from = Traits::fromDouble(computed);
  if (std::isinf(computed)) {
    if (!sameSign)
      return mismatch;
    if (std::isinf(roundTo(exact, type)))
      return 0;
    if (!(Traits::abs(exact) > Traits::fromDouble(largestOf(type))))
      return mismatch;
    from = Traits::scale(Traits::fromDouble(computed < 0 ? -1 : 1),
                         formatOf(type).maxExponent + 1);
  }
  return Traits::toDouble(Traits::scale(Traits::abs(from - exact), -spacing));
}

} // namespace act

#endif // ACT_REFERENCE_ULP_H

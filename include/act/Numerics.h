//===- Numerics.h - Classes of the numeric contract -------------*- C++ -*-===//
//
// What a kernel promises about its errors, apart from the bounds themselves
// (boundOf in act/Reference/Ulp.h). Constant data; safe from any thread.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_NUMERICS_H
#define ACT_NUMERICS_H

#include <optional>
#include <string_view>

namespace act {

/// Where results are rounded to the storage type.
enum class RoundingPoints {
  /// Once, at the end.
  Once,
  /// Behind each operation, as by a framework that writes it to memory.
  Each,
};

/// Command-line name: "each".
inline const char *nameOf(RoundingPoints rounding) {
  return rounding == RoundingPoints::Once ? "once" : "each";
}

/// The rounding of this name.
inline std::optional<RoundingPoints> roundingNamed(std::string_view name) {
  for (RoundingPoints rounding : {RoundingPoints::Once, RoundingPoints::Each})
    if (name == nameOf(rounding))
      return rounding;
  return std::nullopt;
}

/// How near to the exact value the results of a kernel are.
enum class Accuracy {
  /// Evaluated in f64 and rounded once: at most 1 ulp of f32, and 16-bit
  /// results correctly rounded.
  Strict,
  /// A few ulp over all finite inputs, tails and roots included.
  Default,
  /// A relative 2^-11 of f32, with a stated absolute floor.
  Fast,
};

inline constexpr Accuracy kAccuracies[] = {Accuracy::Strict, Accuracy::Default,
                                           Accuracy::Fast};

/// Command-line name: "strict".
inline const char *nameOf(Accuracy accuracy) {
  constexpr const char *names[] = {"strict", "default", "fast"};
  return names[int(accuracy)];
}

/// The class of this name.
inline std::optional<Accuracy> accuracyNamed(std::string_view name) {
  for (Accuracy accuracy : kAccuracies)
    if (name == nameOf(accuracy))
      return accuracy;
  return std::nullopt;
}

} // namespace act

#endif // ACT_NUMERICS_H

//===- Elements.h - Arrays of any element type in tests --------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_ELEMENTS_H
#define ACT_TEST_UNIT_ELEMENTS_H

#include "act/Tensor.h"
#include <vector>

namespace act::test {

/// Doubles as elements of `type`, rounded, and back.
std::vector<char> packed(const std::vector<double> &values, DType type);
std::vector<double> unpacked(const std::vector<char> &bytes, DType type);
/// The values that elements of `type` have when these are stored.
inline std::vector<double> rounded(const std::vector<double> &values,
                                   DType type) {
  return unpacked(packed(values, type), type);
}

/// Inputs over all exponents of the type, both signs, and special values.
std::vector<double> sweepInputs(DType type);

/// Bound of rows and their first derivatives in ulp.
inline double boundOf(DType type) {
  return type == DType::F32 || type == DType::F64 ? 8 : 1;
}

} // namespace act::test

#endif // ACT_TEST_UNIT_ELEMENTS_H

//===- Elements.h - The numbers of a type, in order -------------*- C++ -*-===//
#ifndef ACT_REPORT_ELEMENTS_H
#define ACT_REPORT_ELEMENTS_H

#include "Array.h"
#include "act/Tensor.h"

namespace act::report {

/// Numbers of a floating type counted from the lowest up: negative NaNs, -inf,
/// ..., -0, 0, ..., inf, positive NaNs. Neighbours are one ulp apart.
class Elements {
public:
  explicit Elements(DType type) : type(type) {}

  DType getType() const { return type; }
  tools::ElementType arrayType() const;
  /// The last number of the count, 2^bits - 1.
  uint64_t last() const;
  /// Where the number nearest to `x`, which is not NaN, stands.
  uint64_t placeOf(double x) const;
  /// The numbers at these places.
  tools::Array at(llvm::ArrayRef<uint64_t> places) const;

private:
  uint64_t signBit() const { return last() / 2 + 1; }
  DType type;
};

} // namespace act::report

#endif // ACT_REPORT_ELEMENTS_H

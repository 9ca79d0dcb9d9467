//===- CountedValues.h - What a stored value is counted as ------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_COUNTEDVALUES_H
#define ACT_LIB_CONVERSION_COUNTEDVALUES_H

#include "act/IR/Act.h"
#include "act/KernelABI.h"
#include "llvm/ADT/APFloat.h"

namespace act {

/// The values of one counted result, which are looked at as integers, as they
/// are stored.
class CountedValues {
public:
  CountedValues(FuncOp func, unsigned result, mlir::FloatType format);

  const llvm::fltSemantics &semantics() const {
    return mlir::FloatType(format).getFloatSemantics();
  }
  /// Limits other than zeros.
  llvm::ArrayRef<llvm::APFloat> limits() const { return nonzero; }
  bool zeroSaturates() const { return hasZeroLimit; }
  /// Masks of act/KernelABI.h that there are values for.
  unsigned numMasks() const { return nonzero.empty() ? kLimitMask : kMaxMasks; }

  /// The value without its sign. Emits at the builder's place, as isOf() does,
  /// for an integer or a vector of them.
  mlir::Value magnitudeOf(mlir::Value pattern, mlir::OpBuilder &builder) const;
  /// Whether a value belongs to this mask; it belongs to one at most.
  mlir::Value isOf(unsigned mask, mlir::Value pattern, mlir::Value magnitude,
                   mlir::OpBuilder &builder) const;

private:
  mlir::FloatType format;
  llvm::SmallVector<llvm::APFloat> nonzero;
  bool hasZeroLimit = false;
};

} // namespace act

#endif // ACT_LIB_CONVERSION_COUNTEDVALUES_H

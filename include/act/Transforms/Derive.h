//===- Derive.h - Derivatives become functions ------------------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_DERIVE_H
#define ACT_TRANSFORMS_DERIVE_H

#include "act/IR/Act.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace act {

/// More operations than this in one derived body, and truncated Taylor series
/// are used in its place (and a remark says so).
inline constexpr unsigned kMaxSymbolicOperations = 1000;

/// How higher derivatives are formed.
enum class DerivativeMethod {
  /// Symbolic, unless that exceeds kMaxSymbolicOperations.
  Automatic,
  Symbolic,
  Taylor
};

/// Replaces every act.derivative and act.vjp of the module, and every applied
/// `#act.fn<..., order = n>` with n > 0, by act.funcs that hold the derived
/// formulas. Fails with a diagnostic at the operation it cannot resolve.
mlir::LogicalResult
resolveDerivatives(mlir::ModuleOp module,
                   DerivativeMethod method = DerivativeMethod::Automatic);

/// An expanded function of one input, its parameters bound to their defaults,
/// and its derivatives up to an order, as the results of one function that
/// stands in no module. For analyses, which also ask of constants what no
/// kernel is worth. Fails with a diagnostic on an operation without meaning on
/// numbers.
mlir::FailureOr<mlir::OwningOpRef<FuncOp>>
withDerivatives(FuncOp expanded, unsigned highestOrder);

} // namespace act

#endif // ACT_TRANSFORMS_DERIVE_H

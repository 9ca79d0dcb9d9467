//===- SavePolicy.h - What forward keeps for backward -----------*- C++ -*-===//
//
// A backward kernel needs the input x of its function only where f'(x) cannot
// be told from less. Here is decided, from the formula, when less will do:
//
//   output  f' is a function of y = f(x), for all parameters in some range;
//   mask    f' has two values, and one bit tells which.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_SAVEPOLICY_H
#define ACT_TRANSFORMS_SAVEPOLICY_H

#include "act/Transforms/Symbolic.h"

namespace act {

/// A condition on a parameter under which a policy is legal.
struct ParameterRange {
  /// Number of the argument.
  unsigned argument;
  /// Positive, or else not negative.
  bool isStrict;

  /// "> 0" or ">= 0".
  llvm::StringRef text() const { return isStrict ? "> 0" : ">= 0"; }
  /// True where the value satisfies it.
  bool contains(double value) const {
    return isStrict ? value > 0 : value >= 0;
  }
};

/// A backward that needs less than the input, or why there is none.
struct SavedForm {
  /// The derivative by argument 0: for `output` over the result, for `mask`
  /// over the mask (1 or 0), which stand at argument 0 instead of x. Null if
  /// the policy is illegal.
  sym::Expr derivative = nullptr;
  /// For `mask`: the bit as a function of x, 1 or 0.
  sym::Expr mask = nullptr;
  llvm::SmallVector<ParameterRange> ranges;
  /// Why the policy is illegal.
  std::string reason;
};

/// f' as a function of y = f(x), where x is argument 0 of `graph`.
SavedForm deriveFromOutput(sym::Graph &graph, sym::Expr f);

/// f' through a bit.
SavedForm deriveFromMask(sym::Graph &graph, sym::Expr f);

} // namespace act

#endif // ACT_TRANSFORMS_SAVEPOLICY_H

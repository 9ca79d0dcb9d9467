//===- Exchange.h - What --tolerance makes of a function --------*- C++ -*-===//
#ifndef ACT_RUN_EXCHANGE_H
#define ACT_RUN_EXCHANGE_H

#include "Options.h"
#include "act/IR/Act.h"
#include "act/Reference/Tape.h"
#include "mlir/IR/BuiltinOps.h"

namespace act::run {

/// What a check allows a function whose GELUs may be exchanged.
struct Exchange {
  /// The results are a GELU or its first derivative: the tolerance itself is
  /// their bound, in units of the result.
  bool isAbsolute = false;
  /// The function with its GELUs exchanged, for others: how far it is from the
  /// one that was asked for is allowed besides the kernel's own error. Nothing
  /// without a tolerance, and where act-choose-gelu fails.
  std::optional<Tape> tape;
};

/// Finds out for the function or declaration `name`, which is `base` or a
/// derivative of it. Leaves the module alone and prints nothing.
llvm::Expected<Exchange> planExchange(mlir::ModuleOp module, FuncOp base,
                                      llvm::StringRef name, DType dtype,
                                      const Options &options);

} // namespace act::run

#endif // ACT_RUN_EXCHANGE_H

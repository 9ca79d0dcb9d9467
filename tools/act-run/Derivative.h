//===- Derivative.h - What --derivative, --vjp, --jvp ask for ---*- C++ -*-===//
#ifndef ACT_RUN_DERIVATIVE_H
#define ACT_RUN_DERIVATIVE_H

#include "Options.h"
#include "act/IR/Act.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace act::run {

/// Adds the act.derivative, act.vjp or act.jvp that the options ask for to the
/// module of `base` and makes it the public function; gives its name, or that
/// of `base` where nothing is asked. Prints to stderr and gives "" on failure.
std::string addDerivative(FuncOp base, const Options &options);

} // namespace act::run

#endif // ACT_RUN_DERIVATIVE_H

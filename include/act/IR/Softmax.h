//===- Softmax.h - What the options of a softmax mean -----------*- C++ -*-===//
//
// The one place that says in which order scale, softcap, bias and temperature
// are applied; act.softmax on tensors and the language both come here. In the
// body of a function the operation itself has only a scale, a mask and a sink.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_IR_SOFTMAX_H
#define ACT_IR_SOFTMAX_H

#include "act/IR/Act.h"
#include "mlir/IR/Builders.h"

namespace act {

/// Scalars of one body; those that are not there are null, apart from `x`.
struct SoftmaxInputs {
  mlir::Value x, scale, softcap, bias, temperature, sink;
  /// Where elements take part, an i1.
  mlir::Value mask;
  /// The temperature is known to be positive, though it is no number.
  bool hasPositiveTemperature = false;
};

/// Builds z and act.softmax of the form over it. The result is of the type of
/// `x`.
mlir::Value buildSoftmax(mlir::OpBuilder &builder, mlir::Location loc,
                         llvm::StringRef form, llvm::StringRef empty,
                         SoftmaxInputs inputs);

/// The mask of `causal`: element `key` of row `query` takes part where
/// key <= query + offset, and where `mask` says so; the last two may be null.
mlir::Value buildCausalMask(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value key, mlir::Value query,
                            mlir::Value offset, mlir::Value mask);

/// True where a number, an i1's own value included, is not 0.
mlir::Value buildIsNotZero(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Value number);

/// The name of the input that holds positions along an axis. No source has
/// names with parentheses.
std::string positionName(int64_t axis);

/// The exact text of a value that is a constant or a ratio of two, else "".
std::string exactTextOf(mlir::Value value);

} // namespace act

#endif // ACT_IR_SOFTMAX_H

//===- Combiners.h - What the combiners of act.row do -----------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_COMBINERS_H
#define ACT_LIB_CONVERSION_COMBINERS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace act {

/// The value that changes no other one it is combined with.
llvm::APFloat neutralOf(llvm::StringRef combiner, mlir::FloatType type);

/// Emits `next` combined with what came before it, both numbers or vectors.
mlir::Value combine(llvm::StringRef combiner, mlir::Value before,
                    mlir::Value next, mlir::Location loc,
                    mlir::OpBuilder &builder);

} // namespace act

#endif // ACT_LIB_CONVERSION_COMBINERS_H

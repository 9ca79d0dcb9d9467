//===- MatrixProducts.h - Sources with matrix products ----------*- C++ -*-===//
//
// Such a source is a func.func of several kernels, which run one after the
// other: one for each product, and one for each elementwise part.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_RUN_MATRIXPRODUCTS_H
#define ACT_RUN_MATRIXPRODUCTS_H

#include "Data.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace act::run {

/// One kernel of a source.
struct Step {
  /// Holds one public act.func, whose inputs are named in `arrays`.
  mlir::OwningOpRef<mlir::ModuleOp> module;
  NamedArrays arrays;
  /// "step 1 of 3: ".
  std::string label;
  /// Its result is that of the source.
  bool isLast = false;
};

/// The function with products of matrices; null where there is none.
mlir::func::FuncOp findProducts(mlir::ModuleOp module);

/// Fails for options that are about one kernel.
llvm::Error checkProductOptions(const Options &options);

/// Loads the inputs and runs each step by `perform`, which gives its result, or
/// reports it where it is the last.
llvm::Error
performSteps(mlir::func::FuncOp whole, const Options &options,
             llvm::function_ref<llvm::Expected<tools::Array>(Step)> perform);

} // namespace act::run

#endif // ACT_RUN_MATRIXPRODUCTS_H

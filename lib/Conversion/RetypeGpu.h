//===- RetypeGpu.h - A thread's elements as a vector ------------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_RETYPEGPU_H
#define ACT_LIB_CONVERSION_RETYPEGPU_H

#include "VectorizeOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace act {

/// Runs operations on the elements that one thread has, as a vector: the code
/// generator takes it apart, and everything before it sees one operation.
class GpuRetyper : public OpRetyper {
public:
  /// `numbers` are what stands for values that are the same for each element;
  /// it may grow meanwhile.
  GpuRetyper(mlir::gpu::GPUModuleOp module, const mlir::OpBuilder &outside,
             mlir::Location loc, unsigned width,
             const llvm::DenseMap<mlir::Value, mlir::Value> *numbers = nullptr)
      : OpRetyper(outside, outside, loc, width), module(module),
        numbers(numbers) {}

  /// Emits the block's operations at the builder's place, its arguments being
  /// these values, and gives what its terminator has. Values that are not
  /// vectors are the same for each element.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  retype(mlir::Block &block, mlir::ValueRange arguments,
         const mlir::OpBuilder &place);

  /// Emits the operations that the value takes, but those that are known, at
  /// the place of `place`.
  mlir::FailureOr<mlir::Value> demand(mlir::Value value,
                                      const mlir::OpBuilder &place);
  /// States what stands for a value: a vector, or a number for all elements.
  void know(mlir::Value scalar, mlir::Value value);

private:
  mlir::Value lookUp(mlir::DenseElementsAttr table, mlir::Value index) override;

  mlir::gpu::GPUModuleOp module;
  const llvm::DenseMap<mlir::Value, mlir::Value> *numbers;
};

} // namespace act

#endif // ACT_LIB_CONVERSION_RETYPEGPU_H

//===- ActInterfaces.td - What act-derive asks of tensor ops -*- tablegen -*-=//
#ifndef ACT_IR_ACTINTERFACES_TD
#define ACT_IR_ACTINTERFACES_TD

include "mlir/IR/OpBase.td"

def Act_DifferentiableOpInterface
    : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::act";
  let description = [{
    Implemented by operations on whole tensors that a function to be
    differentiated may consist of. `act.vjp` of a func.func walks it backwards
    and asks each operation for the gradients of its operands.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds the gradients of all operands from one cotangent for each
        result, at the builder's place, where operands and results are
        available. A null gradient is zero. May declare functions in the
        module. Fails with a diagnostic at the operation.
      }],
      "::mlir::FailureOr<::llvm::SmallVector<::mlir::Value>>", "buildVjp",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$cotangents)>
  ];
}

#endif // ACT_IR_ACTINTERFACES_TD

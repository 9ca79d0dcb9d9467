//===- ActDialect.td - The act dialect ---------------------*- tablegen -*-===//
#ifndef ACT_IR_ACTDIALECT_TD
#define ACT_IR_ACTDIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"

def Act_Dialect : Dialect {
  let name = "act";
  let cppNamespace = "::act";
  let summary = "Neural-network activations as real functions";
  let description = [{
    An activation is a function of real numbers, given by a formula. `act.func`
    holds the formula as a region of `arith` and `math` operations together
    with the few primitives that upstream lacks; `act.apply` applies a function
    elementwise; `#act.fn<name>` names a row of the function table.

    Until `act-approximate` has run, a body means real arithmetic: the type of
    its values is a convention, constants are exact decimals, and nothing is
    folded in floating point.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

#endif // ACT_IR_ACTDIALECT_TD

//===- ActNv.td - GPU instructions as operations -----------*- tablegen -*-===//
//
// Included by ActOps.td, which declares what it needs.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_IR_ACTNV_TD
#define ACT_IR_ACTNV_TD

def Act_NvOp : Act_Op<"nv", [Pure] # ElementwiseMappable.traits> {
  let summary = "a GPU instruction that has no upstream operation";
  let description = [{
    ```mlir
    %y = act.nv ex2(%x) : (f32) -> f32
    ```
    An instruction of NvHelpers.def, on scalars or, element by element, on
    vectors. Methods for GPUs in Approximations.td consist of these besides
    operations of `arith` and `math`.

    nv_c1: the helper is one of NvHelpers.def.
    nv_c2: operands and result are its types, or vectors of one length of them.
  }];
  let arguments = (ins StrAttr:$helper, Variadic<AnyType>:$operands);
  let results = (outs AnyType:$result);
  let assemblyFormat = [{
    custom<Word>($helper) `(` $operands `)` attr-dict `:`
    functional-type($operands, $result)
  }];
  let hasVerifier = 1;
}

#endif // ACT_IR_ACTNV_TD

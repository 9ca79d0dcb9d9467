//===- ActGated.td - Gates on packed or separate arrays ----*- tablegen -*-===//
//
// Included by ActOps.td, which declares what it needs.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_IR_ACTGATED_TD
#define ACT_IR_ACTGATED_TD

def Act_GatedOp : Act_Op<"gated", [
    AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    InferTypeOpAdaptorWithIsCompatible,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a function of gate and up, elementwise";
  let description = [{
    ```mlir
    %y = act.gated @swiglu(%x) layout(#act.layout<gate_up>)
        : (tensor<4x512xf32>) -> tensor<4x256xf32>
    %z = act.gated @swiglu(%gate, %up) layout(#act.layout<separate>)
        : (tensor<4x256xf32>, tensor<4x256xf32>) -> tensor<4x256xf32>
    act.gated @swiglu(%x) layout(#act.layout<blocked<64>>)
        outs(%y : memref<4x256xbf16>) : (memref<4x512xbf16>) -> ()
    ```
    The callee is a function of two inputs, the gate first. They are the two
    arrays of shape [..., F] of the layout `separate`, or the parts of one array
    [..., 2F]; the layout has no default, since producers of such arrays
    disagree on it. Run-time values for the parameters named by `params` follow,
    and broadcast to [..., F], the shape of the result. Element types may
    differ, as in `act.apply`.

    gated_c1: the function exists.
    gated_c2: it has two inputs and one result.
    gated_c3: there is one array, or for `separate` two, and one operand for
      each named parameter.
    gated_c4: operands and the result are all ranked tensors or all memrefs of
      floating elements; there is one result, or for memrefs one out.
    gated_c5: a packed array has a last dimension of even size.
    gated_c6: half of it is a multiple of the block size.
    gated_c7: separate arrays have one shape.
    gated_c8: the result has the shape of one part.
    gated_c9: `params` names parameters of the function, once each, and their
      values broadcast to the shape of the result.
  }];
  let arguments = (ins AnyAttrOf<[Act_FnAttr, FlatSymbolRefAttr]>:$callee,
                       Variadic<AnyType>:$inputs,
                       Variadic<AnyMemRef>:$outs,
                       Act_LayoutAttr:$layout,
                       OptionalAttr<StrArrayAttr>:$params);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = [{
    $callee `(` $inputs `)` `layout` `(` qualified($layout) `)`
    (`params` $params^)? (`outs` `(` $outs^ `:` type($outs) `)`)?
    attr-dict `:` functional-type($inputs, $results)
  }];
  let extraClassDeclaration = [{
    /// Number of the arrays that hold gate and up: 1 or 2.
    unsigned getNumArrays() { return getLayout().isPacked() ? 1 : 2; }
    /// The packed array; only where the layout is packed.
    ::mlir::Value getPacked() { return getInputs().front(); }
  }];
  let hasVerifier = 1;
}

#endif // ACT_IR_ACTGATED_TD

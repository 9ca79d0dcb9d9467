//===- ActQuantize.td - Results in 8 bits ------------------*- tablegen -*-===//
//
// Included by ActOps.td, which declares what it needs.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_IR_ACTQUANTIZE_TD
#define ACT_IR_ACTQUANTIZE_TD

def Act_QuantizeOp : Act_Op<"quantize", [Pure]> {
  let summary = "a tensor in 8 bits, and its scales";
  let description = [{
    ```mlir
    %q = act.quantize %y by(#act.quantization<int8, "0.05">)
        : tensor<4x256xbf16> -> tensor<4x256xi8>
    %q, %s = act.quantize %y by(#act.quantization<e4m3, row>)
        : tensor<4x256xbf16> -> tensor<4x256xf8E4M3FN>, tensor<4x1xf32>
    %q, %s = act.quantize %y by(#act.quantization<e5m2, block>)
        : tensor<4x256xbf16> -> tensor<4x256xf8E5M2>, tensor<4x2xf32>
    ```
    Each element is divided by its scale and rounded to the nearest number of
    the format, ties to even; what is beyond the largest one becomes that
    (docs/Quantization.md). `act-fuse` joins it to what computes its operand,
    and the value that is divided is then not rounded to the tensor's type.

    quantize_c1: the operand is a ranked tensor of f32, bf16 or f16, with an
      axis where scales are computed.
    quantize_c2: the first result has its shape, and the format's elements.
    quantize_c3: computed scales are a second result, of f32 and the operand's
      shape with an element along the last axis for each row, or for each 128
      elements or less of one.
  }];
  let arguments = (ins AnyRankedTensor:$input,
                       Act_QuantizationAttr:$quantization);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $input `by` `(` qualified($quantization) `)` attr-dict
    `:` type($input) `->` type($results)
  }];
  let hasVerifier = 1;
}

#endif // ACT_IR_ACTQUANTIZE_TD

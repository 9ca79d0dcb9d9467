//===- ActRow.td - Functions of a row ----------------------*- tablegen -*-===//
//
// A function whose body has one of these operations is a function of a row:
// its body is what is computed for each element of the row, and a value of
// these operations is what all elements of the row have in common or
// contribute to. The row runs along the axis that the function states
// (`act.axis`). Included by ActOps.td, which declares what it needs.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_IR_ACTROW_TD
#define ACT_IR_ACTROW_TD

def Act_RowOp : Act_Op<"row", [
    Pure, AllTypesMatch<["operand", "result"]>]> {
  let summary = "the values of a row, combined";
  let description = [{
    ```mlir
    %s = act.row sum %e : f64
    %m = act.row max %x where %mask : f64
    ```
    The same value for all elements of the row:

    | combiner | of the values of the row |
    |---|---|
    | `sum` | the sum; 0 of an empty row |
    | `max` | the largest; NaN if one of them is |
    | `maxnum` | the largest number of them and the most negative finite one |
    | `threshold` | of z with largest 0: the t of sum(max(z - t, 0)) = 1 |
    | `threshold_squared` | the same with sum(max(z - t, 0)^2) = 1 |

    Elements whose mask is false are left out. A threshold is +inf if no element
    is above -inf, and NaN if one is NaN.

    A row may be read in blocks of `kRowBlock` elements. With the scope `block`
    the value is that of the block which the element is in, and the same for all
    of its elements; with the scope `blocks` it is that of the row again, of one
    value for each block:

    ```mlir
    %b = act.row maxnum %x {scope = "block"} : f64
    %m = act.row maxnum %b {scope = "blocks"} : f64
    ```

    row_c1: the combiner is one of these.
    row_c2: the scope is block or blocks, and not that of a threshold.
    row_c3: values of blocks are combined without a mask.
  }];
  let arguments = (ins StrAttr:$combiner, AnyFloat:$operand,
                       Optional<I1>:$mask, OptionalAttr<StrAttr>:$scope);
  let results = (outs AnyFloat:$result);
  let builders = [OpBuilder<(ins "::llvm::StringRef":$combiner,
                                 "::mlir::Value":$operand,
                                 CArg<"::mlir::Value", "{}">:$mask,
                                 CArg<"::mlir::StringAttr", "{}">:$scope), [{
    build($_builder, $_state, operand.getType(),
          $_builder.getStringAttr(combiner), operand, mask, scope);
  }]>];
  let assemblyFormat = [{
    custom<Word>($combiner) $operand (`where` $mask^)? attr-dict
    `:` type($operand)
  }];
  let extraClassDeclaration = [{
    /// True for a value that is found step by step.
    bool isThreshold() { return getCombiner().starts_with("threshold"); }
    /// True for a value of a block, not of the row.
    bool isOfBlock() { return getScope() == "block"; }
    /// True for a value of the row, of one value for each block.
    bool isOverBlocks() { return getScope() == "blocks"; }
  }];
  let hasVerifier = 1;
}

def Act_Number : AnyTypeOf<[AnyFloat, RankedTensorOf<[AnyFloat]>],
                           "a number or a ranked tensor of numbers">;
def Act_Truth : AnyTypeOf<[I1, RankedTensorOf<[I1, AnyFloat]>],
                          "a truth value or a ranked tensor of such">;

def Act_SoftmaxOp : Act_Op<"softmax", [
    Pure, AttrSizedOperandSegments, InferTypeOpAdaptorWithIsCompatible,
    DeclareOpInterfaceMethods<Act_DifferentiableOpInterface>,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface>]> {
  let summary = "the softmax family over a row";
  let description = [{
    ```mlir
    %p = act.softmax probability %x : f64
    %l = act.softmax log %x scale %c mask %m {empty = "zero"} : f64
    %t = act.softmax probability %x temperature "0.5" {axis = 1}
        : tensor<4x?xf32>
    ```
    With z = scale x, the form is

    | form | value |
    |---|---|
    | `probability` | exp(z) / sum(exp(z)) |
    | `log` | z - log(sum(exp(z))) |
    | `sum` | log(sum(exp(z))), the same for all elements |
    | `sparsemax` | max(z - t, 0), with the t that makes the sum 1 |
    | `entmax15` | max(z/2 - t, 0)^2, with the t that makes the sum 1 |

    `scale` is positive; where it is one value for the row, the difference from
    the largest x is formed before it is applied. Elements whose `mask` is false
    count as -inf. The `sink` is one more z in the sum, without a result, and
    one value for the row. Of a row without an element above -inf and without a
    sink, `empty` says what a probability is: `zero`, `nan` or `uniform`; a
    `sum` is -inf there. An x of +inf, or a NaN, makes all results of its row
    NaN, but the `sum` of an x of +inf is +inf.

    In the body of a function, operands are scalars of one type. On ranked
    tensors, rows run along `axis`, by default the last, and

        z = (softcap tanh(scale x / softcap) + bias) / temperature

    of the operands that are there, where `scale` has either sign. The others
    broadcast to the shape of x, and element types may differ, as in
    `act.apply`. A mask is of i1, or of numbers that are not 0 where elements
    take part. With `causal`, of row q along the axis in front of `axis`,
    elements k <= q + `causal_offset` take part. In the place of an operand but
    the mask an exact number may stand: `scale "1/8"`. The result has the shape
    of x; that of `sum` has 1 along the axis, unless it is stated to have a
    value for each element. The type that is written is that of all operands,
    or `(operands) -> result`.

    softmax_c1: the form is probability, log, sum, sparsemax or entmax15.
    softmax_c2: `empty` is zero, nan or uniform.
    softmax_c3: sparsemax and entmax15 have no sink.
    softmax_c4: operands and result are all scalars of one type, with a mask of
      i1, or all ranked tensors.
    softmax_c5: `axis`, `causal`, `causal_offset`, `softcap`, `bias`,
      `temperature` and exact numbers are on tensors only.
    softmax_c6: the axis is one of x; with `causal` there is one in front of it.
    softmax_c7: other operands broadcast to the shape of x.
    softmax_c8: the sink has one value for a row.
    softmax_c9: the result has the shape of x, or of the `sum` form 1 along the
      axis.
    softmax_c10: an exact number is one, and the temperature is positive.
    softmax_c11: `causal_offset` comes with `causal`.
  }];
  let arguments = (ins StrAttr:$form, Act_Number:$operand,
                       Optional<Act_Number>:$scale,
                       Optional<Act_Number>:$softcap,
                       Optional<Act_Number>:$bias,
                       Optional<Act_Number>:$temperature,
                       Optional<Act_Truth>:$mask,
                       Optional<Act_Number>:$sink,
                       Optional<Act_Number>:$causal_offset,
                       OptionalAttr<DictionaryAttr>:$numbers,
                       OptionalAttr<I64Attr>:$axis, UnitAttr:$causal,
                       DefaultValuedAttr<StrAttr, "\"nan\"">:$empty);
  let results = (outs Act_Number:$result);
  // Those of a body.
  let builders = [
    OpBuilder<(ins "::llvm::StringRef":$form, "::mlir::Value":$operand), [{
      build($_builder, $_state, operand.getType(),
            $_builder.getStringAttr(form), operand, ::mlir::Value(),
            ::mlir::Value(), ::mlir::Value(), $_builder.getStringAttr("nan"));
    }]>,
    OpBuilder<(ins "::mlir::Type":$result, "::mlir::StringAttr":$form,
                   "::mlir::Value":$operand, "::mlir::Value":$scale,
                   "::mlir::Value":$mask, "::mlir::Value":$sink,
                   "::mlir::StringAttr":$empty), [{
      ::mlir::Value none;
      build($_builder, $_state, result, form, operand, scale, none, none, none,
            mask, sink, none, ::mlir::DictionaryAttr(), ::mlir::IntegerAttr(),
            ::mlir::UnitAttr(), empty);
    }]>
  ];
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    /// Names of the optional operands, in their order.
    static ::llvm::ArrayRef<::llvm::StringRef> getOptionNames();
    /// An optional operand; null where it is not there.
    ::mlir::Value getOption(::llvm::StringRef name);
    /// The text of an option that is an exact number; null where it is not.
    ::mlir::StringAttr getNumber(::llvm::StringRef name);
    /// True for the forms whose small elements are exactly 0.
    bool isSparse() {
      return getForm() == "sparsemax" || getForm() == "entmax15";
    }
    /// On tensors: the axis of the rows, counted from the last, thus negative.
    int64_t getAxisFromEnd();
    /// On tensors: a result that has one element along the axis.
    bool keepsOneOfRow();
  }];
  let hasVerifier = 1;
}

#endif // ACT_IR_ACTROW_TD

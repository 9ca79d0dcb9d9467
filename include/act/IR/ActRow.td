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

def Act_SoftmaxOp : Act_Op<"softmax", [Pure, AttrSizedOperandSegments]> {
  let summary = "the softmax family over a row";
  let description = [{
    ```mlir
    %p = act.softmax probability %x : f64
    %l = act.softmax log %x scale %c mask %m {empty = "zero"} : f64
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

    softmax_c1: the form is probability, log, sum, sparsemax or entmax15.
    softmax_c2: `empty` is zero, nan or uniform.
    softmax_c3: sparsemax and entmax15 have no sink.
  }];
  let arguments = (ins StrAttr:$form, AnyFloat:$operand,
                       Optional<AnyFloat>:$scale, Optional<I1>:$mask,
                       Optional<AnyFloat>:$sink,
                       DefaultValuedAttr<StrAttr, "\"nan\"">:$empty);
  let results = (outs AnyFloat:$result);
  let builders = [OpBuilder<(ins "::llvm::StringRef":$form,
                                 "::mlir::Value":$operand), [{
    build($_builder, $_state, operand.getType(),
          $_builder.getStringAttr(form), operand, ::mlir::Value(),
          ::mlir::Value(), ::mlir::Value(), $_builder.getStringAttr("nan"));
  }]>];
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    /// True for the forms whose small elements are exactly 0.
    bool isSparse() {
      return getForm() == "sparsemax" || getForm() == "entmax15";
    }
  }];
  let hasVerifier = 1;
}

#endif // ACT_IR_ACTROW_TD

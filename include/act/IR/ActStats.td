//===- ActStats.td - Functions that count their results ----*- tablegen -*-===//
//
// Included by ActOps.td, which declares what it needs.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_IR_ACTSTATS_TD
#define ACT_IR_ACTSTATS_TD

def Act_StatsOp : Act_Op<"stats", [
    Symbol, HasParent<"::mlir::ModuleOp">,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a function whose kernel also counts its results";
  let description = [{
    ```mlir
    act.stats @monitored of #act.fn<tanh>
    act.stats @scaled of @f limits [["-0.5"]]
    ```
    Declares a function with the arguments and results of the callee, whose
    kernel counts while it stores: how many values are zero, saturated, and not
    finite, in each channel that the runtime is given. `act-stats` replaces it
    by an act.func of that name whose results are marked `act.stats`.

    A value is saturated where it equals, as it is stored, a finite limit of the
    function at -inf or +inf. `limits` states them, one list of exact numbers
    for each result. Without it `act-specialize` finds them, for functions of
    one input; others then have none. A function with parameters that are given
    at run time needs `limits`, since its limits may depend on them.

    stats_c1: the callee is a row of the table of order 0 or a function of the
      module.
    stats_c2: `limits` has a list for each result of the callee.
    stats_c3: a list holds up to two exact numbers.
    stats_c4: results of the callee are elements of arrays: no sums, no masks,
      and not counted already.
    stats_c5: the callee combines no elements of a row.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       OptionalAttr<StrAttr>:$sym_visibility,
                       AnyAttrOf<[Act_FnAttr, FlatSymbolRefAttr]>:$callee,
                       OptionalAttr<TypedArrayAttrBase<StrArrayAttr,
                           "lists of exact numbers">>:$limits);
  let assemblyFormat = [{
    custom<Visibility>($sym_visibility) $sym_name `of` $callee
    (`limits` $limits^)? attr-dict
  }];
  let hasVerifier = 1;
}

#endif // ACT_IR_ACTSTATS_TD

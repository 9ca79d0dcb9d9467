//===- ActAttrs.td - Attributes of the act dialect ---------*- tablegen -*-===//
#ifndef ACT_IR_ACTATTRS_TD
#define ACT_IR_ACTATTRS_TD

include "act/IR/ActDialect.td"

def Act_FnAttr : AttrDef<Act_Dialect, "Fn"> {
  let mnemonic = "fn";
  let summary = "a function of the table, with its parameters";
  let description = [{
    `#act.fn<silu>` or `#act.fn<leaky_relu, slope = 0.2>`. A parameter that is
    absent has the default of its row. Values are exact decimals: the text is
    kept, not a rounded number. `order = n` names the n-th derivative.

    fn_c1: the name is the canonical name of a row of the function table.
    fn_c2: a parameter is one of the row's and is given once.
    fn_c3: a value is a finite decimal number or a ratio of two.
    fn_c4: the order is not negative.
  }];
  let parameters = (ins
    StringRefParameter<"canonical name of the row">:$name,
    "::mlir::DictionaryAttr":$params,
    "int64_t":$order);
  let builders = [
    AttrBuilder<(ins "::llvm::StringRef":$name), [{
      return $_get($_ctxt, name, ::mlir::DictionaryAttr::get($_ctxt), 0);
    }]>
  ];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

#endif // ACT_IR_ACTATTRS_TD

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

def Act_LayoutAttr : AttrDef<Act_Dialect, "Layout"> {
  let mnemonic = "layout";
  let summary = "where gate and up stand along the last dimension";
  let description = [{
    Gate (g) and up (u) part of a gated operation, of F elements a row each:

    | attribute | a row |
    |---|---|
    | `#act.layout<separate>` | two arrays |
    | `#act.layout<gate_up>` | `g g g g u u u u` |
    | `#act.layout<up_gate>` | `u u u u g g g g` |
    | `#act.layout<interleaved>` | `g u g u g u g u` |
    | `#act.layout<blocked<2>>` | `g g u u g g u u` |

    layout_c1: the name is one of these.
    layout_c2: the block size is positive.
  }];
  let parameters = (ins "::act::GatedLayout":$kind,
                        "int64_t":$block);
  let builders = [
    AttrBuilder<(ins "::act::GatedLayout":$kind), [{
      return $_get($_ctxt, kind, 0);
    }]>
  ];
  let extraClassDeclaration = [{
    /// True where one array holds both parts.
    bool isPacked() const { return getKind() != GatedLayout::Separate; }
  }];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Act_PartAttr : AttrDef<Act_Dialect, "Part"> {
  let mnemonic = "part";
  let summary = "which part of which packed array an operand is";
  let description = [{
    On an argument or a result of an act.func, as `act.part`: the operand is no
    array of its own, but one part of an array that holds gate and up.

    `#act.part<gate, array = "x", layout = gate_up>`. Operands that name the
    same array are parts of it; of the results of a backward function the array
    is the gradient of the input of that name, in the same layout.

    part_c1: the part is gate or up.
    part_c2: the layout is a packed one.
    part_c3: the array has a name.
  }];
  let parameters = (ins "::act::GatedPart":$part,
                        StringRefParameter<"name of the array">:$array,
                        "::act::LayoutAttr":$layout);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Act_QuantizationAttr : AttrDef<Act_Dialect, "Quantization"> {
  let mnemonic = "quantization";
  let summary = "an 8-bit format and where its scales come from";
  let description = [{
    | attribute | y becomes |
    |---|---|
    | `#act.quantization<e4m3, "0.5">` | y / 0.5 in E4M3 |
    | `#act.quantization<e5m2, row>` | y / s in E5M2, with an s for each row |
    | `#act.quantization<int8, block>` | y / s, with an s for 128 elements |

    quantization_c1: the format is e4m3, e5m2 or int8.
    quantization_c2: the scale is an exact number from 2^-126 to 2^126, or the
      word row or block.
  }];
  let parameters = (ins "::act::DType":$format, "::act::Scaling":$scaling,
                        StringRefParameter<"exact number, or empty">:$scale);
  let extraClassDeclaration = [{
    /// True where scales are computed from the elements.
    bool isDynamic() const { return getScaling() != Scaling::Static; }
    /// The element type of the quantised tensor.
    ::mlir::Type getElementType() const;
    /// The shape of the scales of a tensor of this shape.
    ::llvm::SmallVector<int64_t>
    scalesOf(::llvm::ArrayRef<int64_t> shape) const;
  }];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

#endif // ACT_IR_ACTATTRS_TD

//===- ActOps.td - Operations of the act dialect -----------*- tablegen -*-===//
#ifndef ACT_IR_ACTOPS_TD
#define ACT_IR_ACTOPS_TD

include "act/IR/ActAttrs.td"
include "act/IR/ActDialect.td"
include "act/IR/ActInterfaces.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Act_Op<string mnemonic, list<Trait> traits = []>
    : Op<Act_Dialect, mnemonic, traits>;

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

def Act_FuncOp : Act_Op<"func", [
    FunctionOpInterface, IsolatedFromAbove, OpAsmOpInterface]> {
  let summary = "a named scalar function, one or several results";
  let description = [{
    ```mlir
    act.func @leaky_relu(%x: f64 {act.name = "x"},
                         %slope: f64 {act.default = "0.01",
                                      act.name = "slope"}) -> f64 {
      ...
      act.return %y : f64
    }
    ```
    Arguments without `act.default` are inputs; those with it are named scalar
    parameters and follow the inputs. The body is one block of scalar `arith`,
    `math` and `act` operations.

    func_c1: arguments and results have one floating type, the compute type.
    func_c2: there is a body of one block, and it ends in `act.return`.
    func_c3: parameters follow inputs, and a default is an exact number.
    func_c4: the body holds scalar operations of arith, math and act only.
    func_c5: names of arguments are present once each.
    func_c6: there is at least one result.
    func_c7: among the inputs, and among the results, a part of a packed array
      is there once; all packed arrays have one layout.
    func_c8: a result marked `act.stats` is no sum and no mask.
    func_c9: a result marked `act.quantize` is the only one, and no sum, no
      part, and not counted.
  }];
  let arguments = (ins
    SymbolNameAttr:$sym_name,
    TypeAttrOf<FunctionType>:$function_type,
    OptionalAttr<StrAttr>:$sym_visibility,
    OptionalAttr<DictArrayAttr>:$arg_attrs,
    OptionalAttr<DictArrayAttr>:$res_attrs,
    OptionalAttr<Act_FnAttr>:$identity);
  let regions = (region AnyRegion:$body);
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name,
                                 "::mlir::FunctionType":$type)>];
  let skipDefaultBuilders = 1;
  let extraClassDeclaration = [{
    /// Types of the arguments and results, for FunctionOpInterface.
    ::llvm::ArrayRef<::mlir::Type> getArgumentTypes() {
      return getFunctionType().getInputs();
    }
    ::llvm::ArrayRef<::mlir::Type> getResultTypes() {
      return getFunctionType().getResults();
    }
    ::mlir::Region *getCallableRegion() { return &getBody(); }

    /// Name of argument `i` as written in the source, or "" when unnamed.
    ::llvm::StringRef getArgName(unsigned i);
    /// Exact default of argument `i` when it is a parameter, else null.
    ::mlir::StringAttr getArgDefault(unsigned i);
    /// Number of inputs: arguments that are not parameters.
    unsigned getNumInputs();
    /// The terminator.
    ReturnOp getReturn();

    /// Checks the marks of results that are counted.
    ::mlir::LogicalResult verifyCounted();
    /// Checks a result that is quantised.
    ::mlir::LogicalResult verifyQuantized();
    /// How its only result is quantised, or null.
    QuantizationAttr getQuantization();

    /// Names block arguments after the source's names when printing.
    void getAsmBlockArgumentNames(::mlir::Region &region,
                                  ::mlir::OpAsmSetValueNameFn setName);
  }];
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Act_ReturnOp : Act_Op<"return", [
    Pure, Terminator, ReturnLike, HasParent<"FuncOp">]> {
  let summary = "results of a function";
  let description = [{
    return_c1: operands have the types of the function's results.
  }];
  let arguments = (ins Variadic<AnyFloat>:$values);
  let assemblyFormat = "$values attr-dict `:` type($values)";
  let hasVerifier = 1;
}

def Act_ApplyOp : Act_Op<"apply", [
    AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<Act_DifferentiableOpInterface>,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a function applied elementwise";
  let description = [{
    ```mlir
    %y = act.apply #act.fn<silu>(%x) : (tensor<4x?xf32>) -> tensor<4x?xf32>
    act.apply @mine(%x, %a) outs(%y)
        : (memref<8xf32>, memref<f32>) outs(memref<8xf32>)
    ```
    Operands are the function's inputs, then run-time values for the
    parameters named by `params`. They broadcast as in NumPy. On scalars,
    tensors and vectors there is one result for each result of the function; on
    memrefs the results are written to `outs`. Element types of operands and
    results may differ: the function is one of real numbers. Results named by
    `reduced` are sums over the dimensions in which they are smaller than what
    the operands broadcast to: the gradients of broadcast operands.

    apply_c1: the function exists.
    apply_c2: there is one operand for each input and each named parameter;
      of arrays, none for an input that holds positions (act.position).
    apply_c3: operands and results are all scalars, all tensors, all vectors
      or all memrefs of floating elements.
    apply_c4: there is one result (or out) for each result of the function.
    apply_c5: operands broadcast to the shape of each result.
    apply_c6: `params` names parameters of the function, once each.
    apply_c7: `reduced` names results, once each, that broadcast to what the
      operands broadcast to.
  }];
  let arguments = (ins AnyAttrOf<[Act_FnAttr, FlatSymbolRefAttr]>:$callee,
                       Variadic<AnyType>:$inputs,
                       Variadic<AnyMemRef>:$outs,
                       OptionalAttr<StrArrayAttr>:$params,
                       OptionalAttr<DenseI64ArrayAttr>:$reduced);
  let results = (outs Variadic<AnyType>:$results);
  let builders = [
    OpBuilder<(ins "::mlir::TypeRange":$results,
                   "::mlir::Attribute":$callee,
                   "::mlir::ValueRange":$inputs), [{
      build($_builder, $_state, results, callee, inputs,
            ::mlir::ValueRange(), ::mlir::ArrayAttr(),
            ::mlir::DenseI64ArrayAttr());
    }]>,
    OpBuilder<(ins "::mlir::TypeRange":$results,
                   "::mlir::Attribute":$callee,
                   "::mlir::ValueRange":$inputs,
                   "::mlir::ValueRange":$outs,
                   "::mlir::ArrayAttr":$params), [{
      build($_builder, $_state, results, callee, inputs, outs, params,
            ::mlir::DenseI64ArrayAttr());
    }]>
  ];
  let assemblyFormat = [{
    $callee `(` $inputs `)` (`params` $params^)? (`reduced` $reduced^)?
    (`outs` `(` $outs^ `:` type($outs) `)`)?
    attr-dict `:` functional-type($inputs, $results)
  }];
  let extraClassDeclaration = [{
    /// The called function when the callee is a symbol that resolves.
    FuncOp resolve();
    /// True for a result that `reduced` names.
    bool isReduced(unsigned result);
  }];
  let hasFolder = 1;
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Derivatives
//===----------------------------------------------------------------------===//

class Act_DerivedOp<string mnemonic, list<Trait> traits = []>
    : Act_Op<mnemonic, !listconcat([Symbol, HasParent<"::mlir::ModuleOp">,
          DeclareOpInterfaceMethods<SymbolUserOpInterface>], traits)> {
  let hasVerifier = 1;
}

def Act_DerivativeOp : Act_DerivedOp<"derivative"> {
  let summary = "a function that is a derivative of another";
  let description = [{
    ```mlir
    act.derivative @both of #act.fn<silu> orders [0, 1]
    act.derivative @slope of @f wrt "a" orders [1]
    ```
    Declares a function with one result for each order, the derivatives of the
    callee by one of its inputs or parameters; `act-derive` replaces it by an
    act.func of that name. Without `wrt` it is the callee's only input. At
    kinks the derivative follows the language's rules (`taken`), or is the
    one-sided one from the `left` or the `right`. `mask` adds a result, the bit
    that the backward of `save = "mask"` reads: it makes a forward function.

    derivative_c1: the callee is a row of the table or a function of the
      module with one result.
    derivative_c2: `wrt` names one of its inputs or parameters.
    derivative_c3: there is an order, and each is from 0 to 8.
    derivative_c4: `kink` is taken, left or right.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       OptionalAttr<StrAttr>:$sym_visibility,
                       AnyAttrOf<[Act_FnAttr, FlatSymbolRefAttr]>:$callee,
                       OptionalAttr<StrAttr>:$wrt,
                       DenseI64ArrayAttr:$orders,
                       OptionalAttr<StrAttr>:$kink,
                       UnitAttr:$mask);
  let builders = [
    // By the only input, public, at kinks as the language has it.
    OpBuilder<(ins "::llvm::StringRef":$name, "::act::FuncOp":$callee,
                   "::llvm::ArrayRef<int64_t>":$orders)>
  ];
  let assemblyFormat = [{
    custom<Visibility>($sym_visibility) $sym_name `of` $callee (`wrt` $wrt^)?
    `orders` $orders (`kink` $kink^)? (`mask` $mask^)? attr-dict
  }];
}

def Act_VjpOp : Act_DerivedOp<"vjp"> {
  let summary = "the vector-Jacobian product of a function";
  let description = [{
    ```mlir
    act.vjp @bwd of #act.fn<silu>
    act.vjp @bwd2 of @bwd
    act.vjp @learn of #act.fn<prelu> wrt ["x", "a"]
    ```
    Declares the backward function of the callee: from its inputs and one
    cotangent for each of its results to one gradient for each name in `wrt`,
    which is all inputs by default. A parameter named there becomes an input,
    after the others. With `order = n` the callee is first differentiated n
    times by its only input. `save` says what the forward function kept (see
    `act-report memory`): `input` and `recompute` take the inputs, `output`
    takes the result instead, and `mask` one bit an element.

    vjp_c1: the callee is a row of the table or a function of the module.
    vjp_c2: `wrt` names some of its inputs or parameters, once each.
    vjp_c3: the order is from 0 to 8.
    vjp_c4: `save` is input, output, recompute or mask.
    vjp_c5: `kink` is taken, left or right.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       OptionalAttr<StrAttr>:$sym_visibility,
                       AnyAttrOf<[Act_FnAttr, FlatSymbolRefAttr]>:$callee,
                       OptionalAttr<StrArrayAttr>:$wrt,
                       DefaultValuedAttr<I64Attr, "0">:$order,
                       DefaultValuedAttr<StrAttr, "\"input\"">:$save,
                       OptionalAttr<StrAttr>:$kink);
  let assemblyFormat = [{
    custom<Visibility>($sym_visibility) $sym_name `of` $callee (`wrt` $wrt^)?
    (`kink` $kink^)? attr-dict
  }];
}

def Act_JvpOp : Act_DerivedOp<"jvp"> {
  let summary = "the Jacobian-vector product of a function";
  let description = [{
    ```mlir
    act.jvp @fwd of @f
    act.jvp @along of #act.fn<prelu> wrt ["x", "a"]
    ```
    Declares the function that tells how the results of the callee change when
    its inputs change: from its inputs and one tangent for each name in `wrt`,
    which is all inputs by default, to one tangent for each of its results. A
    parameter named there becomes an input, after the others. The tangent of
    `x` is named `tangent_x`, or `tangent` if it is the only one; that of an
    input without a name has its number.

    jvp_c1: the callee is a row of the table or a function of the module.
    jvp_c2: `wrt` names some of its inputs or parameters, once each.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       OptionalAttr<StrAttr>:$sym_visibility,
                       AnyAttrOf<[Act_FnAttr, FlatSymbolRefAttr]>:$callee,
                       OptionalAttr<StrArrayAttr>:$wrt);
  let assemblyFormat = [{
    custom<Visibility>($sym_visibility) $sym_name `of` $callee (`wrt` $wrt^)?
    attr-dict
  }];
  let hasVerifier = 0;
}

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

def Act_ConstantOp : Act_Op<"constant", [Pure, ConstantLike]> {
  let summary = "an exact real number";
  let description = [{
    `act.constant "1.702" : f64`. The text is a decimal (`0.1`, `2.5e-3`), a
    ratio of two decimals (`1/3`), a C99 hexadecimal (`0x1.8p+1`), `pi` or `e`;
    the type is the convention of the body it stands in, not a rounding.

    constant_c1: the text is one of these and finite.
  }];
  let arguments = (ins StrAttr:$value);
  let results = (outs AnyFloat:$result);
  let assemblyFormat = "$value attr-dict `:` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

class Act_UnaryOp<string mnemonic, list<Trait> traits = []>
    : Act_Op<mnemonic, !listconcat([Pure, SameOperandsAndResultType],
                                   traits)> {
  let arguments = (ins AnyFloat:$operand);
  let results = (outs AnyFloat:$result);
  let assemblyFormat = "$operand attr-dict `:` type($result)";
}

def Act_ErfcOp : Act_UnaryOp<"erfc"> {
  let summary = "complementary error function, 1 - erf(x)";
}
def Act_SigmoidOp : Act_UnaryOp<"sigmoid"> {
  let summary = "logistic function, 1 / (1 + exp(-x))";
}
def Act_SoftplusOp : Act_UnaryOp<"softplus"> {
  let summary = "log(1 + exp(x))";
}
def Act_RoundOp : Act_Op<"round", [Pure, SameOperandsAndResultType]> {
  let summary = "The number of a storage type that is nearest, ties to even";
  let description = [{
    A rounding point: what an eager framework does behind each operation, by
    writing its result to memory. `act-round-each` puts them; nothing is moved
    across one.

    ```mlir
    %y = act.round %x to bf16 : f64
    ```
  }];
  let arguments = (ins AnyFloat:$operand, TypeAttrOf<AnyFloat>:$to);
  let results = (outs AnyFloat:$result);
  let assemblyFormat = "$operand `to` $to attr-dict `:` type($result)";
}
def Act_SignOp : Act_UnaryOp<"sign"> {
  let summary = "-1, 1, or the operand itself where it is zero or NaN";
  let hasFolder = 1;
}

def Act_ClampOp : Act_Op<"clamp", [Pure, SameOperandsAndResultType]> {
  let summary = "min(max(x, low), high); NaN propagates";
  let description = [{
    Unlike `min` and `max` of the same arguments, the derivative is 1 at both
    ends. Where `low > high` the value is `high`.
  }];
  let arguments = (ins AnyFloat:$operand, AnyFloat:$low, AnyFloat:$high);
  let results = (outs AnyFloat:$result);
  let assemblyFormat = [{
    $operand `,` $low `,` $high attr-dict `:` type($result)
  }];
}

// Operations in files of their own; they need the classes above.
include "act/IR/ActGated.td"
include "act/IR/ActNv.td"
include "act/IR/ActQuantize.td"
include "act/IR/ActRow.td"
include "act/IR/ActStats.td"

#endif // ACT_IR_ACTOPS_TD

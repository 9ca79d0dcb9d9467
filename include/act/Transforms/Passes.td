//===- Passes.td - Passes on act functions -----------------*- tablegen -*-===//
#ifndef ACT_TRANSFORMS_PASSES_TD
#define ACT_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def ActFuse : Pass<"act-fuse", "::mlir::ModuleOp"> {
  let summary = "Turns functions of elementwise applications into one function";
  let description = [{
    A func.func on ranked tensors that consists of `act.apply`, `act.gated` and
    `act.softmax` operations becomes one act.func, so that the whole chain is
    one kernel:

    ```mlir
    %0 = act.apply #act.fn<silu>(%g) : (tensor<4xf32>) -> tensor<4xf32>
    %1 = act.apply @product(%0, %u)
        : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    ```
    Element types of the tensors become storage types. An array that act.gated
    reads as a packed one becomes two inputs, `x.gate` and `x.up`, whose
    `act.part` says where they stand in the array; the array is `x` after the
    argument's `act.name`, or `arg0` after its number. An argument of i1 that is
    a mask becomes an input of numbers, of the element type of what it masks. A
    func.func with anything else in it, one that is called, or one that needs a
    packed array as a whole is left alone.
  }];
  let dependentDialects = ["::act::ActDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

def ActChooseGelu : Pass<"act-choose-gelu", "::mlir::ModuleOp"> {
  let summary = "Replaces a form of GELU by a cheaper one within a tolerance";
  let description = [{
    The tolerance T is the largest absolute error of a GELU, in units of its
    result, against the form that was asked for, over all finite inputs of the
    element type:

      |result - f(x)| <= T

    It is kept where the largest difference of the two functions and the
    kernel's own error, rounding to the element type included, add up to at
    most T. Inputs and results have one element type, or nothing is exchanged:
    far to the right a result is then the input itself, so that the bound is
    absolute there, too. Of the forms
    that keep it, the cheapest is taken; `GeluForms.def` lists them. With
    `tolerance=1e-3`

    ```mlir
    %0 = act.apply #act.fn<gelu>(%x) : (f64) -> f64
    ```
    becomes
    ```mlir
    %0 = act.apply #act.fn<gelu_tanh>(%x) : (f64) -> f64
    ```
    The pass runs before act-derive, so that a derivative is that of the form
    that is used. Where first derivatives are taken in the module, they must
    keep T as well; where higher ones are, nothing is exchanged.

    Exchanged are forms that are applied, also by gates such as geglu, and
    functions that spell one out as a whole. Within a larger formula T is about
    the GELU, not about what the formula makes of it. A remark says what was
    chosen and why; a tolerance that not even the form itself keeps is an error.
    Without a tolerance nothing changes.
  }];
  let options = [
    Option<"tolerance", "tolerance", "double", /*default=*/"0",
           "Largest absolute error of a GELU; 0 changes nothing">,
    Option<"dtype", "dtype", "std::string", /*default=*/"\"f32\"",
           "Storage type of inputs and results that state none: f64, f32, f16 "
           "or bf16">,
    Option<"accuracy", "accuracy", "std::string", /*default=*/"\"default\"",
           "Accuracy class of the kernel: strict, default or fast">
  ];
  let dependentDialects = ["::act::ActDialect"];
}

def ActSpecialize : Pass<"act-specialize", "::mlir::ModuleOp"> {
  let summary = "Fixes what one kernel is compiled for";
  let description = [{
    Binds parameters that are not given at run time to their exact defaults and
    states the storage type and the layout of each operand of the function that
    is compiled, and the limits of results that are counted; other functions
    become private.
  }];
  let options = [
    Option<"function", "function", "std::string", /*default=*/"",
           "The function to compile; the only public one if empty">,
    Option<"dtype", "dtype", "std::string", /*default=*/"\"f32\"",
           "Storage type of inputs and results: f64, f32, f16 or bf16">,
    ListOption<"runtime", "runtime", "std::string",
               "Parameters given at run time">,
    ListOption<"scalar", "scalar", "unsigned",
               "Inputs, by number, that are one value for the whole array">,
    ListOption<"uniform", "uniform", "unsigned",
               "Inputs, by number, of a function of a row that are one value "
               "a row">,
    ListOption<"reduced", "reduced", "unsigned",
               "Results, by number, whose terms are summed by the runtime">
  ];
  let dependentDialects = ["::act::ActDialect"];
}

def ActDerive : Pass<"act-derive", "::mlir::ModuleOp"> {
  let summary = "Replaces derivatives by functions that hold their formulas";
  let description = [{
    Every `act.derivative`, `act.vjp` and `act.jvp`, and every applied
    `#act.fn<..., order = n>`, becomes an act.func. Rules are those of the
    primitives (ActPrimitives.td); the formulas are exact and simplified.

    ```mlir
    act.derivative @d of #act.fn<softplus> orders [1]
    ```
    becomes a function of `beta * x` through
    ```mlir
    %1 = act.sigmoid %0 : f64
    ```
    A function of several results or inputs has a vector-Jacobian product:
    `act.vjp @bwd of @f`.
  }];
  let options = [
    Option<"method", "method", "std::string", /*default=*/"\"auto\"",
           "symbolic, taylor (truncated series), or auto: symbolic unless it "
           "grows too large">
  ];
  let dependentDialects = ["::act::ActDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

def ActStats : Pass<"act-stats", "::mlir::ModuleOp"> {
  let summary = "Replaces act.stats by functions with counted results";
  let description = [{
    Every `act.stats` becomes a copy of the function it names, whose results are
    marked for the kernel to count:

    ```mlir
    act.stats @s of #act.fn<tanh>
    ```
    becomes
    ```mlir
    act.func @s(%x: f64 {act.name = "x"}) -> (f64 {act.stats}) {
      %0 = math.tanh %x : f64
      act.return %0 : f64
    }
    ```
  }];
  let dependentDialects = ["::act::ActDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

def ActExpand : Pass<"act-expand", "::mlir::ModuleOp"> {
  let summary = "Replaces applied functions inside bodies by their formulas";
  let description = [{
    Within act.func, `act.apply` of a table row or of another act.func is
    replaced by that function's body; constants of other dialects become exact
    `act.constant`s. Recursion is an error.

    ```mlir
    %0 = act.apply #act.fn<silu>(%x) : (f64) -> f64
    ```
    becomes
    ```mlir
    %0 = act.sigmoid %x : f64
    %1 = arith.mulf %x, %0 : f64
    ```
  }];
  let dependentDialects = ["::act::ActDialect"];
}

def ActStabilize : Pass<"act-stabilize", "::act::FuncOp"> {
  let summary = "Rewrites bodies to forms that keep their tails";
  let description = [{
    Rewrites that are exact over the reals and avoid cancellation or overflow
    in floating point:

    ```mlir
    %e = math.exp %x : f64
    %s = arith.addf %one, %e : f64
    %y = math.log %s : f64
    ```
    becomes
    ```mlir
    %y = act.softplus %x : f64
    ```
    A body whose canonical form equals that of a table row receives the row's
    identity.

    With `long-rows`, and in functions of split rows, a softmax subtracts the
    largest element of a block of the row, and blocks are brought together
    behind it: exp(x - b) exp(b - m).
  }];
  let options = [
    Option<"longRows", "long-rows", "bool", /*default=*/"false",
           "Rows are read in blocks">
  ];
  let dependentDialects = ["::act::ActDialect"];
}

def ActSplitRows : Pass<"act-split-rows", "::mlir::ModuleOp"> {
  let summary = "Gives functions of a row a form that many blocks compute";
  let description = [{
    Behind each public function of a row stands a private copy of it,
    `act.split`, whose rows are split: a GPU's blocks have parts of a row, which
    are its blocks in the sense of `act.row`. Thresholds, which are found step
    by step, have no such form.
  }];
  let dependentDialects = ["::act::ActDialect"];
}

def ActStabilizeLinalg : Pass<"act-stabilize-linalg", "::mlir::func::FuncOp"> {
  let summary = "Rewrites softmax by its definition in linalg to a stable form";
  let description = [{
    Operations on tensors that compute exp(x), sum it along some dimensions and
    use both overflow where exp does. The largest element of x along these
    dimensions is subtracted first. What does not change when a row of
    exponentials is multiplied by a number is computed of the smaller ones: a
    quotient, in one operation or in several, with other factors or a
    reciprocal; averages and products with a matrix that are divided last. The
    logarithm of a sum gets the largest element added, and the logarithm of a
    quotient becomes a difference. Exponentials under `select(m, exp(x), 0)`
    count where m is true. Where x is multiplied or divided by a positive
    number, in the same operation or in another, the difference is formed
    before. A remark says so at each result. Operations that need the
    exponentials themselves keep them. Arithmetic on whole tensors becomes
    linalg by upstream's `-convert-elementwise-to-linalg`.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def ActRoundEach : Pass<"act-round-each", "::mlir::ModuleOp"> {
  let summary = "Rounds behind each operation as an eager framework does";
  let description = [{
    Every operation of a formula, an applied row of the catalogue being one,
    whose result another operation reads is followed by `act.round` to the
    storage type, and constants are numbers of that type. A function that is a
    row or its derivative is one operation. The kernel then gives the bits of a
    framework that writes each result to memory and whose operations are
    correctly rounded.

    ```mlir
    %y = arith.mulf %x, %s : f64
    ```

    becomes

    ```mlir
    %0 = arith.mulf %x, %s : f64
    %y = act.round %0 to bf16 : f64
    ```
  }];
  let options = [
    Option<"dtype", "dtype", "std::string", /*default=*/"\"f32\"",
           "Storage type to round to">
  ];
}

def ActApproximate : Pass<"act-approximate", "::act::FuncOp"> {
  let summary = "Replaces real arithmetic by operations the target runs";
  let description = [{
    Picks the compute type from the storage types and the accuracy class (f64
    for f64 and for `strict`, else f32),
    folds constant subexpressions in 113-bit arithmetic, and expands every
    primitive into fma, polynomials, bit operations and small tables. Values
    are carried as `(hi + lo) * 2^n` where a consumer needs it.
  }];
  let options = [
    Option<"dtype", "dtype", "std::string", /*default=*/"\"f32\"",
           "Storage type of arguments and results that state none">,
    Option<"accuracy", "accuracy", "std::string", /*default=*/"\"default\"",
           "Accuracy class: strict, default or fast">,
    Option<"flush", "flush", "bool", /*default=*/"false",
           "Nothing that counts is subnormal on the way to a normal result">,
    Option<"target", "target", "std::string", /*default=*/"\"any\"",
           "Machines that methods are for: any, or nvptx for GPUs, with the "
           "instructions of act.nv">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

def ActQuantize : Pass<"act-quantize", "::act::FuncOp"> {
  let summary = "Makes operations of a quantised result";
  let description = [{
    A function whose result is marked `act.quantize` divides it by the scale
    that is given, or by one that it computes of the largest magnitude of its
    row and has as a second result. The first one is stored in 8 bits. The
    function has been approximated.

    ```mlir
    act.func @f(%x: f32) -> (f32 {act.quantize = #act.quantization<e4m3, "2">})
    ```

    becomes

    ```mlir
    act.func @f(%x: f32) -> (f32 {act.storage = f8E4M3FN})
    ```

    whose body has a multiplication by 0.5 at its end.
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"any\"",
           "Machines that operations are for: any, or nvptx for GPUs">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

#endif // ACT_TRANSFORMS_PASSES_TD

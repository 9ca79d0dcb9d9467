//===- Frameworks.td - What other frameworks mean by a name -*- tablegen -*-==//
//
// One record a name of a framework, or a variant of it that an argument
// chooses. Its formula is in the expression language, over the names of the
// catalogue, and has exactly the framework's values: its slopes at kinks, what
// it makes of NaN. Names are compared without case and underscores.
//
//===----------------------------------------------------------------------===//

include "llvm/TableGen/SearchableTable.td"

class FrameworkFunction<string framework, string name, string formula,
                        string cites> {
  string Framework = framework;
  string Name = name;
  /// The arguments that choose this variant, as "approximate=tanh"; the one
  /// without any is what the bare name means.
  string Arguments = "";
  /// Semicolon-separated inputs, in order.
  string Inputs = "x";
  /// Semicolon-separated parameters, as the framework calls them, with its
  /// defaults.
  string Params = "";
  string Formula = formula;
  /// Slopes at kinks where they are not those of Act's function.
  string Kinks = "";
  /// What becomes of a NaN.
  string NaN = "propagates";
  /// Order of the halves of a packed gate: gate_up or up_gate.
  string Layout = "";
  string Note = "";
  string Cites = cites;
}

def ActFrameworkTable : GenericTable {
  let FilterClass = "FrameworkFunction";
  let CppTypeName = "FrameworkFunctionInfo";
  let Fields = ["Framework", "Name", "Arguments", "Inputs", "Params", "Formula",
                "Kinks", "NaN", "Layout", "Note", "Cites"];
}

//===----------------------------------------------------------------------===//
// PyTorch: torch.nn.functional
//===----------------------------------------------------------------------===//

class Torch<string name, string formula, string cites>
    : FrameworkFunction<"torch", name, formula, cites>;
class TorchGate<string name, string formula, string cites>
    : Torch<name, formula, cites> {
  let Inputs = "g;u";
  let Layout = "up_gate";
}

def : Torch<"gelu", "gelu(x)", "torch.nn.functional.gelu">;
def : Torch<"gelu", "gelu(x)", "torch.nn.functional.gelu"> {
  let Arguments = "approximate=none";
}
def : Torch<"gelu", "gelu_tanh(x)", "torch.nn.functional.gelu"> {
  let Arguments = "approximate=tanh";
}
def : Torch<"relu", "relu(x)", "torch.nn.functional.relu">;
def : Torch<"relu6", "relu6(x)", "torch.nn.functional.relu6">;
def : Torch<"leaky_relu", "leaky_relu(x, slope=negative_slope)",
    "torch.nn.functional.leaky_relu"> {
  let Params = "negative_slope=0.01";
}
def : Torch<"prelu", "prelu(x, a=weight)", "torch.nn.functional.prelu"> {
  let Params = "weight=0.25";
  let Note = "The weight is learned; its default is that of torch.nn.PReLU.";
}
def : Torch<"rrelu", "rrelu(x, lower=lower, upper=upper)",
    "torch.nn.functional.rrelu"> {
  let Params = "lower=1/8;upper=1/3";
  let Note = "In evaluation; in training the slope is random.";
}
def : Torch<"threshold", "threshold(x, threshold=threshold, value=value)",
    "torch.nn.functional.threshold"> {
  let Params = "threshold=1;value=0";
  let Note = "Both parameters must be given there.";
}
def : Torch<"elu", "elu(x, alpha=alpha)", "torch.nn.functional.elu"> {
  let Params = "alpha=1";
}
def : Torch<"celu", "celu(x, alpha=alpha)", "torch.nn.functional.celu"> {
  let Params = "alpha=1";
}
def : Torch<"selu", "selu(x)", "torch.nn.functional.selu">;
def : Torch<"sigmoid", "sigmoid(x)", "torch.sigmoid">;
def : Torch<"tanh", "tanh(x)", "torch.tanh">;
def : Torch<"logsigmoid", "log_sigmoid(x)", "torch.nn.functional.logsigmoid">;
def : Torch<"softplus",
    "softplus_threshold(x, beta=beta, threshold=threshold)",
    "torch.nn.functional.softplus"> {
  let Params = "beta=1;threshold=20";
  let Note = "The input itself beyond the threshold: in f64 2.06e-9 off there.";
}
def : Torch<"silu", "silu(x)", "torch.nn.functional.silu">;
def : Torch<"mish", "mish(x)", "torch.nn.functional.mish">;
def : Torch<"hardsigmoid", "hard_sigmoid(x)",
    "torch.nn.functional.hardsigmoid">;
def : Torch<"hardswish",
    "where(x < -3, 0, where(x <= 3, x * (x + 3) / 6, x))",
    "torch.nn.functional.hardswish"> {
  let Kinks = "-1/2 at -3 and 3/2 at 3, where Act has 0 and 1";
  let Note = "Its formula is NaN at -inf; the limit stands for it here.";
}
def : Torch<"hardtanh", "hard_tanh(x, min=min_val, max=max_val)",
    "torch.nn.functional.hardtanh"> {
  let Params = "min_val=-1;max_val=1";
}
def : Torch<"tanhshrink", "tanhshrink(x)", "torch.nn.functional.tanhshrink">;
def : Torch<"softshrink", "softshrink(x, lambda=lambd)",
    "torch.nn.functional.softshrink"> {
  let Params = "lambd=0.5";
}
def : Torch<"hardshrink", "hardshrink(x, lambda=lambd)",
    "torch.nn.functional.hardshrink"> {
  let Params = "lambd=0.5";
}
def : Torch<"softsign", "softsign(x)", "torch.nn.functional.softsign">;
def : TorchGate<"glu", "glu(g, u)", "torch.nn.functional.glu">;

//===----------------------------------------------------------------------===//
// JAX: jax.nn
//===----------------------------------------------------------------------===//

class Jax<string name, string formula, string cites>
    : FrameworkFunction<"jax", name, formula, cites>;
class JaxGate<string name, string formula, string cites>
    : Jax<name, formula, cites> {
  let Inputs = "g;u";
  let Layout = "up_gate";
}

def : Jax<"gelu", "gelu_tanh(x)", "jax.nn.gelu"> {
  let Note = "approximate=True is the default.";
}
def : Jax<"gelu", "gelu_tanh(x)", "jax.nn.gelu"> {
  let Arguments = "approximate=true";
}
def : Jax<"gelu", "gelu(x)", "jax.nn.gelu"> {
  let Arguments = "approximate=false";
}
def : Jax<"relu", "relu(x)", "jax.nn.relu">;
def : Jax<"relu6", "relu6(x)", "jax.nn.relu6">;
def : Jax<"sigmoid", "sigmoid(x)", "jax.nn.sigmoid">;
def : Jax<"softplus", "softplus(x)", "jax.nn.softplus">;
def : Jax<"sparse_plus", "sparse_plus(x)", "jax.nn.sparse_plus">;
def : Jax<"sparse_sigmoid", "sparse_sigmoid(x)", "jax.nn.sparse_sigmoid">;
def : Jax<"soft_sign", "softsign(x)", "jax.nn.soft_sign">;
def : Jax<"silu", "silu(x)", "jax.nn.silu">;
def : Jax<"swish", "silu(x)", "jax.nn.swish">;
def : Jax<"log_sigmoid", "log_sigmoid(x)", "jax.nn.log_sigmoid">;
def : Jax<"hard_sigmoid", "hard_sigmoid(x)", "jax.nn.hard_sigmoid">;
def : Jax<"hard_silu", "hard_swish(x)", "jax.nn.hard_silu">;
def : Jax<"hard_swish", "hard_swish(x)", "jax.nn.hard_swish">;
def : Jax<"selu", "selu(x)", "jax.nn.selu">;
def : Jax<"mish", "mish(x)", "jax.nn.mish">;
def : Jax<"identity", "identity(x)", "jax.nn.identity">;
def : Jax<"tanh", "tanh(x)", "jax.numpy.tanh">;
def : Jax<"logistic", "sigmoid(x)", "jax.lax.logistic">;
def : Jax<"erf", "erf(x)", "jax.lax.erf">;
def : Jax<"leaky_relu", "where(x >= 0, x, negative_slope * x)",
    "jax.nn.leaky_relu"> {
  let Params = "negative_slope=0.01";
  let Kinks = "1 at 0, where Act has the slope";
}
def : Jax<"hard_tanh", "where(x > 1, 1, where(x < -1, -1, x))",
    "jax.nn.hard_tanh"> {
  let Kinks = "1 at -1 and 1, where Act has 0";
}
def : Jax<"elu", "elu(x, alpha=alpha)", "jax.nn.elu"> {
  let Params = "alpha=1";
}
def : Jax<"celu", "celu(x, alpha=alpha)", "jax.nn.celu"> {
  let Params = "alpha=1";
}
def : Jax<"squareplus", "squareplus(x, b=b)", "jax.nn.squareplus"> {
  let Params = "b=4";
}
def : JaxGate<"glu", "glu(g, u)", "jax.nn.glu">;

//===----------------------------------------------------------------------===//
// Keras 3: keras.ops and keras.activations
//===----------------------------------------------------------------------===//

class Keras<string name, string formula, string cites>
    : FrameworkFunction<"keras", name, formula, cites>;
class KerasGate<string name, string formula, string cites>
    : Keras<name, formula, cites> {
  let Inputs = "g;u";
  let Layout = "up_gate";
}

def : Keras<"gelu", "gelu(x)", "keras.activations.gelu">;
def : Keras<"gelu", "gelu(x)", "keras.activations.gelu"> {
  let Arguments = "approximate=false";
}
def : Keras<"gelu", "gelu_tanh(x)", "keras.activations.gelu"> {
  let Arguments = "approximate=true";
}
def : Keras<"relu", "relu(x)", "keras.activations.relu">;
def : Keras<"relu6", "relu6(x)", "keras.activations.relu6">;
def : Keras<"sigmoid", "sigmoid(x)", "keras.activations.sigmoid">;
def : Keras<"hard_sigmoid", "hard_sigmoid(x)",
    "keras.activations.hard_sigmoid">;
def : Keras<"silu", "silu(x)", "keras.activations.silu">;
def : Keras<"swish", "silu(x)", "keras.activations.swish">;
def : Keras<"hard_silu", "hard_swish(x)", "keras.activations.hard_silu">;
def : Keras<"hard_swish", "hard_swish(x)", "keras.activations.hard_swish">;
def : Keras<"softplus", "softplus(x)", "keras.activations.softplus">;
def : Keras<"softsign", "softsign(x)", "keras.activations.softsign">;
def : Keras<"selu", "selu(x)", "keras.activations.selu">;
def : Keras<"exponential", "exp(x)", "keras.activations.exponential">;
def : Keras<"linear", "identity(x)", "keras.activations.linear">;
def : Keras<"tanh", "tanh(x)", "keras.activations.tanh">;
def : Keras<"hard_tanh", "hard_tanh(x)", "keras.activations.hard_tanh">;
def : Keras<"tanh_shrink", "tanhshrink(x)", "keras.activations.tanh_shrink">;
def : Keras<"log_sigmoid", "log_sigmoid(x)", "keras.activations.log_sigmoid">;
def : Keras<"mish", "mish(x)", "keras.activations.mish">;
def : Keras<"sparse_plus", "sparse_plus(x)", "keras.activations.sparse_plus">;
def : Keras<"sparse_sigmoid", "sparse_sigmoid(x)",
    "keras.activations.sparse_sigmoid">;
def : Keras<"leaky_relu", "leaky_relu(x, slope=negative_slope)",
    "keras.activations.leaky_relu"> {
  let Params = "negative_slope=0.2";
  let Note = "Keras 2 had 0.3 in its layer.";
}
def : Keras<"prelu", "prelu(x, a=alpha)", "keras.layers.PReLU"> {
  let Params = "alpha=0";
  let Note = "Learned; starts at zeros.";
}
def : Keras<"elu", "elu(x, alpha=alpha)", "keras.activations.elu"> {
  let Params = "alpha=1";
}
def : Keras<"celu", "celu(x, alpha=alpha)", "keras.activations.celu"> {
  let Params = "alpha=1";
}
def : Keras<"squareplus", "squareplus(x, b=b)",
    "keras.activations.squareplus"> {
  let Params = "b=4";
}
def : Keras<"soft_shrink", "softshrink(x, lambda=threshold)",
    "keras.activations.soft_shrink"> {
  let Params = "threshold=0.5";
}
def : Keras<"hard_shrink", "hardshrink(x, lambda=threshold)",
    "keras.activations.hard_shrink"> {
  let Params = "threshold=0.5";
}
def : Keras<"threshold",
    "threshold(x, threshold=threshold, value=default_value)",
    "keras.activations.threshold"> {
  let Params = "threshold=1;default_value=0";
  let Note = "Both parameters must be given there.";
}
def : KerasGate<"glu", "glu(g, u)", "keras.activations.glu">;

//===----------------------------------------------------------------------===//
// TensorFlow: tf.nn, and tf.keras of Keras 2
//===----------------------------------------------------------------------===//

class Tf<string name, string formula, string cites>
    : FrameworkFunction<"tf", name, formula, cites>;
class TfGate<string name, string formula, string cites>
    : Tf<name, formula, cites> {
  let Inputs = "g;u";
  let Layout = "up_gate";
}

def : Tf<"gelu", "gelu(x)", "tf.nn.gelu">;
def : Tf<"gelu", "gelu(x)", "tf.nn.gelu"> {
  let Arguments = "approximate=false";
}
def : Tf<"gelu", "gelu_tanh(x)", "tf.nn.gelu"> {
  let Arguments = "approximate=true";
}
def : Tf<"relu", "relu(x)", "tf.nn.relu">;
def : Tf<"relu6", "relu6(x)", "tf.nn.relu6">;
def : Tf<"elu", "elu(x)", "tf.nn.elu">;
def : Tf<"selu", "selu(x)", "tf.nn.selu">;
def : Tf<"softplus", "softplus(x)", "tf.nn.softplus">;
def : Tf<"softsign", "softsign(x)", "tf.nn.softsign">;
def : Tf<"sigmoid", "sigmoid(x)", "tf.math.sigmoid">;
def : Tf<"log_sigmoid", "log_sigmoid(x)", "tf.math.log_sigmoid">;
def : Tf<"tanh", "tanh(x)", "tf.math.tanh">;
def : Tf<"erf", "erf(x)", "tf.math.erf">;
def : Tf<"silu", "swish_beta(x, beta=beta)", "tf.nn.silu"> {
  let Params = "beta=1";
}
def : Tf<"swish", "swish_beta(x, beta=beta)", "tf.nn.swish"> {
  let Params = "beta=1";
}
def : Tf<"leaky_relu", "leaky_relu(x, slope=alpha)", "tf.nn.leaky_relu"> {
  let Params = "alpha=0.2";
}
def : Tf<"leaky_relu", "leaky_relu(x, slope=alpha)",
    "tf.keras.layers.LeakyReLU of Keras 2"> {
  let Arguments = "layer";
  let Params = "alpha=0.3";
}
def : Tf<"hard_sigmoid", "hard_sigmoid_onnx(x)",
    "tf.keras.activations.hard_sigmoid of Keras 2"> {
  let Note = "Slope 1/5; Keras 3 has 1/6.";
}

//===----------------------------------------------------------------------===//
// ONNX operators, and those of com.microsoft
//===----------------------------------------------------------------------===//

class Onnx<string name, string formula, string cites>
    : FrameworkFunction<"onnx", name, formula, cites>;
class OnnxGate<string name, string formula, string cites>
    : Onnx<name, formula, cites> {
  let Inputs = "g;u";
  let Layout = "";
}

def : Onnx<"Gelu", "gelu(x)", "ONNX Gelu-20">;
def : Onnx<"Gelu", "gelu(x)", "ONNX Gelu-20"> {
  let Arguments = "approximate=none";
}
def : Onnx<"Gelu", "gelu_tanh(x)", "ONNX Gelu-20"> {
  let Arguments = "approximate=tanh";
}
def : Onnx<"FastGelu", "gelu_tanh(x)", "com.microsoft FastGelu">;
def : Onnx<"QuickGelu", "x * sigmoid(alpha * x)", "com.microsoft QuickGelu"> {
  let Params = "alpha=1.702";
}
def : Onnx<"Relu", "relu(x)", "ONNX Relu-14">;
def : Onnx<"Sigmoid", "sigmoid(x)", "ONNX Sigmoid-13">;
def : Onnx<"Tanh", "tanh(x)", "ONNX Tanh-13">;
def : Onnx<"Softplus", "softplus(x)", "ONNX Softplus-22">;
def : Onnx<"Softsign", "softsign(x)", "ONNX Softsign-22">;
def : Onnx<"Mish", "mish(x)", "ONNX Mish-22">;
def : Onnx<"HardSwish", "hard_swish(x)", "ONNX HardSwish-22">;
def : Onnx<"Identity", "identity(x)", "ONNX Identity-25">;
def : Onnx<"Erf", "erf(x)", "ONNX Erf-13">;
def : Onnx<"Exp", "exp(x)", "ONNX Exp-13">;
def : Onnx<"Abs", "abs(x)", "ONNX Abs-13">;
def : Onnx<"Sin", "sin(x)", "ONNX Sin-22">;
def : Onnx<"LeakyRelu", "leaky_relu(x, slope=alpha)", "ONNX LeakyRelu-16"> {
  let Params = "alpha=0.01";
}
def : Onnx<"PRelu", "prelu(x, a=slope)", "ONNX PRelu-16"> {
  let Inputs = "x;slope";
}
def : Onnx<"HardSigmoid", "hard_sigmoid_onnx(x, alpha=alpha, beta=beta)",
    "ONNX HardSigmoid-22"> {
  let Params = "alpha=0.2;beta=0.5";
  let Note = "Another function than the hardsigmoid of torch, whose slope is "
             "1/6.";
}
def : Onnx<"Elu", "elu(x, alpha=alpha)", "ONNX Elu-22"> {
  let Params = "alpha=1";
}
def : Onnx<"Celu", "celu(x, alpha=alpha)", "ONNX Celu-12"> {
  let Params = "alpha=1";
}
def : Onnx<"Selu", "selu(x, alpha=alpha, lambda=gamma)", "ONNX Selu-22"> {
  let Params = "alpha=1.67326319217681884765625;"
               "gamma=1.05070102214813232421875";
  let Note = "Its constants are those of selu rounded to f32.";
}
def : Onnx<"Swish", "swish_beta(x, beta=alpha)", "ONNX Swish-24"> {
  let Params = "alpha=1";
}
def : OnnxGate<"SwiGLU", "g * sigmoid(alpha * g) * u", "ONNX SwiGLU-28"> {
  let Params = "alpha=1";
  let Note = "Two inputs, no packed form.";
}
def : Onnx<"ThresholdedRelu", "threshold(x, threshold=alpha, value=0)",
    "ONNX ThresholdedRelu-22"> {
  let Params = "alpha=1";
}
def : Onnx<"Shrink", "where(abs(x) <= lambd, 0, x - bias * sign(x))",
    "ONNX Shrink-9"> {
  let Params = "bias=0;lambd=0.5";
}

//===----------------------------------------------------------------------===//
// oneDNN: the algorithms of dnnl_eltwise
//===----------------------------------------------------------------------===//

class Onednn<string name, string formula, string cites>
    : FrameworkFunction<"onednn", name, formula, cites>;
class OnednnGate<string name, string formula, string cites>
    : Onednn<name, formula, cites> {
  let Inputs = "g;u";
  let Layout = "up_gate";
}

def : Onednn<"gelu_erf", "gelu(x)", "dnnl_eltwise_gelu_erf">;
def : Onednn<"gelu_tanh", "gelu_tanh(x)", "dnnl_eltwise_gelu_tanh">;
def : Onednn<"gelu", "gelu_tanh(x)", "dnnl_eltwise_gelu"> {
  let Note = "An alias of gelu_tanh.";
}
def : Onednn<"relu", "leaky_relu(x, slope=alpha)", "dnnl_eltwise_relu"> {
  let Params = "alpha=0";
}
def : Onednn<"elu", "elu(x, alpha=alpha)", "dnnl_eltwise_elu"> {
  let Params = "alpha=1";
}
def : Onednn<"logistic", "sigmoid(x)", "dnnl_eltwise_logistic">;
def : Onednn<"tanh", "tanh(x)", "dnnl_eltwise_tanh">;
def : Onednn<"mish", "mish(x)", "dnnl_eltwise_mish">;
def : Onednn<"exp", "exp(x)", "dnnl_eltwise_exp">;
def : Onednn<"abs", "abs(x)", "dnnl_eltwise_abs">;
def : Onednn<"square", "square(x)", "dnnl_eltwise_square">;
def : Onednn<"sqrt", "sqrt(x)", "dnnl_eltwise_sqrt">;
def : Onednn<"log", "log(x)", "dnnl_eltwise_log">;
def : Onednn<"swish", "swish_beta(x, beta=alpha)", "dnnl_eltwise_swish"> {
  let Params = "alpha=1";
}
def : Onednn<"soft_relu", "softplus(x, beta=alpha)", "dnnl_eltwise_soft_relu"> {
  let Params = "alpha=1";
  let Note = "alpha=-1 is log_sigmoid.";
}
def : Onednn<"hardsigmoid", "hard_sigmoid_onnx(x, alpha=alpha, beta=beta)",
    "dnnl_eltwise_hardsigmoid"> {
  let Params = "alpha=1/6;beta=1/2";
  let Note = "Both parameters must be given there.";
}
def : Onednn<"hardswish", "x * hard_sigmoid_onnx(x, alpha=alpha, beta=beta)",
    "dnnl_eltwise_hardswish"> {
  let Params = "alpha=1/6;beta=1/2";
  let Note = "Both parameters must be given there.";
}
def : Onednn<"clip", "where(x > beta, beta, where(x > alpha, x, alpha))",
    "dnnl_eltwise_clip"> {
  let Params = "alpha=-1;beta=1";
  let Kinks = "1 at the upper end, 0 at the lower one";
  let NaN = "becomes alpha";
}
def : Onednn<"clip_v2", "hard_tanh(x, min=alpha, max=beta)",
    "dnnl_eltwise_clip_v2"> {
  let Params = "alpha=-1;beta=1";
}
def : Onednn<"linear", "alpha * x + beta", "dnnl_eltwise_linear"> {
  let Params = "alpha=1;beta=0";
}
def : Onednn<"pow", "alpha * exp(beta * log(x))", "dnnl_eltwise_pow"> {
  let Params = "alpha=1;beta=1";
  let Note = "Of positive x.";
}

//===----------------------------------------------------------------------===//
// ggml: GGML_UNARY_OP_ and GGML_GLU_OP_
//===----------------------------------------------------------------------===//

class Ggml<string name, string formula, string cites>
    : FrameworkFunction<"ggml", name, formula, cites>;
class GgmlGate<string name, string formula, string cites>
    : Ggml<name, formula, cites> {
  let Inputs = "g;u";
  let Layout = "gate_up";
}

def : Ggml<"GELU", "gelu_tanh(x)", "GGML_UNARY_OP_GELU"> {
  let Note = "By a table of f16 values.";
}
def : Ggml<"GELU_ERF", "gelu(x)", "GGML_UNARY_OP_GELU_ERF">;
def : Ggml<"GELU_QUICK", "quick_gelu(x)", "GGML_UNARY_OP_GELU_QUICK">;
def : Ggml<"RELU", "where(x > 0, x, 0)", "GGML_UNARY_OP_RELU"> {
  let NaN = "becomes 0";
}
def : Ggml<"LEAKY_RELU",
    "where(x > 0, x, 0) + negative_slope * where(x < 0, x, 0)",
    "GGML_UNARY_OP_LEAKY_RELU"> {
  let Params = "negative_slope=0.01";
  let Kinks = "0 at 0, where Act has the slope";
  let NaN = "becomes 0";
  let Note = "The slope must be given there.";
}
def : Ggml<"ELU", "elu(x)", "GGML_UNARY_OP_ELU">;
def : Ggml<"SILU", "silu(x)", "GGML_UNARY_OP_SILU">;
def : Ggml<"TANH", "tanh(x)", "GGML_UNARY_OP_TANH">;
def : Ggml<"SIGMOID", "sigmoid(x)", "GGML_UNARY_OP_SIGMOID">;
def : Ggml<"SOFTPLUS", "softplus_threshold(x)", "GGML_UNARY_OP_SOFTPLUS"> {
  let Note = "The input itself above 20.";
}
def : Ggml<"HARDSWISH", "hard_swish(x)", "GGML_UNARY_OP_HARDSWISH">;
def : Ggml<"HARDSIGMOID", "where(x == x, hard_sigmoid(x), 0)",
    "GGML_UNARY_OP_HARDSIGMOID"> {
  let NaN = "becomes 0";
}
def : Ggml<"STEP", "where(x > 0, 1, 0)", "GGML_UNARY_OP_STEP"> {
  let NaN = "becomes 0";
}
def : Ggml<"SGN", "where(x > 0, 1, where(x < 0, -1, 0))", "GGML_UNARY_OP_SGN"> {
  let NaN = "becomes 0";
}
def : Ggml<"NEG", "-x", "GGML_UNARY_OP_NEG">;
def : Ggml<"ABS", "abs(x)", "GGML_UNARY_OP_ABS">;
def : Ggml<"EXP", "exp(x)", "GGML_UNARY_OP_EXP">;
def : Ggml<"EXPM1", "expm1(x)", "GGML_UNARY_OP_EXPM1"> {
  let Note = "Computed as exp(x) - 1.";
}
def : Ggml<"FLOOR", "floor(x)", "GGML_UNARY_OP_FLOOR">;
def : Ggml<"XIELU",
    "xielu(x, alpha_p=alpha_p, alpha_n=alpha_n, beta=beta, eps=eps)",
    "GGML_UNARY_OP_XIELU"> {
  let Params = "alpha_n=0.8;alpha_p=0.8;beta=0.5;eps=-1e-6";
  let Note = "The effective coefficients; all must be given there.";
}
def : GgmlGate<"REGLU", "where(g > 0, g * u, 0)", "GGML_GLU_OP_REGLU"> {
  let NaN = "of the gate becomes 0";
}
def : GgmlGate<"GEGLU", "geglu_tanh(g, u)", "GGML_GLU_OP_GEGLU">;
def : GgmlGate<"SWIGLU", "swiglu(g, u)", "GGML_GLU_OP_SWIGLU">;
def : GgmlGate<"SWIGLU_OAI", "swiglu_oai(g, u, alpha=alpha, limit=limit)",
    "GGML_GLU_OP_SWIGLU_OAI"> {
  let Params = "alpha=1.702;limit=7";
}
def : GgmlGate<"GEGLU_ERF", "geglu(g, u)", "GGML_GLU_OP_GEGLU_ERF">;
def : GgmlGate<"GEGLU_QUICK", "qgeglu(g, u)", "GGML_GLU_OP_GEGLU_QUICK">;

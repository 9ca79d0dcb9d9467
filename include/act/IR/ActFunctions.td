//===- ActFunctions.td - THE TABLE: every activation by name -*- tablegen -*-=//
//
// One record an activation. Everything else about it (parser names, the
// verifier of #act.fn, expansion, docs, tests, benchmark list) is derived from
// its record. Formulas are in the expression language and mean real
// arithmetic; where a formula has no value at an infinity (inf - inf, 0 * inf)
// the record states the limit, which the kernels then return.
//
//===----------------------------------------------------------------------===//

include "llvm/TableGen/SearchableTable.td"

class ActFunction<string name, string formula> {
  string Name = name;
  /// Semicolon-separated other names of the same function.
  string Aliases = "";
  /// Semicolon-separated inputs, in order.
  string Inputs = "x";
  /// Semicolon-separated parameters with exact defaults: "alpha=1".
  string Params = "";
  /// Semicolon-separated lists of arguments beside the defaults, two of each
  /// row with parameters, that its errors are measured at: "alpha=0.5;alpha=2".
  string Also = "";
  string Formula = formula;
  /// Limits stated only where the formula itself is NaN there.
  string AtMinusInf = "";
  string AtPlusInf = "";
  string Summary = "";
  /// Year it was first proposed or published; "" where nobody knows.
  string Year = "";
  string Cites = "";
  /// Well-known models that use it.
  string UsedIn = "";

  // Claims about unary functions at default parameters, which tests prove.
  /// "[0,inf)"; an open end is not reached.
  string Range = "";
  /// "increasing", "nondecreasing" or "no".
  string Monotonic = "";
  /// "C^inf", "C^2", "C^1", "C^0" or "discontinuous".
  string Smooth = "";
  /// "yes" where the mean of f(z) is 0 for a standard normal z, as for every
  /// odd function; else "no".
  string ZeroMean = "";
}

/// A function of one input with its claims.
class Unary<string name, string formula, string range, string monotonic,
            string smooth, string zeroMean> : ActFunction<name, formula> {
  let Range = range;
  let Monotonic = monotonic;
  let Smooth = smooth;
  let ZeroMean = zeroMean;
}

def ActFunctionTable : GenericTable {
  let FilterClass = "ActFunction";
  let CppTypeName = "FunctionInfo";
  let Fields = ["Name", "Aliases", "Inputs", "Params", "Also", "Formula",
                "AtMinusInf", "AtPlusInf", "Summary", "Year", "Cites", "UsedIn",
                "Range", "Monotonic", "Smooth", "ZeroMean"];
}

//===----------------------------------------------------------------------===//
// Lines, steps and rectifiers
//===----------------------------------------------------------------------===//

def Identity : Unary<"identity", "x", "(-inf,inf)", "increasing", "C^inf",
    "yes"> {
  let Aliases = "linear";
  let Summary = "The input itself.";
  let UsedIn = "output layers";
}

def Step : Unary<"step", "max(sign(x), 0)", "{0,1}", "nondecreasing",
    "discontinuous", "no"> {
  let Aliases = "heaviside";
  let Summary = "0 up to 0 and 1 above; its derivative is 0.";
  let Year = "1943";
  let Cites = "McCulloch and Pitts 1943";
  let UsedIn = "perceptrons";
}

def Abs : Unary<"abs", "abs(x)", "[0,inf)", "no", "C^0", "no"> {
  let Summary = "Magnitude.";
}

def Square : Unary<"square", "x^2", "[0,inf)", "no", "C^inf", "no"> {
  let Summary = "x^2.";
}

def Relu : Unary<"relu", "max(x, 0)", "[0,inf)", "nondecreasing", "C^0", "no"> {
  let Aliases = "rectifier;ramp";
  let Summary = "Rectified linear unit.";
  let Year = "1969";
  let Cites = "Fukushima 1969; Nair and Hinton 2010";
  let UsedIn = "AlexNet, VGG, ResNet, the original Transformer, T5 v1.0";
}

def Relu6 : Unary<"relu6", "min(max(x, 0), 6)", "[0,6]", "nondecreasing", "C^0",
    "no"> {
  let Summary = "Rectified linear unit, bounded by 6.";
  let Year = "2010";
  let Cites = "Krizhevsky 2010";
  let UsedIn = "MobileNet V1 and V2";
}

def LeakyRelu : Unary<"leaky_relu", "where(x > 0, x, slope * x)", "(-inf,inf)",
    "increasing", "C^0", "no"> {
  let Aliases = "lrelu";
  let Params = "slope=0.01";
  let Also = "slope=0.2;slope=-0.5";
  let Summary = "Rectifier with a small slope for negative inputs.";
  let Year = "2013";
  let Cites = "Maas et al. 2013";
  let UsedIn = "GANs, YOLOv3";
}

def Prelu : Unary<"prelu", "where(x > 0, x, a * x)", "(-inf,inf)", "increasing",
    "C^0", "no"> {
  let Params = "a=0.25";
  let Also = "a=0.01;a=1.5";
  let Summary = "Leaky rectifier whose slope is learned.";
  let Year = "2015";
  let Cites = "He et al. 2015, arXiv:1502.01852";
  let UsedIn = "ResNet variants, super-resolution";
}

def Rrelu : Unary<"rrelu", "where(x > 0, x, (lower + upper) / 2 * x)",
    "(-inf,inf)", "increasing", "C^0", "no"> {
  let Params = "lower=1/8;upper=1/3";
  let Also = "lower=0.1, upper=0.3;lower=0, upper=1";
  let Summary = "Leaky rectifier whose slope is random in training; this is "
                "its evaluation, with the mean slope.";
  let Year = "2015";
  let Cites = "Xu et al. 2015, arXiv:1505.00853";
}

def Threshold : Unary<"threshold", "where(x <= threshold, value, x)",
    "{0} U (1,inf)", "nondecreasing", "discontinuous", "no"> {
  let Params = "threshold=1;value=0";
  let Also = "threshold=0, value=0;threshold=-0.5, value=20";
  let Summary = "The input above a threshold, else a constant.";
}

def ReluSquared : Unary<"relu_squared", "max(x, 0)^2", "[0,inf)",
    "nondecreasing", "C^1", "no"> {
  let Aliases = "relu2;squared_relu";
  let Summary = "Square of the rectified linear unit.";
  let Year = "2021";
  let Cites = "So et al. 2021, arXiv:2109.08668";
  let UsedIn = "Primer, Nemotron-4, RWKV";
}

def StarRelu : Unary<"star_relu", "s * max(x, 0) * max(x, 0) + b",
    "[-0.4472,inf)", "nondecreasing", "C^1", "yes"> {
  let Params = "s=0.8944;b=-0.4472";
  let Also = "s=1, b=0;s=0.5, b=-0.1";
  let Summary = "Squared rectifier scaled to mean 0 and variance 1.";
  let Year = "2022";
  let Cites = "Yu et al. 2022, arXiv:2210.13452";
  let UsedIn = "MetaFormer";
}

//===----------------------------------------------------------------------===//
// Exponential units
//===----------------------------------------------------------------------===//

def Elu : Unary<"elu", "where(x > 0, x, alpha * expm1(x))", "(-1,inf)",
    "increasing", "C^1", "no"> {
  let Params = "alpha=1";
  let Also = "alpha=0.5;alpha=1.6732632";
  let Summary = "Exponential linear unit.";
  let Year = "2015";
  let Cites = "Clevert et al. 2015, arXiv:1511.07289";
}

def Celu : Unary<"celu", "where(x > 0, x, alpha * expm1(x / alpha))",
    "(-1,inf)", "increasing", "C^1", "no"> {
  let Params = "alpha=1";
  let Also = "alpha=0.5;alpha=2";
  let Summary = "Exponential linear unit, continuously differentiable.";
  let Year = "2017";
  let Cites = "Barron 2017, arXiv:1704.07483";
}

def Selu : Unary<"selu", "where(x > 0, lambda * x, lambda * alpha * expm1(x))",
    "(-1.7580993408473768599,inf)", "increasing", "C^0", "yes"> {
  let Params = "alpha=1.6732632423543772848170429916717;"
               "lambda=1.0507009873554804934193349852946";
  let Also = "alpha=1, lambda=1;alpha=2, lambda=0.5";
  let Summary = "Self-normalising exponential linear unit.";
  let Year = "2017";
  let Cites = "Klambauer et al. 2017, arXiv:1706.02515";
  let UsedIn = "self-normalising networks";
}

def Exp : Unary<"exp", "exp(x)", "(0,inf)", "increasing", "C^inf", "no"> {
  let Aliases = "exponential";
  let Summary = "Exponential function.";
}

def Gaussian : Unary<"gaussian", "exp(-x^2)", "(0,1]", "no", "C^inf", "no"> {
  let Summary = "Bell curve of radial basis functions.";
  let UsedIn = "RBF networks";
}

def Xielu : Unary<"xielu",
    "where(x > 0, (alpha_p * x + beta) * x, "
    "alpha_n * expm1(min(x, eps)) + (beta - alpha_n) * x)",
    "[-0.20575122409648212894,inf)", "no", "discontinuous", "no"> {
  let Params = "alpha_p=0.8;alpha_n=0.8;beta=0.5;eps=-1e-6";
  let Also = "alpha_p=1.2, alpha_n=0.3;alpha_p=0.1, alpha_n=2, beta=1";
  let Summary = "Integral of an expanded exponential unit. The coefficients "
                "are the effective ones: softplus(p) and beta + softplus(n) "
                "of what is learned. Between eps and 0 its published form is "
                "off by up to -alpha_n eps, a jump at 0; a positive eps "
                "makes it C^1.";
  let Year = "2024";
  let Cites = "Huang 2024, arXiv:2411.13010";
  let UsedIn = "Apertus";
}

//===----------------------------------------------------------------------===//
// Sigmoids
//===----------------------------------------------------------------------===//

def Sigmoid : Unary<"sigmoid", "sigmoid(x)", "(0,1)", "increasing", "C^inf",
    "no"> {
  let Aliases = "logistic";
  let Summary = "Logistic function, 1 / (1 + exp(-x)).";
  let Year = "1838";
  let Cites = "Verhulst 1838";
  let UsedIn = "LSTM and GRU gates, binary outputs";
}

def LogSigmoid : Unary<"log_sigmoid", "-softplus(-x)", "(-inf,0)", "increasing",
    "C^inf", "no"> {
  let Aliases = "logsigmoid";
  let Summary = "Logarithm of the logistic function.";
  let UsedIn = "contrastive and preference losses";
}

def HardSigmoid : Unary<"hard_sigmoid", "min(max((x + 3) / 6, 0), 1)", "[0,1]",
    "nondecreasing", "C^0", "no"> {
  let Summary = "Piecewise linear sigmoid with slope 1/6.";
  let Year = "2019";
  let Cites = "Howard et al. 2019, arXiv:1905.02244";
  let UsedIn = "MobileNetV3";
}

def HardSigmoidOnnx : Unary<"hard_sigmoid_onnx",
    "min(max(alpha * (x + beta / alpha), 0), 1)", "[0,1]", "nondecreasing",
    "C^0", "no"> {
  let Params = "alpha=0.2;beta=0.5";
  let Also = "alpha=0.5;alpha=1/6, beta=0.4";
  let Summary = "Piecewise linear sigmoid with slope 1/5.";
  let Cites = "ONNX HardSigmoid; Theano";
}

def SparseSigmoid : Unary<"sparse_sigmoid", "min(max((x + 1) / 2, 0), 1)",
    "[0,1]", "nondecreasing", "C^0", "no"> {
  let Summary = "Piecewise linear sigmoid with slope 1/2, the derivative of "
                "sparse_plus.";
  let Year = "2019";
  let Cites = "Blondel et al. 2019, arXiv:1901.02324";
}

def Tanh : Unary<"tanh", "tanh(x)", "(-1,1)", "increasing", "C^inf", "yes"> {
  let Summary = "Hyperbolic tangent.";
  let Cites = "LeCun 1989";
  let UsedIn = "LSTM and GRU states";
}

def LecunTanh : Unary<"lecun_tanh", "1.7159 * tanh(2 / 3 * x)",
    "(-1.7159,1.7159)", "increasing", "C^inf", "yes"> {
  let Summary = "Hyperbolic tangent scaled so that 1 maps nearly to 1.";
  let Year = "1998";
  let Cites = "LeCun et al. 1998, Efficient BackProp";
  let UsedIn = "LeNet";
}

def HardTanh : Unary<"hard_tanh", "min(max(x, min), max)", "[-1,1]",
    "nondecreasing", "C^0", "yes"> {
  let Params = "min=-1;max=1";
  let Also = "min=0, max=6;min=-0.5, max=2";
  let Summary = "The input clipped to an interval.";
}

def Softsign : Unary<"softsign", "x / (1 + abs(x))", "(-1,1)", "increasing",
    "C^1", "yes"> {
  let Aliases = "soft_sign";
  let AtMinusInf = "-1";
  let AtPlusInf = "1";
  let Summary = "x / (1 + |x|).";
  let Year = "1998";
  let Cites = "Elliott 1998; Turian et al. 2009";
}

def Isru : Unary<"isru", "x / sqrt(1 + alpha * x^2)", "(-1,1)", "increasing",
    "C^inf", "yes"> {
  let Params = "alpha=1";
  let Also = "alpha=0.1;alpha=3";
  let Summary = "Inverse square root unit.";
  let Year = "2017";
  let Cites = "Carlile et al. 2017, arXiv:1710.09967";
}

def Softcap : Unary<"softcap", "c * tanh(x / c)", "(-30,30)", "increasing",
    "C^inf", "yes"> {
  let Aliases = "logit_softcap";
  let Params = "c=30";
  let Also = "c=50;c=15";
  let Summary = "The input, bounded softly by c.";
  let Year = "2024";
  let Cites = "Gemma Team 2024, arXiv:2408.00118";
  let UsedIn = "Gemma 2, Grok-1";
}

def Erf : Unary<"erf", "erf(x)", "(-1,1)", "increasing", "C^inf", "yes"> {
  let Summary = "Error function.";
}

def Laplace : Unary<"laplace", "0.5 * erfc((mu - x) / (sigma * sqrt(2)))",
    "(0,1)", "increasing", "C^inf", "no"> {
  let Params = "mu=0.707107;sigma=0.282095";
  let Also = "mu=0, sigma=1;mu=-0.5, sigma=2";
  let Summary = "Normal distribution function fitted to the squared rectifier.";
  let Year = "2022";
  let Cites = "Ma et al. 2022, arXiv:2209.10655";
  let UsedIn = "MEGA";
}

//===----------------------------------------------------------------------===//
// Smooth rectifiers
//===----------------------------------------------------------------------===//

def Softplus : Unary<"softplus", "softplus(beta * x) / beta", "(0,inf)",
    "increasing", "C^inf", "no"> {
  let Aliases = "soft_relu;smooth_relu";
  let Params = "beta=1";
  let Also = "beta=0.5;beta=10";
  let Summary = "log(1 + exp(beta x)) / beta, a smooth rectifier.";
  let Year = "2001";
  let Cites = "Dugas et al. 2001";
  let UsedIn = "variances, mixture-of-experts routers, Mamba";
}

def SoftplusThreshold : Unary<"softplus_threshold",
    "where(beta * x > threshold, x, softplus(beta * x) / beta)", "(0,inf)",
    "no", "discontinuous", "no"> {
  let Params = "beta=1;threshold=20";
  let Also = "beta=2;beta=0.5, threshold=10";
  let Summary = "Softplus that is the input beyond a threshold: it falls "
                "there by log(1 + exp(-threshold)) / beta, 2.06e-9 at its "
                "defaults.";
  let Cites = "torch.nn.Softplus";
}

def Squareplus : Unary<"squareplus",
    "let r = sqrt(x^2 + b); where(x > 0, (x + r) / 2, b / (2 * (r - x)))",
    "(0,inf)", "increasing", "C^inf", "no"> {
  let Params = "b=4";
  let Also = "b=1;b=0.1";
  let Summary = "Algebraic smooth rectifier.";
  let Year = "2021";
  let Cites = "Barron 2021, arXiv:2112.11687";
}

def SparsePlus : Unary<"sparse_plus", "where(x >= 1, x, max(x + 1, 0)^2 / 4)",
    "[0,inf)", "nondecreasing", "C^1", "no"> {
  let Summary = "Rectifier with a quadratic piece from -1 to 1.";
  let Year = "2019";
  let Cites = "Blondel et al. 2019, arXiv:1901.02324";
}

def Smelu : Unary<"smelu",
    "where(x >= beta, x, max(x + beta, 0)^2 / (4 * beta))", "[0,inf)",
    "nondecreasing", "C^1", "no"> {
  let Params = "beta=2";
  let Also = "beta=1;beta=0.5";
  let Summary = "Rectifier with a quadratic piece from -beta to beta.";
  let Year = "2022";
  let Cites = "Shamir and Lin 2022, arXiv:2202.06499";
  let UsedIn = "recommender systems";
}

def BentIdentity : Unary<"bent_identity", "(sqrt(x^2 + 1) - 1) / 2 + x",
    "(-inf,inf)", "increasing", "C^inf", "no"> {
  let Summary = "Slope 1/2 far left, 3/2 far right.";
}

//===----------------------------------------------------------------------===//
// Shrinkage
//===----------------------------------------------------------------------===//

def Tanhshrink : Unary<"tanhshrink", "x - tanh(x)", "(-inf,inf)", "increasing",
    "C^inf", "yes"> {
  let Aliases = "tanh_shrink";
  let Summary = "x - tanh(x).";
}

def Softshrink : Unary<"softshrink",
    "where(abs(x) <= lambda, 0, where(x > 0, x - lambda, x + lambda))",
    "(-inf,inf)", "nondecreasing", "C^0", "yes"> {
  let Aliases = "soft_shrink";
  let Params = "lambda=0.5";
  let Also = "lambda=0.1;lambda=2";
  let Summary = "The input brought nearer to 0 by lambda.";
  let Year = "1994";
  let Cites = "Donoho and Johnstone 1994";
  let UsedIn = "sparse coding";
}

def Hardshrink : Unary<"hardshrink", "where(abs(x) <= lambda, 0, x)",
    "(-inf,-0.5) U {0} U (0.5,inf)", "nondecreasing", "discontinuous", "yes"> {
  let Aliases = "hard_shrink";
  let Params = "lambda=0.5";
  let Also = "lambda=0.1;lambda=2";
  let Summary = "The input, or 0 where it is at most lambda in magnitude.";
  let Year = "1994";
  let Cites = "Donoho and Johnstone 1994";
}

//===----------------------------------------------------------------------===//
// Self-gated units
//===----------------------------------------------------------------------===//

def Silu : Unary<"silu", "x * sigmoid(x)", "[-0.27846454276107379511,inf)",
    "no", "C^inf", "no"> {
  let Aliases = "swish";
  let AtMinusInf = "-0";
  let Summary = "Sigmoid linear unit.";
  let Year = "2016";
  let Cites = "Hendrycks and Gimpel 2016, arXiv:1606.08415; Elfwing et al. "
              "2017, arXiv:1702.03118";
  let UsedIn = "EfficientNet, YOLOv5, diffusion models; as SwiGLU in LLaMA, "
               "Mistral and Qwen";
}

def SwishBeta : Unary<"swish_beta", "x * sigmoid(beta * x)",
    "[-0.27846454276107379511,inf)", "no", "C^inf", "no"> {
  let Params = "beta=1";
  let Also = "beta=1.5;beta=0.5";
  let Summary = "Sigmoid linear unit with a slope.";
  let Year = "2017";
  let Cites = "Ramachandran et al. 2017, arXiv:1710.05941";
}

def QuickGelu : Unary<"quick_gelu", "x * sigmoid(1.702 * x)",
    "[-0.16361018963635358115,inf)", "no", "C^inf", "no"> {
  let Aliases = "gelu_quick;gelu_sigmoid";
  let AtMinusInf = "-0";
  let Summary = "GELU with a logistic function in place of erf.";
  let Year = "2016";
  let Cites = "Hendrycks and Gimpel 2016, arXiv:1606.08415";
  let UsedIn = "CLIP; in the gate of gpt-oss";
}

def Gelu : Unary<"gelu", "0.5 * x * erfc(-x / sqrt(2))",
    "[-0.16997120747990366169,inf)", "no", "C^inf", "no"> {
  let Aliases = "gelu_erf;gelu_python";
  let AtMinusInf = "-0";
  let Summary = "Gaussian error linear unit, x times the normal distribution "
                "function; the exact (erf) form.";
  let Year = "2016";
  let Cites = "Hendrycks and Gimpel 2016, arXiv:1606.08415";
  let UsedIn = "ViT, GPT-NeoX, BERT and RoBERTa in Hugging Face";
}

def GeluTanh : Unary<"gelu_tanh",
    "0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))",
    "[-0.17004075057125405064,inf)", "no", "C^inf", "no"> {
  let Aliases = "gelu_new;gelu_fast;gelu_pytorch_tanh;gelu_accurate";
  let AtMinusInf = "-0";
  let Summary = "GELU with tanh of a cubic in place of erf.";
  let Year = "2016";
  let Cites = "Hendrycks and Gimpel 2016, arXiv:1606.08415";
  let UsedIn = "BERT as published, GPT-2, Gemma, T5 v1.1";
}

def Gelu10 : Unary<"gelu_10",
    "where(x < 10, 0.5 * x * erfc(-x / sqrt(2)), min(x, 10))",
    "[-0.16997120747990366169,10]", "no", "C^0", "no"> {
  let AtMinusInf = "-0";
  let Summary = "GELU clipped to -10..10 for quantisation: from x = 10 on, "
                "where gelu is less than 1e-22 below 10.";
  let Year = "2020";
  let Cites = "Wu et al. 2020, arXiv:2004.09602";
}

def Mish : Unary<"mish", "x * tanh(softplus(x))",
    "[-0.30884341301725040663,inf)", "no", "C^inf", "no"> {
  let AtMinusInf = "-0";
  let Summary = "x tanh(softplus(x)).";
  let Year = "2019";
  let Cites = "Misra 2019, arXiv:1908.08681";
  let UsedIn = "YOLOv4";
}

def Telu : Unary<"telu", "x * tanh(exp(x))", "[-0.35328577784821127099,inf)",
    "no", "C^inf", "no"> {
  let AtMinusInf = "-0";
  let Summary = "x tanh(exp(x)).";
  let Year = "2024";
  let Cites = "Fernandez and Mali 2024, arXiv:2412.20269";
}

def Serf : Unary<"serf", "x * erf(softplus(x))",
    "[-0.34843745875960642022,inf)", "no", "C^inf", "no"> {
  let AtMinusInf = "-0";
  let Summary = "x erf(softplus(x)).";
  let Year = "2021";
  let Cites = "Nag and Bhattacharyya 2021, arXiv:2108.09598";
}

def Logish : Unary<"logish", "x * log1p(sigmoid(x))",
    "[-0.25276881678944035309,inf)", "no", "C^inf", "no"> {
  let AtMinusInf = "-0";
  let Summary = "x log(1 + sigmoid(x)); its slope tends to log(2).";
  let Year = "2021";
  let Cites = "Zhu et al. 2021";
}

def HardSwish : Unary<"hard_swish", "x * min(max((x + 3) / 6, 0), 1)",
    "[-0.375,inf)", "no", "C^0", "no"> {
  let Aliases = "hard_silu";
  let AtMinusInf = "-0";
  let Summary = "Piecewise quadratic stand-in for silu.";
  let Year = "2019";
  let Cites = "Howard et al. 2019, arXiv:1905.02244";
  let UsedIn = "MobileNetV3";
}

def HardGelu : Unary<"hard_gelu", "x * min(max((1.702 * x + 3) / 6, 0), 1)",
    "[-0.22032902467685076381,inf)", "no", "C^0", "no"> {
  let Aliases = "h_gelu";
  let AtMinusInf = "-0";
  let Summary = "Piecewise quadratic stand-in for gelu: quick_gelu with a "
                "piecewise linear logistic function.";
  let Year = "2021";
  let Cites = "Kim et al. 2021, arXiv:2101.01321";
}

def HardMish : Unary<"hard_mish", "x * (min(max(x + 2, 0), 2) / 2)",
    "[-0.5,inf)", "no", "C^0", "no"> {
  let AtMinusInf = "-0";
  let Summary = "Piecewise quadratic stand-in for mish.";
  let Year = "2020";
}

//===----------------------------------------------------------------------===//
// Periodic functions
//===----------------------------------------------------------------------===//

def Sin : Unary<"sin", "sin(x)", "[-1,1]", "no", "C^inf", "yes"> {
  let Summary = "Sine.";
  let Year = "2020";
  let Cites = "Sitzmann et al. 2020, arXiv:2006.09661";
  let UsedIn = "SIREN";
}

def Snake : Unary<"snake", "x + sin(a * x)^2 / a", "(-inf,inf)", "increasing",
    "C^inf", "no"> {
  let Params = "a=1";
  let Also = "a=0.5;a=5";
  let Summary = "x + sin(a x)^2 / a.";
  let Year = "2020";
  let Cites = "Ziyin et al. 2020, arXiv:2006.08195";
  let UsedIn = "BigVGAN";
}

include "act/IR/ActGates.td"

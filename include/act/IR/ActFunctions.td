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
  string Formula = formula;
  /// Limits stated only where the formula itself is NaN there.
  string AtMinusInf = "";
  string AtPlusInf = "";
  string Summary = "";
  string Cites = "";
}

def ActFunctionTable : GenericTable {
  let FilterClass = "ActFunction";
  let CppTypeName = "FunctionInfo";
  let Fields = ["Name", "Aliases", "Inputs", "Params", "Formula", "AtMinusInf",
                "AtPlusInf", "Summary", "Cites"];
}

def Identity : ActFunction<"identity", "x"> {
  let Aliases = "linear";
  let Summary = "The input itself.";
}

def Relu : ActFunction<"relu", "max(x, 0)"> {
  let Aliases = "rectifier;ramp";
  let Summary = "Rectified linear unit.";
  let Cites = "Fukushima 1969; Nair and Hinton 2010";
}

def Relu6 : ActFunction<"relu6", "min(max(x, 0), 6)"> {
  let Summary = "Rectified linear unit, bounded by 6.";
  let Cites = "Krizhevsky 2010";
}

def LeakyRelu : ActFunction<"leaky_relu", "where(x > 0, x, slope * x)"> {
  let Aliases = "lrelu";
  let Params = "slope=0.01";
  let Summary = "Rectifier with a small slope for negative inputs.";
  let Cites = "Maas et al. 2013";
}

def Prelu : ActFunction<"prelu", "where(x > 0, x, a * x)"> {
  let Params = "a=0.25";
  let Summary = "Leaky rectifier whose slope is learned.";
  let Cites = "He et al. 2015, arXiv:1502.01852";
}

def Elu : ActFunction<"elu", "where(x > 0, x, alpha * expm1(x))"> {
  let Params = "alpha=1";
  let Summary = "Exponential linear unit.";
  let Cites = "Clevert et al. 2015, arXiv:1511.07289";
}

def Celu : ActFunction<"celu", "where(x > 0, x, alpha * expm1(x / alpha))"> {
  let Params = "alpha=1";
  let Summary = "Exponential linear unit, continuously differentiable.";
  let Cites = "Barron 2017, arXiv:1704.07483";
}

def Selu : ActFunction<"selu",
    "where(x > 0, lambda * x, lambda * alpha * expm1(x))"> {
  let Params = "alpha=1.6732632423543772848170429916717;"
               "lambda=1.0507009873554804934193349852946";
  let Summary = "Self-normalising exponential linear unit.";
  let Cites = "Klambauer et al. 2017, arXiv:1706.02515";
}

def Sigmoid : ActFunction<"sigmoid", "sigmoid(x)"> {
  let Aliases = "logistic";
  let Summary = "Logistic function, 1 / (1 + exp(-x)).";
  let Cites = "Verhulst 1838";
}

def HardSigmoid : ActFunction<"hard_sigmoid", "min(max((x + 3) / 6, 0), 1)"> {
  let Summary = "Piecewise linear sigmoid with slope 1/6.";
}

def Tanh : ActFunction<"tanh", "tanh(x)"> {
  let Summary = "Hyperbolic tangent.";
}

def HardTanh : ActFunction<"hard_tanh", "min(max(x, min), max)"> {
  let Params = "min=-1;max=1";
  let Summary = "The input clipped to an interval.";
}

def Softplus : ActFunction<"softplus", "softplus(beta * x) / beta"> {
  let Aliases = "soft_relu;smooth_relu";
  let Params = "beta=1";
  let Summary = "log(1 + exp(beta x)) / beta, a smooth rectifier.";
  let Cites = "Dugas et al. 2001";
}

def Softsign : ActFunction<"softsign", "x / (1 + abs(x))"> {
  let Aliases = "soft_sign";
  let AtMinusInf = "-1";
  let AtPlusInf = "1";
  let Summary = "x / (1 + |x|).";
  let Cites = "Turian et al. 2009";
}

def Silu : ActFunction<"silu", "x * sigmoid(x)"> {
  let Aliases = "swish";
  let AtMinusInf = "-0";
  let Summary = "Sigmoid linear unit.";
  let Cites = "Hendrycks and Gimpel 2016, arXiv:1606.08415; "
              "Elfwing et al. 2017, arXiv:1702.03118";
}

def HardSwish : ActFunction<"hard_swish",
    "x * min(max((x + 3) / 6, 0), 1)"> {
  let Aliases = "hard_silu";
  let AtMinusInf = "-0";
  let Summary = "Piecewise quadratic stand-in for silu.";
  let Cites = "Howard et al. 2019, arXiv:1905.02244";
}

def Gelu : ActFunction<"gelu", "0.5 * x * erfc(-x / sqrt(2))"> {
  let Aliases = "gelu_erf";
  let AtMinusInf = "-0";
  let Summary = "Gaussian error linear unit, x times the normal "
                "distribution function; the exact (erf) form.";
  let Cites = "Hendrycks and Gimpel 2016, arXiv:1606.08415";
}

def GeluTanh : ActFunction<"gelu_tanh",
    "0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))"> {
  let Aliases = "gelu_new;gelu_pytorch_tanh";
  let AtMinusInf = "-0";
  let Summary = "GELU with tanh of a cubic in place of erf.";
  let Cites = "Hendrycks and Gimpel 2016, arXiv:1606.08415";
}

def QuickGelu : ActFunction<"quick_gelu", "x * sigmoid(1.702 * x)"> {
  let AtMinusInf = "-0";
  let Summary = "GELU with a logistic function in place of erf.";
  let Cites = "Hendrycks and Gimpel 2016, arXiv:1606.08415";
}

def Mish : ActFunction<"mish", "x * tanh(softplus(x))"> {
  let AtMinusInf = "-0";
  let Summary = "x tanh(softplus(x)).";
  let Cites = "Misra 2019, arXiv:1908.08681";
}

//===- Options.td - The command line of act-report ---------*- tablegen -*-===//

include "llvm/Option/OptParser.td"

class Flag_<string name, string help>
    : Flag<["--"], name>, HelpText<help>;
class Eq<string name, string meta, string help>
    : Joined<["--"], name # "=">, MetaVarName<meta>, HelpText<help>;

def help : Flag_<"help", "Print this text">;
def version : Flag_<"version", "Print the versions of act and LLVM">;
def format : Eq<"format", "FORMAT", "md (default), json or csv">;
def json : Eq<"json", "FILE", "Write the report to a file as JSON, too">;
def function : Eq<"function", "NAME",
  "Function of a .mlir file (default: its only public one)">;
def compat : Eq<"compat", "FRAMEWORK",
  "Names mean what they mean in torch, jax, keras, onnx, tf, onednn or ggml">;
def name : Eq<"name", "NAME", "The name that identify looks up">;
def arguments : Eq<"arguments", "NAME=VALUE",
  "The variant of that name, such as approximate=tanh">;
def samples : Eq<"samples", "@FILE.npy",
  "Points (x, y) of a function that identify names, N x 2, or a formula">;
def derivative : Eq<"derivative", "N",
  "Derivatives up to this order, 0 to 8 (default 2; in a plot 1, at most 3); "
  "of accuracy the order of the kernel (default 0)">;
def dtype : Eq<"dtype", "TYPE",
  "Element type of a kernel: f64, f32 (default), f16 or bf16">;
def accuracy : Eq<"accuracy", "CLASS",
  "Class of a kernel: strict, default or fast">;
def exhaustive : Flag_<"exhaustive", "All 2^32 inputs of an f32 kernel">;
def stride : Eq<"stride", "K",
  "Every K-th input in bit order (default 4099 of f32, 2^44 - 17 of f64)">;
def resume : Eq<"resume", "FILE",
  "Save a sweep in a file every few seconds, and go on from there">;
def max_ulp : Eq<"max-ulp", "N", "The bound in place of the function's own">;
def threads : Eq<"threads", "N", "Worker threads (default: all cores)">;
def layers : Eq<"layers", "L", "How many layers, 1 to 1000 (default 10)">;
def weight_variance : Eq<"weight-variance", "V",
  "Variance of the weights times fan-in, to be judged beside the usual ones">;
def plot : Eq<"plot", "FILE.svg", "Draw a picture (- for stdout)">;
def range : Eq<"range", "LO:HI",
  "Inputs that are looked at (default -6:6), or temperatures (0.1:10)">;
def temperature : Eq<"temperature", "T[,T...]",
  "Temperatures of a softmax, each above 0 (default 1)">;
def depth : Eq<"depth", "L[,L...]",
  "What a gradient can keep through L layers, 1 to 1000 each">;

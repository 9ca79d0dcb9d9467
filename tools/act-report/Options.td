//===- Options.td - The command line of act-report ---------*- tablegen -*-===//

include "llvm/Option/OptParser.td"

class Flag_<string name, string help>
    : Flag<["--"], name>, HelpText<help>;
class Eq<string name, string meta, string help>
    : Joined<["--"], name # "=">, MetaVarName<meta>, HelpText<help>;

def help : Flag_<"help", "Print this text">;
def version : Flag_<"version", "Print the versions of act and LLVM">;
def format : Eq<"format", "FORMAT", "md (default), json or csv">;
def function : Eq<"function", "NAME",
  "Function of a .mlir file (default: its only public one)">;
def compat : Eq<"compat", "FRAMEWORK",
  "Names mean what they mean in torch, jax, keras, onnx, tf, onednn or ggml">;
def name : Eq<"name", "NAME", "The name that identify looks up">;
def arguments : Eq<"arguments", "NAME=VALUE",
  "The variant of that name, such as approximate=tanh">;
def derivative : Eq<"derivative", "N",
  "Derivatives up to this order, 0 to 8 (default 2)">;

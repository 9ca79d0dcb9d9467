//===- Options.td - The command line of act-run ------------*- tablegen -*-===//

include "llvm/Option/OptParser.td"

class Flag_<string name, string help>
    : Flag<["--"], name>, HelpText<help>;
class Eq<string name, string meta, string help>
    : Joined<["--"], name # "=">, MetaVarName<meta>, HelpText<help>;

def help : Flag_<"help", "Print this text">;
def version : Flag_<"version", "Print the versions of act and LLVM">;

def grp_inputs : OptionGroup<"inputs">, HelpText<"INPUTS">;
def input : Eq<"input", "[NAME=]VALUE",
  "@file.npy, @- (stdin), linspace:LO:HI:N, normal:SEED:SHAPE, "
  "uniform:LO:HI:SEED:SHAPE, all, or comma-separated numbers">,
  Group<grp_inputs>;
def param : Eq<"param", "NAME=NUMBER",
  "Value of a named parameter, given at run time">, Group<grp_inputs>;
def dtype : Eq<"dtype", "TYPE",
  "Element type f64, f32, f16 or bf16 (default: the input file's, or f32)">,
  Group<grp_inputs>;
def function : Eq<"function", "NAME",
  "Function of a .mlir file to run (default: its only public one)">,
  Group<grp_inputs>;

def compat : Eq<"compat", "FRAMEWORK",
  "Names mean what they mean in torch, jax, keras, onnx, tf, onednn or ggml">,
  Group<grp_inputs>;

def grp_derive : OptionGroup<"derivatives">, HelpText<"DERIVATIVES">;
def derivative : Eq<"derivative", "N[,N...]",
  "Run derivatives of these orders (0 to 8) in one kernel">,
  Group<grp_derive>;
def wrt : Eq<"wrt", "NAME",
  "Input or parameter to differentiate by (default: the only input)">,
  Group<grp_derive>;
def vjp : Flag_<"vjp",
  "Run the backward kernel: a gradient for each input, and for parameters "
  "given by --input; with --derivative=N, of the N-th derivative">,
  Group<grp_derive>;
def cotangent : Eq<"cotangent", "VALUE",
  "Gradient of the result, in a form of --input; one number or the result's "
  "shape">, Group<grp_derive>;
def jvp : Flag_<"jvp",
  "Run the Jacobian-vector product: how the result changes along --tangent">,
  Group<grp_derive>;
def tangent : Eq<"tangent", "VALUE",
  "Change of the input, or of the one that --wrt names, in a form of --input; "
  "of several inputs give --input=tangent_NAME=VALUE each">,
  Group<grp_derive>;
def jacobian : Flag_<"jacobian",
  "Run the whole Jacobian of a function of a row: element (i, j) along the "
  "row's axis is d out_i / d in_j">, Group<grp_derive>;
def save : Eq<"save", "POLICY",
  "What forward keeps for backward: input, output, recompute or mask">,
  Group<grp_derive>;

def grp_outputs : OptionGroup<"outputs">, HelpText<"OUTPUTS">;
def output : Eq<"output", "FILE.npy",
  "Write the result; - is stdout; NAME in it becomes the result's name">,
  Group<grp_outputs>;
def emit : Eq<"emit", "KIND",
  "Print llvm, asm, obj or ptx instead of running">, Group<grp_outputs>;
def stop_after : Eq<"stop-after", "STAGE",
  "Print the MLIR after a stage instead of running">, Group<grp_outputs>;

def grp_compile : OptionGroup<"compile">, HelpText<"COMPILATION">;
def target : Eq<"target", "TARGET",
  "cpu (this machine's best level), cpu:LEVEL with LEVEL x86-64-v3, x86-64-v4 "
  "or neon, cuda or cuda:SM with SM sm_75 to sm_90a, or gpusim, which runs a "
  "GPU's kernel on the host; --emit works for any of them">,
  Group<grp_compile>;
def accuracy : Eq<"accuracy", "CLASS",
  "strict, default or fast: how near results are to the exact values">,
  Group<grp_compile>;
def round : Eq<"round", "POINTS",
  "once (default), or each: behind every operation, as eager frameworks do">,
  Group<grp_compile>;
def quantize : Eq<"quantize", "FORMAT[:SCALES]",
  "Results in e4m3, e5m2 or int8, divided by a scale: a number (default 1), or "
  "row or 128 for one that is computed for each row or 128 elements of it and "
  "is a second result">,
  Group<grp_compile>;
def tolerance : Eq<"tolerance", "T",
  "Largest absolute error of a GELU, within which a cheaper form may stand for "
  "it (default: none does)">, Group<grp_compile>;
def flush : Flag_<"flush",
  "Read subnormal inputs as zeros of their sign and make such zeros of "
  "subnormal results, whatever FTZ and DAZ say">,
  Group<grp_compile>;
def threads : Eq<"threads", "N", "Worker threads (default 1)">,
  Group<grp_compile>;

def grp_judge : OptionGroup<"judge">, HelpText<"JUDGEMENT">;
def check : Flag_<"check",
  "Compare with the reference interpreter; exit 1 beyond the bound">,
  Group<grp_judge>;
def max_ulp : Eq<"max-ulp", "N", "The bound of --check in ulp">,
  Group<grp_judge>;
def stats : Flag_<"stats",
  "Count zero, saturated, non-finite and dead outputs in each channel: the "
  "last axis; an array of one axis is samples of one channel">,
  Group<grp_judge>;
def stats_axis : Eq<"stats-axis", "K",
  "Axis of the result that holds the channels of --stats; -1 is the last">,
  Group<grp_judge>;
def stats_threshold : Eq<"stats-threshold", "F",
  "Warn where more than this fraction of the channels is dead (default 0.2)">,
  Group<grp_judge>;
def time : Flag_<"time",
  "Print milliseconds a stage, kernel time and GB/s beside a copy">,
  Group<grp_judge>;

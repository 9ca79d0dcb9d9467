//===- Options.td - The command line of act-gpu-check ------*- tablegen -*-===//

include "llvm/Option/OptParser.td"

class Flag_<string name, string help>
    : Flag<["--"], name>, HelpText<help>;
class Eq<string name, string meta, string help>
    : Joined<["--"], name # "=">, MetaVarName<meta>, HelpText<help>;

def help : Flag_<"help", "Print this text">;
def version : Flag_<"version", "Print the versions of act and LLVM">;

def grp_where : OptionGroup<"where">, HelpText<"WHERE">;
def device : Eq<"device", "N", "Number of the CUDA device (default 0)">,
  Group<grp_where>;
def simulate : Flag_<"simulate",
  "Run on the host what needs no device, and no benchmark">, Group<grp_where>;
def sm : Eq<"sm", "SM", "SM version that --simulate compiles for "
  "(default sm_90)">, Group<grp_where>;
def threads : Eq<"threads", "N",
  "Cases that are compiled and judged at once (default: one a processor)">,
  Group<grp_where>;

def grp_what : OptionGroup<"what">, HelpText<"WHAT">;
def list_cases : Flag_<"list", "Print the names of the cases, and run nothing">,
  Group<grp_what>;
def filter : Eq<"filter", "TEXT",
  "Run the cases and benchmarks whose names contain this">, Group<grp_what>;
def small : Flag_<"small", "Run the cases that take well under a second each">,
  Group<grp_what>;
def no_tests : Flag_<"no-tests", "Run the benchmarks only">, Group<grp_what>;
def no_benchmarks : Flag_<"no-benchmarks", "Run the cases only">,
  Group<grp_what>;
def mib : Eq<"mib", "N",
  "Size of each array of a benchmark in MiB, which is to be a multiple of the "
  "L2 cache (default 256)">, Group<grp_what>;
def json : Eq<"json", "FILE", "Write all results; - is stdout">,
  Group<grp_what>;

//===- Options.h - The command line of act-run ------------------*- C++ -*-===//
#ifndef ACT_RUN_OPTIONS_H
#define ACT_RUN_OPTIONS_H

#include "act/Numerics.h"
#include "act/Quantization.h"
#include "act/Stages.h"
#include "act/Tensor.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace act::run {

/// The command line, taken apart. Values that need other inputs to be judged
/// (names of inputs, parameters) are kept as text.
struct Options {
  std::string source;
  std::vector<std::string> inputs;
  std::vector<std::pair<std::string, double>> params;
  std::optional<DType> dtype;
  std::string function;
  /// The framework of --compat, or "".
  std::string compat;
  /// Orders of --derivative, empty without it.
  std::vector<int64_t> derivatives;
  std::string wrt;
  bool vjp = false;
  /// --cotangent is given; its value is the last of `inputs` by that name.
  bool cotangent = false;
  bool jvp = false, tangent = false;
  /// A vjp of which each row of an identity matrix is a cotangent.
  bool jacobian = false;
  std::string save = "input";
  /// The forward function also gives the mask of --save=mask.
  bool keepsMask = false;
  std::string output;
  std::string emit;
  std::optional<Stage> stopAfter;
  /// Empty without --target.
  std::string target;
  Accuracy accuracy = Accuracy::Default;
  RoundingPoints rounding = RoundingPoints::Once;
  /// What a GELU may be wrong by; none without --tolerance.
  std::optional<double> tolerance;
  /// How the result is quantised; the scale is the text of a static one.
  struct Quantization {
    DType format;
    Scaling scaling;
    std::string scale;
  };
  std::optional<Quantization> quantization;
  bool flush = false;
  unsigned threads = 1;
  bool check = false;
  std::optional<double> maxUlp;
  bool time = false;
  bool stats = false;
  std::optional<int64_t> statsAxis;
  std::optional<double> statsThreshold;

  /// True when nothing runs and so no input is needed.
  bool onlyPrints() const { return stopAfter || !emit.empty(); }
  /// True when another function than that of the source runs.
  bool isDerivative() const { return vjp || jvp || !derivatives.empty(); }
  /// True when backward reads what a forward run has saved.
  bool readsSaved() const {
    return vjp && (save == "output" || save == "mask");
  }
  /// The options of that forward run.
  Options forward() const;
};

/// What to do after parsing.
enum class Action { Run, Exit };

/// Parses the command line. `--help` and `--version` print to stdout and
/// return Exit; a malformed command line is an error for exit code 2.
llvm::Expected<std::pair<Action, Options>> parseOptions(int argc, char **argv);

} // namespace act::run

#endif // ACT_RUN_OPTIONS_H

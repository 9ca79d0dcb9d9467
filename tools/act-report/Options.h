//===- Options.h - The command line of act-report ---------------*- C++ -*-===//
#ifndef ACT_REPORT_OPTIONS_H
#define ACT_REPORT_OPTIONS_H

#include "Verbs.h"
#include "act/Numerics.h"
#include "act/Tensor.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace act::report {

/// More derivatives in one picture are hard to tell apart.
inline constexpr unsigned kMostPlotted = 3;

/// What is looked at of the input of functions, unless --range says otherwise.
inline constexpr Extent kInputRange{-6, 6};

/// The command line, taken apart.
struct Options {
  /// Null where --help or --version has been answered.
  const Verb *verb = nullptr;
  /// As many as the verb takes.
  std::vector<std::string> sources;
  Format format = Format::Markdown;
  /// Where the report goes as JSON, too; empty for nowhere.
  std::string json;
  std::string function;
  /// The framework of --compat, or "".
  std::string compat;
  /// --name and --arguments of identify.
  std::string name, arguments;
  /// --samples of identify: "@file.npy", "@-" or a source.
  std::string samples;
  /// The highest order of --derivative, or that of a kernel.
  std::optional<unsigned> derivative;
  /// Of a kernel; f32 and default unless --dtype and --accuracy are given.
  std::optional<DType> dtype;
  std::optional<Accuracy> accuracy;
  /// What a sweep takes of its inputs, and what holds its results to.
  bool exhaustive = false;
  std::optional<uint64_t> stride;
  std::optional<double> maxUlp;
  /// The file that a sweep goes on from, or "".
  std::string resume;
  std::optional<unsigned> threads;
  /// Numbers of layers, of --depth.
  std::vector<unsigned> depths;
  /// Of --layers.
  unsigned layers = 10;
  /// Of --weight-variance, in units of 1 / fan-in.
  std::optional<double> weightVariance;
  /// Highest order in a plot: 1, or what --derivative asks for, but no more
  /// than kMostPlotted.
  unsigned plotOrder = 1;
  /// Where the picture goes; empty for none.
  std::string plot;
  /// What is looked at: of the input, or of the temperature.
  std::optional<Extent> range;
  /// Of a softmax, each above 0.
  std::vector<double> temperatures{1};
};

/// Parses the command line. `--help` and `--version` print to stdout; a
/// malformed command line is an error for exit code 2.
llvm::Expected<Options> parseOptions(int argc, char **argv);

} // namespace act::report

#endif // ACT_REPORT_OPTIONS_H

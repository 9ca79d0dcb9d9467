//===- Samples.h - Points of a function that nobody named -------*- C++ -*-===//
#ifndef ACT_REPORT_SAMPLES_H
#define ACT_REPORT_SAMPLES_H

#include "act/Tensor.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>
#include <vector>

namespace act::report {

struct Options;

/// Points (x, y) of a function, by x; all finite.
struct Samples {
  std::vector<double> x, y;
  /// The narrowest type that holds all of them: what rounded y.
  DType type = DType::F64;
  /// Rows that are not among them, for an x or a y that is not finite.
  size_t leftOut = 0;

  size_t size() const { return x.size(); }
  /// How many different x there are.
  size_t numPlaces() const;
  double largestX() const;
  double largestY() const;
  /// How far a value may lie from the one that y was rounded from, in ulp of
  /// the type: what good implementations in it do.
  double tolerance() const;
  /// At most `count` of them, spread evenly over their order.
  Samples thinned(size_t count) const;
};

/// At fewer places, four parameters would fit anything.
inline constexpr size_t kFewestPlaces = 8;

/// Sorts points and leaves out those that are not finite; `type` is their
/// array's.
Samples makeSamples(std::vector<std::pair<double, double>> points, DType type);

/// What --samples describes: "@file.npy" or "@-" of shape N x 2, or a function
/// of one input, sampled between -10 and 10 in f64. Nothing after an error,
/// which has been printed.
std::optional<Samples> readSamples(const Options &options);

} // namespace act::report

#endif // ACT_REPORT_SAMPLES_H

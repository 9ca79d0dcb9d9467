//===- Picture.h - What a plot of a subject shows ---------------*- C++ -*-===//
#ifndef ACT_REPORT_PICTURE_H
#define ACT_REPORT_PICTURE_H

#include "Curves.h"
#include "Plot.h"

namespace act::report {

/// A subject of one input as a picture samples it.
struct Drawn {
  Curve<Quad> curve;
  /// Kinks and jumps, to be marked.
  std::vector<double> kinks;
};

/// Nothing after an error, which has been printed and names the verb.
std::optional<Drawn> drawnOf(Subject &subject, unsigned highestOrder,
                             llvm::StringRef verb);

/// False, and prints an error, where the line of a subject over the range has
/// no points that are finite.
bool checkVisible(Subject &subject, const Line &line, Extent range);

/// The picture of a function and its derivatives; nothing after an error, which
/// has been printed.
std::optional<Plot> pictureOf(Subject &subject, const Options &options);

} // namespace act::report

#endif // ACT_REPORT_PICTURE_H

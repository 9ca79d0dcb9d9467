//===- Plot.h - Pictures of functions ---------------------------*- C++ -*-===//
//
// What a picture shows, without a word on how: Plot.cpp draws it as SVG, and
// Sample.h makes lines of functions.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REPORT_PLOT_H
#define ACT_REPORT_PLOT_H

#include "llvm/Support/raw_ostream.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace act::report {

/// An interval of numbers, lo < hi.
struct Extent {
  double lo, hi;
  double width() const { return hi - lo; }
};

/// A place on a line that is pointed out.
struct Mark {
  double x, y;
};

/// One line of a panel.
struct Line {
  /// For the legend.
  std::string label;
  /// With ascending x. A y that is not finite is a gap.
  std::vector<std::pair<double, double>> points;
  std::vector<Mark> marks;
  /// Which colour of the palette, from 0 on; it repeats after kNumColors.
  unsigned color = 0;
  /// Solid, dashed, dotted or both, so that what lies under it stays visible
  /// and colours are not all that tells lines apart.
  unsigned dash = 0;
};

inline constexpr unsigned kNumColors = 6, kNumDashes = 4;

/// Lines over one vertical axis.
struct Panel {
  std::vector<Line> lines;
  /// Of the drawing area in pixels, of a picture that is 640 wide.
  double height = 280;
  /// What the vertical axis shows; by default what windowOf chooses.
  std::optional<Extent> window;
};

/// A labelled place of an axis.
struct Tick {
  double value;
  std::string label;
};

/// Panels one above another over the same horizontal axis.
struct Plot {
  /// Plain text; cut where it is too long.
  std::string title;
  std::string xLabel;
  Extent x{0, 1};
  /// Logarithmic horizontal axis; then 0 < x.lo.
  bool isLogX = false;
  /// Places of the horizontal axis that are labelled; by default round numbers.
  std::vector<Tick> xTicks;
  std::vector<Panel> panels;
};

/// The part of the vertical axis that shows most of what the lines do: all of
/// them where that flattens none, else less of those that run away, such as
/// exp, or have a spike or pole. Hills and valleys of the first line are shown
/// in full. Lines need no points. For linear horizontal axes.
Extent windowOf(const std::vector<Line> &lines);

/// Draws the picture as an SVG document, 640 pixels wide, that is legible on
/// its own light background and, where the viewer prefers it, on a dark one.
void writeSvg(llvm::raw_ostream &os, const Plot &plot);

} // namespace act::report

#endif // ACT_REPORT_PLOT_H

//===- Axis.h - Numbers to pixels, and round numbers ------------*- C++ -*-===//
#ifndef ACT_REPORT_AXIS_H
#define ACT_REPORT_AXIS_H

#include "Plot.h"

namespace act::report {

/// digits * 10^exponent, rounded once, with the shortest text: "0.2", "1e-5".
Tick tickOf(long digits, int exponent);

/// One axis of a panel.
struct Axis {
  /// Numbers at the ends, and where these lie in pixels.
  Extent numbers;
  double from, to;
  bool isLog = false;

  /// Where a number lies, in pixels; also for numbers beyond the ends.
  double at(double value) const;
  /// At most `most` round numbers within the ends, as evenly as they come:
  /// multiples of 1, 2 or 5 times a power of ten.
  std::vector<Tick> ticks(unsigned most) const;
};

} // namespace act::report

#endif // ACT_REPORT_AXIS_H

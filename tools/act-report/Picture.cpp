//===- Picture.cpp - What a plot of a subject shows -----------------------===//

#include "Picture.h"
#include "Array.h"
#include "Sample.h"
#include "act/Analysis/Breaks.h"

using namespace act;
using namespace act::report;

std::optional<Drawn> act::report::drawnOf(Subject &subject,
                                          unsigned highestOrder,
                                          llvm::StringRef verb) {
  std::optional<Curves> curves =
      Curves::create(subject, verb, std::max(highestOrder, 2u));
  if (!curves)
    return std::nullopt;
  Drawn drawn{curves->quick(), {}};
  for (const MpfrNumber &x : breakPlaces(curves->exact()))
    drawn.kinks.push_back(NumberTraits<MpfrNumber>::toDouble(x));
  return drawn;
}

bool act::report::checkVisible(Subject &subject, const Line &line,
                               Extent range) {
  if (llvm::any_of(line.points,
                   [](auto &point) { return std::isfinite(point.second); }))
    return true;
  subject.func.emitError("the function has no finite value from ")
      << tools::formatShortest(range.lo, tools::ElementType::F64) << " to "
      << tools::formatShortest(range.hi, tools::ElementType::F64)
      << "; give another --range";
  return false;
}

std::optional<Plot> act::report::pictureOf(Subject &subject,
                                           const Options &options) {
  std::optional<Drawn> drawn =
      drawnOf(subject, options.plotOrder, "properties --plot");
  if (!drawn)
    return std::nullopt;
  Extent range = options.range.value_or(kInputRange);
  std::vector<Line> lines =
      sampleCurve(drawn->curve, options.plotOrder, range, drawn->kinks);
  if (!checkVisible(subject, lines.front(), range))
    return std::nullopt;
  Plot plot;
  plot.title = subject.titleText();
  plot.xLabel = subject.func.getArgName(0).str();
  plot.x = range;
  plot.panels.emplace_back().lines = std::move(lines);
  return plot;
}

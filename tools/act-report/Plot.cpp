//===- Plot.cpp - Pictures of functions as SVG ----------------------------===//

#include "Plot.h"
#include "Axis.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <cmath>

using namespace act::report;
using llvm::raw_ostream;
using llvm::StringRef;

// Pixels. The picture is one column of panels: over each its legend, so that
// it never hides a line, and under each the numbers of the horizontal axis.
static constexpr double kWidth = 640, kRight = 16, kTitle = 34, kLegend = 22;
static constexpr double kNumbers = 22, kXLabel = 20, kBottom = 8;
/// Upper bounds of the width of a character of the text and of the title.
static constexpr double kCharacter = 7.4, kTitleCharacter = 8.5;
/// Between the ends of a line and the frame, as a share of the height.
static constexpr double kMargin = 0.05;

/// Colours of the light and the dark picture, made to differ in lightness too.
static constexpr const char *kStyle = R"(<style>
.page { fill: #ffffff }
text { font-family: sans-serif; font-size: 12px; fill: #333333 }
.title { font-family: monospace; font-size: 14px; fill: #111111 }
.grid { stroke: #e4e4e4 }
.axis { stroke: #9a9a9a }
.frame { stroke: #bbbbbb; fill: none }
.line { fill: none; stroke-width: 2; stroke-linejoin: round }
.d1 { stroke-dasharray: 7 4 } .d2 { stroke-dasharray: 2 3 }
.d3 { stroke-dasharray: 8 3 2 3 }
.mark { fill: #ffffff; stroke-width: 2 }
.c0 { stroke: #1464b4 } .c1 { stroke: #d9580d } .c2 { stroke: #23863a }
.c3 { stroke: #8c46c8 } .c4 { stroke: #a87b00 } .c5 { stroke: #c2185b }
@media (prefers-color-scheme: dark) {
.page { fill: #15181d } .mark { fill: #15181d }
text { fill: #c8ccd2 } .title { fill: #f0f2f5 }
.grid { stroke: #2b3038 } .axis { stroke: #737b87 } .frame { stroke: #4a515c }
.c0 { stroke: #62aef5 } .c1 { stroke: #ff9a5c } .c2 { stroke: #63cf7e }
.c3 { stroke: #c79bf2 } .c4 { stroke: #e5bf4d } .c5 { stroke: #ff7fb0 }
}
</style>
)";

/// A coordinate in tenths of a pixel: "12.3", "12".
static std::string num(double pixels) {
  long tenths = std::lround(pixels * 10);
  std::string text = tenths < 0 ? "-" : "";
  text += std::to_string(std::labs(tenths) / 10);
  if (tenths % 10)
    text += "." + std::to_string(std::labs(tenths) % 10);
  return text;
}

static std::string escaped(StringRef text) {
  std::string result;
  llvm::raw_string_ostream os(result);
  llvm::printHTMLEscaped(text, os);
  return result;
}

/// The text, or its beginning where more than `most` characters do not fit.
static std::string fitted(StringRef text, size_t most) {
  return text.size() <= most ? escaped(text)
                             : escaped(text.take_front(most - 1)) + "&#8230;";
}

static size_t charactersIn(double pixels) {
  return size_t(std::max(pixels / kCharacter, 4.0));
}

//===----------------------------------------------------------------------===//
// Lines
//===----------------------------------------------------------------------===//

namespace {
struct Pixel {
  double x, y;
};

/// Collects the visible parts of a line as the data of a path.
class PathData {
public:
  PathData(double top, double bottom) : top(top), bottom(bottom) {}

  /// A straight piece; only what lies between top and bottom is drawn.
  void add(Pixel from, Pixel to);
  /// A gap.
  void lift();

  std::string text;

private:
  void write(size_t first, size_t last);

  double top, bottom;
  std::vector<Pixel> part;
};
} // namespace

void PathData::add(Pixel from, Pixel to) {
  double begin = 0, end = 1, rise = to.y - from.y;
  if (rise == 0 && (from.y < top || from.y > bottom))
    return lift();
  if (rise != 0) {
    double atTop = (top - from.y) / rise, atBottom = (bottom - from.y) / rise;
    begin = std::max(begin, std::min(atTop, atBottom));
    end = std::min(end, std::max(atTop, atBottom));
  }
  if (begin >= end)
    return lift();
  auto between = [&](double share) {
    return Pixel{from.x + share * (to.x - from.x),
                 std::clamp(from.y + share * rise, top, bottom)};
  };
  if (begin > 0)
    lift();
  if (part.empty())
    part.push_back(between(begin));
  part.push_back(between(end));
  if (end < 1)
    lift();
}

/// Points that lie within this many pixels of the line without them are left
/// out.
static constexpr double kTolerance = 0.06;

/// Writes the points after `first` up to `last` that matter (Ramer, Douglas
/// and Peucker).
void PathData::write(size_t first, size_t last) {
  Pixel a = part[first], b = part[last];
  double length = std::hypot(b.x - a.x, b.y - a.y), farthest = 0;
  size_t middle = first;
  for (size_t i = first + 1; i < last; ++i) {
    double x = part[i].x - a.x, y = part[i].y - a.y;
    double distance =
        std::fabs(x * (b.y - a.y) - y * (b.x - a.x)) / std::max(length, 1e-9);
    if (distance > farthest)
      farthest = distance, middle = i;
  }
  if (farthest > kTolerance) {
    write(first, middle);
    write(middle, last);
  } else {
    text += "L" + num(b.x) + " " + num(b.y);
  }
}

void PathData::lift() {
  if (!part.empty()) {
    text += "M" + num(part.front().x) + " " + num(part.front().y);
    write(0, part.size() - 1);
  }
  part.clear();
}

//===----------------------------------------------------------------------===//
// Panels
//===----------------------------------------------------------------------===//

namespace {
/// Draws one plot.
class Drawing {
public:
  Drawing(raw_ostream &os, const Plot &plot) : os(os), plot(plot) {}
  void write();

private:
  struct Place {
    Axis x, y;
    double legendTop;
  };
  void place();
  void writeLegend(const Panel &panel, double top);
  void writeAxes(const Place &place);
  void writeLine(const Line &line, const Place &place);
  void writeMarks(const Line &line, const Place &place);
  void line(StringRef style, double x1, double y1, double x2, double y2);
  void text(StringRef style, double x, double y, StringRef anchor,
            const std::string &content);

  raw_ostream &os;
  const Plot &plot;
  std::vector<Place> places;
  double height = 0;
};
} // namespace

/// Where each legend entry stands: from the left, row by row.
static std::vector<Pixel> legendPlaces(const Panel &panel, double left) {
  std::vector<Pixel> entries;
  Pixel next{left, 0};
  for (const Line &line : panel.lines) {
    size_t most = charactersIn(kWidth - kRight - left - 54);
    double width = 54 + kCharacter * double(std::min(line.label.size(), most));
    if (next.x > left && next.x + width > kWidth - kRight)
      next = {left, next.y + kLegend};
    entries.push_back(next);
    next.x += width;
  }
  return entries;
}

void Drawing::place() {
  std::vector<Axis> vertical;
  size_t longest = 1;
  for (const Panel &panel : plot.panels) {
    Extent window = panel.window ? *panel.window : windowOf(panel.lines);
    double margin = kMargin * window.width();
    Axis y{{window.lo - margin, window.hi + margin}, panel.height, 0};
    for (const Tick &tick : y.ticks(7))
      longest = std::max(longest, tick.label.size());
    vertical.push_back(y);
  }
  double left = 20 + kCharacter * double(longest);
  double top = kTitle;
  for (auto [panel, y] : llvm::zip_equal(plot.panels, vertical)) {
    Place place{{plot.x, left, kWidth - kRight, plot.isLogX}, y, top};
    top += legendPlaces(panel, left).back().y + kLegend + 6;
    place.y.from += top, place.y.to += top;
    top += panel.height + kNumbers + 6;
    places.push_back(place);
  }
  height = top + kXLabel + kBottom;
}

void Drawing::line(StringRef style, double x1, double y1, double x2,
                   double y2) {
  os << "<line class=\"" << style << "\" x1=\"" << num(x1) << "\" y1=\""
     << num(y1) << "\" x2=\"" << num(x2) << "\" y2=\"" << num(y2) << "\"/>\n";
}

/// `content` is escaped already.
void Drawing::text(StringRef style, double x, double y, StringRef anchor,
                   const std::string &content) {
  os << "<text class=\"" << style << "\" x=\"" << num(x) << "\" y=\"" << num(y)
     << "\" text-anchor=\"" << anchor << "\">" << content << "</text>\n";
}

static std::string styleOf(const std::string &kind, const Line &line) {
  return kind + " c" + std::to_string(line.color % kNumColors);
}

static std::string lineStyle(const Line &line) {
  unsigned dash = line.dash % kNumDashes;
  return styleOf(dash ? "line d" + std::to_string(dash) : "line", line);
}

void Drawing::writeLegend(const Panel &panel, double top) {
  double left = places.front().x.from;
  for (auto [line, at] :
       llvm::zip_equal(panel.lines, legendPlaces(panel, left))) {
    double y = top + at.y + kLegend / 2;
    os << "<path class=\"" << lineStyle(line) << "\" d=\"M" << num(at.x) << " "
       << num(y) << "h30\"/>\n";
    text("legend", at.x + 36, y + 4, "start",
         fitted(line.label, charactersIn(kWidth - kRight - left - 54)));
  }
}

void Drawing::writeAxes(const Place &place) {
  const auto &[x, y, legendTop] = place;
  for (const Tick &tick : plot.xTicks.empty() ? x.ticks(10) : plot.xTicks) {
    double at = x.at(tick.value);
    line(tick.value == 0 ? "axis" : "grid", at, y.to, at, y.from);
    text("tick", at, y.from + 16, "middle", tick.label);
  }
  for (const Tick &tick : y.ticks(7)) {
    double at = y.at(tick.value);
    line(tick.value == 0 ? "axis" : "grid", x.from, at, x.to, at);
    text("tick", x.from - 7, at + 4, "end", tick.label);
  }
  os << "<rect class=\"frame\" x=\"" << num(x.from) << "\" y=\"" << num(y.to)
     << "\" width=\"" << num(x.to - x.from) << "\" height=\""
     << num(y.from - y.to) << "\"/>\n";
}

void Drawing::writeLine(const Line &line, const Place &place) {
  const auto &[x, y, legendTop] = place;
  PathData path(y.to, y.from);
  std::optional<Pixel> last;
  for (auto [xValue, yValue] : line.points) {
    if (!std::isfinite(yValue)) {
      path.lift();
      last.reset();
      continue;
    }
    Pixel pixel{x.at(xValue), y.at(yValue)};
    if (last)
      path.add(*last, pixel);
    last = pixel;
  }
  path.lift();
  os << "<path class=\"" << lineStyle(line) << "\" d=\"" << path.text
     << "\"/>\n";
}

void Drawing::writeMarks(const Line &line, const Place &place) {
  const auto &[x, y, legendTop] = place;
  for (const Mark &mark : line.marks)
    if (mark.y >= y.numbers.lo && mark.y <= y.numbers.hi)
      os << "<circle class=\"" << styleOf("mark", line) << "\" cx=\""
         << num(x.at(mark.x)) << "\" cy=\"" << num(y.at(mark.y))
         << "\" r=\"3.5\"/>\n";
}

void Drawing::write() {
  place();
  os << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << num(kWidth)
     << "\" height=\"" << num(height) << "\" viewBox=\"0 0 " << num(kWidth)
     << " " << num(height) << "\">\n<title>" << escaped(plot.title)
     << "</title>\n"
     << kStyle << "<rect class=\"page\" width=\"" << num(kWidth)
     << "\" height=\"" << num(height) << "\"/>\n";
  text("title", kWidth / 2, 23, "middle",
       fitted(plot.title, size_t((kWidth - 2 * kRight) / kTitleCharacter)));
  for (auto [panel, place] : llvm::zip_equal(plot.panels, places)) {
    writeLegend(panel, place.legendTop);
    writeAxes(place);
    for (const Line &line : panel.lines)
      writeLine(line, place);
    // Those of the first line, which share places with others, on top.
    for (const Line &line : llvm::reverse(panel.lines))
      writeMarks(line, place);
  }
  const Axis &x = places.front().x;
  text("label", (x.from + x.to) / 2, height - kBottom - 6, "middle",
       escaped(plot.xLabel));
  os << "</svg>\n";
}

void act::report::writeSvg(raw_ostream &os, const Plot &plot) {
  Drawing(os, plot).write();
}

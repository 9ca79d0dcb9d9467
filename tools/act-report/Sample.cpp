//===- Sample.cpp - Lines of functions ------------------------------------===//

#include "Sample.h"
#include <algorithm>
#include <cmath>
#include <limits>

using namespace act::report;

/// Points before any are added where the line bends, over the range.
static constexpr int kFirstPoints = 240;
/// What a straight piece may differ from the line, in heights of the window.
static constexpr double kTolerance = 5e-4;
/// What lies so many windows beyond the window is not looked at closely; other
/// lines may make the picture's window larger.
static constexpr double kClip = 4;
/// Halvings of a first piece where the line bends; only at steps and ends of
/// the domain, which show the more the closer they are looked at, there are up
/// to kMostHalvings.
static constexpr int kHalvings = 8, kMostHalvings = 50;
/// Against functions that oscillate without end.
static constexpr int kMostPoints = 20000;
/// Sides of a kink lie so far from it, in widths of the range, and slopes are
/// seen over this much more.
static constexpr double kSide = 0x1p-40, kSlopeSide = 0x1p-14;
/// What counts as a jump, in heights of the window, and as a change of slope,
/// relative.
static constexpr double kJump = 1e-3, kSlopeChange = 1e-2;

namespace {
class Sampler {
public:
  Sampler(llvm::function_ref<double(double)> f, Extent range)
      : f(f), range(range) {}

  /// The whole line.
  void add(llvm::ArrayRef<double> kinks);
  Line line;

private:
  struct Point {
    double x, y;
    bool isFinite() const { return std::isfinite(y); }
  };
  Point at(double x) { return {x, f(x)}; }
  void push(Point point) { line.points.push_back({point.x, point.y}); }
  void gap(double x) { push({x, std::numeric_limits<double>::quiet_NaN()}); }
  double clipped(double y) const {
    double margin = kClip * window.width();
    return std::clamp(y, window.lo - margin, window.hi + margin);
  }
  std::vector<Point> firstPoints(double lo, double hi);
  void refine(Point a, Point b, int depth);
  void join(double kink);

  llvm::function_ref<double(double)> f;
  Extent range;
  /// What will be shown, more or less.
  Extent window{-1, 1};
};
} // namespace

/// The points of a piece without kinks, ends included.
std::vector<Sampler::Point> Sampler::firstPoints(double lo, double hi) {
  int n = std::max(8, int(kFirstPoints * (hi - lo) / range.width()));
  std::vector<Point> points;
  for (int i = 0; i <= n; ++i)
    points.push_back(at(2 * i < n ? lo + i * ((hi - lo) / n)
                                  : hi - (n - i) * ((hi - lo) / n)));
  return points;
}

/// Adds what is needed between two neighbours.
void Sampler::refine(Point a, Point b, int depth) {
  double x = a.x + (b.x - a.x) / 2;
  bool isStep =
      a.isFinite() && b.isFinite() &&
      std::fabs(clipped(b.y) - clipped(a.y)) > 4 * kTolerance * window.width();
  if (depth == kMostHalvings || x == a.x || x == b.x) {
    if (isStep)
      gap(x);
    return;
  }
  if (line.points.size() > kMostPoints || (!a.isFinite() && !b.isFinite()))
    return;
  bool isEnd = a.isFinite() != b.isFinite();
  if (depth >= kHalvings && !isStep && !isEnd)
    return;
  Point middle = at(x);
  double chord = (clipped(a.y) + clipped(b.y)) / 2;
  // False where a value is not finite, too.
  if (std::fabs(clipped(middle.y) - chord) <= kTolerance * window.width())
    return push(middle);
  refine(a, middle, depth + 1);
  push(middle);
  refine(middle, b, depth + 1);
}

/// Marks a kink between the pieces on its sides, and parts them at a jump.
void Sampler::join(double kink) {
  double side = kSide * range.width(), wide = kSlopeSide * range.width();
  Point left = at(kink - side), right = at(kink + side);
  if (!left.isFinite() || !right.isFinite())
    return gap(kink);
  if (std::fabs(left.y - right.y) > kJump * window.width()) {
    line.marks.push_back({kink, left.y});
    line.marks.push_back({kink, right.y});
    return gap(kink);
  }
  double before = (left.y - f(left.x - wide)) / wide;
  double after = (f(right.x + wide) - right.y) / wide;
  double least = std::max(
      {std::fabs(before), std::fabs(after), window.width() / range.width()});
  if (std::fabs(after - before) > kSlopeChange * least)
    line.marks.push_back({kink, (left.y + right.y) / 2});
}

void Sampler::add(llvm::ArrayRef<double> kinks) {
  double side = kSide * range.width();
  std::vector<double> inner;
  for (double kink : kinks)
    if (kink - side > range.lo && kink + side < range.hi)
      inner.push_back(kink);
  std::sort(inner.begin(), inner.end());
  std::vector<std::vector<Point>> pieces;
  double lo = range.lo;
  for (double kink : inner) {
    pieces.push_back(firstPoints(lo, kink - side));
    lo = kink + side;
  }
  pieces.push_back(firstPoints(lo, range.hi));

  Line rough;
  for (const auto &piece : pieces)
    for (const Point &point : piece)
      rough.points.push_back({point.x, point.y});
  window = windowOf({rough});
  for (size_t k = 0; k < pieces.size(); ++k) {
    if (k > 0)
      join(inner[k - 1]);
    push(pieces[k].front());
    for (size_t i = 1; i < pieces[k].size(); ++i) {
      refine(pieces[k][i - 1], pieces[k][i], 0);
      push(pieces[k][i]);
    }
  }
}

Line act::report::sampleLine(std::string label,
                             llvm::function_ref<double(double)> f, Extent range,
                             llvm::ArrayRef<double> kinks) {
  Sampler sampler(f, range);
  sampler.add(kinks);
  sampler.line.label = std::move(label);
  return std::move(sampler.line);
}

std::vector<Line> act::report::sampleCurve(const Curve<Quad> &f,
                                           unsigned highestOrder, Extent range,
                                           llvm::ArrayRef<double> kinks) {
  std::vector<Line> lines;
  for (unsigned order = 0; order <= highestOrder; ++order) {
    lines.push_back(sampleLine(
        "f" + std::string(order, '\'') + "(x)",
        [&](double x) { return double(f.at(x)[order]); }, range, kinks));
    lines.back().color = lines.back().dash = order;
  }
  return lines;
}

//===- Window.cpp - How much of the vertical axis a plot shows ------------===//

#include "Plot.h"
#include <algorithm>
#include <cmath>

using namespace act::report;

/// The core of a line is the narrowest interval of y that holds this share of
/// its length along x.
static constexpr double kCoreShare = 0.7;
/// A line is shown in full where that needs no more than this many times the
/// height of all cores.
static constexpr double kMostGrowth = 4;
/// Of a line that is not, this much more than the core, in heights of it.
static constexpr double kCoreMargin = 0.25;

/// Values beyond are infinite to the eye, and the width of a window is not.
static constexpr double kLargest = 1e300;

namespace {
/// A value and the part of the horizontal axis where the line has it.
struct Weighted {
  double y, weight;
};
} // namespace

static void include(std::optional<Extent> &range, Extent other) {
  range = range ? Extent{std::min(range->lo, other.lo),
                         std::max(range->hi, other.hi)}
                : other;
}

/// The finite values, from low to high.
static std::vector<Weighted> valuesOf(const Line &line) {
  std::vector<Weighted> values;
  const auto &points = line.points;
  for (size_t i = 0; i < points.size(); ++i) {
    double before = points[i ? i - 1 : i].first;
    double after = points[std::min(i + 1, points.size() - 1)].first;
    if (std::fabs(points[i].second) < kLargest)
      values.push_back({points[i].second, after - before});
  }
  std::sort(values.begin(), values.end(),
            [](const Weighted &a, const Weighted &b) { return a.y < b.y; });
  return values;
}

static Extent coreOf(const std::vector<Weighted> &values) {
  double total = 0, held = 0;
  for (const Weighted &value : values)
    total += value.weight;
  Extent best{values.front().y, values.back().y};
  size_t first = 0;
  for (const Weighted &last : values) {
    held += last.weight;
    while (held - values[first].weight >= kCoreShare * total)
      held -= values[first++].weight;
    if (held >= kCoreShare * total && last.y - values[first].y < best.width())
      best = {values[first].y, last.y};
  }
  return best;
}

/// The hills and valleys between the ends: values that both neighbours come
/// close to, which no value beside a pole does.
static void includeExtrema(std::optional<Extent> &range, const Line &line) {
  const auto &points = line.points;
  for (size_t i = 1; i + 1 < points.size(); ++i) {
    double y = points[i].second;
    double left = y - points[i - 1].second, right = y - points[i + 1].second;
    double near = 0.1 * std::fabs(y);
    if (left * right > 0 && std::fabs(left) < near && std::fabs(right) < near)
      include(range, {y, y});
  }
}

Extent act::report::windowOf(const std::vector<Line> &lines) {
  std::optional<Extent> cores;
  for (const Line &line : lines)
    if (auto values = valuesOf(line); !values.empty())
      include(cores, coreOf(values));
  if (!cores)
    return {-1, 1};
  includeExtrema(cores, lines.front());
  std::optional<Extent> shown = cores;
  for (const Line &line : lines) {
    auto values = valuesOf(line);
    if (values.empty())
      continue;
    Extent full{values.front().y, values.back().y};
    std::optional<Extent> all = cores;
    include(all, full);
    double margin = kCoreMargin * cores->width();
    if (all->width() <= kMostGrowth * cores->width() || cores->width() == 0)
      include(shown, full);
    else
      include(shown, {std::max(full.lo, cores->lo - margin),
                      std::min(full.hi, cores->hi + margin)});
  }
  // The axis, where it is near, and room for what is constant.
  if (shown->lo > 0 && shown->lo < shown->hi / 2)
    shown->lo = 0;
  if (shown->hi < 0 && shown->hi > shown->lo / 2)
    shown->hi = 0;
  double size = std::max(std::fabs(shown->lo), std::fabs(shown->hi));
  double least = size > 0 ? 1e-6 * size : 2;
  if (shown->width() < least) {
    double half = size > 0 ? size / 2 : 1;
    return {shown->lo - half, shown->hi + half};
  }
  return *shown;
}

//===- PlotTest.cpp - Lines, windows and axes of pictures -----------------===//

#include "Axis.h"
#include "Sample.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace act::report;

static constexpr Extent kRange{-6, 6};

static Line sampled(double (*f)(double), std::vector<double> kinks = {}) {
  return sampleLine("f", f, kRange, kinks);
}

static double relu(double x) { return x > 0 ? x : 0; }
static double step(double x) { return x > 0; }
static double square(double x) { return x * x; }
static double exponential(double x) { return std::exp(x); }
static double logarithm(double x) { return std::log(x); }

/// Neighbours without a gap that are further apart than `most`.
static int countRises(const Line &line, double most) {
  int rises = 0;
  for (size_t i = 1; i < line.points.size(); ++i)
    rises +=
        std::fabs(line.points[i].second - line.points[i - 1].second) > most;
  return rises;
}

static int countGaps(const Line &line) {
  return llvm::count_if(line.points,
                        [](auto &p) { return !std::isfinite(p.second); });
}

//===----------------------------------------------------------------------===//
// Lines
//===----------------------------------------------------------------------===//

TEST(Sample, StraightPiecesStayCloseToTheFunction) {
  for (auto *f : {exponential, square, +[](double x) { return std::sin(x); }}) {
    Line line = sampled(f);
    double height = windowOf({line}).width();
    for (size_t i = 1; i < line.points.size(); ++i) {
      auto [x0, y0] = line.points[i - 1];
      auto [x1, y1] = line.points[i];
      ASSERT_LT(x0, x1);
      EXPECT_NEAR(f((x0 + x1) / 2), (y0 + y1) / 2, height / 280);
    }
  }
}

TEST(Sample, AJumpIsAGap) {
  Line line = sampled(step);
  EXPECT_EQ(countGaps(line), 1);
  EXPECT_EQ(countRises(line, 0.01), 0);
  EXPECT_TRUE(line.marks.empty());
}

TEST(Sample, ASteepSlopeIsNone) {
  Line line = sampled([](double x) { return std::tanh(1e6 * x); });
  EXPECT_EQ(countGaps(line), 0);
}

TEST(Sample, AKinkIsMarkedOnTheLine) {
  Line line = sampled(relu, {0});
  ASSERT_EQ(line.marks.size(), 1u);
  EXPECT_EQ(line.marks[0].x, 0);
  EXPECT_NEAR(line.marks[0].y, 0, 1e-6);
  EXPECT_EQ(countGaps(line), 0);
}

TEST(Sample, AJumpThatIsKnownIsMarkedOnBothSides) {
  Line line = sampled(step, {0});
  ASSERT_EQ(line.marks.size(), 2u);
  EXPECT_EQ(line.marks[0].y, 0);
  EXPECT_EQ(line.marks[1].y, 1);
  EXPECT_EQ(countGaps(line), 1);
}

TEST(Sample, WhereTheFunctionIsSmoothNothingIsMarked) {
  EXPECT_TRUE(sampled(square, {1}).marks.empty());
  EXPECT_TRUE(sampled(relu, {7}).marks.empty());
}

static std::pair<double, double> firstPoint(const Line &line) {
  auto first = llvm::find_if(line.points,
                             [](auto &p) { return std::isfinite(p.second); });
  return first == line.points.end() ? std::make_pair(0.0, 0.0) : *first;
}

TEST(Sample, TheLineReachesTheEndOfTheDomain) {
  Line line = sampled([](double x) { return std::sqrt(x - 0.1234); });
  EXPECT_NEAR(firstPoint(line).first, 0.1234, 1e-6);
}

TEST(Sample, ALineToInfinityLeavesTheWindow) {
  Line line = sampled(logarithm);
  EXPECT_LT(firstPoint(line).second, windowOf({line}).lo - 5);
}

TEST(Sample, WhatOscillatesWithoutEndIsBounded) {
  Line line = sampled([](double x) { return std::sin(1 / x); });
  EXPECT_LT(line.points.size(), 21000u);
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

TEST(Window, ShowsAllOfWhatFlattensNothing) {
  Extent window = windowOf({sampled(relu), sampled(step)});
  EXPECT_EQ(window.lo, 0);
  EXPECT_EQ(window.hi, 6);
}

TEST(Window, CutsWhatRunsAway) {
  Extent window = windowOf({sampled(exponential)});
  EXPECT_GT(window.hi, 5);
  EXPECT_LT(window.hi, 30);
}

TEST(Window, ASpikeOfAnotherLineFlattensNothing) {
  Line spike = sampled([](double x) { return 1000 * std::exp(-100 * x * x); });
  EXPECT_LT(windowOf({sampled(relu), spike}).hi, 10);
}

TEST(Window, ASpikeOfTheFunctionIsShown) {
  Line spike = sampled([](double x) { return std::exp(-100 * x * x); });
  EXPECT_NEAR(windowOf({spike}).hi, 1, 0.3);
}

TEST(Window, ConstantsAndNothingHaveOneToo) {
  Extent window = windowOf({sampled([](double) { return 3.0; })});
  EXPECT_LT(window.lo, 3);
  EXPECT_GT(window.hi, 3);
  Line nothing = sampled([](double) { return std::nan(""); });
  EXPECT_GT(windowOf({nothing}).width(), 0);
  Line huge = sampled([](double x) { return x * 1e307; });
  EXPECT_TRUE(std::isfinite(windowOf({huge}).width()));
}

//===----------------------------------------------------------------------===//
// Axes
//===----------------------------------------------------------------------===//

static std::vector<std::string> labels(Extent range, bool isLog = false) {
  std::vector<std::string> texts;
  for (const Tick &tick : Axis{range, 0, 100, isLog}.ticks(8))
    texts.push_back(tick.label);
  return texts;
}

TEST(Axis, TicksAreRoundAndShort) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(labels({-6, 6}), (Texts{"-6", "-4", "-2", "0", "2", "4", "6"}));
  EXPECT_EQ(labels({0, 0.7}),
            (Texts{"0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"}));
  EXPECT_EQ(labels({0, 3e-7}),
            (Texts{"0", "5e-8", "1e-7", "1.5e-7", "2e-7", "2.5e-7", "3e-7"}));
  EXPECT_EQ(labels({0.1, 10}, /*isLog=*/true),
            (Texts{"0.1", "0.2", "0.5", "1", "2", "5", "10"}));
}

TEST(Axis, AnyRangeHasSomeTicks) {
  for (double lo : {-1e290, -3.7, 0.0, 1e-300, 123456.7})
    for (double width : {1e-3, 1.0, 17.3, 1e9}) {
      size_t count =
          labels({lo, lo + width * std::max(1.0, std::fabs(lo))}).size();
      EXPECT_GE(count, 2u) << lo << " " << width;
      EXPECT_LE(count, 9u) << lo << " " << width;
    }
}

//===----------------------------------------------------------------------===//
// Pictures
//===----------------------------------------------------------------------===//

static std::string svgOf(const Plot &plot) {
  std::string text;
  llvm::raw_string_ostream os(text);
  writeSvg(os, plot);
  return text;
}

TEST(Plot, TextIsEscaped) {
  Plot plot{"a < b & \"c\"", "<x>", kRange, false, {}};
  plot.panels.emplace_back().lines = {sampled(relu)};
  plot.panels[0].lines[0].label = "f<1>";
  std::string svg = svgOf(plot);
  for (const char *text :
       {"a &lt; b &amp; &quot;c&quot;", "&lt;x&gt;", "f&lt;1&gt;"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
}

TEST(Plot, MarksBeyondTheWindowAreLeftOut) {
  Plot plot{"f", "x", kRange, false, {}};
  Line line = sampled(relu);
  line.marks = {{0, 0}, {1, 100}};
  plot.panels.emplace_back().lines = {line};
  std::string svg = svgOf(plot);
  size_t first = svg.find("<circle");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(svg.find("<circle", first + 1), std::string::npos);
}

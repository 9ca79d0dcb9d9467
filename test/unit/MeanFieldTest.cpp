//===- MeanFieldTest.cpp - Variances through many layers ------------------===//

#include "act/Analysis/MeanField.h"
#include "CurveTestUtil.h"
#include "act/Analysis/Breaks.h"
#include <gtest/gtest.h>

using namespace act;

namespace {

/// The map of variances of a source, in binary128.
class Network {
public:
  explicit Network(llvm::StringRef source)
      : tape(orderTapeOf(source, 2)), interpreter(tape),
        curve(curveIn(interpreter)), field(curve, placesIn(tape)) {}

private:
  static Curve<Quad> curveIn(Interpreter<Quad> &interpreter) {
    Curve<Quad> curve;
    curve.at = [&](const Quad &x) {
      std::vector<Quad> values(interpreter.getNumResults());
      interpreter.evaluate(x, values);
      return values;
    };
    curve.highestOrder = interpreter.getNumResults() - 1;
    return curve;
  }
  static std::vector<Quad> placesIn(const Tape &tape) {
    std::vector<Quad> places;
    for (const MpfrNumber &x : breakPlaces(makeMpfrCurve(tape)))
      places.push_back(Traits::toDouble(x));
    return places;
  }

  Tape tape;
  Interpreter<Quad> interpreter;
  Curve<Quad> curve;

public:
  MeanField<Quad> field;
};

/// A row of what is known: variance of weights, signal after 10 layers from 1
/// on, and the fixed point that it goes to with the gradient factor there; a
/// negative fixed point stands for none.
struct Known {
  const char *source;
  double weightVariance;
  double q10, fixedQ, chi;
  /// Units of the last digits that are known.
  double ulpOfQ10, ulpOfChi;
};

const Known known[] = {
    {"sigmoid", 1, .2647, .264687, .05572, 1e-4, 1e-5},
    {"sigmoid", 2, .5553, .555290, .10098, 1e-4, 1e-5},
    {"tanh", 1, .0522, 0, 1, 1e-4, 1e-9},
    {"tanh", 2, .6186, .61797, 1.1055, 1e-4, 1e-4},
    {"tanh", 25.0 / 9, 1.1784, 1.17848, 1.2098, 1e-4, 1e-4},
    {"gelu", 1, 3.3e-6, 0, .25, 1e-7, 1e-9},
    {"gelu", 2, .0293, 0, .5, 1e-4, 1e-9},
    {"silu", 1, 1.8e-6, 0, .25, 1e-7, 1e-9},
    {"silu", 2, .00357, 0, .5, 1e-5, 1e-9},
    {"mish", 2, .231, 0, .72, 1e-3, 1e-9},
    {"elu", 1, .0594, 0, 1, 1e-4, 1e-9},
    {"elu", 2, 5.33, -1, 0, 1e-2, 0},
    {"selu", 1, 1, 1, 1.0716, 1e-9, 1e-4},
    {"selu", 2, 30.6, -1, 0, .1, 0},
};

TEST(MeanField, KnownPairings) {
  for (const Known &k : known) {
    Network network(k.source);
    std::string what =
        k.source + std::string(" ") + std::to_string(k.weightVariance);
    Layers layers = network.field.run(k.weightVariance, 1, 10);
    EXPECT_NEAR(layers.q, k.q10, 0.6 * k.ulpOfQ10) << what;
    std::vector<FixedPoint> points =
        network.field.fixedPoints(k.weightVariance);
    ASSERT_FALSE(points.empty()) << what;
    // All of these rise from 0, the last point is where they go from above.
    FixedPoint last = points.back();
    if (k.fixedQ < 0) {
      EXPECT_GT(last.slope, 1) << what;
      continue;
    }
    EXPECT_NEAR(last.q, k.fixedQ, 6e-6) << what;
    EXPECT_NEAR(last.chi, k.chi, 0.6 * k.ulpOfChi) << what;
    EXPECT_LE(last.slope, 1 + 1e-9) << what;
  }
}

/// Where variances creep or grow without end, chi after 60 layers.
TEST(MeanField, ChiFarFromAFixedPoint) {
  struct {
    const char *source;
    double weightVariance, chi;
  } rows[] = {{"elu", 1, .97}, {"elu", 2, 1.06}, {"selu", 2, 1.12}};
  for (auto &row : rows) {
    Network network(row.source);
    Layers layers = network.field.run(row.weightVariance, 1, 60);
    double chi =
        row.weightVariance * network.field.meanSquares(layers.q).second;
    EXPECT_NEAR(chi, row.chi, 0.006) << row.source << row.weightVariance;
  }
}

TEST(MeanField, TheGainOfAFunctionMayBeUnstable) {
  struct {
    const char *source;
    double weightVariance, chi;
  } rows[] = {{"gelu", 2.35171606848754, 1.0720}, {"silu", 2.81076, 1.0666}};
  for (auto &row : rows) {
    Network network(row.source);
    std::vector<FixedPoint> points =
        network.field.fixedPoints(row.weightVariance);
    ASSERT_EQ(points.size(), 2u) << row.source;
    EXPECT_EQ(points[0].q, 0) << row.source;
    EXPECT_LT(points[0].slope, 1) << row.source;
    EXPECT_NEAR(points[1].q, 1, 1e-5) << row.source;
    EXPECT_NEAR(points[1].chi, row.chi, 6e-5) << row.source;
    EXPECT_GT(points[1].slope, 1) << row.source;
  }
}

TEST(MeanField, ReluScalesEveryVariance) {
  Network network("relu");
  EXPECT_TRUE(network.field.isLinear());
  EXPECT_DOUBLE_EQ(network.field.run(1, 1, 10).q, 0x1p-10);
  EXPECT_DOUBLE_EQ(network.field.run(1, 1, 10).gradient, 0x1p-10);
  EXPECT_FALSE(network.field.keepsAll(1));
  EXPECT_TRUE(network.field.keepsAll(2));
  EXPECT_DOUBLE_EQ(network.field.run(2, 7, 1000).q, 7);
  EXPECT_DOUBLE_EQ(network.field.run(2, 7, 1000).gradient, 1);
}

TEST(MeanField, GradientsAreTheProductOfTheLayers) {
  Network network("silu");
  double q = 1, product = 1;
  for (unsigned layer = 0; layer < 5; ++layer) {
    auto [f2, df2] = network.field.meanSquares(q);
    product *= 1.5 * df2;
    q = 1.5 * f2;
  }
  Layers layers = network.field.run(1.5, 1, 5);
  EXPECT_DOUBLE_EQ(layers.q, q);
  EXPECT_DOUBLE_EQ(layers.gradient, product);
}

TEST(MeanField, SlopeIsThatOfTheMap) {
  // For the square the map is 3 V q^2, with slope 2 at its fixed point.
  Network network("x^2");
  std::vector<FixedPoint> points = network.field.fixedPoints(0.1);
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].slope, 0);
  EXPECT_NEAR(points[1].q, 1 / 0.3, 1e-11);
  EXPECT_NEAR(points[1].slope, 2, 1e-6);
  EXPECT_NEAR(points[1].chi, 4.0 / 3, 1e-11);
}

TEST(MeanField, DivergenceIsInfinite) {
  Network network("x^2");
  Layers layers = network.field.run(1, 1, 100);
  EXPECT_EQ(layers.q, INFINITY);
  EXPECT_TRUE(std::isnan(layers.gradient));
}

TEST(MeanField, ZeroIsNoFixedPointWhereFIsNotZero) {
  Network network("softplus");
  for (const FixedPoint &point : network.field.fixedPoints(1))
    EXPECT_GT(point.q, 0.1);
}

TEST(MeanField, FixedPointsOfAnySize) {
  // q = q / 4 + 1e-12, and q = V.
  Network small("x / 2 + 0.000001");
  std::vector<FixedPoint> points = small.field.fixedPoints(1);
  ASSERT_EQ(points.size(), 1u);
  EXPECT_NEAR(points[0].q / (4e-12 / 3), 1, 1e-9);
  Network large("tanh");
  points = large.field.fixedPoints(1e8);
  ASSERT_EQ(points.size(), 2u);
  EXPECT_NEAR(points[1].q / 1e8, 1, 1e-3);
}

} // namespace

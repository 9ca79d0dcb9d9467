//===- DeriveKinkTest.cpp - Slopes where there are two --------------------===//

#include "DeriveTestUtil.h"
#include <cmath>

using namespace act;
using llvm::StringRef;

/// First derivative of a source at x, by the rule that `kink` names.
static double slope(StringRef source, double x, const char *kink) {
  std::optional<Tape> tape = derivedTape(source, {{1}, "", kink});
  EXPECT_TRUE(tape) << source.str();
  return Interpreter<double>(*tape).evaluate(x);
}

namespace {
struct Kink {
  const char *source;
  double x, left, taken, right;
};
class DeriveKink : public testing::TestWithParam<Kink> {};
} // namespace

TEST_P(DeriveKink, HasTheSlopeThatIsAskedFor) {
  const Kink &kink = GetParam();
  EXPECT_EQ(slope(kink.source, kink.x, "left"), kink.left) << kink.source;
  EXPECT_EQ(slope(kink.source, kink.x, "taken"), kink.taken) << kink.source;
  EXPECT_EQ(slope(kink.source, kink.x, ""), kink.taken) << kink.source;
  EXPECT_EQ(slope(kink.source, kink.x, "right"), kink.right) << kink.source;
}

TEST_P(DeriveKink, BackwardHasItToo) {
  const Kink &kink = GetParam();
  auto backward = [&](const char *side) {
    auto tape = backwardTape(kink.source, {"x"}, 0, 1, side);
    EXPECT_TRUE(tape) << kink.source;
    return Interpreter<double>(*tape).evaluate({kink.x, 3.0});
  };
  EXPECT_EQ(backward("left"), 3 * kink.left) << kink.source;
  EXPECT_EQ(backward("taken"), 3 * kink.taken) << kink.source;
  EXPECT_EQ(backward("right"), 3 * kink.right) << kink.source;
}

INSTANTIATE_TEST_SUITE_P(
    Table, DeriveKink,
    testing::Values(
        Kink{"abs(x)", 0, -1, 0, 1}, Kink{"abs(x - 2)", 2, -1, 0, 1},
        Kink{"abs(4 - 2 * x)", 2, -2, 0, 2}, Kink{"relu", 0, 0, 0, 1},
        Kink{"relu6", 0, 0, 0, 1}, Kink{"relu6", 6, 1, 0, 0},
        Kink{"max(x, 0)", 0, 0, 0, 1}, Kink{"max(0, x)", 0, 0, 1, 1},
        Kink{"max(-x, 0)", 0, -1, 0, 0}, Kink{"max(x, 3 * x)", 0, 1, 3, 3},
        Kink{"max(x, x^2)", 1, 1, 2, 2}, Kink{"min(x, 0)", 0, 1, 0, 0},
        Kink{"min(x, 3 * x)", 0, 3, 3, 1}, Kink{"min(x, x^2)", 1, 2, 2, 1},
        Kink{"clamp(x, -1, 2)", -1, 0, 1, 1},
        Kink{"clamp(x, -1, 2)", 2, 1, 1, 0},
        Kink{"clamp(-x, -1, 2)", 1, -1, -1, 0}, Kink{"hard_tanh", 1, 1, 0, 0},
        Kink{"hard_sigmoid", -3, 0, 0, 1 / 6.0},
        Kink{"leaky_relu(x, slope=0.25)", 0, 0.25, 0.25, 1},
        Kink{"where(x >= 0, x, 0.25 * x)", 0, 0.25, 1, 1},
        Kink{"where(0 < x, x, 0.25 * x)", 0, 0.25, 0.25, 1},
        Kink{"max(abs(x), 2 * x)", 0, -1, 2, 2},
        Kink{"abs(max(x, 0) - 1)", 1, -1, 0, 1}),
    [](const testing::TestParamInfo<Kink> &info) {
      return "Case" + std::to_string(info.index);
    });

TEST(DeriveKinks, OneSidedSlopesAgreeAwayFromThem) {
  for (StringRef source : {"abs(x)", "relu6", "clamp(x, -1, 2)", "elu",
                           "max(x, x^2)", "min(sin(x), cos(x))"})
    for (double x : {-2.5, -0.375, 0.625, 3.125, 7.5}) {
      double taken = slope(source, x, "taken");
      EXPECT_NEAR(slope(source, x, "left"), taken, 1e-14) << source.str();
      EXPECT_NEAR(slope(source, x, "right"), taken, 1e-14) << source.str();
    }
}

TEST(DeriveKinks, ABranchThatIsNotTakenLeaksNothing) {
  EXPECT_EQ(slope("where(x > 0, x, log(x))", 1, ""), 1);
  EXPECT_EQ(slope("where(x > 0, sqrt(x), 2 * x)", 0, ""), 2);
  EXPECT_EQ(slope("where(x > 0, sqrt(x), 2 * x)", -1, ""), 2);
  EXPECT_EQ(slope("max(sqrt(max(x, 0)), -1 + x)", 9, ""), 1);
}

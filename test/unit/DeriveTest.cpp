//===- DeriveTest.cpp - Derived bodies are exact mathematics --------------===//

#include "DeriveTestUtil.h"
#include "GoldenTest.h"
#include "Rows.h"
#include "act/IR/FunctionTable.h"
#include <map>

using namespace act;
using llvm::StringRef;

TEST(Derive, GoldenValues) {
  // gelu_tanh has 1 + tanh(z), here down to 2^-1080.
  MpfrPrecision scope(1500);
  std::map<std::string, Interpreter<MpfrNumber>> bodies;
  compareWithGolden([&](const std::string &name, const MpfrNumber &x) {
    if (!bodies.count(name))
      bodies.emplace(name, *derivedTape(goldenSources.at(name), {{0, 1, 2}}));
    std::vector<MpfrNumber> results(3);
    bodies.at(name).evaluate(x, results);
    return results;
  });
  EXPECT_EQ(bodies.size(), goldenSources.size());
}

//===----------------------------------------------------------------------===//
// Rows against Taylor arithmetic
//===----------------------------------------------------------------------===//

namespace {
class DerivedRow : public testing::TestWithParam<const FunctionInfo *> {
protected:
  /// Compares orders 1 to `highest` by one argument on a grid. `scale` is what
  /// parameters' defaults are multiplied by.
  void compare(unsigned wrt, unsigned highest, double scale);
};
} // namespace

void DerivedRow::compare(unsigned wrt, unsigned highest, double scale) {
  const FunctionInfo &row = *GetParam();
  Tape base = tapeOf(row.Name);
  Derivation wanted;
  wanted.orders.clear();
  for (unsigned k = 1; k <= highest; ++k)
    wanted.orders.push_back(k);
  wanted.wrt = wrt == 0 ? "x" : paramsOf(row)[wrt - 1].name.str();
  std::optional<Tape> derived = derivedTape(row.Name, wanted);
  ASSERT_TRUE(derived);
  unsigned compared = 0;
  for (int i = -160; i <= 160; ++i) {
    std::vector<double> point = {i / 16.0 + 1 / 512.0};
    for (const ParamInfo &param : paramsOf(row))
      point.push_back(scale * double(quadFromText(param.defaultText)));
    std::vector<MpfrNumber> args(point.begin(), point.end());
    if (JetInterpreter<MpfrNumber>(base).isNearKink(args, 1e-12))
      continue;
    for (unsigned k = 1; k <= highest; ++k) {
      Agreement a = compareNumbers([&] {
        std::vector<MpfrNumber> results(highest);
        Interpreter<MpfrNumber>(*derived).evaluate(args, results);
        return std::pair(
            results[k - 1],
            JetInterpreter<MpfrNumber>(base).derivatives(args, wrt, k)[0][k]);
      });
      // What no double can hold may be below the precision, too.
      bool isTiny =
          a.outcome == Agreement::Vanishes && a.first == 0 && a.second == 0;
      EXPECT_TRUE(a.outcome == Agreement::Agrees || isTiny)
          << row.Name << " at " << point[0] << ", derivative " << k << " by "
          << wanted.wrt << ": " << a.first << " and not " << a.second;
      compared += a.outcome == Agreement::Agrees;
    }
  }
  EXPECT_GE(compared, 280 * highest);
}

/// (f(x + h) - f(x - h)) / 2h, which knows no rule; its error is of order h^2.
TEST_P(DerivedRow, EqualsCentralDifferences) {
  MpfrPrecision scope(1000);
  Interpreter<MpfrNumber> f(tapeOf(GetParam()->Name));
  JetInterpreter<MpfrNumber> jets(tapeOf(GetParam()->Name));
  std::optional<Tape> tape = derivedTape(GetParam()->Name, {{1, 2}});
  ASSERT_TRUE(tape);
  Interpreter<MpfrNumber> derived(*tape);
  MpfrNumber h(0x1p-150);
  unsigned compared = 0;
  for (int i = -80; i <= 80; ++i) {
    MpfrNumber x(i / 8.0 + 1 / 512.0);
    if (jets.isNearKink(x, 1e-12))
      continue;
    std::vector<MpfrNumber> got(2);
    derived.evaluate(x, got);
    MpfrNumber up = f.evaluate(x + h), down = f.evaluate(x - h),
               middle = f.evaluate(x);
    MpfrNumber first = (up - down) / (h + h),
               second = (up - middle - (middle - down)) / (h * h);
    EXPECT_LT(Traits::toDouble(Traits::abs(got[0] - first)), 1e-60)
        << GetParam()->Name << "' at " << Traits::toDouble(x);
    EXPECT_LT(Traits::toDouble(Traits::abs(got[1] - second)), 1e-60)
        << GetParam()->Name << "'' at " << Traits::toDouble(x);
    ++compared;
  }
  EXPECT_GE(compared, 150u);
}

TEST_P(DerivedRow, EqualsJets) { compare(0, 4, 1); }

TEST_P(DerivedRow, EqualsJetsAtOtherParameters) {
  if (!paramsOf(*GetParam()).empty())
    compare(0, 4, 1.625);
}

TEST_P(DerivedRow, EqualsJetsByParameters) {
  for (unsigned i = 1; i <= paramsOf(*GetParam()).size(); ++i)
    if (hasSlope(*GetParam(), i))
      compare(i, 2, 1.625);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DerivedRow, testing::ValuesIn(rowsWithSlope()),
    [](const testing::TestParamInfo<const FunctionInfo *> &info) {
      return std::string(info.param->Name);
    });

//===----------------------------------------------------------------------===//
// Size
//===----------------------------------------------------------------------===//

/// Operations of a derived body, constants apart.
static unsigned operationsOf(StringRef source, const Derivation &wanted) {
  std::optional<Tape> tape = derivedTape(source, wanted);
  EXPECT_TRUE(tape) << source.str();
  return llvm::count_if(tape->steps, [](const TapeStep &step) {
    return step.op.opcode != Opcode::Constant;
  });
}

TEST(Derive, FourthDerivativesOfRowsStaySmall) {
  for (const FunctionInfo *row : rowsWithSlope()) {
    unsigned count =
        operationsOf(row->Name, {{4}, "x", "", DerivativeMethod::Symbolic});
    printf("%s: %u operations\n", row->Name, count);
    EXPECT_LT(count, 400u) << row->Name;
  }
}

TEST(Derive, TaylorSeriesGrowWithTheSquareOfTheOrder) {
  auto count = [](int64_t order) {
    return operationsOf("mish", {{order}, "x", "", DerivativeMethod::Taylor});
  };
  unsigned two = count(2), four = count(4), eight = count(8);
  printf("mish by Taylor series: %u, %u and %u operations for orders 2, 4 "
         "and 8\n",
         two, four, eight);
  EXPECT_LT(eight, 6 * four);
  EXPECT_LT(eight, kMaxSymbolicOperations);
}

TEST(Derive, ValueAndDerivativesShare) {
  Derivation all{{0, 1, 2}};
  std::optional<Tape> tape = derivedTape("silu", all);
  ASSERT_TRUE(tape);
  EXPECT_EQ(llvm::count_if(tape->steps,
                           [](const TapeStep &step) {
                             return step.op.opcode == Opcode::Sigmoid;
                           }),
            1);
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

TEST(Derive, RootsOfConstantsAreRight) {
  auto slope = [](StringRef source) {
    return Interpreter<double>(*derivedTape(source)).evaluate(2.0);
  };
  EXPECT_NEAR(slope("sqrt(sqrt(1.702)) * x"), 1.1421940380618498, 1e-14);
  EXPECT_NEAR(slope("sqrt(2 * sqrt(3)) * x"), 1.8612097182041991, 1e-14);
  EXPECT_NEAR(slope("sqrt(log(0.3)^2) * x"), 1.203972804325936, 1e-14);
  EXPECT_NEAR(slope("sqrt(2 * log(0.3) * log(0.5)) * x"), 1.2919213248409311,
              1e-14);
  EXPECT_NEAR(slope("sqrt(2 / pi) * x"), 0.79788456080286536, 1e-14);
}

//===- MomentsTest.cpp - Gaussian moments and their quadrature ------------===//

#include "act/Analysis/Moments.h"
#include "DeriveTestUtil.h"
#include "act/Analysis/Switches.h"
#include "act/IR/FunctionTable.h"
#include <fstream>
#include <gtest/gtest.h>
#include <map>

using namespace act;

namespace {

constexpr unsigned kBits = 192;

/// The moments of a source and of its derivative, split at its kinks.
Moments<MpfrNumber> momentsOf(llvm::StringRef source, double variance = 1) {
  MpfrPrecision scope(kBits);
  std::optional<Tape> tape = derivedTape(source, {/*orders=*/{0, 1}});
  // Functions that are constant piece by piece have no derivative function.
  if (!tape)
    tape = derivedTape(source, {/*orders=*/{0}});
  MpfrReference reference(*tape);
  Curve<MpfrNumber> curve;
  curve.at = [&](const MpfrNumber &x) {
    std::vector<MpfrNumber> values =
        reference.evaluate(std::vector<MpfrNumber>{x});
    values.resize(2);
    return values;
  };
  curve.highestOrder = 1;
  return gaussianMoments<MpfrNumber>(curve, MpfrNumber(variance),
                                     findSwitches<MpfrNumber>(*tape));
}

MpfrNumber number(llvm::StringRef text) { return Traits::fromText(text); }

/// The integral of a function over [a, b], under a precision that is set.
template <class Function>
Integrals<MpfrNumber, 1> integrate(Function f, double a, double b) {
  TanhSinh<MpfrNumber> rule(1e-30);
  return rule.integrate(
      [&](const MpfrNumber &x) { return std::array<MpfrNumber, 1>{f(x)}; },
      MpfrNumber(a), MpfrNumber(b), std::array<MpfrNumber, 1>());
}

TEST(TanhSinh, IntegratesSmoothFunctions) {
  MpfrPrecision scope(kBits);
  auto result = integrate(Traits::exp, 0, 1);
  MpfrNumber exact = Traits::expm1(MpfrNumber(1));
  EXPECT_LT(relativeError(result.value[0], exact), 1e-30);
  EXPECT_LT(result.evaluations, 700u);
}

TEST(TanhSinh, NarrowFeaturesTakeMorePoints) {
  MpfrPrecision scope(kBits);
  auto bump = [](const MpfrNumber &x) {
    MpfrNumber d = (x - MpfrNumber(0.3)) * MpfrNumber(20);
    return MpfrNumber(1) / (MpfrNumber(1) + d * d);
  };
  auto result = integrate(bump, 0, 1);
  MpfrNumber exact =
      (MpfrNumber::apply(mpfr_atan,
                         MpfrNumber(20) * (MpfrNumber(1) - MpfrNumber(0.3))) +
       MpfrNumber::apply(mpfr_atan, MpfrNumber(20) * MpfrNumber(0.3))) /
      MpfrNumber(20);
  EXPECT_LT(relativeError(result.value[0], exact), 1e-25);
  EXPECT_LE(Traits::toDouble(Traits::abs(result.value[0] - exact)),
            Traits::toDouble(result.error[0]));
}

TEST(TanhSinh, EndsMayBeSingular) {
  MpfrPrecision scope(kBits);
  auto result = integrate(
      [](const MpfrNumber &x) { return MpfrNumber(1) / Traits::sqrt(x); }, 0,
      4);
  EXPECT_LT(relativeError(result.value[0], MpfrNumber(4)), 1e-30);
}

TEST(TanhSinh, DivergenceIsSeen) {
  MpfrPrecision scope(kBits);
  for (double power : {1.0, 2.0}) {
    auto result = integrate(
        [&](const MpfrNumber &x) {
          return -Traits::pow(MpfrNumber(1) - x, MpfrNumber(-power));
        },
        0, 1);
    EXPECT_EQ(Traits::toDouble(result.value[0]), -INFINITY) << power;
  }
}

TEST(TanhSinh, WorksInDouble) {
  TanhSinh<double> rule(1e-12);
  auto result = rule.integrate(
      [](double x) {
        return std::array<double, 2>{x * x, std::sin(x)};
      },
      0.0, 3.0, std::array<double, 2>{0, 0});
  EXPECT_NEAR(result.value[0], 9, 1e-12);
  EXPECT_NEAR(result.value[1], 1 - std::cos(3.0), 1e-13);
}

struct ClosedForm {
  const char *source;
  MpfrNumber meanF, meanF2, meanDf, meanDf2;
};

TEST(Moments, ClosedFormsTo25Digits) {
  MpfrPrecision scope(kBits);
  MpfrNumber pi = number("pi"), one(1), two(2), half(0.5);
  MpfrNumber root = Traits::sqrt(two / pi);
  MpfrNumber eToHalf = Traits::exp(half), eTo2 = Traits::exp(two);
  MpfrNumber eToMinus2 = one / eTo2;
  ClosedForm forms[] = {
      {"relu", root * half, half, half, half},
      {"abs(x)", root, one, MpfrNumber(0.0), one},
      {"exp(x)", eToHalf, eTo2, eToHalf, eTo2},
      {"sin(x)", MpfrNumber(0.0), (one - eToMinus2) * half, one / eToHalf,
       (one + eToMinus2) * half},
      {"x^2", one, MpfrNumber(3), MpfrNumber(0.0), MpfrNumber(4)},
      {"where(x > 0, 1, 0)", half, half, MpfrNumber(0.0), MpfrNumber(0.0)},
      // E x Phi(x) = E phi(x) by parts.
      {"gelu", one / (two * Traits::sqrt(pi)),
       one / MpfrNumber(3) + one / (two * Traits::sqrt(MpfrNumber(3)) * pi),
       half,
       one / MpfrNumber(3) +
           MpfrNumber(2) / (MpfrNumber(3) * Traits::sqrt(MpfrNumber(3)) * pi)},
  };
  for (ClosedForm &form : forms) {
    Moments<MpfrNumber> got = momentsOf(form.source);
    auto compare = [&](const MpfrNumber &value, const MpfrNumber &exact,
                       const MpfrNumber &error) {
      double difference = Traits::toDouble(Traits::abs(value - exact));
      EXPECT_LT(difference, 1e-25 * std::max(1.0, Traits::toDouble(exact)))
          << form.source << " " << Traits::toDouble(value) << " is "
          << Traits::toDouble(exact);
      EXPECT_LE(difference, Traits::toDouble(error) + 1e-56) << form.source;
    };
    compare(got.meanF, form.meanF, got.error[0]);
    compare(got.meanF2, form.meanF2, got.error[1]);
    compare(got.meanDf, form.meanDf, got.error[2]);
    compare(got.meanDf2, form.meanDf2, got.error[3]);
  }
}

TEST(Moments, KinksAndJumpsAwayFromZero) {
  MpfrPrecision scope(kBits);
  // P(z > 1.1), by a jump at a point that no binary number is.
  Moments<MpfrNumber> got = momentsOf("where(x > 1.1, 1, 0)");
  MpfrNumber exact =
      Traits::erfc(number("1.1") / Traits::sqrt(MpfrNumber(2))) / MpfrNumber(2);
  EXPECT_LT(relativeError(got.meanF, exact), 1e-25);
  EXPECT_LT(relativeError(got.meanF2, exact), 1e-25);
}

TEST(Moments, OtherVariances) {
  MpfrPrecision scope(kBits);
  for (double variance : {1e-12, 1e-3, 9.0, 1e6}) {
    MpfrNumber q(variance);
    Moments<MpfrNumber> relu = momentsOf("relu", variance);
    EXPECT_LT(relativeError(relu.meanF2, q / MpfrNumber(2)), 1e-25);
    // E f(z)^2 of erf(z) is 2/pi asin(2q / (1 + 2q)) (Williams, 1997).
    Moments<MpfrNumber> erf = momentsOf("erf(x)", variance);
    MpfrNumber exact =
        MpfrNumber(2) / number("pi") *
        MpfrNumber::apply(mpfr_asin, MpfrNumber(2) * q /
                                         (MpfrNumber(1) + MpfrNumber(2) * q));
    EXPECT_LT(relativeError(erf.meanF2, exact), 1e-25) << variance;
  }
}

TEST(Moments, SteinsIdentity) {
  // E z f(z) = E f'(z): two integrals with nothing in common.
  Moments<MpfrNumber> silu = momentsOf("silu");
  Moments<MpfrNumber> sigmoid = momentsOf("sigmoid");
  EXPECT_LT(relativeError(silu.meanF, sigmoid.meanDf), 1e-25);
  EXPECT_LT(silu.evaluations, 2000u);
}

TEST(Moments, FunctionsThatGrow) {
  // E exp(a z^2) = (1 - 2 a)^(-1/2) while a < 1/2.
  Moments<MpfrNumber> slow = momentsOf("exp(x^2 / 8)");
  MpfrPrecision scope(kBits);
  EXPECT_LT(relativeError(slow.meanF, Traits::sqrt(number("4/3"))), 1e-25);
  EXPECT_LT(relativeError(slow.meanF2, Traits::sqrt(MpfrNumber(2))), 1e-25);
  Moments<MpfrNumber> slower = momentsOf("exp(0.24 * x^2)");
  EXPECT_LT(relativeError(slower.meanF2, MpfrNumber(5)), 1e-25);
}

TEST(Moments, DivergenceIsInfinite) {
  // The square's weight does not fall at all, and the mean is sqrt(2).
  Moments<MpfrNumber> edge = momentsOf("exp(x^2 / 4)");
  EXPECT_EQ(Traits::toDouble(edge.meanF2), INFINITY);
  EXPECT_NEAR(Traits::toDouble(edge.meanF), std::sqrt(2.0), 1e-15);
  Moments<MpfrNumber> fast = momentsOf("-exp(x^2)");
  EXPECT_EQ(Traits::toDouble(fast.meanF), -INFINITY);
  EXPECT_EQ(Traits::toDouble(fast.meanF2), INFINITY);
  EXPECT_TRUE(Traits::isNaN(fast.meanDf));
  // f'^2 is 1 / (4 |x|) at 0.
  Moments<MpfrNumber> root = momentsOf("sqrt(abs(x))");
  EXPECT_NEAR(Traits::toDouble(root.meanF2), std::sqrt(2 / M_PI), 1e-15);
  EXPECT_EQ(Traits::toDouble(root.meanDf2), INFINITY);
}

TEST(Moments, NoValueIsNaN) {
  for (const char *source : {"log(x)", "sqrt(x - 1)"}) {
    Moments<MpfrNumber> got = momentsOf(source);
    EXPECT_TRUE(Traits::isNaN(got.meanF2)) << source;
    EXPECT_TRUE(Traits::isNaN(got.meanDf2)) << source;
  }
}

/// The source of a row of activations.csv whose moments are not those of the
/// function's defaults.
std::string sourceOf(llvm::StringRef name) {
  if (name == "celu")
    return "celu(x, alpha=2)";
  if (name == "swish_beta")
    return "swish_beta(x, beta=1.5)";
  if (name == "threshold")
    return "threshold(x, threshold=1, value=0)";
  if (name == "xielu")
    return "xielu(x, eps=0)";
  return name.str();
}

/// The fields of a line of comma-separated values.
std::vector<std::string> fieldsOf(llvm::StringRef line) {
  std::vector<std::string> fields(1);
  bool isQuoted = false;
  for (char c : line)
    if (c == '"')
      isQuoted = !isQuoted;
    else if (c == ',' && !isQuoted)
      fields.emplace_back();
    else
      fields.back() += c;
  return fields;
}

TEST(Moments, PublishedMoments) {
  MpfrPrecision scope(kBits);
  std::ifstream file(ACT_TEST_DATA "/activations.csv");
  ASSERT_TRUE(file) << "test/data/activations.csv is missing";
  std::string line;
  std::getline(file, line);
  std::vector<std::string> columns = fieldsOf(line);
  unsigned count = 0;
  while (std::getline(file, line)) {
    std::map<std::string, std::string> row;
    for (auto [column, field] : llvm::zip_equal(columns, fieldsOf(line)))
      row[column] = field;
    const std::string &name = row["name"];
    if (!lookupFunction(name))
      continue;
    ++count;
    Moments<MpfrNumber> got = momentsOf(sourceOf(name));
    std::pair<const char *, MpfrNumber> values[] = {
        {"mean_f", got.meanF},
        {"E_f2", got.meanF2},
        {"mean_df", got.meanDf},
        {"E_df2", got.meanDf2},
        {"gain", MpfrNumber(1) / Traits::sqrt(got.meanF2)},
        // Of a step, whose f' is 0, the file has 0 for the gain.
        {"backward_gain", got.meanDf2 == MpfrNumber(0.0)
                              ? got.meanDf2
                              : MpfrNumber(1) / Traits::sqrt(got.meanDf2)}};
    for (auto &[column, value] : values) {
      if (row[column].empty())
        continue;
      MpfrNumber want = number(row[column]);
      double error = Traits::toDouble(Traits::abs(value - want));
      double size = std::fabs(Traits::toDouble(want));
      // The file has 18 digits; means of odd functions are 0.
      EXPECT_LT(error, size < 1e-30 ? 1e-30 : 1e-17 * size)
          << name << " " << column;
    }
  }
  EXPECT_GE(count, 20u);
}

} // namespace

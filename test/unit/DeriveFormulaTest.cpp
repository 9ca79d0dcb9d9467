//===- DeriveFormulaTest.cpp - Derivatives of any formula at all ----------===//
//
// Derived bodies of random formulas against Taylor arithmetic, which never
// sees them. Both are exact mathematics: they agree to as many digits as one
// asks for.
//
//===----------------------------------------------------------------------===//

#include "DeriveTestUtil.h"
#include "RandomFormula.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include <cstdio>

using namespace act;

namespace {

/// Counts of a run over many formulas.
class Tally {
public:
  explicit Tally(const char *what) : what(what) {}
  ~Tally() {
    printf("%s: %u of %u formulas, %u values agree, %u vanish; skipped %u at "
           "kinks, %u where an operation has no value, %u not finite; %u "
           "formulas constant piece by piece\n",
           what, numCompared, numFormulas, outcomes[Agreement::Agrees],
           outcomes[Agreement::Vanishes], numAtKink,
           outcomes[Agreement::SecondIsNotFinite],
           outcomes[Agreement::FirstIsNotFinite], numConstant);
  }

  /// Calls check(base, points) for the formulas of `count` seeds that have
  /// `numInputs` inputs, or any number if 0.
  template <class Check>
  void run(unsigned count, unsigned numInputs, Check check) {
    for (uint64_t seed = 0; numFormulas < count; ++seed) {
      RandomFormula formula = randomFormula(seed);
      if (numInputs != 0 && formula.numInputs != numInputs)
        continue;
      ++numFormulas;
      unsigned before = outcomes[Agreement::Agrees];
      current = formula.text + " (seed " + std::to_string(seed) + ")";
      Tape base = tapeOf(formula.text);
      std::vector<std::vector<MpfrNumber>> points;
      for (const auto &point : randomPoints(seed, formula.numInputs, 4)) {
        std::vector<MpfrNumber> args(point.begin(), point.end());
        MpfrPrecision scope(400);
        if (!hasValues(base, args))
          ++numSingular;
        else if (JetInterpreter<MpfrNumber>(base).isNearKink(args, 1e-12))
          ++numAtKink;
        else
          points.push_back(args);
      }
      // Formulas that are constant piece by piece have no derivative.
      mlir::ScopedDiagnosticHandler quiet(
          &context(), [](mlir::Diagnostic &) { return mlir::success(); });
      check(formula, base, points);
      numCompared += outcomes[Agreement::Agrees] > before;
    }
    EXPECT_GE(numCompared, count / 2);
  }

  template <class Evaluate> void add(const char *part, Evaluate evaluate) {
    Agreement a = compareNumbers(evaluate);
    ++outcomes[a.outcome];
    EXPECT_NE(a.outcome, Agreement::Differs)
        << what << ", " << part << ": " << a.first << " and not " << a.second
        << " for " << current;
    EXPECT_NE(a.outcome, Agreement::FirstIsNotFinite)
        << what << ", " << part << ": " << a.first << " and not " << a.second
        << " for " << current;
  }
  void addConstant() { ++numConstant; }

private:
  const char *what;
  std::string current;
  unsigned outcomes[Agreement::NumOutcomes] = {};
  unsigned numFormulas = 0, numCompared = 0, numConstant = 0;
  unsigned numAtKink = 0, numSingular = 0;
};

} // namespace

using Points = std::vector<std::vector<MpfrNumber>>;

/// Holds derivatives of some orders by the first input against jets.
static void compareOrders(Tally &tally, const RandomFormula &formula,
                          const Tape &base, const Points &points,
                          const Derivation &wanted) {
  std::optional<Tape> derived = derivedTape(formula.text, wanted);
  if (!derived) {
    // Its derivative is 0 then.
    tally.addConstant();
    for (const auto &args : points)
      EXPECT_EQ(Traits::toDouble(JetInterpreter<MpfrNumber>(base).derivatives(
                    args, 0, 1)[0][1]),
                0)
          << formula.text;
    return;
  }
  for (const auto &args : points)
    for (auto [n, order] : llvm::enumerate(wanted.orders)) {
      unsigned k = order;
      std::string part = "order " + std::to_string(k);
      tally.add(part.c_str(), [&, n = n] {
        std::vector<MpfrNumber> results(wanted.orders.size());
        Interpreter<MpfrNumber>(*derived).evaluate(args, results);
        return std::pair(
            results[n],
            JetInterpreter<MpfrNumber>(base).derivatives(args, 0, k)[0][k]);
      });
    }
}

TEST(DeriveFormula, EqualsJets) {
  Tally tally("orders 1 and 2");
  tally.run(2000, 0, [&](auto &formula, auto &base, auto &points) {
    compareOrders(tally, formula, base, points, {{1, 2}});
  });
}

TEST(DeriveFormula, TaylorMethodEqualsJets) {
  Tally tally("orders 1 to 4 by Taylor series");
  tally.run(300, 0, [&](auto &formula, auto &base, auto &points) {
    compareOrders(tally, formula, base, points,
                  {{1, 2, 3, 4}, "", "", DerivativeMethod::Taylor});
  });
}

TEST(DeriveFormula, BackwardEqualsGradient) {
  Tally tally("backward");
  tally.run(1000, 0, [&](auto &formula, auto &base, auto &points) {
    std::optional<Tape> backward = backwardTape(formula.text);
    if (!backward)
      return tally.addConstant();
    for (std::vector<MpfrNumber> args : points) {
      args.push_back(MpfrNumber(0.8125));
      for (unsigned i = 0; i < formula.numInputs; ++i)
        tally.add("a gradient", [&] {
          std::vector<MpfrNumber> results(formula.numInputs);
          Interpreter<MpfrNumber>(*backward).evaluate(args, results);
          auto inputs = llvm::ArrayRef(args).drop_back();
          return std::pair(
              results[i],
              JetInterpreter<MpfrNumber>(base).gradient(inputs)[0][i] *
                  args.back());
        });
    }
  });
}

TEST(DeriveFormula, DoubleBackwardEqualsJetsOfBackward) {
  Tally tally("backward of backward");
  tally.run(200, 2, [&](auto &formula, auto &, auto &points) {
    std::optional<Tape> once = backwardTape(formula.text);
    std::optional<Tape> twice = backwardTape(formula.text, {}, 0, 2);
    if (!once || !twice)
      return tally.addConstant();
    ASSERT_EQ(twice->numInputs, 5u) << formula.text;
    for (std::vector<MpfrNumber> args : points) {
      for (double c : {0.8125, -1.25, 0.375})
        args.push_back(MpfrNumber(c));
      for (unsigned i = 0; i < 3; ++i)
        tally.add("a gradient", [&] {
          std::vector<MpfrNumber> results(3);
          Interpreter<MpfrNumber>(*twice).evaluate(args, results);
          auto rows = JetInterpreter<MpfrNumber>(*once).gradient(
              llvm::ArrayRef(args).take_front(3));
          return std::pair(results[i],
                           rows[0][i] * args[3] + rows[1][i] * args[4]);
        });
    }
  });
}

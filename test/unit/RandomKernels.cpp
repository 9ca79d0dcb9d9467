//===- RandomKernels.cpp - Kernels of random formulas --------------------===//

#include "RandomKernels.h"
#include "RandomFormula.h"

using namespace act;
using namespace act::test;

/// A bound of more ulp says nothing of a value of which hardly a digit is left.
static double mostUlps(DType type) {
  return std::ldexp(1, formatOf(type).precision - 4);
}

namespace {
/// What became of the values of all formulas.
struct Tally {
  unsigned compared = 0, overflowed = 0, atKink = 0, worthless = 0;
};

/// Compares the values of one formula.
class FormulaCheck {
public:
  FormulaCheck(const std::string &text, TestKernel &kernel, Tally &tally)
      : text(text), kernel(kernel), tally(tally), base(tapeOf(text)) {}

  void run(const std::vector<double> &inputs) {
    auto results = kernel.run(inputs);
    for (unsigned k = 0; k < results.size(); ++k)
      for (auto [x, y] : llvm::zip(inputs, results[k]))
        compare(x, y, k);
  }

private:
  bool isAtKink(double x) {
    MpfrPrecision scope(400);
    double nearness = kernel.type == DType::F64 ? 1e-9 : 1e-4;
    return !hasValues(base, {MpfrNumber(x)}) ||
           JetInterpreter<MpfrNumber>(base).isNearKink(MpfrNumber(x), nearness);
  }
  void compare(double x, double y, unsigned k);

  const std::string &text;
  TestKernel &kernel;
  Tally &tally;
  Tape base;
};
} // namespace

void FormulaCheck::compare(double x, double y, unsigned k) {
  FastReference &reference = *kernel.reference;
  if (reference.overflows({x})) {
    ++tally.overflowed;
    return;
  }
  // No first-order bound holds where rounding crosses a jump, or makes a
  // number of a denominator that is 0.
  if (isAtKink(x)) {
    ++tally.atKink;
    return;
  }
  bool isWithin;
  double bound = 8;
  if (kernel.type == DType::F64) {
    isWithin = reference.isWithinBound(y, {x}, bound, k);
  } else {
    bound = reference.formulaBound({x}, kernel.type, k);
    // Nor where a plain evaluation in f32 has no digit right.
    if (std::isinf(bound) || !reference.isDecided()) {
      ++tally.overflowed;
      return;
    }
    if (bound > mostUlps(kernel.type)) {
      ++tally.worthless;
      return;
    }
    isWithin = reference.error(y, {x}, kernel.type, k) <= bound;
  }
  ++tally.compared;
  EXPECT_TRUE(isWithin) << text << ", result " << k << " at " << x << ": " << y
                        << " for " << reference.value({x}, k) << ", bound "
                        << bound << " ulp";
}

unsigned act::test::checkRandomKernels(unsigned count, unsigned points,
                                       FormulaCompiler compileFormula) {
  unsigned formulas = 0;
  Tally tally;
  for (uint64_t seed = 0; formulas < count; ++seed) {
    RandomFormula formula = randomFormula(seed);
    if (formula.numInputs != 1)
      continue;
    TestKernel kernel = compileFormula(formula.text);
    if (!kernel)
      continue; // Constant piece by piece.
    ++formulas;
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::vector<double> inputs;
    for (const std::vector<double> &point : randomPoints(seed, 1, points))
      inputs.push_back(point.front());
    FormulaCheck(formula.text, kernel, tally).run(rounded(inputs, kernel.type));
  }
  printf("%u formulas: %u values within their bounds; skipped %u where a plain "
         "evaluation overflows or compares what it does not know, %u at kinks, "
         "%u where it has no digit\n",
         formulas, tally.compared, tally.overflowed, tally.atKink,
         tally.worthless);
  return tally.compared;
}

unsigned act::test::checkRandomKernels(unsigned count) {
  return checkRandomKernels(count, /*points=*/8, [](const std::string &text) {
    return compileDerivative(text, DType::F64, {}, /*quiet=*/true);
  });
}

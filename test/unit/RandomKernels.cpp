//===- RandomKernels.cpp - Derivative kernels of random formulas ---------===//

#include "RandomKernels.h"
#include "RandomFormula.h"

using namespace act;
using namespace act::test;

unsigned act::test::checkRandomKernels(unsigned count) {
  unsigned formulas = 0, compared = 0, overflowed = 0, atKink = 0;
  for (uint64_t seed = 0; formulas < count; ++seed) {
    RandomFormula formula = randomFormula(seed);
    if (formula.numInputs != 1)
      continue;
    TestKernel kernel = compileDerivative(formula.text, DType::F64, {}, true);
    if (!kernel)
      continue; // Constant piece by piece.
    ++formulas;
    Tape base = tapeOf(formula.text);
    std::vector<double> inputs;
    for (const std::vector<double> &point : randomPoints(seed, 1, 8))
      inputs.push_back(point.front());
    std::vector<double> computed = kernel.run(inputs).front();
    for (auto [x, y] : llvm::zip(inputs, computed)) {
      if (kernel.reference->overflows({x})) {
        ++overflowed;
        continue;
      }
      // No first-order bound holds where rounding crosses a jump, or makes a
      // number of a denominator that is 0.
      MpfrPrecision scope(400);
      if (!hasValues(base, {MpfrNumber(x)}) ||
          JetInterpreter<MpfrNumber>(base).isNearKink(MpfrNumber(x), 1e-9)) {
        ++atKink;
        continue;
      }
      ++compared;
      EXPECT_TRUE(kernel.reference->isWithinBound(y, {x}, 8))
          << formula.text << " (seed " << seed << ") at " << x << ": " << y
          << " for " << kernel.reference->value({x});
    }
  }
  printf("%u formulas: %u values within their bounds; skipped %u where a plain "
         "evaluation overflows, %u at kinks\n",
         formulas, compared, overflowed, atKink);
  return compared;
}

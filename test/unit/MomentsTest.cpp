//===- MomentsTest.cpp - Gaussian moments and their quadrature ------------===//

#include "DeriveTestUtil.h"
#include "act/Analysis/Moments.h"
#include <gtest/gtest.h>
#include <chrono>
#include <iostream>

using namespace act;

namespace {

Curve<MpfrNumber> curveOf(llvm::StringRef source) {
  auto reference = std::make_shared<MpfrReference>(
      *derivedTape(source, {/*orders=*/{0, 1}}));
  return {[reference](const MpfrNumber &x) {
            return reference->evaluate(std::vector<MpfrNumber>{x});
          },
          1};
}

TEST(Moments, Try) {
  MpfrPrecision scope(192);
  for (const char *source : {"silu", "gelu", "mish", "relu", "exp(x)", "exp(x^2)","exp(x^2/8)", "log(x)", "1/x", "sqrt(abs(x))", "sin(x)","x","erf(x)"}) {
    auto start = std::chrono::steady_clock::now();
    auto m = gaussianMoments<MpfrNumber>(curveOf(source), MpfrNumber(1.0), {});
    double s = std::chrono::duration<double>(std::chrono::steady_clock::now()-start).count();
    mpfr_printf("%s %.30Rg %.30Rg %.30Rg %.30Rg\n", source, m.meanF.get(), m.meanF2.get(), m.meanDf.get(), m.meanDf2.get());
    mpfr_printf("  %.3Rg %.3Rg %.3Rg %.3Rg  %u %f s\n", m.error[0].get(), m.error[1].get(), m.error[2].get(), m.error[3].get(), m.evaluations, s);
  }
}

} // namespace

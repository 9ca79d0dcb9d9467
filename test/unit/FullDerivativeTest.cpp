//===- FullDerivativeTest.cpp - Sweeps that take minutes -----------------===//

#include "RandomKernels.h"

using namespace act::test;

TEST(FullDerivative, RandomFormulasStayWithinTheBoundOfCheck) {
  EXPECT_GT(checkRandomKernels(2000), 8000u);
}

//===- RandomKernels.h - Derivatives of random formulas --------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_RANDOMKERNELS_H
#define ACT_TEST_UNIT_RANDOMKERNELS_H

#include "KernelTestUtil.h"

namespace act::test {

/// Makes the kernel of a formula, or none where the formula has no derivative.
using FormulaCompiler = llvm::function_ref<TestKernel(const std::string &)>;

/// Runs what `compileFormula` makes of `count` random formulas of one input, at
/// `points` numbers each, and holds each value against the bound of act-run
/// --check; gives the number of values compared and reports failures to gtest.
unsigned checkRandomKernels(unsigned count, unsigned points,
                            FormulaCompiler compileFormula);

/// The same of first derivatives in f64 on this machine.
unsigned checkRandomKernels(unsigned count);

} // namespace act::test

#endif // ACT_TEST_UNIT_RANDOMKERNELS_H

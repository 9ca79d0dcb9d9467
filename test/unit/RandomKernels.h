//===- RandomKernels.h - Derivatives of random formulas --------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_RANDOMKERNELS_H
#define ACT_TEST_UNIT_RANDOMKERNELS_H

#include "KernelTestUtil.h"

namespace act::test {

/// Compiles first derivatives of `count` random formulas of one input in f64
/// and holds each value against the bound of act-run --check; gives the number
/// of values compared and reports failures to gtest.
unsigned checkRandomKernels(unsigned count);

} // namespace act::test

#endif // ACT_TEST_UNIT_RANDOMKERNELS_H

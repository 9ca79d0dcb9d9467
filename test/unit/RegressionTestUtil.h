//===- RegressionTestUtil.h - What others got wrong -------------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_REGRESSIONTESTUTIL_H
#define ACT_TEST_UNIT_REGRESSIONTESTUTIL_H

#include "KernelTestUtil.h"
#include "act/Numerics.h"

namespace act::test {

inline constexpr DType kAllTypes[] = {DType::F64, DType::F32, DType::F16,
                                      DType::BF16};
/// Calls `check` with kernels of a derivative of a source in each class and at
/// each level of this machine.
void forEachKernel(
    llvm::StringRef source, DType type, int64_t order,
    llvm::function_ref<void(TestKernel &kernel, Accuracy accuracy)> check);

/// A derivative of a source and where to look at it.
struct Places {
  const char *source;
  int64_t order;
  std::vector<DType> types;
  std::vector<double> inputs;
};

/// Compares kernels of all classes and levels with MPFR at these places, which
/// are rounded to each type. A value of the wrong sign, or zero where the exact
/// one rounds to another number, fails like one beyond the bound. The fast
/// class may give 0 for what is below 2^-116.
void expectExact(const std::vector<Places> &all);

/// Checks that all results equal `value`, with the sign of zeros; the fast
/// class and f16 of the default one are held to their bounds where that is no
/// zero, one or infinity.
void expectEqual(const Places &places, double value);

} // namespace act::test

#endif // ACT_TEST_UNIT_REGRESSIONTESTUTIL_H

//===- PrimitiveReferences.h - Exact primitives for tests -------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_PRIMITIVEREFERENCES_H
#define ACT_TEST_UNIT_PRIMITIVEREFERENCES_H

#include <mpfr.h>

namespace act::test {

/// A function of MPFR.
using Reference = int (*)(mpfr_t, const mpfr_t, mpfr_rnd_t);

/// 1 / (1 + exp(-x)).
inline int exactSigmoid(mpfr_t y, const mpfr_t x, mpfr_rnd_t mode) {
  mpfr_neg(y, x, mode);
  mpfr_exp(y, y, mode);
  mpfr_add_ui(y, y, 1, mode);
  return mpfr_ui_div(y, 1, y, mode);
}

/// log(1 + exp(x)), where exp(x) is in MPFR's range.
inline int exactSoftplus(mpfr_t y, const mpfr_t x, mpfr_rnd_t mode) {
  mpfr_exp(y, x, mode);
  return mpfr_log1p(y, y, mode);
}

} // namespace act::test

#endif // ACT_TEST_UNIT_PRIMITIVEREFERENCES_H

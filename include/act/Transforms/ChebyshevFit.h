//===- ChebyshevFit.h - Polynomials fitted while compiling ------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_CHEBYSHEVFIT_H
#define ACT_TRANSFORMS_CHEBYSHEVFIT_H

#include "act/Reference/Quad.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <optional>
#include <vector>

namespace act {

/// Coefficients of powers of d - (a + b) / 2, lowest first, of the polynomial
/// of least degree whose truncated Chebyshev series stays within `tolerance`
/// of f, relative to the least |f|, on [a, b]. Nothing where that takes more
/// than `maxDegree`, or f is not finite or vanishes there.
std::optional<std::vector<Quad>> fitPolynomial(llvm::function_ref<Quad(Quad)> f,
                                               double a, double b,
                                               double tolerance,
                                               unsigned maxDegree);

} // namespace act

#endif // ACT_TRANSFORMS_CHEBYSHEVFIT_H

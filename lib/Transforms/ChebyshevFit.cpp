//===- ChebyshevFit.cpp - Polynomials fitted while compiling --------------===//
//
// Interpolation at Chebyshev nodes: the coefficients of the series come from a
// discrete cosine transform, and what is cut off bounds the error. Within a
// factor of about two of the best polynomial, and a fraction of Remez' cost.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/ChebyshevFit.h"
#include <cmath>

using namespace act;

/// cos(j (k + 1/2) pi / n) for all j, k < n would need a table; the recurrence
/// of the polynomials themselves is as exact in 113 bits.
static std::vector<Quad> chebyshevValues(Quad t, unsigned n) {
  std::vector<Quad> values = {1, t};
  for (unsigned j = 2; j < n; ++j)
    values.push_back(2 * t * values[j - 1] - values[j - 2]);
  return values;
}

/// The series sum c[j] T_j(u / half) as powers of u.
static std::vector<Quad> powersOf(const std::vector<Quad> &series, Quad half) {
  // Clenshaw's recurrence on polynomials in u.
  size_t n = series.size();
  std::vector<Quad> b1(n, 0), b2(n, 0);
  auto timesT = [&](const std::vector<Quad> &p) {
    std::vector<Quad> q(n, 0);
    for (size_t i = 0; i + 1 < n; ++i)
      q[i + 1] = p[i] / half;
    return q;
  };
  for (size_t j = n; j-- > 1;) {
    std::vector<Quad> next = timesT(b1);
    for (size_t i = 0; i < n; ++i)
      next[i] = 2 * next[i] - b2[i];
    next[0] = next[0] + series[j];
    b2 = std::move(b1);
    b1 = std::move(next);
  }
  std::vector<Quad> result = timesT(b1);
  for (size_t i = 0; i < n; ++i)
    result[i] = result[i] - b2[i];
  result[0] = result[0] + series[0];
  return result;
}

std::optional<std::vector<Quad>>
act::fitPolynomial(llvm::function_ref<Quad(Quad)> f, double a, double b,
                   double tolerance, unsigned maxDegree) {
  using Traits = NumberTraits<Quad>;
  if (!(a < b))
    return std::nullopt;
  const unsigned n = maxDegree + 6;
  Quad middle = (Quad(a) + Quad(b)) / 2, half = (Quad(b) - Quad(a)) / 2;
  const Quad pi = Traits::fromText("pi");
  std::vector<Quad> series(n, 0);
  Quad least = 0;
  for (unsigned k = 0; k < n; ++k) {
    Quad t = Traits::cos(pi * (Quad(k) + Quad(0.5)) / Quad(n));
    Quad value = f(middle + half * t);
    Quad magnitude = Traits::abs(value);
    if (Traits::isNaN(value) || Traits::isInfinite(value) || value == 0)
      return std::nullopt;
    least = k == 0 || magnitude < least ? magnitude : least;
    std::vector<Quad> basis = chebyshevValues(t, n);
    for (unsigned j = 0; j < n; ++j)
      series[j] = series[j] + value * basis[j] * Quad(j == 0 ? 1 : 2) / Quad(n);
  }
  // Cut off as much as the tolerance allows; the last few coefficients tell
  // whether the series converges at all.
  Quad tail = 0, allowed = Quad(tolerance) * least;
  unsigned size = n;
  while (size > 1 && tail + Traits::abs(series[size - 1]) <= allowed)
    tail = tail + Traits::abs(series[--size]);
  if (size > maxDegree + 1)
    return std::nullopt;
  series.resize(std::max(size, 2u));
  std::vector<Quad> coefficients = powersOf(series, half);
  // The nodes lie inside: a jump at an end is seen only there.
  for (double end : {a, b}) {
    Quad sum = 0;
    for (size_t i = coefficients.size(); i-- > 0;)
      sum = sum * (Quad(end) - middle) + coefficients[i];
    if (!(Traits::abs(sum - f(end)) <= 4 * allowed))
      return std::nullopt;
  }
  return coefficients;
}

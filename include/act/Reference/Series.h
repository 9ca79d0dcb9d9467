//===- Series.h - Arithmetic of truncated Taylor series ---------*- C++ -*-===//
//
// What every operation of the dialect does to a Taylor series, by the
// recurrences of the textbooks (Griewank and Walther, "Evaluating
// Derivatives", 2nd edition, chapter 13; Knuth, TAOCP 2, section 4.7). They
// are written out by hand and share nothing with the symbolic differentiator,
// so that one can be held against the other.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REFERENCE_SERIES_H
#define ACT_REFERENCE_SERIES_H

#include "act/Reference/Interpreter.h"
#include <algorithm>
#include <utility>
#include <vector>

namespace act {

/// Coefficients of 1, t, t^2, ... up to an order that all series of one
/// calculation share. A series of one coefficient is a constant: its other
/// coefficients are zeros that nothing multiplies, not even an infinity.
template <class Number> using Series = std::vector<Number>;

/// Operations on series. Each is as accurate as its recurrence in the
/// arithmetic of Number: relative to the largest term of each sum.
template <class Number> struct SeriesMath {
  using Traits = NumberTraits<Number>;
  using S = Series<Number>;

  static Number number(double x) { return Traits::fromDouble(x); }
  static bool isConstant(const S &u) { return u.size() == 1; }

  /// Of series, or of constants, or of both.
  static S add(S a, const S &b) {
    if (a.size() < b.size())
      a.resize(b.size(), number(0));
    for (size_t k = 0; k < b.size(); ++k)
      a[k] = a[k] + b[k];
    return a;
  }
  static S neg(S u) {
    for (Number &coefficient : u)
      coefficient = -coefficient;
    return u;
  }
  static S sub(S a, const S &b) {
    if (a.size() < b.size())
      a.resize(b.size(), number(0));
    for (size_t k = 0; k < b.size(); ++k)
      a[k] = a[k] - b[k];
    return a;
  }

  /// y_k = sum a_i b_{k-i}
  static S mul(const S &a, const S &b) {
    S y;
    for (size_t k = 0, n = std::max(a.size(), b.size()); k < n; ++k)
      y.push_back(productAt(a, b, k));
    return y;
  }

  /// y_k = (a_k - sum_{j>0} b_j y_{k-j}) / b_0
  static S div(const S &a, const S &b) {
    S y;
    for (size_t k = 0, n = std::max(a.size(), b.size()); k < n; ++k) {
      Number sum = k < a.size() ? a[k] : number(0);
      for (size_t j = 1; j < b.size() && j <= k; ++j)
        sum = sum - b[j] * y[k - j];
      y.push_back(sum / b[0]);
    }
    return y;
  }

  /// y' = y u'
  static S exp(const S &u) { return expFrom(Traits::exp(u[0]), u); }
  static S expm1(const S &u) {
    S y = exp(u);
    y[0] = Traits::expm1(u[0]);
    return y;
  }

  /// u y' = u'
  static S log(const S &u) { return logFrom(Traits::log(u[0]), u, u[0]); }
  static S log1p(const S &u) {
    return logFrom(Traits::log1p(u[0]), u, number(1) + u[0]);
  }

  /// y y = u
  static S sqrt(const S &u) {
    S y = {Traits::sqrt(u[0])};
    for (size_t k = 1; k < u.size(); ++k) {
      Number sum = u[k];
      for (size_t j = 1; j < k; ++j)
        sum = sum - y[j] * y[k - j];
      y.push_back(sum / (y[0] + y[0]));
    }
    return y;
  }
  static S rsqrt(const S &u) {
    return powFrom(number(1) / Traits::sqrt(u[0]), u, number(-0.5));
  }

  /// s' = c u', c' = -s u'
  static std::pair<S, S> sinCos(const S &u) {
    return turn(Traits::sin(u[0]), Traits::cos(u[0]), u, -1);
  }
  /// s' = c u', c' = s u'
  static std::pair<S, S> sinhCosh(const S &u) {
    return turn(Traits::sinh(u[0]), Traits::cosh(u[0]), u, 1);
  }

  /// s' = s (1 - s) u', in which 1 - s is a series of its own that begins
  /// with sigmoid(-u_0): nothing cancels where s is next to 1.
  static S sigmoid(const S &u) {
    S s = {sigmoidOf(u[0])}, rest = {sigmoidOf<Number>(-u[0])}, slope;
    for (size_t k = 1; k < u.size(); ++k) {
      slope.push_back(productAt(s, rest, k - 1));
      s.push_back(integralAt(slope, u, k));
      rest.push_back(-s[k]);
    }
    return s;
  }

  /// tanh(u) = 2 sigmoid(2 u) - 1, so that y' = (1 - y^2) u' takes the tails
  /// of 1 - y^2 = 4 sigmoid(2 u) sigmoid(-2 u) from the series of sigmoid,
  /// to full accuracy also in saturation.
  static S tanh(const S &u) {
    S twice = add(u, u);
    S s = sigmoid(twice);
    S y = add(s, s);
    y[0] = Traits::tanh(u[0]);
    return y;
  }

  /// y' = sigmoid(u) u'
  static S softplus(const S &u) {
    return integrate(softplusOf(u[0]), sigmoid(u), u);
  }

  /// y' = 2 / sqrt(pi) exp(-u^2) u'
  static S erf(const S &u) {
    return integrate(Traits::erf(u[0]), erfSlope(u), u);
  }
  static S erfc(const S &u) {
    return integrate(Traits::erfc(u[0]), neg(erfSlope(u)), u);
  }

  /// a^b. A constant exponent takes u y' = b y u' and, where u_0 is zero and
  /// b a natural number, the product; any other b takes y' = y (b log a)'.
  /// Derivatives of other powers at zero are NaN or infinite.
  static S pow(const S &a, const S &b) {
    Number first = Traits::pow(a[0], b[0]);
    if (isConstant(a) && isConstant(b))
      return {first};
    if (!isConstant(b))
      return expFrom(first, mul(b, log(a)));
    const Number &n = b[0];
    if (a[0] != number(0) || n < number(0) || Traits::floor(n) != n)
      return powFrom(first, a, n);
    S y(a.size(), number(0));
    y[0] = number(1);
    // From t^size on, nothing of a power of a series without t^0 is left.
    for (size_t i = 0; i < a.size() && number(double(i)) < n; ++i)
      y = mul(y, a);
    y[0] = first;
    return y;
  }

  static S fma(const S &a, const S &b, const S &c) {
    S y = add(mul(a, b), c);
    y[0] = Traits::fma(a[0], b[0], c[0]);
    return y;
  }

  /// |u|, which is constant where u_0 is zero.
  static S abs(const S &u) {
    if (u[0] == number(0))
      return {Traits::abs(u[0])};
    return Traits::isNegative(u[0]) ? neg(u) : u;
  }

  /// The larger or smaller operand, the second at a tie.
  static S max(const S &a, const S &b) {
    return chosen(maximumOf(a[0], b[0]), a[0] > b[0] ? a : b, a, b);
  }
  static S min(const S &a, const S &b) {
    return chosen(minimumOf(a[0], b[0]), a[0] < b[0] ? a : b, a, b);
  }
  /// The first operand where it is between the others or equal to one.
  static S clamp(const S &u, const S &low, const S &high) {
    S raised = chosen(maximumOf(u[0], low[0]), u[0] < low[0] ? low : u, u, low);
    return chosen(minimumOf(raised[0], high[0]),
                  raised[0] > high[0] ? high : raised, raised, high);
  }

private:
  /// Coefficient k of a b, which needs theirs up to k only.
  static Number productAt(const S &a, const S &b, size_t k) {
    size_t i = k < b.size() ? 0 : k - b.size() + 1;
    if (i >= a.size() || i > k)
      return number(0);
    Number sum = a[i] * b[k - i];
    while (++i <= k && i < a.size())
      sum = sum + a[i] * b[k - i];
    return sum;
  }

  /// Coefficient k > 0 of the integral of slope u': sum of
  /// j u_j slope_{k-j} / k.
  static Number integralAt(const S &slope, const S &u, size_t k) {
    Number sum = u[1] * slope[k - 1];
    for (size_t j = 2; j <= k; ++j)
      sum = sum + number(double(j)) * u[j] * slope[k - j];
    return k == 1 ? sum : sum / number(double(k));
  }
  static S integrate(const Number &first, const S &slope, const S &u) {
    S y = {first};
    for (size_t k = 1; k < u.size(); ++k)
      y.push_back(integralAt(slope, u, k));
    return y;
  }

  static S expFrom(const Number &first, const S &u) {
    S y = {first};
    for (size_t k = 1; k < u.size(); ++k)
      y.push_back(integralAt(y, u, k));
    return y;
  }

  /// Of u except that its constant term is `base`:
  /// y_k = (u_k - sum_{0<j<k} j y_j u_{k-j} / k) / base
  static S logFrom(const Number &first, const S &u, const Number &base) {
    S y = {first};
    for (size_t k = 1; k < u.size(); ++k) {
      Number sum = number(0);
      for (size_t j = 1; j < k; ++j)
        sum = sum + number(double(j)) * y[j] * u[k - j];
      y.push_back((k == 1 ? u[k] : u[k] - sum / number(double(k))) / base);
    }
    return y;
  }

  /// y_k = sum_{j>0} (r j - (k - j)) u_j y_{k-j} / (k u_0)
  static S powFrom(const Number &first, const S &u, const Number &r) {
    S y = {first};
    for (size_t k = 1; k < u.size(); ++k) {
      Number sum = number(0);
      for (size_t j = 1; j <= k; ++j)
        sum = sum +
              (r * number(double(j)) - number(double(k - j))) * u[j] * y[k - j];
      y.push_back(sum / (number(double(k)) * u[0]));
    }
    return y;
  }

  static std::pair<S, S> turn(const Number &sine, const Number &cosine,
                              const S &u, double sign) {
    S s = {sine}, c = {cosine};
    for (size_t k = 1; k < u.size(); ++k) {
      Number nextS = integralAt(c, u, k);
      c.push_back(number(sign) * integralAt(s, u, k));
      s.push_back(nextS);
    }
    return {s, c};
  }

  static S erfSlope(const S &u) {
    Number c = number(2) / Traits::sqrt(Traits::fromText("pi"));
    return mul({c}, exp(neg(mul(u, u))));
  }

  /// `winner` with a first coefficient that knows signed zeros; NaN at every
  /// order where an operand of the choice was NaN.
  static S chosen(const Number &first, const S &winner, const S &a,
                  const S &b) {
    if (Traits::isNaN(first))
      return S(std::max(a.size(), b.size()), first);
    S y = winner;
    y[0] = first;
    return y;
  }
};

} // namespace act

#endif // ACT_REFERENCE_SERIES_H

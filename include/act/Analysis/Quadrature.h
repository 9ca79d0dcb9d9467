//===- Quadrature.h - Integrals to many digits ------------------*- C++ -*-===//
//
// Tanh-sinh quadrature (Takahasi and Mori, Publ. RIMS 9, 1974): the
// substitution x = tanh(pi/2 sinh(t)) makes the integrand decay doubly
// exponentially, so that the trapezoidal rule doubles its digits with its
// points, whatever a smooth integrand does at the ends of its interval.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_ANALYSIS_QUADRATURE_H
#define ACT_ANALYSIS_QUADRATURE_H

#include "act/Reference/Number.h"
#include <array>
#include <vector>

namespace act {

/// The distance from 1 to the next number.
template <class Number> Number epsilonOf() {
  using Traits = NumberTraits<Number>;
  Number one = Traits::fromDouble(1), epsilon = one;
  while (one + Traits::scale(epsilon, -1) != one)
    epsilon = Traits::scale(epsilon, -1);
  return epsilon;
}

/// Integrals of N functions over one interval.
template <class Number, size_t N> struct Integrals {
  /// Infinite where an integrand grows at an end as 1 / distance or faster;
  /// NaN where it is NaN inside.
  std::array<Number, N> value;
  /// Absolute: what the last doubling of the points changed, terms left out,
  /// and rounding.
  std::array<Number, N> error;
  /// Integrals of the absolute values.
  std::array<Number, N> magnitude;
  unsigned evaluations = 0;
};

/// Tanh-sinh quadrature over finite intervals. Keeps its nodes: make one and
/// use it for many intervals, in one thread. With MPFR the precision in force
/// must stay the same.
template <class Number> class TanhSinh {
public:
  using Traits = NumberTraits<Number>;

  /// The spacing of the nodes is halved until that changes no integral by
  /// more than `tolerance` times that of the absolute value, or is
  /// 2^-kMaxLevel.
  explicit TanhSinh(double tolerance)
      : tolerance(Traits::fromDouble(tolerance)), epsilon(epsilonOf<Number>()) {
  }

  /// The integrals of `integrand`, which maps a number to an array of N, from
  /// a to b, a < b. Neither end is evaluated. `scale` has magnitudes that the
  /// results will be added to: an error that is small beside these is small
  /// enough.
  template <size_t N, class Integrand>
  Integrals<Number, N> integrate(Integrand integrand, const Number &a,
                                 const Number &b,
                                 const std::array<Number, N> &scale) {
    return Run<N, Integrand>(*this, integrand, a, b, scale).run();
  }

  static constexpr unsigned kFirstLevel = 2, kMaxLevel = 9;

private:
  /// One point on each side of the middle of the interval [-1, 1].
  struct Node {
    /// To the nearer end.
    Number distance;
    Number weight;
  };

  template <size_t N, class Integrand> class Run;

  /// The nodes t = 0, h, 2h, ... of the first level, or those of a later one
  /// that the levels before lack: h, 3h, ...
  const std::vector<Node> &nodesOf(unsigned level) {
    if (levels.size() <= level)
      levels.resize(level + 1);
    std::vector<Node> &nodes = levels[level];
    if (!nodes.empty())
      return nodes;
    Number half = Traits::fromDouble(0.5), two = Traits::fromDouble(2);
    Number pi = Traits::fromText("pi");
    Number end = epsilon * epsilon;
    bool isFirst = level == kFirstLevel;
    for (unsigned k = isFirst ? 0 : 1;; k += isFirst ? 1 : 2) {
      Number t = Traits::scale(Traits::fromDouble(k), -long(level));
      Number u = pi * half * Traits::sinh(t);
      Number coshU = Traits::cosh(u);
      Node node = {Traits::exp(-u) / coshU,
                   pi * half * Traits::cosh(t) / (coshU * coshU)};
      if (node.distance < end)
        break;
      // The node in the middle has no other side.
      if (k == 0)
        node.weight = node.weight / two;
      nodes.push_back(std::move(node));
    }
    return nodes;
  }

  Number tolerance, epsilon;
  std::vector<std::vector<Node>> levels;
};

/// The integration over one interval.
template <class Number>
template <size_t N, class Integrand>
class TanhSinh<Number>::Run {
public:
  using Values = std::array<Number, N>;

  Run(TanhSinh &rule, Integrand &integrand, const Number &a, const Number &b,
      const Values &scale)
      : rule(rule), integrand(integrand), a(a), b(b),
        halfLength((b - a) * Traits::fromDouble(0.5)), scale(scale),
        small(rule.tolerance / Traits::fromDouble(16)) {}

  Integrals<Number, N> run() {
    Number zero = Traits::fromDouble(0);
    sum.fill(zero), magnitude.fill(zero);
    addLevel(kFirstLevel);
    Integrals<Number, N> result;
    Values before = sum;
    for (unsigned level = kFirstLevel + 1; level <= kMaxLevel; ++level) {
      addLevel(level);
      Number h = Traits::scale(halfLength, -long(level));
      // Terms left out, and rounding.
      Number rest = small + rule.epsilon * Traits::fromDouble(16);
      bool isDone = true;
      for (size_t i = 0; i < N; ++i) {
        result.value[i] = sum[i] * h;
        result.magnitude[i] = magnitude[i] * h;
        // Half the spacing, so twice the sum.
        Number change =
            Traits::abs(result.value[i] - before[i] * h - before[i] * h);
        Number size =
            result.magnitude[i] > scale[i] ? result.magnitude[i] : scale[i];
        result.error[i] = change + rest * result.magnitude[i];
        // What is not finite has converged, too.
        isDone &= !(change > rule.tolerance * size) || isInfinite(i);
        if (isInfinite(i))
          result.value[i] = infinity[i];
      }
      // Two coarse sums that agree may both have missed something.
      if (isDone && level > kFirstLevel + 1)
        break;
      before = sum;
    }
    result.evaluations = evaluations;
    return result;
  }

private:
  bool isInfinite(size_t i) const { return Traits::isInfinite(infinity[i]); }

  void addLevel(unsigned level) {
    for (unsigned side : {0, 1})
      addSide(level, side);
  }

  /// Adds the nodes of one level from the middle to the left or the right
  /// end. The first level finds how near to the end it matters.
  void addSide(unsigned level, unsigned side) {
    const std::vector<Node> &nodes = rule.nodesOf(level);
    Values largest, last;
    largest.fill(Traits::fromDouble(0)), last = largest;
    for (const Node &node : nodes) {
      if (level > kFirstLevel && node.distance < nearest[side])
        return;
      Number step = node.distance * halfLength;
      Number x = side ? b - step : a + step;
      // Rounding has reached the end.
      if (!(a < x && x < b))
        break;
      Values values = integrand(x);
      ++evaluations;
      bool isNegligible = node.weight < small;
      for (size_t i = 0; i < N; ++i) {
        Number term = values[i] * node.weight;
        sum[i] = sum[i] + term;
        last[i] = Traits::abs(term);
        magnitude[i] = magnitude[i] + last[i];
        if (last[i] > largest[i])
          largest[i] = last[i];
        isNegligible &= !(last[i] > small * magnitude[i]);
        lastSign[i] = Traits::isNegative(term);
      }
      if (level == kFirstLevel)
        nearest[side] = node.distance;
      if (isNegligible && level == kFirstLevel)
        return;
    }
    if (level == kFirstLevel)
      for (size_t i = 0; i < N; ++i)
        noteEnd(i, largest[i], last[i]);
  }

  /// Terms that do not become small towards an end: those of d^-p, d the
  /// distance, fall if p < 1 and grow otherwise.
  void noteEnd(size_t i, const Number &largest, const Number &last) {
    if (!(last > Traits::fromDouble(0)) ||
        largest > last * Traits::fromDouble(4))
      return;
    Number inf = Traits::fromText(lastSign[i] ? "-inf" : "inf");
    infinity[i] = isInfinite(i) ? infinity[i] + inf : inf;
  }

  TanhSinh &rule;
  Integrand &integrand;
  const Number &a, &b;
  Number halfLength;
  const Values &scale;
  /// Terms that are smaller, relative to the sum, are left out.
  Number small;
  Values sum, magnitude;
  /// The smallest distance used, towards each end.
  std::array<Number, 2> nearest = {Traits::fromDouble(0),
                                   Traits::fromDouble(0)};
  /// Sum of the infinite contributions of the ends, 0 where there are none.
  Values infinity = zeros();
  std::array<bool, N> lastSign;
  unsigned evaluations = 0;

  static Values zeros() {
    Values values;
    values.fill(Traits::fromDouble(0));
    return values;
  }
};

} // namespace act

#endif // ACT_ANALYSIS_QUADRATURE_H

//===- SymbolicProduct.cpp - Products simplified as they are built -------===//

#include "SymbolicDetail.h"
#include "llvm/ADT/STLExtras.h"

using namespace act;
using namespace act::sym;
using llvm::ArrayRef;
using llvm::DynamicAPInt;
using llvm::SmallVector;
using llvm::SmallVectorImpl;
using llvm::StringRef;

Expr Graph::scaled(const Fraction &coefficient, Expr e) {
  if (coefficient == Fraction(1))
    return e;
  return mul(number(coefficient), e);
}

/// The integer root of a square, else 0.
static int64_t rootOf(const DynamicAPInt &value) {
  if (value > int64_t(1) << 52 || value < 1)
    return 0;
  int64_t root = std::llround(std::sqrt(double(int64_t(value))));
  return root * root == int64_t(value) ? root : 0;
}

/// Beyond this power a number is not multiplied out.
static constexpr int64_t kMaxHalves = 512;

/// Appends e^(halves / 2) to a product, taking products apart; their exponent
/// is whole.
static void addFactor(Expr e, int64_t halves, Fraction &coefficient,
                      SmallVectorImpl<Factor> &factors) {
  auto raise = [&](const Fraction &value, int64_t n) {
    for (int64_t i = 0; i < std::abs(n); ++i)
      coefficient = n > 0 ? coefficient * value : coefficient / value;
  };
  if (e->kind == Kind::Product) {
    raise(e->number, halves / 2);
    for (const Factor &factor : e->factors)
      factors.push_back({factor.base, factor.halves * halves / 2});
    return;
  }
  if (e->isNumber() && halves % 2 == 0 && std::abs(halves) < kMaxHalves &&
      (halves > 0 || e->number != Fraction(0))) {
    raise(e->number, halves / 2);
    return;
  }
  factors.push_back({e, halves});
}

Expr Graph::product(ArrayRef<Expr> all) {
  Fraction coefficient(1);
  SmallVector<Factor> factors;
  for (Expr e : all)
    addFactor(e, 2, coefficient, factors);
  return makeProduct(coefficient, factors);
}

Expr Graph::power(Expr base, int64_t halves) {
  if (halves == 0)
    return number(1);
  Fraction coefficient(1);
  SmallVector<Factor> factors;
  if (halves % 2 != 0 && base->kind == Kind::Product) {
    // The square root of a constant product is that of its parts.
    factors.push_back({number(base->number), halves});
    for (const Factor &factor : base->factors)
      factors.push_back({factor.base, factor.halves * halves / 2});
  } else {
    addFactor(base, halves, coefficient, factors);
  }
  return makeProduct(coefficient, factors);
}

Expr Graph::pushIntoSelect(const Fraction &coefficient,
                           ArrayRef<Factor> factors) {
  for (size_t i = 0; i < factors.size(); ++i) {
    Expr e = factors[i].base;
    if (!e->isCall(kSelect) ||
        !(e->operands[1]->isNumber() || e->operands[2]->isNumber()))
      continue;
    auto branch = [&](unsigned k) {
      SmallVector<Expr> parts = {number(coefficient),
                                 power(e->operands[k], factors[i].halves)};
      for (size_t j = 0; j < factors.size(); ++j)
        if (j != i)
          parts.push_back(power(factors[j].base, factors[j].halves));
      return product(parts);
    };
    return select(e->operands[0], branch(1), branch(2));
  }
  return nullptr;
}

/// Moves the even part of a rational number's exponent and roots of squares
/// into the coefficient: 8^(3/2) is 8 * 8^(1/2), 4^(1/2) is 2.
static void extractRoot(Factor &factor, Fraction &coefficient) {
  const Fraction &value = factor.base->number;
  if (int64_t p = rootOf(value.num), q = rootOf(value.den); p && q) {
    for (int64_t i = 0; i < std::abs(factor.halves); ++i)
      coefficient = factor.halves > 0 ? coefficient * Fraction(p, q)
                                      : coefficient / Fraction(p, q);
    factor.halves = 0;
    return;
  }
  for (; factor.halves > 1; factor.halves -= 2)
    coefficient = coefficient * value;
  for (; factor.halves < -1; factor.halves += 2)
    coefficient = coefficient / value;
}

/// sum * base^n as one sum, if some term has base in its denominator; null
/// otherwise.
static Expr multipliedIn(Graph &graph, const Factor &sum, const Factor &base) {
  if (sum.base->kind != Kind::Sum || sum.halves != 2 || base.halves <= 0)
    return nullptr;
  bool cancels = llvm::any_of(sum.base->terms, [&](const Term &term) {
    return llvm::any_of(factorsOf(term.expr), [&](const Factor &f) {
      return f.base == base.base && f.halves < 0;
    });
  });
  if (!cancels)
    return nullptr;
  Expr scale = graph.power(base.base, base.halves);
  SmallVector<Expr> parts = {graph.mul(graph.number(sum.base->number), scale)};
  for (const Term &term : sum.base->terms)
    parts.push_back(
        graph.product({graph.number(term.coefficient), term.expr, scale}));
  return graph.sum(parts);
}

Expr Graph::makeProduct(Fraction coefficient,
                        SmallVectorImpl<Factor> &factors) {
  if (coefficient == Fraction(0))
    return number(0);
  llvm::sort(factors, [](const Factor &a, const Factor &b) {
    return sym::compare(a.base, b.base) < 0;
  });
  SmallVector<Factor> merged;
  for (const Factor &factor : factors) {
    if (!merged.empty() && merged.back().base == factor.base)
      merged.back().halves += factor.halves;
    else
      merged.push_back(factor);
  }
  for (Factor &factor : merged)
    if (factor.base->isNumber() && factor.base->number > Fraction(0) &&
        factor.halves != 0 && std::abs(factor.halves) < kMaxHalves)
      extractRoot(factor, coefficient);
  llvm::erase_if(merged, [](const Factor &f) { return f.halves == 0; });

  // x sign(x) is |x|, and |x|^2 is x^2.
  for (Factor &factor : merged) {
    if (factor.base->isCall("math.absf") && factor.halves % 4 == 0) {
      SmallVector<Factor> changed(merged);
      changed[&factor - merged.begin()].base = factor.base->operands[0];
      return makeProduct(coefficient, changed);
    }
    if (!factor.base->isCall("act.sign") || factor.halves != 2)
      continue;
    for (Factor &other : merged)
      if (other.base == factor.base->operands[0] && other.halves >= 2) {
        SmallVector<Factor> changed(merged);
        changed[&other - merged.begin()].halves -= 2;
        changed[&factor - merged.begin()].base =
            call("math.absf", {other.base});
        return makeProduct(coefficient, changed);
      }
  }
  // a (1 + y / a) is a + y.
  for (const Factor &factor : merged)
    for (const Factor &other : merged)
      if (Expr inside = multipliedIn(*this, factor, other)) {
        SmallVector<Expr> parts = {number(coefficient), inside};
        for (const Factor &f : merged)
          if (f.base != factor.base && f.base != other.base)
            parts.push_back(power(f.base, f.halves));
        return product(parts);
      }
  // Powers of products, that a base has become through simplification.
  for (const Factor &factor : merged)
    if (factor.base->kind == Kind::Product) {
      SmallVector<Expr> parts = {number(coefficient)};
      for (const Factor &f : merged)
        parts.push_back(power(f.base, f.halves));
      return product(parts);
    }
  if (merged.empty())
    return number(coefficient);
  if (Expr pushed = pushIntoSelect(coefficient, merged))
    return pushed;
  if (merged.size() == 1 && merged[0].halves == 2 && coefficient == Fraction(1))
    return merged[0].base;
  Node node;
  node.kind = Kind::Product;
  node.number = coefficient;
  node.factors.assign(merged.begin(), merged.end());
  return intern(std::move(node));
}

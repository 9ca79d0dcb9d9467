//===- SymbolicSum.cpp - Sums simplified as they are built ---------------===//

#include "SymbolicDetail.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/STLExtras.h"

using namespace act;
using namespace act::sym;
using llvm::ArrayRef;
using llvm::DynamicAPInt;
using llvm::SmallVector;
using llvm::SmallVectorImpl;
using llvm::StringRef;

/// Integer coefficients up to this keep their common content apart, so that
/// (x + 3) / 6 stays that; with larger ones 0.044715 x^2 + 1 does not become
/// (8943 x^2 + 200000) / 200000.
static constexpr int64_t kSmallCoefficient = 16;

/// Appends coefficient * e to a sum, taking sums and coefficients apart.
static void addTerm(const Fraction &coefficient, Expr e, Fraction &constant,
                    SmallVectorImpl<Term> &terms) {
  switch (e->kind) {
  case Kind::Number:
    constant += coefficient * e->number;
    return;
  case Kind::Sum:
    constant += coefficient * e->number;
    for (const Term &term : e->terms)
      terms.push_back({coefficient * term.coefficient, term.expr});
    return;
  case Kind::Product:
    if (e->factors.size() == 1 && e->factors[0].halves == 2 &&
        e->factors[0].base->kind == Kind::Sum)
      return addTerm(coefficient * e->number, e->factors[0].base, constant,
                     terms);
    [[fallthrough]];
  default:
    terms.push_back({coefficient, e});
  }
}

/// Factors that all terms have, with the exponent nearest to zero of positive
/// ones and the farthest of negative ones: 1/u + v/u^2 is (u + v) / u^2.
static SmallVector<Factor> commonFactors(ArrayRef<Term> terms) {
  SmallVector<Factor> common = factorsOf(terms.front().expr);
  for (const Term &term : terms.drop_front()) {
    SmallVector<Factor> factors = factorsOf(term.expr), kept;
    for (const Factor &a : common)
      for (const Factor &b : factors)
        if (a.base == b.base && (a.halves > 0) == (b.halves > 0))
          kept.push_back({a.base, std::min(a.halves, b.halves)});
    common = std::move(kept);
  }
  return common;
}

/// The exponent of a factor, in halves.
static int64_t halvesOf(ArrayRef<Factor> factors, Expr base) {
  int64_t halves = 0;
  for (const Factor &factor : factors)
    if (factor.base == base)
      halves += factor.halves;
  return halves;
}

Expr Graph::factorOut(ArrayRef<Term> terms) {
  SmallVector<Factor> common = commonFactors(terms);
  if (common.empty())
    return nullptr;
  SmallVector<Expr> rest;
  for (const Term &term : terms) {
    SmallVector<Factor> factors = factorsOf(term.expr);
    for (const Factor &factor : common) {
      // What is left of a root may be a sum that other terms cancel:
      // 1 / sqrt(1 + u) - u / sqrt(1 + u)^3 is 1 / sqrt(1 + u)^3. The common
      // root keeps the domain.
      int64_t left = halvesOf(factors, factor.base) - factor.halves;
      bool isSquare = left == 4 && factor.base->isCall("math.sqrt");
      factors.push_back({factor.base, -factor.halves - (isSquare ? 4 : 0)});
      if (isSquare)
        factors.push_back({factor.base->operands[0], 2});
    }
    Fraction coefficient = term.coefficient;
    if (term.expr->kind == Kind::Product)
      coefficient *= term.expr->number;
    rest.push_back(makeProduct(coefficient, factors));
  }
  common.push_back({sum(rest), 2});
  return makeProduct(Fraction(1), common);
}

Expr Graph::sum(ArrayRef<Expr> summands) {
  Fraction constant(0);
  SmallVector<Term> terms;
  // Common factors come out before sums are taken apart: P + x P is P (1 + x)
  // also where P is a sum.
  if (summands.size() > 1) {
    for (Expr e : summands)
      if (!e->isNumber(0))
        terms.push_back({Fraction(1), e});
    if (Expr factored = terms.size() > 1 ? factorOut(terms) : nullptr)
      return factored;
    terms.clear();
  }
  for (Expr e : summands)
    addTerm(Fraction(1), e, constant, terms);
  return makeSum(constant, terms);
}

/// The positive number that is taken out of a sum, so that equal sums up to a
/// factor are equal nodes.
static Fraction contentOf(const Fraction &constant, ArrayRef<Term> terms) {
  SmallVector<Fraction> all;
  if (constant != Fraction(0))
    all.push_back(constant);
  for (const Term &term : terms)
    all.push_back(term.coefficient);
  DynamicAPInt numerator(0), denominator(1);
  for (const Fraction &c : all) {
    numerator = gcd(numerator, abs(c.num));
    denominator = denominator * (c.den / gcd(denominator, c.den));
  }
  Fraction content = reduce(Fraction(numerator, denominator));
  if (llvm::all_of(all, [&](const Fraction &c) {
        return abs(c / content) <= Fraction(kSmallCoefficient);
      }))
    return content;
  return abs(all.front());
}

/// e as a selection by `condition`, if it is one: min and max are, by the
/// comparison of their operands.
static Expr asSelection(Graph &graph, Expr e, Expr condition) {
  using Predicate = mlir::arith::CmpFPredicate;
  if (e->isCall(kSelect))
    return e->operands[0] == condition ? e : nullptr;
  bool isMax = e->isCall("arith.maximumf");
  if (!isMax && !e->isCall("arith.minimumf"))
    return nullptr;
  Expr a = e->operands[0], b = e->operands[1];
  Expr first = graph.call("arith.cmpf", {a, b},
                          int64_t(isMax ? Predicate::OGT : Predicate::OLT));
  return first == condition ? graph.select(condition, a, b) : nullptr;
}

/// where(c, where(d, a, b), b) as where(d, where(c, a, b), b); null if e is not
/// of that form.
static Expr withInnerFirst(Graph &graph, Expr e) {
  Expr inner = e->operands[1], b = e->operands[2];
  if (!inner->isCall(kSelect) || inner->operands[2] != b)
    return nullptr;
  return graph.select(inner->operands[0],
                      graph.select(e->operands[0], inner->operands[1], b), b);
}

Expr Graph::makeSum(Fraction constant, SmallVectorImpl<Term> &terms) {
  // Coefficients belong to the terms, not into products.
  for (Term &term : terms)
    if (term.expr->kind == Kind::Product && term.expr->number != Fraction(1)) {
      term.coefficient *= term.expr->number;
      SmallVector<Factor> factors = llvm::to_vector(term.expr->factors);
      term.expr = makeProduct(Fraction(1), factors);
    }
  llvm::sort(terms, [](const Term &a, const Term &b) {
    return sym::compare(a.expr, b.expr) < 0;
  });
  SmallVector<Term> merged;
  for (const Term &term : terms) {
    if (!merged.empty() && merged.back().expr == term.expr)
      merged.back().coefficient += term.coefficient;
    else
      merged.push_back(term);
  }
  llvm::erase_if(merged,
                 [](const Term &t) { return t.coefficient == Fraction(0); });

  // where(c, a, b) + where(c, d, e) is where(c, a + d, b + e).
  for (size_t i = 0; i < merged.size(); ++i)
    for (size_t j = 0; j < merged.size(); ++j) {
      Expr a = merged[i].expr;
      if (i == j || !a->isCall(kSelect))
        continue;
      Expr b = asSelection(*this, merged[j].expr, a->operands[0]);
      if (!b && (a = withInnerFirst(*this, a)))
        b = asSelection(*this, merged[j].expr, a->operands[0]);
      if (!b)
        continue;
      auto part = [&](Expr e, unsigned k) {
        return e->isCall(kSelect) && e->operands[0] == a->operands[0]
                   ? e->operands[k]
                   : e;
      };
      auto branch = [&](unsigned k) {
        return add(scaled(merged[i].coefficient, part(a, k)),
                   scaled(merged[j].coefficient, part(b, k)));
      };
      Expr joined = select(a->operands[0], branch(1), branch(2));
      SmallVector<Term> rest;
      for (size_t k = 0; k < merged.size(); ++k)
        if (k != i && k != j)
          rest.push_back(merged[k]);
      addTerm(Fraction(1), joined, constant, rest);
      return makeSum(constant, rest);
    }

  if (merged.empty())
    return number(constant);
  if (merged.size() == 1 && constant == Fraction(0))
    return scaled(merged[0].coefficient, merged[0].expr);
  if (constant == Fraction(0))
    if (Expr factored = factorOut(merged))
      return factored;
  Fraction content = contentOf(constant, merged);
  // The sign that makes more coefficients positive, the first one at a tie.
  int positive = 0;
  auto count = [&](const Fraction &c) { positive += c > Fraction(0) ? 1 : -1; };
  if (constant != Fraction(0))
    count(constant);
  for (const Term &term : merged)
    count(term.coefficient);
  const Fraction &first =
      constant != Fraction(0) ? constant : merged[0].coefficient;
  if (positive < 0 || (positive == 0 && first < Fraction(0)))
    content = -content;
  Node node;
  node.kind = Kind::Sum;
  node.number = constant / content;
  for (const Term &term : merged)
    node.terms.push_back({term.coefficient / content, term.expr});
  Expr primitive = intern(std::move(node));
  if (content == Fraction(1))
    return primitive;
  Node product;
  product.kind = Kind::Product;
  product.number = content;
  product.factors.push_back({primitive, 2});
  return intern(std::move(product));
}

//===- SymbolicBuild.cpp - Expressions simplified as they are built -------===//

#include "act/IR/ExactNumber.h"
#include "act/IR/PrimitiveTable.h"
#include "act/Transforms/Symbolic.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/xxhash.h"

using namespace act;
using namespace act::sym;
using llvm::ArrayRef;
using llvm::DynamicAPInt;
using llvm::SmallVector;
using llvm::SmallVectorImpl;
using llvm::StringRef;

static constexpr StringRef kSelect = "arith.select";
/// Integer coefficients up to this keep their common content apart, so that
/// (x + 3) / 6 stays that; with larger ones 0.044715 x^2 + 1 does not become
/// (8943 x^2 + 200000) / 200000.
static constexpr int64_t kSmallCoefficient = 16;

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

static DynamicAPInt integerFromDigits(StringRef digits) {
  DynamicAPInt value(0);
  while (!digits.empty()) {
    StringRef chunk = digits.take_front(15);
    digits = digits.drop_front(chunk.size());
    int64_t part = 0, scale = 1;
    for (char c : chunk) {
      part = part * 10 + (c - '0');
      scale *= 10;
    }
    value = value * scale + part;
  }
  return value;
}

static DynamicAPInt integerPower(int64_t base, unsigned n) {
  DynamicAPInt value(1);
  for (unsigned i = 0; i < n; ++i)
    value *= base;
  return value;
}

/// The value of a decimal or C99 hexadecimal; nothing where its exponent would
/// make integers of thousands of digits.
static std::optional<Fraction> fractionFromText(StringRef text) {
  constexpr int maxExponent = 400;
  bool isNegative = text.consume_front("-");
  (void)text.consume_front("+");
  bool isHex = text.consume_front("0x");
  auto [digits, exponentText] = isHex               ? text.split('p')
                                : text.contains('e') ? text.split('e')
                                                     : text.split('E');
  (void)exponentText.consume_front("+");
  int exponent = 0;
  if (!exponentText.empty() && exponentText.getAsInteger(10, exponent))
    return std::nullopt;
  auto [whole, part] = digits.split('.');
  DynamicAPInt value(0);
  if (isHex) {
    for (char c : (whole + part).str())
      value = value * 16 + int64_t(llvm::hexDigitValue(c));
    exponent -= 4 * int(part.size());
  } else {
    value = integerFromDigits((whole + part).str());
    exponent -= int(part.size());
  }
  if (std::abs(exponent) > (isHex ? 3 : 1) * maxExponent)
    return std::nullopt;
  DynamicAPInt scale = integerPower(isHex ? 2 : 10, std::abs(exponent));
  Fraction result =
      exponent < 0 ? Fraction(value, scale) : Fraction(value * scale, 1);
  return reduce(isNegative ? -result : result);
}

std::string sym::textOf(const Fraction &value) {
  std::string text;
  llvm::raw_string_ostream os(text);
  // A decimal where the denominator divides a moderate power of ten.
  DynamicAPInt scale(1);
  for (unsigned places = 0; places <= 24; ++places, scale *= 10) {
    if ((scale % value.den) != 0)
      continue;
    os << abs(value.num) * (scale / value.den);
    if (text.size() <= places)
      text.insert(0, places + 1 - text.size(), '0');
    if (places)
      text.insert(text.size() - places, 1, '.');
    return (value.num < 0 ? "-" : "") + text;
  }
  os << value.num << "/" << value.den;
  return text;
}

Expr Graph::number(const Fraction &value) {
  Node node;
  node.kind = Kind::Number;
  node.number = value;
  return intern(std::move(node));
}

Expr Graph::fromText(StringRef text) {
  auto [p, q] = text.split('/');
  std::optional<Fraction> value = isDecimal(p) || p.contains("0x")
                                      ? fractionFromText(p)
                                      : std::nullopt;
  if (value && !q.empty()) {
    std::optional<Fraction> divisor = fractionFromText(q);
    value = divisor ? std::optional(*value / *divisor) : std::nullopt;
  }
  if (value)
    return number(*value);
  if (text.consume_front("-"))
    return neg(fromText(text));
  Node node;
  node.kind = Kind::Constant;
  node.name = text.str();
  return intern(std::move(node));
}

Expr Graph::argument(unsigned i) {
  Node node;
  node.kind = Kind::Argument;
  node.index = i;
  node.isVariable = true;
  return intern(std::move(node));
}

//===----------------------------------------------------------------------===//
// Interning and order
//===----------------------------------------------------------------------===//

static void addFraction(llvm::FoldingSetNodeID &id, const Fraction &value) {
  for (const DynamicAPInt &part : {value.num, value.den}) {
    if (part <= INT64_MAX && part >= INT64_MIN) {
      id.AddInteger(int64_t(part));
      continue;
    }
    std::string text;
    llvm::raw_string_ostream(text) << part;
    id.AddString(text);
  }
}

void Node::Profile(llvm::FoldingSetNodeID &id) const {
  id.AddInteger(unsigned(kind));
  addFraction(id, number);
  id.AddString(name);
  id.AddInteger(index);
  for (Expr operand : operands)
    id.AddPointer(operand);
  for (const Factor &factor : factors) {
    id.AddPointer(factor.base);
    id.AddInteger(factor.halves);
  }
  for (const Term &term : terms) {
    addFraction(id, term.coefficient);
    id.AddPointer(term.expr);
  }
}

/// A hash that depends on the structure, not on addresses.
static uint64_t structuralHash(const Node &node) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << unsigned(node.kind) << ':' << node.number.num << '/' << node.number.den
     << ':' << node.name << ':' << node.index;
  for (Expr operand : node.operands)
    os << ',' << operand->hash;
  for (const Factor &factor : node.factors)
    os << '*' << factor.base->hash << '^' << factor.halves;
  for (const Term &term : node.terms)
    os << '+' << term.coefficient.num << '/' << term.coefficient.den << '*'
       << term.expr->hash;
  return llvm::xxh3_64bits(text);
}

Expr Graph::intern(Node &&node) {
  llvm::FoldingSetNodeID id;
  node.Profile(id);
  void *place = nullptr;
  if (Node *known = nodes.FindNodeOrInsertPos(id, place))
    return known;
  for (Expr operand : node.operands)
    node.isVariable |= operand->isVariable;
  for (const Factor &factor : node.factors)
    node.isVariable |= factor.base->isVariable;
  for (const Term &term : node.terms)
    node.isVariable |= term.expr->isVariable;
  node.hash = structuralHash(node);
  storage.push_back(std::move(node));
  nodes.InsertNode(&storage.back(), place);
  return &storage.back();
}

int sym::compare(Expr a, Expr b) {
  if (a == b)
    return 0;
  if (a->kind != b->kind)
    return a->kind < b->kind ? -1 : 1;
  auto order = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
  if (int c = order(a->index, b->index))
    return c;
  if (int c = a->name.compare(b->name))
    return c;
  if (int c = order(a->operands.size(), b->operands.size()))
    return c;
  for (auto [x, y] : llvm::zip(a->operands, b->operands))
    if (int c = sym::compare(x, y))
      return c;
  if (int c = order(a->factors.size(), b->factors.size()))
    return c;
  for (auto [x, y] : llvm::zip(a->factors, b->factors)) {
    if (int c = sym::compare(x.base, y.base))
      return c;
    if (int c = order(x.halves, y.halves))
      return c;
  }
  if (int c = order(a->terms.size(), b->terms.size()))
    return c;
  for (auto [x, y] : llvm::zip(a->terms, b->terms)) {
    if (int c = sym::compare(x.expr, y.expr))
      return c;
    if (int c = mlir::presburger::compare(x.coefficient, y.coefficient))
      return c;
  }
  return mlir::presburger::compare(a->number, b->number);
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

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

/// The factors of a term of a sum.
static SmallVector<Factor> factorsOf(Expr e) {
  if (e->isNumber())
    return {};
  if (e->kind == Kind::Product)
    return llvm::to_vector(e->factors);
  return {{e, 2}};
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

Expr Graph::factorOut(ArrayRef<Term> terms) {
  SmallVector<Factor> common = commonFactors(terms);
  if (common.empty())
    return nullptr;
  SmallVector<Expr> rest;
  for (const Term &term : terms) {
    SmallVector<Factor> factors = factorsOf(term.expr);
    for (const Factor &factor : common)
      factors.push_back({factor.base, -factor.halves});
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
  return graph.select(
      inner->operands[0],
      graph.select(e->operands[0], inner->operands[1], b), b);
}

Expr Graph::makeSum(Fraction constant, SmallVectorImpl<Term> &terms) {
  // Coefficients belong to the terms, not into products.
  for (Term &term : terms)
    if (term.expr->kind == Kind::Product &&
        term.expr->number != Fraction(1)) {
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

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

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
  SmallVector<Expr> parts = {
      graph.mul(graph.number(sum.base->number), scale)};
  for (const Term &term : sum.base->terms)
    parts.push_back(graph.product(
        {graph.number(term.coefficient), term.expr, scale}));
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
  if (merged.size() == 1 && merged[0].halves == 2 &&
      coefficient == Fraction(1))
    return merged[0].base;
  Node node;
  node.kind = Kind::Product;
  node.number = coefficient;
  node.factors.assign(merged.begin(), merged.end());
  return intern(std::move(node));
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

Expr Graph::select(Expr condition, Expr a, Expr b) {
  if (condition->isNumber())
    return condition->isNumber(0) ? b : a;
  // The outer condition decides the inner one.
  if (a->isCall(kSelect) && a->operands[0] == condition)
    a = a->operands[1];
  if (b->isCall(kSelect) && b->operands[0] == condition)
    b = b->operands[2];
  if (a == b)
    return a;
  Node node;
  node.kind = Kind::Call;
  node.name = kSelect.str();
  node.operands = {condition, a, b};
  return intern(std::move(node));
}

/// The outcome of a comparison of two numbers.
static bool holds(mlir::arith::CmpFPredicate predicate, const Fraction &a,
                  const Fraction &b) {
  int order = mlir::presburger::compare(a, b);
  return mlir::arith::applyCmpPredicate(
      predicate, llvm::APFloat(double(order)), llvm::APFloat(0.0));
}

/// The same order with its sides exchanged.
static int64_t flipped(int64_t predicate) {
  using Predicate = mlir::arith::CmpFPredicate;
  switch (Predicate(predicate)) {
  case Predicate::OGT:
    return int64_t(Predicate::OLT);
  case Predicate::OGE:
    return int64_t(Predicate::OLE);
  case Predicate::OLT:
    return int64_t(Predicate::OGT);
  case Predicate::OLE:
    return int64_t(Predicate::OGE);
  default:
    return predicate;
  }
}

Expr Graph::solveComparison(int64_t predicate, Expr a, Expr b) {
  using Predicate = mlir::arith::CmpFPredicate;
  if (!b->isNumber())
    return nullptr;
  bool isLess = predicate == int64_t(Predicate::OLT) ||
                predicate == int64_t(Predicate::OLE);
  bool isGreater = predicate == int64_t(Predicate::OGT) ||
                   predicate == int64_t(Predicate::OGE);
  if (!isLess && !isGreater)
    return nullptr;
  // c u < n is u < n / c; u + k < n is u < n - k.
  if (a->kind == Kind::Product && a->number != Fraction(1)) {
    SmallVector<Factor> factors = llvm::to_vector(a->factors);
    return call("arith.cmpf",
                {makeProduct(Fraction(1), factors),
                 number(b->number / a->number)},
                a->number < Fraction(0) ? flipped(predicate) : predicate);
  }
  if (a->kind == Kind::Sum && a->terms.size() == 1)
    return call("arith.cmpf",
                {scaled(a->terms[0].coefficient, a->terms[0].expr),
                 number(b->number - a->number)},
                predicate);
  // max(u, k) < n is u < n where k < n.
  if (a->isCall(isLess ? "arith.maximumf" : "arith.minimumf") &&
      a->operands[1]->isNumber() &&
      holds(Predicate(predicate), a->operands[1]->number, b->number))
    return call("arith.cmpf", {a->operands[0], b}, predicate);
  return nullptr;
}

Expr Graph::call(StringRef op, ArrayRef<Expr> operands, int64_t predicate) {
  if (op == kSelect)
    return select(operands[0], operands[1], operands[2]);
  bool allNumbers =
      llvm::all_of(operands, [](Expr e) { return e->isNumber(); });
  if (op == "arith.cmpf" && allNumbers)
    return number(holds(mlir::arith::CmpFPredicate(predicate),
                        operands[0]->number, operands[1]->number));
  if (op == "arith.cmpf")
    if (Expr solved = solveComparison(predicate, operands[0], operands[1]))
      return solved;
  if (allNumbers && (op == "arith.maximumf" || op == "arith.minimumf")) {
    bool first = (operands[0]->number > operands[1]->number) ==
                 (op == "arith.maximumf");
    return operands[first ? 0 : 1];
  }
  if (const PrimitiveInfo *row = lookupPrimitiveOp(op);
      row && operands.size() == 1) {
    Expr u = operands[0];
    if (u->isNumber(0) && row->AtZero[0])
      return fromText(row->AtZero);
    StringRef parity = row->Parity;
    bool isNegative = (u->isNumber() || u->kind == Kind::Product) &&
                      u->number < Fraction(0);
    if (isNegative && parity == "odd")
      return neg(call(op, neg(u)));
    if (isNegative && parity == "even")
      return call(op, neg(u));
  }
  if (op == "math.sqrt" && !operands[0]->isVariable) {
    Expr u = operands[0];
    bool isPositive = u->kind == Kind::Constant ||
                      ((u->isNumber() || u->kind == Kind::Product) &&
                       u->number > Fraction(0));
    if (isPositive)
      return power(u, 1);
  }
  if (op == "math.absf" &&
      (operands[0]->isCall("math.absf") || operands[0]->isNumber()))
    return operands[0];
  Node node;
  node.kind = Kind::Call;
  node.name = op.str();
  node.index = predicate;
  node.operands.assign(operands.begin(), operands.end());
  return intern(std::move(node));
}

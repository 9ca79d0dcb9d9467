//===- SymbolicGraph.cpp - Numbers, nodes and their order ----------------===//

#include "act/IR/ExactNumber.h"
#include "act/Transforms/Symbolic.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/xxhash.h"

using namespace act;
using namespace act::sym;
using llvm::ArrayRef;
using llvm::DynamicAPInt;
using llvm::SmallVector;
using llvm::SmallVectorImpl;
using llvm::StringRef;

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
  auto [digits, exponentText] = isHex                ? text.split('p')
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
  std::optional<Fraction> value =
      isDecimal(p) || p.contains("0x") ? fractionFromText(p) : std::nullopt;
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

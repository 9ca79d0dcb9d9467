//===- LanguageNotation.cpp - Formulas in Act's own language --------------===//

#include "Notation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace act::readable;
using llvm::ArrayRef;
using llvm::StringRef;

Notation::~Notation() = default;

std::string Notation::atLeast(const Text &text, Level least) {
  return text.level >= least ? text.text : parenthesized(text.text);
}

Text Notation::quotient(const Quotient &sides) {
  auto side = [&](ArrayRef<Text> factors) {
    return factors.empty()       ? constant("1")
           : factors.size() == 1 ? factors.front()
                                 : product(factors);
  };
  Text above = side(sides.above);
  return sides.below.empty() ? above : fraction(above, side(sides.below));
}

Text LanguageNotation::constant(StringRef text) {
  return {text.str(), text.contains('/') ? Multiplicative : Atom};
}

std::string LanguageNotation::parenthesized(StringRef text) {
  return "(" + text.str() + ")";
}

Text LanguageNotation::product(ArrayRef<Text> factors) {
  auto parts = llvm::map_range(
      factors, [&](const Text &factor) { return atLeast(factor, Unary); });
  return {llvm::join(parts, " * "), Multiplicative};
}

Text LanguageNotation::fraction(const Text &above, const Text &below) {
  return {atLeast(above, Multiplicative) + " / " + atLeast(below, Unary),
          Multiplicative};
}

Text LanguageNotation::power(const Text &base, uint64_t exponent) {
  return {atLeast(base, Atom) + "^" + std::to_string(exponent), Power};
}

Text LanguageNotation::condition(const Condition &c) {
  if (c.sign.empty())
    return c.lhs;
  return {atLeast(c.lhs, Additive) + c.sign.str() + atLeast(c.rhs, Additive),
          Compare};
}

Text LanguageNotation::where(const Condition &c, const Text &a, const Text &b) {
  return call("where", {condition(c), a, b});
}

Text LanguageNotation::call(StringRef name, ArrayRef<Text> operands) {
  auto texts = llvm::map_range(
      operands, [](const Text &operand) { return operand.text; });
  return {name.str() + "(" + llvm::join(texts, ", ") + ")", Atom};
}

std::string LanguageNotation::withDefinitions(StringRef formula,
                                              ArrayRef<Definition> parts) {
  std::string text;
  for (const Definition &part : parts)
    text += "let " + part.symbol + " = " + part.text + "; ";
  return text + formula.str();
}

//===- Readable.cpp - Formulas as one writes them by hand -----------------===//

#include "act/Transforms/Readable.h"
#include "ReadablePrinter.h"
#include "act/IR/FunctionTable.h"
#include "act/IR/PrimitiveTable.h"
#include "act/Syntax/Printer.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace act;
using namespace act::readable;
using namespace act::sym;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;

void ReadablePrinter::countUses(Expr e) {
  if (uses[e]++)
    return;
  for (Expr operand : e->operands)
    countUses(operand);
  for (const Factor &factor : e->factors)
    countUses(factor.base);
  for (const Term &term : e->terms)
    countUses(term.expr);
}

/// A letter that says what it stands for, if it is free.
std::string ReadablePrinter::nameFor(Expr e) {
  StringRef own = llvm::StringSwitch<StringRef>(e->name)
                      .Case("act.sigmoid", "s")
                      .Case("math.tanh", "t")
                      .Case("act.softplus", "p")
                      .Default("u");
  for (StringRef name : {own, StringRef("u"), StringRef("v"), StringRef("w")})
    if (!lookupFunction(name) && taken.insert(name).second)
      return name.str();
  for (unsigned n = 1;; ++n) {
    std::string name = own.str() + std::to_string(n);
    if (!lookupFunction(name) && taken.insert(name).second)
      return name;
  }
}

/// A name must save more than it costs; a comparison cannot have one.
bool ReadablePrinter::deservesName(Expr e, const Text &text) {
  constexpr size_t shortest = 5, worthNaming = 10;
  return text.text.size() >= shortest &&
         (uses[e] - 1) * text.text.size() >= worthNaming && e->isVariable &&
         e->kind != Kind::Argument && text.level != Compare;
}

Text ReadablePrinter::spell(Expr e) {
  auto found = texts.find(e);
  if (found != texts.end())
    return found->second;
  Text text = compute(e);
  if (given ? given->contains(e) : deservesName(e, text)) {
    std::string name = given ? given->lookup(e) : nameFor(e);
    std::string symbol = notation.symbol(name);
    definitions.push_back({symbol, text.text});
    partNames[e] = name;
    text = {symbol, Atom};
  }
  return texts[e] = text;
}

Text ReadablePrinter::compute(Expr e) {
  switch (e->kind) {
  case Kind::Number:
    return spellSigned(e->number, {});
  case Kind::Constant:
    return notation.constant(e->name);
  case Kind::Argument:
    return {notation.symbol(names[e->index]), Atom};
  case Kind::Call:
    return spellCall(e);
  case Kind::Sum:
    return spellSum(e, Fraction(1));
  case Kind::Product:
    return spellSigned(e->number, e->factors);
  }
  llvm_unreachable("every kind is spelled");
}

//===----------------------------------------------------------------------===//
// Calls and sums
//===----------------------------------------------------------------------===//

Condition ReadablePrinter::conditionOf(Expr e) {
  if (!e->isCall("arith.cmpf"))
    return {spell(e), "", {}};
  StringRef sign = comparisonSign(mlir::arith::CmpFPredicate(e->index));
  isSpelled &= !sign.empty();
  Text lhs = spell(e->operands[0]);
  return {lhs, sign, spell(e->operands[1])};
}

Text ReadablePrinter::spellCall(Expr e) {
  if (e->isCall("arith.cmpf"))
    return notation.condition(conditionOf(e));
  if (e->isCall("arith.select")) {
    Condition condition = conditionOf(e->operands[0]);
    Text a = spell(e->operands[1]);
    return notation.where(condition, a, spell(e->operands[2]));
  }
  const PrimitiveInfo *row = lookupPrimitiveOp(e->name);
  isSpelled &= row != nullptr;
  if (!row)
    return {};
  SmallVector<Text> operands;
  for (Expr operand : e->operands)
    operands.push_back(spell(operand));
  return notation.call(row->Name, operands);
}

/// True for x, and for products of powers of arguments.
static bool isMonomial(Expr e) {
  return e->kind == Kind::Argument ||
         (e->kind == Kind::Product &&
          llvm::all_of(e->factors, [](const Factor &factor) {
            return factor.base->kind == Kind::Argument;
          }));
}

/// A constant leads, other than in polynomials (1 leads there too), but a
/// positive summand comes first.
Text ReadablePrinter::spellSum(Expr e, const Fraction &scale) {
  SmallVector<std::pair<bool, Text>> summands;
  auto add = [&](const Fraction &coefficient, ArrayRef<Factor> factors) {
    summands.push_back(
        {coefficient < Fraction(0), spellProduct(coefficient, factors)});
  };
  Fraction constant = scale * e->number;
  bool leads =
      constant == Fraction(1) || !llvm::all_of(e->terms, [](const Term &term) {
        return isMonomial(term.expr);
      });
  if (leads && constant != Fraction(0))
    add(constant, {});
  for (const Term &term : e->terms) {
    Fraction coefficient = scale * term.coefficient;
    // 2 * (x * y) is 2 * x * y, unless the product has a name.
    bool isPart = term.expr->kind == Kind::Product &&
                  (uses[term.expr] == 1 || spell(term.expr).level != Atom);
    if (isPart)
      add(coefficient * term.expr->number, term.expr->factors);
    else
      add(coefficient, Factor{term.expr, 2});
  }
  if (!leads && constant != Fraction(0))
    add(constant, {});
  auto *lead =
      llvm::find_if(summands, [](auto &summand) { return !summand.first; });
  if (lead != summands.end())
    std::rotate(summands.begin(), lead, lead + 1);
  std::string text;
  for (auto &[isNegative, summand] : summands) {
    if (text.empty())
      text = isNegative ? "-" : "";
    else
      text += isNegative ? " - " : " + ";
    text += notation.atLeast(summand, Multiplicative);
  }
  return {text, Additive};
}

std::string ReadablePrinter::print(Expr e) {
  countUses(e);
  std::string text = spell(e).text;
  return isSpelled ? notation.withDefinitions(text, definitions) : "";
}

std::string act::printReadable(Expr e, ArrayRef<std::string> names,
                               unsigned numInputs) {
  LanguageNotation language;
  return ReadablePrinter(names, numInputs, language).print(e);
}

/// The length in the language decides what has a name: the text of LaTeX is
/// longer than what one sees of it.
std::string act::printLatex(Expr e, ArrayRef<std::string> names,
                            unsigned numInputs) {
  LanguageNotation language;
  ReadablePrinter plain(names, numInputs, language);
  plain.print(e);
  LatexNotation latex(names);
  return ReadablePrinter(names, numInputs, latex, &plain.getPartNames())
      .print(e);
}

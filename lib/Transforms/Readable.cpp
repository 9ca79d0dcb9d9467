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

Text ReadablePrinter::spell(Expr e) {
  auto found = texts.find(e);
  if (found != texts.end())
    return found->second;
  Text text = compute(e);
  // A name must save more than it costs; a comparison cannot have one.
  constexpr size_t shortest = 5, worthNaming = 10;
  if (text.text.size() >= shortest &&
      (uses[e] - 1) * text.text.size() >= worthNaming && e->isVariable &&
      e->kind != Kind::Argument && text.level != Compare) {
    std::string name = nameFor(e);
    lets += "let " + name + " = " + text.text + "; ";
    text = {name, Atom};
  }
  return texts[e] = text;
}

Text ReadablePrinter::compute(Expr e) {
  switch (e->kind) {
  case Kind::Number:
    return spellSigned(e->number, {});
  case Kind::Constant: {
    StringRef text = e->name;
    return {text.str(), text.contains('/')      ? Multiplicative
                        : text.starts_with("-") ? Unary
                                                : Atom};
  }
  case Kind::Argument:
    return {names[e->index], Atom};
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

Text ReadablePrinter::spellCall(Expr e) {
  if (e->isCall("arith.cmpf")) {
    StringRef sign = comparisonSign(mlir::arith::CmpFPredicate(e->index));
    isSpelled &= !sign.empty();
    std::string lhs = spell(e->operands[0]).atLeast(Additive);
    std::string rhs = spell(e->operands[1]).atLeast(Additive);
    return {lhs + sign.str() + rhs, Compare};
  }
  const PrimitiveInfo *row = lookupPrimitiveOp(e->name);
  bool isSelect = e->isCall("arith.select");
  isSpelled &= row || isSelect;
  std::string text = isSelect ? "where" : row ? row->Name : "";
  SmallVector<std::string> operands;
  for (Expr operand : e->operands)
    operands.push_back(spell(operand).text);
  return {text + "(" + llvm::join(operands, ", ") + ")", Atom};
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
    text += summand.atLeast(Multiplicative);
  }
  return {text, Additive};
}

std::string ReadablePrinter::print(Expr e) {
  countUses(e);
  std::string text = spell(e).text;
  return isSpelled ? lets + text : "";
}

std::string act::printReadable(Expr e, ArrayRef<std::string> names,
                               unsigned numInputs) {
  return ReadablePrinter(names, numInputs).print(e);
}

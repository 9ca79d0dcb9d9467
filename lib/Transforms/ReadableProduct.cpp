//===- ReadableProduct.cpp - Products and quotients to read ---------------===//

#include "ReadablePrinter.h"
#include "llvm/ADT/STLExtras.h"
#include <functional>

using namespace act;
using namespace act::readable;
using namespace act::sym;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;

/// 1/6 divides; 0.044715 and 0.1 are decimals.
void ReadablePrinter::addCoefficient(const Fraction &magnitude,
                                     Quotient &quotient) {
  constexpr int64_t largestDivisor = 64;
  std::string decimal = textOf(magnitude);
  bool isRatio = StringRef(decimal).contains('/') ||
                 (magnitude.den <= largestDivisor && magnitude.den % 5 != 0);
  Fraction above = isRatio ? Fraction(magnitude.num, 1) : magnitude;
  if (above != Fraction(1))
    quotient.above.push_back(notation.constant(textOf(above)));
  if (isRatio && magnitude.den != 1)
    quotient.below.push_back(
        notation.constant(textOf(Fraction(magnitude.den, 1))));
}

/// Square roots of constants are one root: sqrt(2 / pi).
void ReadablePrinter::addRoots(ArrayRef<Factor> factors, Quotient &quotient) {
  Quotient root;
  for (const Factor &factor : factors)
    if (factor.halves % 2 != 0)
      (factor.halves > 0 ? root.above : root.below)
          .push_back(spell(factor.base));
  if (root.above.empty() && root.below.empty())
    return;
  bool isAbove = !root.above.empty();
  if (!isAbove)
    std::swap(root.above, root.below);
  (isAbove ? quotient.above : quotient.below)
      .push_back(notation.call("sqrt", notation.quotient(root)));
}

/// Characters of a coefficient; 1 needs none.
static size_t lengthOf(const Fraction &coefficient) {
  Fraction magnitude = abs(coefficient);
  if (magnitude == Fraction(0) || magnitude == Fraction(1))
    return 0;
  std::string text = textOf(magnitude);
  return magnitude.num == 1 ? textOf(1 / magnitude).size() : text.size();
}

/// True where coefficient * sum is shorter with the coefficient inside. Alone,
/// (2 x + 3) / 6 stays, and (u + 2 v) / 2 is u / 2 + v.
static bool isShorterInside(const Fraction &coefficient, Expr sum,
                            bool isAlone) {
  size_t before = lengthOf(coefficient) + lengthOf(sum->number);
  size_t after = lengthOf(coefficient * sum->number);
  bool frees = !isAlone;
  for (const Term &term : sum->terms) {
    before += lengthOf(term.coefficient);
    after += lengthOf(coefficient * term.coefficient);
    frees |= abs(coefficient * term.coefficient) == Fraction(1);
  }
  return after < before && frees;
}

/// The product, or a sum where the product is only that. -(a - b) is b - a.
Text ReadablePrinter::spellSigned(const Fraction &coefficient,
                                  ArrayRef<Factor> factors) {
  bool isNegative = coefficient < Fraction(0);
  auto isAbove = [](const Factor &factor) { return factor.halves > 0; };
  auto *sum = llvm::find_if(factors, isAbove);
  if (sum != factors.end() && sum->base->kind == Kind::Sum &&
      sum->halves == 2 && uses[sum->base] == 1 &&
      llvm::count_if(factors, isAbove) == 1) {
    if (factors.size() == 1 && isShorterInside(coefficient, sum->base, true))
      return spellSum(sum->base, coefficient);
    bool canFlip = llvm::any_of(sum->base->terms, [](const Term &term) {
      return term.coefficient < Fraction(0);
    });
    if (isNegative && canFlip) {
      texts[sum->base] = spellSum(sum->base, Fraction(-1));
      isNegative = false;
    }
  }
  Text text = spellProduct(coefficient, factors);
  if (isNegative)
    return {"-" + notation.atLeast(text, Multiplicative),
            text.level < Unary ? Multiplicative : Unary};
  return text;
}

Text ReadablePrinter::spellProduct(const Fraction &coefficient,
                                   ArrayRef<Factor> factors) {
  Fraction magnitude = abs(coefficient);
  for (const Factor &factor : factors)
    if (factor.base->kind == Kind::Sum && factor.halves == 2 &&
        factors.size() > 1 && uses[factor.base] == 1 &&
        !texts.contains(factor.base) &&
        isShorterInside(magnitude, factor.base, false)) {
      texts[factor.base] = spellSum(factor.base, magnitude);
      magnitude = Fraction(1);
    }
  Quotient quotient;
  addCoefficient(magnitude, quotient);
  addRoots(factors, quotient);
  auto isParameter = [&](const Factor &factor) {
    return factor.base->kind == Kind::Argument &&
           factor.base->index >= numInputs;
  };
  SmallVector<Factor> ordered;
  llvm::copy_if(factors, std::back_inserter(ordered), isParameter);
  llvm::copy_if(factors, std::back_inserter(ordered), std::not_fn(isParameter));
  for (const Factor &factor : ordered) {
    int64_t n = factor.halves / 2;
    if (n == 0)
      continue;
    Text text = spell(factor.base);
    if (std::abs(n) > 1)
      text = notation.power(text, std::abs(n));
    (n > 0 ? quotient.above : quotient.below).push_back(text);
  }
  return notation.quotient(quotient);
}

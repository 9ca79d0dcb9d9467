//===- ReadablePrinter.h - Formulas as one writes them by hand --*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_READABLEPRINTER_H
#define ACT_LIB_TRANSFORMS_READABLEPRINTER_H

#include "Notation.h"
#include "act/Transforms/Readable.h"
#include "llvm/ADT/StringSet.h"

namespace act::readable {

/// Names of shared parts.
using PartNames = llvm::DenseMap<sym::Expr, std::string>;

/// Prints one expression in one notation.
class ReadablePrinter {
public:
  /// The parts in `given` have names and no others; without it the printer
  /// names what is long and occurs repeatedly.
  ReadablePrinter(llvm::ArrayRef<std::string> names, unsigned numInputs,
                  Notation &notation, const PartNames *given = nullptr)
      : names(names), numInputs(numInputs), notation(notation), given(given) {
    for (const std::string &name : names)
      taken.insert(name);
  }

  /// Empty if an operation has no spelling in the language.
  std::string print(sym::Expr e);
  const PartNames &getPartNames() const { return partNames; }

private:
  /// How many parents each part has.
  void countUses(sym::Expr e);
  Text spell(sym::Expr e);
  Text compute(sym::Expr e);
  Condition conditionOf(sym::Expr e);
  Text spellCall(sym::Expr e);
  /// scale * e.
  Text spellSum(sym::Expr e, const sym::Fraction &scale);
  /// coefficient times the factors, or the sum that these are.
  Text spellSigned(const sym::Fraction &coefficient,
                   llvm::ArrayRef<sym::Factor> factors);
  /// |coefficient| times the factors.
  Text spellProduct(const sym::Fraction &coefficient,
                    llvm::ArrayRef<sym::Factor> factors);
  void addCoefficient(const sym::Fraction &magnitude, Quotient &quotient);
  void addRoots(llvm::ArrayRef<sym::Factor> factors, Quotient &quotient);
  /// True for a part that has this text and is better given a name.
  bool deservesName(sym::Expr e, const Text &text);
  std::string nameFor(sym::Expr e);

  llvm::ArrayRef<std::string> names;
  unsigned numInputs;
  Notation &notation;
  const PartNames *given;
  llvm::StringSet<> taken;
  llvm::DenseMap<sym::Expr, unsigned> uses;
  llvm::DenseMap<sym::Expr, Text> texts;
  PartNames partNames;
  llvm::SmallVector<Definition> definitions;
  bool isSpelled = true;
};

} // namespace act::readable

#endif // ACT_LIB_TRANSFORMS_READABLEPRINTER_H

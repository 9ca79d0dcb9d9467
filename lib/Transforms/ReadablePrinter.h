//===- ReadablePrinter.h - Formulas as one writes them by hand --*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_READABLEPRINTER_H
#define ACT_LIB_TRANSFORMS_READABLEPRINTER_H

#include "act/Transforms/Readable.h"
#include "llvm/ADT/StringSet.h"

namespace act::readable {

/// How tightly the outermost operator of a text binds.
enum Level { Compare, Additive, Multiplicative, Unary, Atom };

struct Text {
  std::string text;
  Level level = Atom;

  /// The text, in parentheses where it binds less than `least`.
  std::string atLeast(Level least) const {
    return level >= least ? text : "(" + text + ")";
  }
};

/// Both sides of a fraction bar.
struct Quotient {
  llvm::SmallVector<Text> above, below;
};

/// Prints one expression.
class ReadablePrinter {
public:
  ReadablePrinter(llvm::ArrayRef<std::string> names, unsigned numInputs)
      : names(names), numInputs(numInputs) {
    for (const std::string &name : names)
      taken.insert(name);
  }

  std::string print(sym::Expr e);

private:
  /// How many parents each part has.
  void countUses(sym::Expr e);
  Text spell(sym::Expr e);
  Text compute(sym::Expr e);
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
  std::string nameFor(sym::Expr e);

  llvm::ArrayRef<std::string> names;
  unsigned numInputs;
  llvm::StringSet<> taken;
  llvm::DenseMap<sym::Expr, unsigned> uses;
  llvm::DenseMap<sym::Expr, Text> texts;
  std::string lets;
  bool isSpelled = true;
};

} // namespace act::readable

#endif // ACT_LIB_TRANSFORMS_READABLEPRINTER_H

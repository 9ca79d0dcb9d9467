//===- Notation.h - How the pieces of a formula are written -----*- C++ -*-===//
//
// ReadablePrinter decides what is written in which order; a notation decides
// how: Act's own language or LaTeX.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_TRANSFORMS_NOTATION_H
#define ACT_LIB_TRANSFORMS_NOTATION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <string>

namespace act::readable {

/// How tightly the outermost operator of a text binds. Cases is a list of
/// cases whose end cannot be seen; Unary may begin with a minus sign, Power
/// does not.
enum Level { Cases, Compare, Additive, Multiplicative, Unary, Power, Atom };

struct Text {
  std::string text;
  Level level = Atom;
  /// Where the exponent of a call may stand, tanh^2(x); 0 if only behind it.
  size_t exponentAt = 0;
};

/// Both sides of a fraction bar.
struct Quotient {
  llvm::SmallVector<Text> above, below;
};

/// A comparison with its sign as the language has it, " < ", or lhs alone
/// where `sign` is empty.
struct Condition {
  Text lhs;
  llvm::StringRef sign;
  Text rhs;
};

/// A shared part and what it stands for.
struct Definition {
  std::string symbol, text;
};

/// Writes pieces from their parts. May remember the names it has written.
class Notation {
public:
  virtual ~Notation();

  /// The symbol of an argument or a shared part; different names have
  /// different symbols.
  virtual std::string symbol(llvm::StringRef name) = 0;
  /// A positive number or constant: "0.1", "1/3", "1e5000", "pi".
  virtual Text constant(llvm::StringRef text) = 0;
  virtual std::string parenthesized(llvm::StringRef text) = 0;
  /// Two or more factors.
  virtual Text product(llvm::ArrayRef<Text> factors) = 0;
  virtual Text fraction(const Text &above, const Text &below) = 0;
  /// base^exponent.
  virtual Text power(const Text &base, uint64_t exponent) = 0;
  virtual Text condition(const Condition &c) = 0;
  /// a where the condition holds, else b.
  virtual Text where(const Condition &c, const Text &a, const Text &b) = 0;
  /// A function of the language by its name there.
  virtual Text call(llvm::StringRef name, llvm::ArrayRef<Text> operands) = 0;
  /// The formula with the definitions of its shared parts, each of which may
  /// use those before it.
  virtual std::string withDefinitions(llvm::StringRef formula,
                                      llvm::ArrayRef<Definition> parts) = 0;

  /// The text, in parentheses where it binds less than `least`.
  std::string atLeast(const Text &text, Level least);
  /// The one factor, the product, or the fraction that the sides make.
  Text quotient(const Quotient &sides);
};

/// The language of docs/Language.md.
class LanguageNotation final : public Notation {
public:
  std::string symbol(llvm::StringRef name) override { return name.str(); }
  Text constant(llvm::StringRef text) override;
  std::string parenthesized(llvm::StringRef text) override;
  Text product(llvm::ArrayRef<Text> factors) override;
  Text fraction(const Text &above, const Text &below) override;
  Text power(const Text &base, uint64_t exponent) override;
  Text condition(const Condition &c) override;
  Text where(const Condition &c, const Text &a, const Text &b) override;
  Text call(llvm::StringRef name, llvm::ArrayRef<Text> operands) override;
  std::string withDefinitions(llvm::StringRef formula,
                              llvm::ArrayRef<Definition> parts) override;
};

/// LaTeX's math mode with amsmath.
class LatexNotation final : public Notation {
public:
  /// The names of all arguments: a function that would look like one of them
  /// is written in another way.
  explicit LatexNotation(llvm::ArrayRef<std::string> names);

  std::string symbol(llvm::StringRef name) override;
  Text constant(llvm::StringRef text) override;
  std::string parenthesized(llvm::StringRef text) override;
  Text product(llvm::ArrayRef<Text> factors) override;
  Text fraction(const Text &above, const Text &below) override;
  Text power(const Text &base, uint64_t exponent) override;
  Text condition(const Condition &c) override;
  Text where(const Condition &c, const Text &a, const Text &b) override;
  Text call(llvm::StringRef name, llvm::ArrayRef<Text> operands) override;
  std::string withDefinitions(llvm::StringRef formula,
                              llvm::ArrayRef<Definition> parts) override;

private:
  Text exponential(const Text &exponent);
  /// "\tanh(x)", by the function's LaTeX name.
  Text application(llvm::StringRef head, llvm::StringRef operands);

  llvm::StringMap<std::string> symbols;
  llvm::StringSet<> taken;
};

} // namespace act::readable

#endif // ACT_LIB_TRANSFORMS_NOTATION_H

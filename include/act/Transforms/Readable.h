//===- Readable.h - Formulas as one writes them by hand ---------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_READABLE_H
#define ACT_TRANSFORMS_READABLE_H

#include "act/Transforms/Symbolic.h"
#include <string>

namespace act {

/// The expression with factors taken out of parts of its sums where that saves
/// operations: 2 + x (1 - s) - x s is 2 + x (1 - 2 s).
sym::Expr collectFactors(sym::Graph &graph, sym::Expr e);

/// The expression in the language of docs/Language.md, for people to read:
/// powers and quotients are written as such, and what occurs repeatedly has a
/// name, s for a sigmoid and t for a tanh: "let s = sigmoid(x); s * (1 + x *
/// (1 - s))". Argument i is called names[i]; those from `numInputs` on are
/// parameters, which lead in products. The text has the value of the
/// expression; it is printExpression that gives the operations of a body.
/// Empty if an operation has no spelling in the language.
std::string printReadable(sym::Expr e, llvm::ArrayRef<std::string> names,
                          unsigned numInputs);

/// The same in LaTeX's math mode, for which amsmath is needed: shared parts
/// stand behind the formula, "s\,(1 + x\,(1 - s)),\quad s = \sigma(x)", and
/// selections are cases, which are read from the top and have the value of the
/// expression over the reals. Arguments named after Greek letters are these,
/// and beta1 and alpha_p have subscripts.
std::string printLatex(sym::Expr e, llvm::ArrayRef<std::string> names,
                       unsigned numInputs);

} // namespace act

#endif // ACT_TRANSFORMS_READABLE_H

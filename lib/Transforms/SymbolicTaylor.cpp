//===- SymbolicTaylor.cpp - Truncated Taylor series of expressions -------===//

#include "act/Transforms/Symbolic.h"

using namespace act;
using namespace act::sym;
using llvm::ArrayRef;
using llvm::SmallVector;

namespace {
/// Coefficients of e(x + t) in powers of t. A call y = p(u) obeys
/// y' = p'(u, y) u', so that its coefficients follow from those of the rule,
/// of lower order, and no primitive needs a recurrence of its own.
class Series {
public:
  Series(Graph &graph, unsigned argument) : graph(graph), argument(argument) {}

  Expr coefficient(Expr e, unsigned k) {
    if (k == 0)
      return e;
    if (!graph.dependsOn(e, argument))
      return graph.number(0);
    if (e->kind == Kind::Argument)
      return graph.number(k == 1);
    auto found = known.find({e, k});
    if (found != known.end())
      return found->second;
    Expr result = e->kind == Kind::Sum       ? ofSum(e, k)
                  : e->kind == Kind::Product ? ofProduct(e, k)
                                             : ofCall(e, k);
    known[{e, k}] = result;
    return result;
  }

private:
  Expr ofSum(Expr e, unsigned k) {
    SmallVector<Expr> parts;
    for (const Term &term : e->terms)
      parts.push_back(
          graph.mul(graph.number(term.coefficient), coefficient(term.expr, k)));
    return graph.sum(parts);
  }

  Expr ofProduct(Expr e, unsigned k) {
    // One factor that varies at a time: e = base * rest, or 1 / base. Roots
    // of constants stay in the rest, which has no coefficients at last.
    const Factor &factor =
        *llvm::find_if(e->factors, [&](const Factor &factor) {
          return graph.dependsOn(factor.base, argument);
        });
    bool isReciprocal = factor.halves < 0;
    Expr one = graph.power(factor.base, isReciprocal ? -2 : 2);
    Expr rest =
        graph.product({e, graph.power(factor.base, isReciprocal ? 2 : -2)});
    SmallVector<Expr> parts;
    if (isReciprocal && e == one) {
      for (unsigned j = 1; j <= k; ++j)
        parts.push_back(
            graph.product({graph.number(-1), one, coefficient(factor.base, j),
                           coefficient(e, k - j)}));
      return graph.sum(parts);
    }
    for (unsigned j = 0; j <= k; ++j)
      parts.push_back(graph.mul(coefficient(one, j), coefficient(rest, k - j)));
    return graph.sum(parts);
  }

  Expr ofCall(Expr e, unsigned k) {
    if (e->name == "arith.select")
      return graph.select(e->operands[0], coefficient(e->operands[1], k),
                          coefficient(e->operands[2], k));
    SmallVector<Expr> parts;
    for (auto [operand, partial] : llvm::zip(e->operands, graph.partials(e)))
      for (unsigned j = 1; j <= k; ++j)
        parts.push_back(graph.product({graph.number(Fraction(j, k)),
                                       coefficient(operand, j),
                                       coefficient(partial, k - j)}));
    return graph.sum(parts);
  }

  Graph &graph;
  unsigned argument;
  llvm::DenseMap<std::pair<Expr, unsigned>, Expr> known;
};
} // namespace

SmallVector<Expr> Graph::taylor(Expr e, unsigned i, unsigned n) {
  Series series(*this, i);
  SmallVector<Expr> result;
  Fraction factorial(1);
  for (unsigned k = 0; k <= n; ++k) {
    if (k > 1)
      factorial *= Fraction(int64_t(k), 1);
    result.push_back(mul(number(factorial), series.coefficient(e, k)));
  }
  return result;
}

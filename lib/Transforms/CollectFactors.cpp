//===- CollectFactors.cpp - Common factors of parts of sums ---------------===//

#include "act/Transforms/Readable.h"
#include "llvm/ADT/SetVector.h"

using namespace act;
using namespace act::sym;
using llvm::SmallVector;

namespace {
/// Rebuilds an expression from its parts up, each sum in its shortest form.
class Collector {
public:
  explicit Collector(Graph &graph) : graph(graph) {}

  Expr operator()(Expr e) {
    if (!e->isVariable || e->kind == Kind::Argument)
      return e;
    auto [place, isNew] = done.try_emplace(e, nullptr);
    if (!isNew)
      return place->second;
    Expr result = graph.rebuilt(e, *this);
    while (Expr shorter = shorten(result))
      result = shorter;
    done[e] = result;
    return result;
  }

private:
  /// The sum with one factor taken out of all terms that have it, the one that
  /// saves most; null where none saves anything.
  Expr shorten(Expr sum);
  Expr takeOut(Expr sum, Expr factor);

  Graph &graph;
  llvm::DenseMap<Expr, Expr> done;
};
} // namespace

/// True where e is a product with the factor.
static bool hasFactor(Expr e, Expr factor) {
  return e == factor || llvm::any_of(e->factors, [&](const Factor &candidate) {
           return candidate.base == factor && candidate.halves >= 2;
         });
}

Expr Collector::takeOut(Expr sum, Expr factor) {
  SmallVector<Expr> inside, outside = {graph.number(sum->number)};
  for (const Term &term : sum->terms) {
    Expr summand = graph.mul(graph.number(term.coefficient), term.expr);
    if (hasFactor(term.expr, factor))
      inside.push_back(graph.div(summand, factor));
    else
      outside.push_back(summand);
  }
  outside.push_back(graph.mul(factor, (*this)(graph.sum(inside))));
  return graph.sum(outside);
}

Expr Collector::shorten(Expr sum) {
  if (sum->kind != Kind::Sum)
    return nullptr;
  llvm::SetVector<Expr> candidates;
  for (const Term &term : sum->terms) {
    if (term.expr->kind != Kind::Product)
      candidates.insert(term.expr);
    for (const Factor &factor : term.expr->factors)
      if (factor.halves >= 2)
        candidates.insert(factor.base);
  }
  Expr best = nullptr;
  unsigned least = graph.countOperations({sum});
  for (Expr factor : candidates) {
    auto has = [&](const Term &term) { return hasFactor(term.expr, factor); };
    if (llvm::count_if(sum->terms, has) < 2)
      continue;
    Expr shorter = takeOut(sum, factor);
    unsigned count = graph.countOperations({shorter});
    if (count < least) {
      best = shorter;
      least = count;
    }
  }
  return best;
}

Expr act::collectFactors(Graph &graph, Expr e) { return Collector(graph)(e); }

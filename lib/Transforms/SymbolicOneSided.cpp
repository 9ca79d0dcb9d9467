//===- SymbolicOneSided.cpp - Derivatives from one side of a kink --------===//

#include "act/Transforms/Symbolic.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace act;
using namespace act::sym;
using llvm::ArrayRef;
using llvm::SmallVector;

namespace {
/// Writes min, max, clamp and abs as selections and lets each comparison that
/// ties be decided by the derivatives of its sides.
class OneSided {
public:
  OneSided(Graph &graph, unsigned argument, bool larger)
      : graph(graph), argument(argument), larger(larger) {}

  Expr operator()(Expr e) {
    if (!graph.dependsOn(e, argument) || e->kind == Kind::Argument)
      return e;
    auto [place, isNew] = done.try_emplace(e, nullptr);
    if (!isNew)
      return place->second;
    Expr result = e->kind == Kind::Call ? ofCall(e) : graph.rebuilt(e, *this);
    done[e] = result;
    return result;
  }

private:
  Expr ofCall(Expr e) {
    SmallVector<Expr> u;
    for (Expr operand : e->operands)
      u.push_back((*this)(operand));
    if (e->isCall("arith.maximumf"))
      return graph.select(isAbove(u[0], u[1]), u[0], u[1]);
    if (e->isCall("arith.minimumf"))
      return graph.select(isAbove(u[0], u[1]), u[1], u[0]);
    if (e->isCall("act.clamp"))
      return (*this)(
          graph.call("arith.minimumf",
                     {graph.call("arith.maximumf", {u[0], u[1]}), u[2]}));
    if (e->isCall("math.absf"))
      return graph.select(isAbove(u[0], graph.number(0)), u[0],
                          graph.neg(u[0]));
    if (!e->isCall("arith.cmpf"))
      return graph.call(e->name, u, e->index);
    using Predicate = mlir::arith::CmpFPredicate;
    switch (Predicate(e->index)) {
    case Predicate::OGT:
    case Predicate::OGE:
      return isAbove(u[0], u[1]);
    case Predicate::OLT:
    case Predicate::OLE:
      return isAbove(u[1], u[0]);
    default:
      return graph.call(e->name, u, e->index);
    }
  }

  /// a > b just beside the point: where a and b tie, their slopes decide.
  Expr isAbove(Expr a, Expr b) {
    auto cmp = [&](mlir::arith::CmpFPredicate predicate, Expr x, Expr y) {
      return graph.call("arith.cmpf", {x, y}, int64_t(predicate));
    };
    Expr slope = graph.sub(graph.differentiate(a, argument),
                           graph.differentiate(b, argument));
    Expr zero = graph.number(0);
    Expr risesAbove = larger
                          ? cmp(mlir::arith::CmpFPredicate::OGT, slope, zero)
                          : cmp(mlir::arith::CmpFPredicate::OLT, slope, zero);
    if (risesAbove->isNumber())
      return cmp(risesAbove->isNumber(0) ? mlir::arith::CmpFPredicate::OGT
                                         : mlir::arith::CmpFPredicate::OGE,
                 a, b);
    Expr isTie = cmp(mlir::arith::CmpFPredicate::OEQ, a, b);
    return graph.call("arith.ori",
                      {cmp(mlir::arith::CmpFPredicate::OGT, a, b),
                       graph.call("arith.andi", {isTie, risesAbove})});
  }

  Graph &graph;
  unsigned argument;
  bool larger;
  llvm::DenseMap<Expr, Expr> done;
};
} // namespace

Expr Graph::fromOneSide(Expr e, unsigned i, bool larger) {
  return OneSided(*this, i, larger)(e);
}

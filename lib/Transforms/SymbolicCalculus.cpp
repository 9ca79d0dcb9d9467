//===- SymbolicCalculus.cpp - Derivatives of expressions ------------------===//
//
// Sums, products and selections are differentiated by their structure, all
// other calls by the rules of ActPrimitives.td. Nothing is known here of any
// activation.
//
//===----------------------------------------------------------------------===//

#include "act/IR/PrimitiveTable.h"
#include "act/Syntax/Parser.h"
#include "act/Transforms/Expand.h"
#include "act/Transforms/Symbolic.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/STLExtras.h"

using namespace act;
using namespace act::sym;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// Substitution and rules
//===----------------------------------------------------------------------===//

namespace {
/// Rebuilds expressions with other arguments.
class Substitution {
public:
  Substitution(Graph &graph, ArrayRef<Expr> arguments)
      : graph(graph), arguments(arguments) {}

  Expr operator()(Expr e) {
    if (!e->isVariable)
      return e;
    if (e->kind == Kind::Argument)
      return size_t(e->index) < arguments.size() && arguments[e->index]
                 ? arguments[e->index]
                 : e;
    auto [place, isNew] = done.try_emplace(e, nullptr);
    if (!isNew)
      return place->second;
    Expr result = rebuild(e);
    done[e] = result;
    return result;
  }

private:
  Expr rebuild(Expr e) {
    SmallVector<Expr> parts;
    if (e->kind == Kind::Call) {
      for (Expr operand : e->operands)
        parts.push_back((*this)(operand));
      return graph.call(e->name, parts, e->index);
    }
    parts.push_back(graph.number(e->number));
    for (const Factor &factor : e->factors)
      parts.push_back(graph.power((*this)(factor.base), factor.halves));
    for (const Term &term : e->terms)
      parts.push_back(
          graph.mul(graph.number(term.coefficient), (*this)(term.expr)));
    return e->kind == Kind::Sum ? graph.sum(parts) : graph.product(parts);
  }

  Graph &graph;
  ArrayRef<Expr> arguments;
  llvm::DenseMap<Expr, Expr> done;
};
} // namespace

Expr Graph::substitute(Expr e, ArrayRef<Expr> arguments) {
  return Substitution(*this, arguments)(e);
}

Expr Graph::substituteOne(Expr e, unsigned i, Expr value) {
  SmallVector<Expr> arguments(i + 1, nullptr);
  arguments[i] = value;
  return substitute(e, arguments);
}

Expr Graph::applyRule(StringRef rule, ArrayRef<Expr> operands, Expr result) {
  std::string text = "rule(x, z, w, y) = " + rule.str();
  auto [place, isNew] = rules.try_emplace(text, nullptr);
  if (isNew) {
    ParseOptions options;
    options.fileName = "ActPrimitives.td";
    auto module = parseSource(text, context, options);
    if (!module)
      llvm::report_fatal_error("a rule of ActPrimitives.td does not parse");
    FuncOp func = *module->getOps<FuncOp>().begin();
    auto read = this->read(func);
    if (failed(read))
      llvm::report_fatal_error("a rule of ActPrimitives.td is no expression");
    rules[text] = read->front();
  }
  Expr zero = number(0);
  SmallVector<Expr> arguments(operands);
  arguments.resize(3, zero);
  arguments.push_back(result);
  return substitute(rules[text], arguments);
}

SmallVector<Expr, 3> Graph::partials(Expr call) {
  SmallVector<Expr, 3> result;
  if (call->name == "arith.select") {
    Expr one = number(1), zero = number(0), c = call->operands[0];
    return {zero, select(c, one, zero), select(c, zero, one)};
  }
  const PrimitiveInfo *row = lookupPrimitiveOp(call->name);
  if (!row) // Comparisons and logical operations are constant piece by piece.
    return SmallVector<Expr, 3>(call->operands.size(), number(0));
  for (StringRef rule : derivativesOf(*row))
    result.push_back(applyRule(rule, call->operands, call));
  return result;
}

bool Graph::dependsOn(Expr e, unsigned i) {
  if (!e->isVariable)
    return false;
  if (e->kind == Kind::Argument)
    return e->index == i;
  auto found = dependencies.find({e, i});
  if (found != dependencies.end())
    return found->second;
  bool depends =
      llvm::any_of(e->operands, [&](Expr x) { return dependsOn(x, i); }) ||
      llvm::any_of(e->factors,
                   [&](const Factor &f) { return dependsOn(f.base, i); }) ||
      llvm::any_of(e->terms,
                   [&](const Term &t) { return dependsOn(t.expr, i); });
  dependencies[{e, i}] = depends;
  return depends;
}

//===----------------------------------------------------------------------===//
// Forward and reverse mode
//===----------------------------------------------------------------------===//

/// d product / d factor k, without the derivative of the factor itself.
static Expr withoutOne(Graph &graph, Expr product, size_t k) {
  const Factor &factor = product->factors[k];
  return graph.product(
      {graph.number(Fraction(factor.halves, 2)), product,
       graph.power(factor.base, -2)});
}

Expr Graph::differentiate(Expr e, unsigned i) {
  if (!dependsOn(e, i))
    return number(0);
  if (e->kind == Kind::Argument)
    return number(1);
  auto found = derivatives.find({e, i});
  if (found != derivatives.end())
    return found->second;
  SmallVector<Expr> parts;
  for (const Term &term : e->terms)
    parts.push_back(
        mul(number(term.coefficient), differentiate(term.expr, i)));
  for (auto [k, factor] : llvm::enumerate(e->factors))
    if (dependsOn(factor.base, i))
      parts.push_back(
          mul(withoutOne(*this, e, k), differentiate(factor.base, i)));
  if (e->kind == Kind::Call)
    for (auto [operand, partial] : llvm::zip(e->operands, partials(e)))
      parts.push_back(mul(partial, differentiate(operand, i)));
  Expr result = sum(parts);
  derivatives[{e, i}] = result;
  return result;
}

/// Nodes that depend on arguments, operands before their users.
static void postOrder(Expr e, llvm::DenseMap<Expr, bool> &seen,
                      SmallVector<Expr> &order) {
  if (!e->isVariable || !seen.try_emplace(e, true).second)
    return;
  for (Expr operand : e->operands)
    postOrder(operand, seen, order);
  for (const Factor &factor : e->factors)
    postOrder(factor.base, seen, order);
  for (const Term &term : e->terms)
    postOrder(term.expr, seen, order);
  order.push_back(e);
}

SmallVector<Expr> Graph::pullBack(ArrayRef<Expr> results,
                                  ArrayRef<Expr> cotangents,
                                  unsigned numArguments) {
  llvm::DenseMap<Expr, bool> seen;
  SmallVector<Expr> order;
  llvm::DenseMap<Expr, SmallVector<Expr>> incoming;
  for (auto [result, cotangent] : llvm::zip(results, cotangents)) {
    postOrder(result, seen, order);
    incoming[result].push_back(cotangent);
  }
  SmallVector<Expr> gradients(numArguments, number(0));
  for (Expr e : llvm::reverse(order)) {
    Expr adjoint = sum(incoming[e]);
    if (adjoint->isNumber(0))
      continue;
    if (e->kind == Kind::Argument) {
      gradients[e->index] = adjoint;
      continue;
    }
    for (const Term &term : e->terms)
      incoming[term.expr].push_back(mul(number(term.coefficient), adjoint));
    for (auto [k, factor] : llvm::enumerate(e->factors))
      if (factor.base->isVariable)
        incoming[factor.base].push_back(
            mul(adjoint, withoutOne(*this, e, k)));
    if (e->kind == Kind::Call)
      for (auto [operand, partial] : llvm::zip(e->operands, partials(e)))
        incoming[operand].push_back(mul(adjoint, partial));
  }
  return gradients;
}

//===----------------------------------------------------------------------===//
// Truncated Taylor series
//===----------------------------------------------------------------------===//

namespace {
/// Coefficients of e(x + t) in powers of t. A call y = p(u) obeys
/// y' = p'(u, y) u', so that its coefficients follow from those of the rule,
/// of lower order, and no primitive needs a recurrence of its own.
class Series {
public:
  Series(Graph &graph, unsigned argument)
      : graph(graph), argument(argument) {}

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
      parts.push_back(graph.mul(graph.number(term.coefficient),
                                coefficient(term.expr, k)));
    return graph.sum(parts);
  }

  Expr ofProduct(Expr e, unsigned k) {
    // One factor at a time: e = base * rest, or 1 / base.
    const Factor &factor = e->factors.front();
    bool isReciprocal = factor.halves < 0;
    Expr one = graph.power(factor.base, isReciprocal ? -2 : 2);
    Expr rest =
        graph.product({e, graph.power(factor.base, isReciprocal ? 2 : -2)});
    SmallVector<Expr> parts;
    if (isReciprocal && e == one) {
      for (unsigned j = 1; j <= k; ++j)
        parts.push_back(graph.product({graph.number(-1), one,
                                       coefficient(factor.base, j),
                                       coefficient(e, k - j)}));
      return graph.sum(parts);
    }
    for (unsigned j = 0; j <= k; ++j)
      parts.push_back(
          graph.mul(coefficient(one, j), coefficient(rest, k - j)));
    return graph.sum(parts);
  }

  Expr ofCall(Expr e, unsigned k) {
    if (e->name == "arith.select")
      return graph.select(e->operands[0], coefficient(e->operands[1], k),
                          coefficient(e->operands[2], k));
    SmallVector<Expr> parts;
    for (auto [operand, partial] :
         llvm::zip(e->operands, graph.partials(e)))
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

//===----------------------------------------------------------------------===//
// One-sided derivatives
//===----------------------------------------------------------------------===//

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
    Expr result = rebuild(e);
    done[e] = result;
    return result;
  }

private:
  Expr rebuild(Expr e) {
    SmallVector<Expr> parts;
    if (e->kind == Kind::Call) {
      for (Expr operand : e->operands)
        parts.push_back((*this)(operand));
      return ofCall(e, parts);
    }
    parts.push_back(graph.number(e->number));
    for (const Factor &factor : e->factors)
      parts.push_back(graph.power((*this)(factor.base), factor.halves));
    for (const Term &term : e->terms)
      parts.push_back(
          graph.mul(graph.number(term.coefficient), (*this)(term.expr)));
    return e->kind == Kind::Sum ? graph.sum(parts) : graph.product(parts);
  }

  Expr ofCall(Expr e, ArrayRef<Expr> u) {
    if (e->isCall("arith.maximumf"))
      return graph.select(isAbove(u[0], u[1]), u[0], u[1]);
    if (e->isCall("arith.minimumf"))
      return graph.select(isAbove(u[0], u[1]), u[1], u[0]);
    if (e->isCall("act.clamp"))
      return (*this)(graph.call(
          "arith.minimumf",
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
    return graph.call(
        "arith.ori", {cmp(mlir::arith::CmpFPredicate::OGT, a, b),
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

unsigned Graph::countOperations(ArrayRef<Expr> roots) {
  llvm::DenseMap<Expr, bool> seen;
  SmallVector<Expr> order;
  for (Expr root : roots)
    postOrder(root, seen, order);
  unsigned count = 0;
  for (Expr e : order) {
    count += e->kind == Kind::Call;
    if (e->kind == Kind::Sum)
      count += e->terms.size() - (e->number == Fraction(0));
    for (const Term &term : e->terms)
      count += abs(term.coefficient) != Fraction(1);
    for (const Factor &factor : e->factors)
      count += std::max<uint64_t>(1, 2 * llvm::Log2_64(
                                             std::abs(factor.halves) / 2 + 1) -
                                         1);
    if (e->kind == Kind::Product)
      count += abs(e->number) != Fraction(1);
  }
  return count;
}

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
    Expr result = graph.rebuilt(e, *this);
    done[e] = result;
    return result;
  }

private:
  Graph &graph;
  ArrayRef<Expr> arguments;
  llvm::DenseMap<Expr, Expr> done;
};
} // namespace

Expr Graph::rebuilt(Expr e, llvm::function_ref<Expr(Expr)> part) {
  SmallVector<Expr> parts;
  if (e->kind == Kind::Call) {
    for (Expr operand : e->operands)
      parts.push_back(part(operand));
    return call(e->name, parts, e->index);
  }
  parts.push_back(number(e->number));
  for (const Factor &factor : e->factors)
    parts.push_back(power(part(factor.base), factor.halves));
  for (const Term &term : e->terms)
    parts.push_back(mul(number(term.coefficient), part(term.expr)));
  return e->kind == Kind::Sum ? sum(parts) : product(parts);
}

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
  return graph.product({graph.number(Fraction(factor.halves, 2)), product,
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
    parts.push_back(mul(number(term.coefficient), differentiate(term.expr, i)));
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
    // One value of all elements, of which each has a cotangent.
    bool isShared = isUniform(result) && !isUniform(cotangent);
    incoming[result].push_back(isShared ? rowSum(cotangent) : cotangent);
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
    // What all elements of a row share receives from all of them.
    auto give = [&](Expr to, Expr part) {
      bool isShared = isUniform(to) && !isUniform(e);
      incoming[to].push_back(isShared ? rowSum(part) : part);
    };
    for (const Term &term : e->terms)
      give(term.expr, mul(number(term.coefficient), adjoint));
    for (auto [k, factor] : llvm::enumerate(e->factors))
      if (factor.base->isVariable)
        give(factor.base, mul(adjoint, withoutOne(*this, e, k)));
    if (isRowCall(e)) {
      for (auto [operand, part] :
           llvm::zip(e->operands, pullBackRow(e, adjoint)))
        if (part)
          incoming[operand].push_back(part);
    } else if (e->kind == Kind::Call) {
      for (auto [operand, partial] : llvm::zip(e->operands, partials(e)))
        give(operand, mul(adjoint, partial));
    }
  }
  return gradients;
}

//===----------------------------------------------------------------------===//
// Size
//===----------------------------------------------------------------------===//

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
      count += std::max<uint64_t>(
          1, 2 * llvm::Log2_64(std::abs(factor.halves) / 2 + 1) - 1);
    if (e->kind == Kind::Product)
      count += abs(e->number) != Fraction(1);
  }
  return count;
}

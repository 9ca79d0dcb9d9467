//===- SavePolicy.cpp - What forward keeps for backward -------------------===//
//
// f' is a function of y = f(x) exactly if it is constant on each set
// {f = y}. The proof is the construction: the formula is peeled from the
// outside, each layer known by its value, down to x.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/SavePolicy.h"
#include "act/IR/PrimitiveTable.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace act;
using namespace act::sym;
using llvm::SmallVector;
using llvm::StringRef;

using Predicate = mlir::arith::CmpFPredicate;

namespace {

/// Peels a formula layer by layer.
class FromOutput {
public:
  FromOutput(Graph &graph, SavedForm &form) : graph(graph), form(form) {}

  /// de/dx as a function of v, the value of e; null, with a reason, if it is
  /// none.
  Expr derivative(Expr e, Expr v);

private:
  Expr ofAffine(Expr factor, Expr rest, Expr u, Expr v);
  Expr ofSum(Expr e, Expr v);
  Expr ofProduct(Expr e, Expr v);
  Expr ofExtremum(Expr e, Expr v);
  Expr ofSelect(Expr e, Expr v);
  /// Whether e > 0 (or e >= 0) for all x, given ranges of parameters, which
  /// are noted.
  bool isPositive(Expr e, bool isStrict);
  bool varies(Expr e) { return graph.dependsOn(e, 0); }
  Expr compare(Predicate predicate, Expr a, Expr b) {
    return graph.call("arith.cmpf", {a, b}, int64_t(predicate));
  }
  Expr fail(StringRef why) {
    if (form.reason.empty())
      form.reason = why.str();
    return nullptr;
  }

  Graph &graph;
  SavedForm &form;
};

} // namespace

bool FromOutput::isPositive(Expr e, bool isStrict) {
  switch (e->kind) {
  case Kind::Number:
    return isStrict ? e->number > Fraction(0) : e->number >= Fraction(0);
  case Kind::Constant:
    return true;
  case Kind::Argument:
    if (e->index == 0)
      return false;
    for (ParameterRange &range : form.ranges)
      if (range.argument == e->index) {
        range.isStrict |= isStrict;
        return true;
      }
    form.ranges.push_back({unsigned(e->index), isStrict});
    return true;
  case Kind::Product:
    return e->number > Fraction(0) &&
           llvm::all_of(e->factors, [&](const Factor &f) {
             return f.halves % 4 == 0 || isPositive(f.base, isStrict);
           });
  case Kind::Sum:
    return e->number >= Fraction(0) &&
           llvm::all_of(e->terms, [&](const Term &t) {
             return t.coefficient > Fraction(0) && isPositive(t.expr, isStrict);
           });
  case Kind::Call:
    return e->isCall("math.exp") || e->isCall("act.sigmoid") ||
           e->isCall("act.softplus") || e->isCall("math.cosh") ||
           (!isStrict && e->isCall("math.absf"));
  }
  return false;
}

/// e = factor * u + rest, where factor and rest do not vary.
Expr FromOutput::ofAffine(Expr factor, Expr rest, Expr u, Expr v) {
  Expr inner = graph.div(graph.sub(v, rest), factor);
  Expr du = derivative(u, inner);
  if (!du)
    return nullptr;
  // The value of u is recovered by a division, if it is needed at all.
  if (!factor->isNumber() && graph.dependsOn(du, 0) &&
      !isPositive(factor, true))
    return fail("a factor may be 0");
  return graph.mul(factor, du);
}

Expr FromOutput::ofSum(Expr e, Expr v) {
  SmallVector<Expr> rest = {graph.number(e->number)};
  Expr varying = nullptr;
  Fraction coefficient(1);
  for (const Term &term : e->terms) {
    if (!varies(term.expr)) {
      rest.push_back(graph.mul(graph.number(term.coefficient), term.expr));
      continue;
    }
    if (varying)
      return fail("it is a sum of two terms that both vary, so that one "
                  "output may come from several inputs");
    varying = term.expr;
    coefficient = term.coefficient;
  }
  return ofAffine(graph.number(coefficient), graph.sum(rest), varying, v);
}

Expr FromOutput::ofProduct(Expr e, Expr v) {
  SmallVector<Expr> fixed = {graph.number(e->number)};
  const Factor *varying = nullptr;
  for (const Factor &factor : e->factors) {
    if (!varies(factor.base))
      fixed.push_back(graph.power(factor.base, factor.halves));
    else if (varying)
      return fail("it is a product of two factors that both vary, so that one "
                  "output may come from several inputs with different slopes");
    else
      varying = &factor;
  }
  Expr factor = graph.product(fixed), u = varying->base;
  if (varying->halves == 2)
    return ofAffine(factor, graph.number(0), u, v);
  // u^n with u >= 0 is inverted by a root; n = 2 is all that has one here.
  bool isNotNegative =
      u->isCall("arith.maximumf") && u->operands[1]->isNumber(0);
  Expr w = graph.div(v, factor);
  if (varying->halves == 4 && isNotNegative) {
    Expr root = graph.call("math.sqrt", {w});
    Expr du = derivative(u, root);
    return du ? graph.product({graph.number(2), factor, root, du}) : nullptr;
  }
  if (varying->halves == -2) {
    Expr inner = graph.power(w, -2);
    Expr du = derivative(u, inner);
    return du ? graph.product({graph.number(-1), factor, w, w, du}) : nullptr;
  }
  return fail("a power of a quantity of either sign does not tell its sign");
}

/// min(u, c) and max(u, c): where the value is not c it is that of u.
Expr FromOutput::ofExtremum(Expr e, Expr v) {
  bool isMax = e->isCall("arith.maximumf");
  Expr u = e->operands[0], c = e->operands[1];
  if (varies(c))
    return fail("both operands of a min or max vary");
  Expr du = derivative(u, v);
  if (!du)
    return nullptr;
  return graph.select(compare(isMax ? Predicate::OGT : Predicate::OLT, v, c),
                      du, graph.number(0));
}

/// where(x > k, a, b), continuous at k and nondecreasing: x > k exactly where
/// the value is above that at k.
Expr FromOutput::ofSelect(Expr e, Expr v) {
  Expr c = e->operands[0], a = e->operands[1], b = e->operands[2];
  bool isGreater =
      c->isCall("arith.cmpf") && (c->index == int64_t(Predicate::OGT) ||
                                  c->index == int64_t(Predicate::OGE));
  if (!isGreater || c->operands[0] != graph.argument(0) ||
      varies(c->operands[1]))
    return fail("it selects by something else than x > constant");
  Expr k = c->operands[1];
  auto at = [&](Expr f) {
    // Only x is replaced: parameters stay as they are.
    return graph.substituteOne(f, 0, k);
  };
  if (at(a) != at(b))
    return fail("it jumps where its branches meet");
  if (!isPositive(graph.differentiate(a, 0), true) ||
      !isPositive(graph.differentiate(b, 0), false))
    return fail("it is not monotone, so that one output comes from several "
                "inputs");
  Expr da = derivative(a, v), db = da ? derivative(b, v) : nullptr;
  if (!db)
    return nullptr;
  return graph.select(compare(Predicate(c->index), v, at(a)), da, db);
}

Expr FromOutput::derivative(Expr e, Expr v) {
  if (!varies(e))
    return graph.number(0);
  switch (e->kind) {
  case Kind::Argument:
    return graph.number(1);
  case Kind::Sum:
    return ofSum(e, v);
  case Kind::Product:
    return ofProduct(e, v);
  default:
    break;
  }
  if (e->isCall("arith.maximumf") || e->isCall("arith.minimumf"))
    return ofExtremum(e, v);
  if (e->isCall("arith.select"))
    return ofSelect(e, v);
  const PrimitiveInfo *row = lookupPrimitiveOp(e->name);
  if (e->isCall("act.clamp"))
    return fail("the slope of clamp is 1 at its ends and 0 beyond, with the "
                "same output; min(max(x, lo), hi) is 0 at both");
  if (!row || !row->FromOutput[0])
    return fail(
        ("the slope of " + e->name + " is no known function of its value"));
  Expr slope = graph.applyRule(row->FromOutput, {}, v);
  Expr u = e->operands[0];
  // The value of u matters only if u is not affine in x.
  Expr unknown = graph.argument(0);
  Expr inner = row->Inverse[0] ? graph.applyRule(row->Inverse, {}, v) : unknown;
  Expr du = derivative(u, inner);
  if (!du)
    return nullptr;
  if (!row->Inverse[0] && graph.dependsOn(du, 0))
    return fail(
        ("the operand of " + e->name + " cannot be told from its value"));
  return graph.mul(slope, du);
}

SavedForm act::deriveFromOutput(Graph &graph, Expr f) {
  SavedForm form;
  form.derivative = FromOutput(graph, form).derivative(f, graph.argument(0));
  return form;
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

/// Collects what a tree of selections selects from.
static void collectLeaves(Expr e, SmallVector<Expr> &leaves) {
  if (e->isCall("arith.select")) {
    collectLeaves(e->operands[1], leaves);
    collectLeaves(e->operands[2], leaves);
  } else if (!llvm::is_contained(leaves, e)) {
    leaves.push_back(e);
  }
}

/// The tree with 1 in the place of `leaf` and 0 in that of others.
static Expr bitOf(Graph &graph, Expr e, Expr leaf) {
  if (!e->isCall("arith.select"))
    return graph.number(e == leaf);
  return graph.select(e->operands[0], bitOf(graph, e->operands[1], leaf),
                      bitOf(graph, e->operands[2], leaf));
}

SavedForm act::deriveFromMask(Graph &graph, Expr f) {
  SavedForm form;
  Expr slope = graph.differentiate(f, 0);
  SmallVector<Expr> leaves;
  collectLeaves(slope, leaves);
  for (Expr leaf : leaves)
    if (graph.dependsOn(leaf, 0)) {
      form.reason = "its derivative takes more than two values, which one bit "
                    "does not tell";
      return form;
    }
  if (leaves.size() != 2) {
    form.reason = leaves.size() == 1
                      ? "its derivative is constant and needs nothing kept"
                      : "its derivative takes more than two values, which one "
                        "bit does not tell";
    return form;
  }
  form.mask = bitOf(graph, slope, leaves[0]);
  Expr isSet = graph.call("arith.cmpf", {graph.argument(0), graph.number(0)},
                          int64_t(Predicate::UNE));
  form.derivative = graph.select(isSet, leaves[0], leaves[1]);
  return form;
}

//===- SymbolicRows.cpp - Derivatives of functions of a row ---------------===//
//
// Vector-Jacobian products of what combines a row, by their structure: no
// Jacobian is formed. With p = softmax(z) and an adjoint a of each element,
//
//   probability  z receives p (a - sum(p a))
//   log          z receives a - p sum(a)
//   sum          z receives p a, a of the whole row
//   sparsemax    z receives s (a - sum(s a) / sum(s)), s = 1 where p > 0
//   entmax15     z receives the same with s = sqrt(p)
//
// Elements that a mask leaves out receive exactly 0, whatever stands there.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Symbolic.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace act;
using namespace act::sym;
using llvm::SmallVector;
using llvm::StringRef;

bool Graph::isUniform(Expr e) {
  if (!e->isVariable)
    return true;
  if (e->kind == Kind::Argument)
    return uniform.lookup(e);
  if (isRowCall(e))
    return StringRef(e->name).starts_with("act.row:") ||
           e->name == "act.softmax:sum";
  auto found = uniform.find(e);
  if (found != uniform.end())
    return found->second;
  bool result =
      llvm::all_of(e->operands, [&](Expr x) { return isUniform(x); }) &&
      llvm::all_of(e->factors,
                   [&](const Factor &f) { return isUniform(f.base); }) &&
      llvm::all_of(e->terms, [&](const Term &t) { return isUniform(t.expr); });
  return uniform[e] = result;
}

SmallVector<Expr, 4> Graph::pullBackRow(Expr call, Expr adjoint,
                                        Expr probability) {
  SmallVector<Expr, 4> parts(call->operands.size(), nullptr);
  auto [op, form] = StringRef(call->name).split(':');
  Expr x = call->operands[0], zero = number(0);
  if (op == "act.row") {
    Expr mask = call->index ? call->operands[1] : nullptr;
    Expr part = adjoint;
    if (form != "sum") {
      // Elements that are the largest share.
      Expr isTop = this->call("arith.cmpf", {x, call},
                              int64_t(mlir::arith::CmpFPredicate::OEQ));
      Expr top = select(isTop, number(1), zero);
      part = mul(div(adjoint, rowSum(top, mask)), top);
    }
    part = mask ? select(mask, part, zero) : part;
    // What is one value for the row receives from all elements.
    parts[0] = isUniform(x) ? rowSum(part) : part;
    return parts;
  }
  unsigned next = 1;
  auto place = [&](int64_t bit) { return call->index & bit ? next++ : 0; };
  unsigned scaleAt = place(kHasScale), maskAt = place(kHasMask),
           sinkAt = place(kHasSink);
  Expr mask = maskAt ? call->operands[maskAt] : nullptr;
  // The logarithm of an empty sum is -inf whatever the elements do.
  int64_t index =
      form != "sum"
          ? call->index
          : (call->index & (kHasScale | kHasMask | kHasSink)) | kEmptyIsZero;
  Expr p = probability || form == "sparsemax" || form == "entmax15"
               ? probability
           : form == "probability"
               ? call
               : this->call("act.softmax:probability", call->operands, index);
  // The adjoint of z = scale x.
  Expr part;
  // What the sum in the denominator receives, over all elements.
  Expr shared;
  if (form == "sparsemax" || form == "entmax15") {
    Expr isPart = this->call("arith.cmpf", {call, zero},
                             int64_t(mlir::arith::CmpFPredicate::UGT));
    Expr weight =
        form == "entmax15" ? this->call("math.sqrt", {call}) : number(1);
    Expr s = select(isPart, weight, zero);
    Expr mean = div(rowSum(mul(s, adjoint), mask), rowSum(s, mask));
    part = select(isPart, mul(weight, sub(adjoint, mean)), zero);
  } else if (form == "probability") {
    shared = rowSum(mul(p, adjoint), mask);
    part = mul(p, sub(adjoint, shared));
  } else if (form == "log") {
    shared = rowSum(adjoint, mask);
    part = sub(adjoint, mul(p, shared));
  } else {
    part = mul(p, adjoint);
    shared = neg(adjoint);
  }
  if (mask)
    part = select(mask, part, zero);
  auto ofRow = [&](Expr e) { return isUniform(x) ? rowSum(e) : e; };
  parts[0] = ofRow(part);
  if (scaleAt) {
    Expr scale = call->operands[scaleAt];
    parts[0] = ofRow(mul(scale, part));
    parts[scaleAt] = mask ? select(mask, mul(x, part), zero) : mul(x, part);
    if (isUniform(scale))
      parts[scaleAt] = rowSum(parts[scaleAt]);
  }
  if (sinkAt) {
    // The sink's own probability.
    Expr sink = call->operands[sinkAt];
    Expr all = this->call("act.softmax:sum", call->operands, call->index);
    Expr part = neg(mul(this->call("math.exp", {sub(sink, all)}), shared));
    // As an argument it is given a term by each element, of which the runtime
    // makes a sum.
    Expr count = rowSum(number(1));
    parts[sinkAt] = isUniform(sink) ? part : div(part, count);
  }
  return parts;
}

Expr Graph::gradientFromOutput(Expr e, Expr y, Expr adjoint) {
  bool isLog = e->isCall("act.softmax:log");
  if (!isLog && !e->isCall("act.softmax:probability"))
    return nullptr;
  Expr slope = differentiate(e->operands[0], 0);
  for (Expr other : llvm::ArrayRef(e->operands).drop_front())
    if (dependsOn(other, 0))
      return nullptr;
  if (dependsOn(slope, 0))
    return nullptr;
  Expr p = isLog ? call("math.exp", {y}) : y;
  return mul(slope, pullBackRow(e, adjoint, p)[0]);
}

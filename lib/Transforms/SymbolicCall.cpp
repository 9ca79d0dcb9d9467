//===- SymbolicCall.cpp - Calls simplified as they are built -------------===//

#include "SymbolicDetail.h"
#include "act/IR/PrimitiveTable.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/STLExtras.h"

using namespace act;
using namespace act::sym;
using llvm::ArrayRef;
using llvm::DynamicAPInt;
using llvm::SmallVector;
using llvm::SmallVectorImpl;
using llvm::StringRef;

Expr Graph::select(Expr condition, Expr a, Expr b) {
  if (condition->isNumber())
    return condition->isNumber(0) ? b : a;
  // The outer condition decides the inner one.
  if (a->isCall(kSelect) && a->operands[0] == condition)
    a = a->operands[1];
  if (b->isCall(kSelect) && b->operands[0] == condition)
    b = b->operands[2];
  if (a == b)
    return a;
  Node node;
  node.kind = Kind::Call;
  node.name = kSelect.str();
  node.operands = {condition, a, b};
  return intern(std::move(node));
}

/// The outcome of a comparison of two numbers.
static bool holds(mlir::arith::CmpFPredicate predicate, const Fraction &a,
                  const Fraction &b) {
  int order = mlir::presburger::compare(a, b);
  return mlir::arith::applyCmpPredicate(predicate, llvm::APFloat(double(order)),
                                        llvm::APFloat(0.0));
}

/// The same order with its sides exchanged.
static int64_t flipped(int64_t predicate) {
  using Predicate = mlir::arith::CmpFPredicate;
  switch (Predicate(predicate)) {
  case Predicate::OGT:
    return int64_t(Predicate::OLT);
  case Predicate::OGE:
    return int64_t(Predicate::OLE);
  case Predicate::OLT:
    return int64_t(Predicate::OGT);
  case Predicate::OLE:
    return int64_t(Predicate::OGE);
  default:
    return predicate;
  }
}

Expr Graph::solveComparison(int64_t predicate, Expr a, Expr b) {
  using Predicate = mlir::arith::CmpFPredicate;
  if (!b->isNumber())
    return nullptr;
  bool isLess = predicate == int64_t(Predicate::OLT) ||
                predicate == int64_t(Predicate::OLE);
  bool isGreater = predicate == int64_t(Predicate::OGT) ||
                   predicate == int64_t(Predicate::OGE);
  if (!isLess && !isGreater)
    return nullptr;
  // c u < n is u < n / c; u + k < n is u < n - k.
  if (a->kind == Kind::Product && a->number != Fraction(1)) {
    SmallVector<Factor> factors = llvm::to_vector(a->factors);
    return call(
        "arith.cmpf",
        {makeProduct(Fraction(1), factors), number(b->number / a->number)},
        a->number < Fraction(0) ? flipped(predicate) : predicate);
  }
  if (a->kind == Kind::Sum && a->terms.size() == 1)
    return call("arith.cmpf",
                {scaled(a->terms[0].coefficient, a->terms[0].expr),
                 number(b->number - a->number)},
                predicate);
  // max(u, k) < n is u < n where k < n.
  if (a->isCall(isLess ? "arith.maximumf" : "arith.minimumf") &&
      a->operands[1]->isNumber() &&
      holds(Predicate(predicate), a->operands[1]->number, b->number))
    return call("arith.cmpf", {a->operands[0], b}, predicate);
  return nullptr;
}

/// True for a constant whose square root is the product of those of its parts,
/// as powers of halves: all are positive, and none is a root already.
static bool hasRootOfParts(Expr e) {
  auto isPositive = [](Expr x) {
    return x->kind == Kind::Constant ||
           (x->isNumber() && x->number > Fraction(0));
  };
  if (e->kind != Kind::Product)
    return isPositive(e);
  return e->number > Fraction(0) &&
         llvm::all_of(e->factors, [&](const Factor &factor) {
           return isPositive(factor.base) && factor.halves % 2 == 0;
         });
}

Expr Graph::call(StringRef op, ArrayRef<Expr> operands, int64_t predicate) {
  if (op == kSelect)
    return select(operands[0], operands[1], operands[2]);
  bool allNumbers =
      llvm::all_of(operands, [](Expr e) { return e->isNumber(); });
  if (op == "arith.cmpf" && allNumbers)
    return number(holds(mlir::arith::CmpFPredicate(predicate),
                        operands[0]->number, operands[1]->number));
  if (op == "arith.cmpf")
    if (Expr solved = solveComparison(predicate, operands[0], operands[1]))
      return solved;
  if (allNumbers && (op == "arith.maximumf" || op == "arith.minimumf")) {
    bool first =
        (operands[0]->number > operands[1]->number) == (op == "arith.maximumf");
    return operands[first ? 0 : 1];
  }
  if (const PrimitiveInfo *row = lookupPrimitiveOp(op);
      row && operands.size() == 1) {
    Expr u = operands[0];
    if (u->isNumber(0) && row->AtZero[0])
      return fromText(row->AtZero);
    StringRef parity = row->Parity;
    bool isNegative =
        (u->isNumber() || u->kind == Kind::Product) && u->number < Fraction(0);
    if (isNegative && parity == "odd")
      return neg(call(op, neg(u)));
    if (isNegative && parity == "even")
      return call(op, neg(u));
  }
  if (op == "math.sqrt" && hasRootOfParts(operands[0]))
    return power(operands[0], 1);
  if (op == "math.absf" &&
      (operands[0]->isCall("math.absf") || operands[0]->isNumber()))
    return operands[0];
  Node node;
  node.kind = Kind::Call;
  node.name = op.str();
  node.index = predicate;
  node.operands.assign(operands.begin(), operands.end());
  return intern(std::move(node));
}

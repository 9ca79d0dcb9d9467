//===- RowOps.cpp - act.row and what functions of a row are ---------------===//

#include "RowUtil.h"
#include "act/IR/Act.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace act;

LogicalResult act::verifyWord(Operation *op, StringRef what, StringRef word,
                              ArrayRef<StringRef> known) {
  if (llvm::is_contained(known, word))
    return success();
  return op->emitOpError("the ")
         << what << " '" << word << "' is none of " << llvm::join(known, ", ");
}

LogicalResult RowOp::verify() {
  // row_c1
  if (failed(verifyWord(
          *this, "combiner", getCombiner(),
          {"sum", "max", "maxnum", "threshold", "threshold_squared"})))
    return failure();
  if (!getScope())
    return success();
  // row_c2
  if (isThreshold())
    return emitOpError("of a threshold has no scope but the row");
  if (failed(verifyWord(*this, "scope", *getScope(), {"block", "blocks"})))
    return failure();
  // row_c3
  if (isOverBlocks() && getMask())
    return emitOpError("over blocks has no mask; mask the values of a block");
  return success();
}

/// Functions may name each other in a circle until that is found to be an
/// error.
static bool isRowFunction(FuncOp func,
                          llvm::SmallPtrSetImpl<Operation *> &seen) {
  if (!seen.insert(func).second)
    return false;
  return llvm::any_of(func.getBody().getOps(), [&](Operation &op) {
    auto apply = dyn_cast<ApplyOp>(op);
    FuncOp callee = apply ? apply.resolve() : FuncOp();
    return isa<RowOp, SoftmaxOp>(op) || (callee && isRowFunction(callee, seen));
  });
}

bool act::isRowFunction(FuncOp func) {
  llvm::SmallPtrSet<Operation *, 4> seen;
  return ::isRowFunction(func, seen);
}

bool act::isIndexInput(FuncOp func, unsigned input) {
  return func.getArgAttr(input, kIndexAttr) ||
         func.getArgAttr(input, kPositionAttr);
}

llvm::DenseSet<Value> act::uniformValues(FuncOp func) {
  llvm::DenseSet<Value> uniform;
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    if (i >= func.getNumInputs() || func.getArgAttr(i, kUniformAttr) ||
        func.getArgAttr(i, kDroppedAttr) || func.getArgAttr(i, kScalarAttr))
      uniform.insert(func.getArgument(i));
  for (Operation &op : func.getBody().front().without_terminator()) {
    auto softmax = dyn_cast<SoftmaxOp>(op);
    auto row = dyn_cast<RowOp>(op);
    if (row && row.isOfBlock())
      continue;
    if (row || (softmax && softmax.getForm() == "sum") ||
        (!softmax && llvm::all_of(op.getOperands(), [&](Value operand) {
          return uniform.contains(operand);
        })))
      for (Value result : op.getResults())
        uniform.insert(result);
  }
  return uniform;
}

llvm::DenseSet<Value> act::blockValues(FuncOp func,
                                       const llvm::DenseSet<Value> &uniform) {
  llvm::DenseSet<Value> found;
  auto isShared = [&](Value operand) {
    return uniform.contains(operand) || found.contains(operand);
  };
  for (Operation &op : func.getBody().front().without_terminator()) {
    auto row = dyn_cast<RowOp>(op);
    if (row ? row.isOfBlock()
            : op.getNumResults() == 1 && !uniform.contains(op.getResult(0)) &&
                  !isa<SoftmaxOp>(op) &&
                  llvm::all_of(op.getOperands(), isShared))
      found.insert(op.getResult(0));
  }
  return found;
}

bool act::isOnePerRow(FuncOp func, unsigned result,
                      const llvm::DenseSet<Value> &uniform) {
  if (!uniform.contains(func.getReturn().getOperand(result)))
    return false;
  if (!func.getResultAttr(result, kReduceAttr))
    return !func.getResultAttr(result, kSpreadAttr);
  // A gradient has the name of its input.
  Attribute name = func.getResultAttr(result, kNameAttr);
  for (unsigned i = 0; i < func.getNumInputs(); ++i)
    if (name && func.getArgAttr(i, kNameAttr) == name)
      return uniform.contains(func.getArgument(i));
  return false;
}

//===- RowOps.cpp - act.row and act.softmax -------------------------------===//

#include "act/IR/Act.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace act;

static LogicalResult verifyWord(Operation *op, StringRef what, StringRef word,
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

LogicalResult SoftmaxOp::verify() {
  // softmax_c1
  if (failed(
          verifyWord(*this, "form", getForm(),
                     {"probability", "log", "sum", "sparsemax", "entmax15"})))
    return failure();
  // softmax_c3
  if (getSink() && isSparse())
    return emitOpError("of the form '") << getForm() << "' has no sink";
  // softmax_c2
  return verifyWord(*this, "value of an empty row", getEmpty(),
                    {"zero", "nan", "uniform"});
}

void SoftmaxOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getForm() << ' ' << getOperand();
  if (getScale())
    printer << " scale " << getScale();
  if (getMask())
    printer << " mask " << getMask();
  if (getSink())
    printer << " sink " << getSink();
  SmallVector<StringRef> elided = {"form", "operandSegmentSizes"};
  if (getEmpty() == "nan")
    elided.push_back("empty");
  printer.printOptionalAttrDict((*this)->getAttrs(), elided);
  printer << " : " << getType();
}

ParseResult SoftmaxOp::parse(OpAsmParser &parser, OperationState &result) {
  StringRef form;
  OpAsmParser::UnresolvedOperand operand;
  if (parser.parseKeyword(&form) || parser.parseOperand(operand))
    return failure();
  result.addAttribute("form", parser.getBuilder().getStringAttr(form));
  SmallVector<int32_t, 4> segments = {1};
  SmallVector<std::pair<OpAsmParser::UnresolvedOperand, bool>, 3> rest;
  for (StringRef word : {"scale", "mask", "sink"}) {
    segments.push_back(succeeded(parser.parseOptionalKeyword(word)));
    if (!segments.back())
      continue;
    auto &next = rest.emplace_back();
    next.second = word == "mask";
    if (parser.parseOperand(next.first))
      return failure();
  }
  Type type;
  if (parser.parseOptionalAttrDict(result.attributes) ||
      parser.parseColonType(type) ||
      parser.resolveOperand(operand, type, result.operands))
    return failure();
  for (auto [next, isMask] : rest)
    if (parser.resolveOperand(next,
                              isMask ? parser.getBuilder().getI1Type() : type,
                              result.operands))
      return failure();
  result.addAttribute("operandSegmentSizes",
                      parser.getBuilder().getDenseI32ArrayAttr(segments));
  result.addTypes(type);
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

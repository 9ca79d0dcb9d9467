//===- GpuPartKernel.cpp - Kernels whose blocks share a row ---------------===//

#include "GpuPartKernel.h"
#include "Combiners.h"
#include "act/Transforms/Stabilize.h"

using namespace mlir;
using namespace act;

//===----------------------------------------------------------------------===//
// What is known when
//===----------------------------------------------------------------------===//

void GpuPartKernel::findLaunches() {
  for (Operation &op : body.without_terminator()) {
    Value result = op.getResult(0);
    unsigned own = 0, everywhere = 0;
    bool isOfParts = false;
    for (Value operand : op.getOperands()) {
      own = std::max(own, launchOf.lookup(operand));
      everywhere = std::max(everywhere, everywhereIn.lookup(operand));
      isOfParts |= ofParts.contains(operand);
    }
    auto combined = dyn_cast<act::RowOp>(op);
    if (isOfPart(combined)) {
      kept.push_back(&op);
      everywhere = own + 1;
      isOfParts = combined.isOfBlock();
      own = isOfParts ? own : own + 1;
    } else if (combined && combined.isOverBlocks()) {
      own = everywhere;
      isOfParts = false;
    }
    launchOf[result] = own;
    everywhereIn[result] = isOfParts ? everywhere : own;
    if (isOfParts && isUniform(result))
      ofParts.insert(result);
  }
  for (auto [i, value] : llvm::enumerate(body.getTerminator()->getOperands())) {
    launches = std::max(launches, launchOf.lookup(value) + 1);
    if (isSpread(i))
      elementsLaunch =
          std::max(elementsLaunch.value_or(0), launchOf.lookup(value));
    else
      hasUniform = true;
  }
  // What is one value a row is written when no block reads inputs any more.
  if (elementsLaunch && hasUniform)
    launches = std::max(launches, *elementsLaunch + 2);
}

bool GpuPartKernel::isSpread(unsigned result) {
  Value value = body.getTerminator()->getOperand(result);
  return !isUniform(value) || func.getResultAttr(result, kSpreadAttr);
}

bool GpuPartKernel::demandAll() {
  seen.clear(), needed.clear();
  bool readsElements = writesElements();
  for (Operation *op : kept)
    if (combinedIn(cast<act::RowOp>(op)) == launch) {
      readsElements = true;
      demand(op->getResult(0));
      for (Value operand : op->getOperands())
        demand(operand);
    }
  for (auto [i, value] : llvm::enumerate(body.getTerminator()->getOperands()))
    if (isSpread(i) ? writesElements() : writesUniform())
      demand(value);
  return readsElements;
}

void GpuPartKernel::demand(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || !seen.insert(value).second)
    return;
  if (isUniform(value))
    needed.insert(value);
  auto combined = dyn_cast<act::RowOp>(op);
  if (combined && combined.isOverBlocks())
    return demandOfParts(combined.getOperand());
  if (isOfPart(combined) && combinedIn(combined) != launch)
    return; // Other launches have it.
  for (Value operand : op->getOperands())
    demand(operand);
}

void GpuPartKernel::demandOfParts(Value value) {
  DenseSet<Value> cone;
  coneOf(value, cone);
  if (!ofParts.contains(value))
    return demand(value);
  for (Value each : cone)
    if (auto *op = each.getDefiningOp(); !isOfPart(dyn_cast<act::RowOp>(op)))
      for (Value operand : op->getOperands())
        if (!ofParts.contains(operand))
          demand(operand);
}

void GpuPartKernel::coneOf(Value value, DenseSet<Value> &cone) const {
  if (!ofParts.contains(value) || !cone.insert(value).second)
    return;
  Operation *op = value.getDefiningOp();
  if (!isOfPart(dyn_cast<act::RowOp>(op)))
    for (Value operand : op->getOperands())
      coneOf(operand, cone);
}

//===----------------------------------------------------------------------===//
// Values of parts
//===----------------------------------------------------------------------===//

void GpuPartKernel::beginThreads() {
  group = integer(i32, kGpuSplitThreads);
  thread = special<NVVM::ThreadIdXOp>();
  hasRow = integer(builder.getI1Type(), 1);
}

Value GpuPartKernel::countParts() {
  Value rounded = add(columns, integer(i32, gpuSplitPart(width) - 1));
  return make<arith::DivUIOp>(rounded, integer(i32, gpuSplitPart(width)));
}

Value GpuPartKernel::valueOfPart(Value value, Value other) {
  DenseSet<Value> cone;
  coneOf(value, cone);
  // What is known of the own part is not that of the other one.
  DenseMap<Value, Value> own = numbers;
  for (Value each : cone)
    numbers.erase(each);
  for (Operation &op : body.without_terminator()) {
    if (!cone.contains(op.getResult(0)))
      continue;
    if (auto combined = dyn_cast<act::RowOp>(op); isOfPart(combined))
      numbers[combined] = loadKept(combined, other);
    else
      writeNumber(op);
  }
  Value result = numbers[value];
  numbers = std::move(own);
  return result;
}

/// In the order of the parts' numbers, thread by thread, and then as the
/// threads of a block combine: it depends on the length of the row alone.
Value GpuPartKernel::merge(act::RowOp op) {
  StringRef combiner = op.getCombiner();
  auto loop = builder.create<scf::ForOp>(loc, thread, numParts, group,
                                         neutral(combiner, /*isVector=*/false));
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value other = loop.getInductionVar();
    Value next = op.isOverBlocks() ? valueOfPart(op.getOperand(), other)
                                   : loadKept(op, other);
    builder.create<scf::YieldOp>(loc, combine(combiner,
                                              loop.getRegionIterArgs().front(),
                                              next, loc, builder));
  }
  return combineGroup(combiner, loop.getResult(0));
}

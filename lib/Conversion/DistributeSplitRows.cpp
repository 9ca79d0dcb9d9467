//===- DistributeSplitRows.cpp - Rows that many blocks share --------------===//
//
// Before: a function of a row, e.g. softmax in blocks; after: kernels whose
// blocks have parts of a row each. The first one keeps the largest element of
// each part and the sum of the exponentials below it; in the next one every
// block brings these together for its row, and computes its part of the result
// from the input again, which a cache still has. A value that is combined of
// what depends on a combined value takes one kernel more.
//
//===----------------------------------------------------------------------===//

#include "Combiners.h"
#include "DistributeRows.h"
#include "GpuRowKernel.h"
#include "act/Conversion/Passes.h"
#include "act/GpuKernelNames.h"

using namespace mlir;
using namespace act;

namespace {

/// Writes the kernels of one function. A value of a part is uniform in its
/// block as one of the row is.
class GpuSplitKernel : GpuRowKernel {
public:
  GpuSplitKernel(act::FuncOp func, const GpuKernelOptions &options,
                 gpu::GPUModuleOp module, OpBuilder &builder)
      : GpuRowKernel(func, options, module, builder) {
    findLaunches();
  }

  unsigned numLaunches() const { return launches; }
  unsigned numKept() const { return kept.size(); }
  LogicalResult write(StringRef name, unsigned launch, GpuAccess way);

private:
  void findLaunches();
  /// The threads of a block combine it, of elements.
  bool isOfPart(act::RowOp op) const {
    return op && !op.isOverBlocks() && (op.isOfBlock() || takesGroup(op));
  }
  /// The launch that combines the elements of each part.
  unsigned combinedIn(act::RowOp op) const {
    return launchOf.lookup(op) - (op.isOfBlock() ? 0 : 1);
  }
  bool writesElements(unsigned launch) const {
    return launch == elementsLaunch;
  }
  bool writesUniform(unsigned launch) const {
    return hasUniform && launch + 1 == launches;
  }
  bool isSpread(unsigned result) {
    Value value = body.getTerminator()->getOperand(result);
    return !isUniform(value) || func.getResultAttr(result, kSpreadAttr);
  }

  /// Marks what the launch takes to compute a value in a block's own part, or
  /// in every part of the row.
  void demand(Value value);
  void demandOfParts(Value value);
  /// What depends on values of parts and is computed from them.
  void coneOf(Value value, DenseSet<Value> &cone) const;

  void beginPart();
  LogicalResult combinePart(act::RowOp op);
  /// Where the value of a part is in scratch memory.
  Value keptAt(act::RowOp op, Value part);
  Value loadKept(act::RowOp op, Value part);
  /// The value of an expression in a part that is not the block's own.
  Value valueOfPart(Value value, Value other);
  /// Brings the parts of a row together.
  Value merge(act::RowOp op);
  LogicalResult writeValue(Operation &op);

  /// The launch in which a block knows a value of its part, and in which it
  /// can know that of every part.
  DenseMap<Value, unsigned> launchOf, everywhereIn;
  /// Values that are those of parts.
  DenseSet<Value> ofParts;
  /// Values that are kept of each part.
  SmallVector<Operation *> kept;
  unsigned launches = 0;
  std::optional<unsigned> elementsLaunch;
  bool hasUniform = false;

  // Of the kernel in progress.
  unsigned launch = 0;
  DenseSet<Value> seen, needed;
  Value row, part, numParts;
};

} // namespace

//===----------------------------------------------------------------------===//
// What is known when
//===----------------------------------------------------------------------===//

void GpuSplitKernel::findLaunches() {
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

void GpuSplitKernel::demand(Value value) {
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

void GpuSplitKernel::demandOfParts(Value value) {
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

void GpuSplitKernel::coneOf(Value value, DenseSet<Value> &cone) const {
  if (!ofParts.contains(value) || !cone.insert(value).second)
    return;
  Operation *op = value.getDefiningOp();
  if (!isOfPart(dyn_cast<act::RowOp>(op)))
    for (Value operand : op->getOperands())
      coneOf(operand, cone);
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

void GpuSplitKernel::beginPart() {
  Value length = integer(i32, gpuSplitPart(width));
  group = integer(i32, kGpuSplitThreads);
  thread = special<NVVM::ThreadIdXOp>();
  hasRow = integer(builder.getI1Type(), 1);
  part = special<NVVM::BlockIdXOp>();
  row = add(firstRow, special<NVVM::BlockIdYOp>());
  Value rounded = add(columns, integer(i32, gpuSplitPart(width) - 1));
  numParts = make<arith::DivUIOp>(rounded, length);
  enterRow(row);
}

Value GpuSplitKernel::keptAt(act::RowOp op, Value which) {
  int64_t number = llvm::find(kept, op.getOperation()) - kept.begin();
  Value row64 = add(mul(integer(i64, number), wide(rows)), wide(row));
  Value index = add(mul(row64, wide(numParts)), wide(which));
  return elementPointer(scratch, index, compute);
}

Value GpuSplitKernel::loadKept(act::RowOp op, Value which) {
  return builder.create<LLVM::LoadOp>(loc, compute, keptAt(op, which),
                                      compute.getWidth() / 8);
}

LogicalResult GpuSplitKernel::combinePart(act::RowOp op) {
  SmallVector<Value> total(1);
  if (failed(combineIn(parts.front(), op, total)))
    return failure();
  Value value = combineGroup(op.getCombiner(),
                             combineLanes(op.getCombiner(), total.front()));
  if (op.isOfBlock())
    numbers[op] = value;
  if (launch + 1 == launches)
    return success();
  auto first = builder.create<scf::IfOp>(
      loc, compare(arith::CmpIPredicate::eq, thread, integer(i32, 0)));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(first.thenBlock());
  builder.create<LLVM::StoreOp>(loc, value, keptAt(op, part),
                                compute.getWidth() / 8);
  return success();
}

Value GpuSplitKernel::valueOfPart(Value value, Value other) {
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
Value GpuSplitKernel::merge(act::RowOp op) {
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

LogicalResult GpuSplitKernel::writeValue(Operation &op) {
  auto combined = dyn_cast<act::RowOp>(op);
  bool isCombined = isOfPart(combined);
  if (isCombined && combinedIn(combined) == launch)
    return seen.contains(combined) ? combinePart(combined) : success();
  Value result = op.getResult(0);
  if (!needed.contains(result))
    return success();
  if (isCombined && combined.isOfBlock())
    numbers[result] = loadKept(combined, part);
  else if (isCombined || (combined && combined.isOverBlocks()))
    numbers[result] = merge(combined);
  else
    writeNumber(op);
  return success();
}

LogicalResult GpuSplitKernel::write(StringRef name, unsigned number,
                                    GpuAccess way) {
  launch = number;
  access = way;
  begin(name, kGpuSplitThreads, /*isSplit=*/true);
  entryEnd = builder.create<LLVM::ReturnOp>(loc, ValueRange());
  builder.setInsertionPoint(entryEnd);
  beginPart();
  // Constants of vectors stand here.
  entryEnd = integer(i32, 0).getDefiningOp();
  numShared = 0;
  seen.clear(), needed.clear(), parts.clear();
  bool readsElements = writesElements(launch);
  for (Operation *op : kept)
    if (combinedIn(cast<act::RowOp>(op)) == launch) {
      readsElements = true;
      demand(op->getResult(0));
      for (Value operand : op->getOperands())
        demand(operand);
    }
  for (auto [i, value] : llvm::enumerate(body.getTerminator()->getOperands()))
    if (isSpread(i) ? writesElements(launch) : writesUniform(launch))
      demand(value);
  if (readsElements) {
    Value chunk = add(mul(part, group), thread);
    parts.push_back(load(mul(chunk, integer(i32, width))));
  }
  for (Operation &op : body.without_terminator())
    if (failed(writeValue(op)))
      return failure();
  if (writesElements(launch) && failed(storeIn(parts.front())))
    return failure();
  if (writesUniform(launch))
    storeUniform();
  return success();
}

LogicalResult act::writeGpuSplitKernels(act::FuncOp func, StringRef name,
                                        const GpuKernelOptions &options,
                                        gpu::GPUModuleOp module) {
  OpBuilder builder(func);
  GpuSplitKernel kernel(func, options, module, builder);
  unsigned launches = kernel.numLaunches();
  std::vector<std::string> suffixes = gpuSplitNames("", launches);
  for (auto [i, own] : llvm::enumerate(gpuSplitNames(name.str(), launches))) {
    if (options.wants(suffixes[i]) &&
        failed(kernel.write(own, i, GpuAccess::Chunks)))
      return failure();
    if (options.wants(gpuAnyName(suffixes[i])) &&
        failed(kernel.write(gpuAnyName(own), i, GpuAccess::Any)))
      return failure();
  }
  module->setAttr(kSplitKernelsAttr, builder.getI64IntegerAttr(launches));
  module->setAttr(kSplitValuesAttr,
                  builder.getI64IntegerAttr(kernel.numKept()));
  return success();
}

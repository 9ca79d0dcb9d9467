//===- StructureResults.cpp - Where and when results are stored -----------===//
//
// Results that no cache would hold are stored around the caches, by a loop that
// waits for memory. They are therefore stored one row later, in a loop of the
// next row that has much to compute. Before: the maximum, the exponentials and
// their sum, the products of each row; after: the maximum of a row, then its
// exponentials with the products of the row before.
//
//===----------------------------------------------------------------------===//

#include "RowKernelWriter.h"
#include "act/Conversion/Passes.h"

using namespace mlir;
using namespace act;

bool RowKernelWriter::storesElements() {
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (!isOnePerRow(i))
      return true;
  return false;
}

/// True in a run that writes results around the caches, if rows of them, or in
/// lanes those of each element, begin with a line of memory.
Value RowKernelWriter::streamsLines() {
  Type i64 = builder.getI64Type();
  Value address = integer(i64, 0);
  auto add = [&](Value value) {
    address = builder.create<arith::OrIOp>(loc, address, value);
  };
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    unsigned operand = operandOfResult(i);
    if (isOnePerRow(i))
      continue;
    add(builder.create<LLVM::PtrToIntOp>(loc, i64, bases[operand]));
    unsigned bytes = memoryOf(operand).getIntOrFloatBitWidth() / 8;
    add(builder.create<arith::MulIOp>(
        loc, (inLanes ? elementStrides : rowStrides)[operand],
        integer(i64, bytes)));
  }
  Value rest =
      builder.create<arith::AndIOp>(loc, address, integer(i64, kLineBytes - 1));
  Value isLine = builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq,
                                               rest, integer(i64, 0));
  Value isAsked = builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne,
                                                streams, integer(i64, 0));
  return builder.create<arith::AndIOp>(loc, isLine, isAsked);
}

/// All results of an element before any is stored: one may stand in the memory
/// of an input that another needs.
void RowKernelWriter::computeResults(Mapping &known) {
  for (auto [i, value] : llvm::enumerate(func.getReturn().getValues()))
    if (!isOnePerRow(i))
      inLoop(value, phases, known);
}

void RowKernelWriter::storeResults(Mapping &known) {
  computeResults(known);
  for (auto [i, value] : llvm::enumerate(func.getReturn().getValues()))
    if (!isOnePerRow(i)) {
      Type storage = storageOfResult(i);
      store(inLoop(value, phases, known),
            elementOf(operandOfResult(i), memoryType(storage)), storage);
    }
}

/// The last loop, twice where nothing but results leaves it and no other loop
/// stores them around the caches.
void RowKernelWriter::writeResults() {
  if ((host && !inStrips) || (inLanes && !inStrips) ||
      !combinedIn(phases).empty()) {
    writeLoop(phases);
    return;
  }
  auto either =
      builder.create<scf::IfOp>(loc, streamed, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(either.thenBlock());
  writeLoop(phases, Stores::AroundCaches);
  builder.setInsertionPointToStart(either.elseBlock());
  writeLoop(phases);
}

//===----------------------------------------------------------------------===//
// Results of the row before
//===----------------------------------------------------------------------===//

/// The last phase with a loop that combines what takes many operations, and
/// takes the place of nothing that the results need of the row before. Of rows
/// in blocks it is one of the first pass, and the results have a pass of their
/// own.
void RowKernelWriter::findHost() {
  bool hasBlocks = !ofBlock.empty();
  unsigned firstOfLast = hasBlocks ? phases / steps * steps : phases;
  if ((inLanes && !inStrips) || recompute || !storesElements() ||
      firstOfLast == 0)
    return;
  // Two strips of more than one value would drive each other out of the caches.
  if (inStrips && places > 1)
    return;
  // Each vector of a strip has the code of results.
  DenseSet<Value> seen(kept.begin(), kept.end());
  unsigned ofResults = 0;
  for (Value value : func.getReturn().getValues())
    ofResults += inStrips ? costOf(value, seen) : 0;
  if (ofResults > 2 * kFewOperations)
    return;
  for (unsigned p = firstOfLast; p <= phases; ++p)
    if (!combinedIn(p).empty() || (p < phases && hasLoop(p)))
      return;
  unsigned last = hasBlocks ? steps : phases;
  for (Value value : kept)
    if (!inStrips) // Which have scratch memory of their own.
      last = std::min(last, phaseOf[value] + 1);
  for (unsigned p = last; p-- > 0;) {
    DenseSet<Value> seen;
    unsigned cost = 0;
    for (RowOp op : combinedIn(p))
      cost += costOf(op.getOperand(), seen);
    if (cost > kFewOperations) {
      host = p;
      return;
    }
  }
}

/// What the results need that is the same for all elements of a row, and not
/// for all rows. What strips leave goes through memory: numbers of rows and of
/// their blocks, from which conditions are computed again.
void RowKernelWriter::findCarried() {
  if (!host)
    return;
  DenseSet<Value> seen;
  for (auto [i, value] : llvm::enumerate(func.getReturn().getValues()))
    if (!isOnePerRow(i))
      carry(value, seen);
}

void RowKernelWriter::carry(Value value, DenseSet<Value> &seen) {
  Operation *op = value.getDefiningOp();
  bool isConstant = op && op->getNumOperands() == 0;
  if (!seen.insert(value).second || isConstant || scalars.contains(value))
    return;
  bool isNumber = isa<FloatType>(value.getType());
  if (isUniform(value) && (isNumber || !inStrips))
    return carried.push_back(value);
  if (inStrips && isOfBlock(value) && isNumber)
    return leftOfBlocks.push_back(value);
  bool isKnown = isOfBlock(value)
                     ? llvm::is_contained(keptOfBlocks, value) &&
                           placeOf(value) < Place{phases / steps, Site::Blocks}
                     : llvm::is_contained(kept, value);
  if (!op || isKnown)
    return;
  for (Value operand : op->getOperands())
    carry(operand, seen);
  if (isUniform(value) || (inStrips && isOfBlock(value)))
    conditions.push_back(value);
}

/// Emitted in front of the loop over `rows` rows, whose first values these are.
RowKernelWriter::Values RowKernelWriter::prepareResults(Value rows) {
  Values values;
  if (!inLanes || inStrips)
    streamed = streamsLines();
  if (!host || inStrips)
    return values;
  Type i64 = builder.getI64Type();
  // All rows but the last one leave their results, or none.
  rowsLeft = builder.create<arith::SelectOp>(
      loc, streamed, builder.create<arith::SubIOp>(loc, rows, integer(i64, 1)),
      integer(i64, 0));
  for (Value value : carried)
    values.push_back(builder.create<arith::ConstantOp>(
        loc, builder.getZeroAttr(value.getType())));
  return values;
}

/// Of the row in progress, in front of its loops.
void RowKernelWriter::takeRowBefore(ValueRange values) {
  if (!host || inStrips)
    return;
  Type i64 = builder.getI64Type();
  for (auto [value, argument] : llvm::zip(carried, values))
    carriedIn[value] = argument;
  Value previous = builder.create<arith::SubIOp>(loc, row, integer(i64, 1));
  for (unsigned i = 0; i < bases.size(); ++i)
    before.pointers.push_back(elementPointer(
        bases[i], builder.create<arith::MulIOp>(loc, previous, rowStrides[i]),
        memoryOf(i)));
  isLeft = builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ult,
                                         previous, rowsLeft);
  leaves = builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ult, row,
                                         rowsLeft);
}

void RowKernelWriter::inRowBefore(llvm::function_ref<void()> write) {
  auto swap = [&] {
    std::swap(rowPointers, before.pointers);
    std::swap(scalars, before.scalars);
    std::swap(blockScalars, before.blockScalars);
  };
  swap();
  write();
  swap();
}

/// The loop of a phase before the last one.
void RowKernelWriter::writePhase(unsigned p) {
  if (p != host || inStrips) {
    writeLoop(p);
    return;
  }
  SmallVector<RowOp> combined = combinedIn(p);
  SmallVector<Type> types(combined.size(), compute);
  auto either =
      builder.create<scf::IfOp>(loc, types, isLeft, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(either.thenBlock());
  before.scalars = scalars;
  for (auto [value, argument] : carriedIn)
    before.scalars[value] = argument;
  before.blockScalars.clear();
  if (blockStart)
    inRowBefore([&] { valuesOfBlock(phases); });
  builder.create<scf::YieldOp>(loc,
                               writeLoop(p, Stores::RowBefore).getResults());
  builder.setInsertionPointToStart(either.elseBlock());
  builder.create<scf::YieldOp>(loc, writeLoop(p).getResults());
  for (auto [op, result] : llvm::zip(combined, either.getResults()))
    (op.isOfBlock() ? blockScalars : scalars)[op] = result;
}

void RowKernelWriter::unlessLeft(llvm::function_ref<void()> write) {
  if (!host)
    return write();
  auto either =
      builder.create<scf::IfOp>(loc, TypeRange(), leaves, /*withElse=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(either.elseBlock());
  write();
}

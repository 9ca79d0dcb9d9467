//===- StructureBlocks.cpp - Long rows are read in blocks -----------------===//
//
// Where values of blocks are combined (`act.row` with a scope), a row is walked
// in passes. Before: the largest of each block, a sum of what it is subtracted
// from, and both brought together; after: one loop over the blocks with a loop
// for the largest and one for the sum, of elements that are in the L1 cache,
// and loops over what blocks have left in scratch memory.
//
//===----------------------------------------------------------------------===//

#include "Combiners.h"
#include "RowKernelWriter.h"
#include "act/Conversion/Passes.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace act;

//===----------------------------------------------------------------------===//
// What is kept
//===----------------------------------------------------------------------===//

RowKernelWriter::Place RowKernelWriter::placeOf(Value value) {
  unsigned phase = phaseOf[value];
  Site site = value.getDefiningOp<RowOp>() ? Site::Blocks
              : phase % steps == 0         ? Site::Before
                                           : Site::Behind;
  return {phase / steps, site};
}

RowKernelWriter::Place RowKernelWriter::placeOf(RowOp overBlocks) {
  unsigned phase = sourceOf[overBlocks];
  return {phase / steps, phase % steps == 0 ? Site::Before : Site::Behind};
}

unsigned RowKernelWriter::costOfBlock(Value value) {
  if (auto known = blockCosts.find(value); known != blockCosts.end())
    return known->second;
  unsigned cost = 0;
  DenseSet<Value> seen;
  SmallVector<Value> open = {value};
  while (!open.empty()) {
    Value next = open.pop_back_val();
    if (isUniform(next) || next.getDefiningOp<RowOp>() ||
        !seen.insert(next).second ||
        (next != value && costOfBlock(next) > kFewOperations))
      continue;
    ++cost;
    llvm::append_range(open, next.getDefiningOp()->getOperands());
  }
  return blockCosts[value] = cost;
}

/// Values that are known from an earlier place are kept, unless they take few
/// operations.
void RowKernelWriter::demandOfBlock(Value value, Place place) {
  if (isUniform(value) || llvm::is_contained(keptOfBlocks, value))
    return;
  // Demanded once at each place: polynomials use a value often.
  if (!demanded[{place.pass, place.site}].insert(value).second)
    return;
  bool isCombined = value.getDefiningOp<RowOp>();
  if (placeOf(value) < place &&
      (isCombined || (isa<FloatType>(value.getType()) &&
                      costOfBlock(value) > kFewOperations))) {
    keptOfBlocks.push_back(value);
    place = placeOf(value);
  }
  if (!isCombined)
    for (Value operand : value.getDefiningOp()->getOperands())
      demandOfBlock(operand, place);
}

SmallVector<Value> RowKernelWriter::leavesOf(Values values, unsigned p) {
  Values found;
  DenseSet<Value> seen;
  while (!values.empty()) {
    Value value = values.pop_back_val();
    if (isUniform(value) || !seen.insert(value).second)
      continue;
    if (isOfBlock(value) || isa<BlockArgument>(value))
      found.push_back(value);
    else if (!(phaseOf[value] < p && llvm::is_contained(kept, value)))
      llvm::append_range(values, value.getDefiningOp()->getOperands());
  }
  return found;
}

SmallVector<Value> RowKernelWriter::leavesOfLoop(unsigned p) {
  Values open;
  for (RowOp op : combinedIn(p))
    llvm::append_range(open, op->getOperands());
  for (Value value : kept)
    if (phaseOf[value] == p)
      llvm::append_range(open, value.getDefiningOp()->getOperands());
  if (isLast(p))
    llvm::append_range(open, func.getReturn().getValues());
  return leavesOf(open, p);
}

SmallVector<Value> RowKernelWriter::ofBlockIn(unsigned p) {
  Values leaves = leavesOfLoop(p);
  llvm::erase_if(leaves, [&](Value value) { return !isOfBlock(value); });
  return leaves;
}

void RowKernelWriter::findKeptOfBlocks() {
  for (unsigned p = 0; p <= phases; ++p)
    for (Value value : ofBlockIn(p))
      demandOfBlock(value, {p / steps, Site::Blocks});
  for (RowOp op : func.getBody().getOps<RowOp>())
    if (op.isOverBlocks())
      demandOfBlock(op.getOperand(), placeOf(op));
}

/// Where the value of the block in progress is kept.
Value RowKernelWriter::keptOfBlock(Value value, bool isInLoop) {
  unsigned number = llvm::find(keptOfBlocks, value) - keptOfBlocks.begin();
  Value address = inLanes
                      ? elementPointer(scratch,
                                       builder.create<arith::AddIOp>(
                                           loc, blockOffsets[number], block),
                                       compute)
                      : elementPointer(blockPointers[number], block, compute);
  // A loop over elements or blocks becomes one over vectors.
  if (inLanes || isInLoop)
    address.getDefiningOp()->setAttr(kPrivateAttr, builder.getUnitAttr());
  return address;
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

Value RowKernelWriter::valueOfBlock(Value value, Place place, Mapping &known) {
  if (isUniform(value))
    return scalars[value];
  if (Value done = known.lookup(value))
    return done;
  Value result;
  if (placeOf(value) < place && llvm::is_contained(keptOfBlocks, value)) {
    result = builder.create<LLVM::LoadOp>(
        loc, compute, keptOfBlock(value, place.site != Site::Blocks),
        compute.getWidth() / 8);
  } else {
    Operation *op = value.getDefiningOp();
    IRMapping mapping;
    for (Value operand : op->getOperands())
      mapping.map(operand, valueOfBlock(operand, place, known));
    result = builder.clone(*op, mapping)->getResult(0);
  }
  return known[value] = result;
}

void RowKernelWriter::valuesOfBlock(unsigned p) {
  for (Value value : ofBlockIn(p))
    valueOfBlock(value, {p / steps, Site::Blocks}, blockScalars);
}

/// The loop over what blocks have left.
void RowKernelWriter::writeOverBlocks(Place place) {
  SmallVector<RowOp> combined;
  for (RowOp op : func.getBody().getOps<RowOp>())
    if (op.isOverBlocks() && placeOf(op) == place)
      combined.push_back(op);
  SmallVector<Value> stored, initial;
  for (Value value : keptOfBlocks)
    if (placeOf(value) == place)
      stored.push_back(value);
  if (combined.empty() && stored.empty())
    return;
  SmallVector<Attribute> names;
  for (RowOp op : combined) {
    initial.push_back(neutral(op));
    names.push_back(op.getCombinerAttr());
  }
  Type i64 = builder.getI64Type();
  auto loop = builder.create<scf::ForOp>(loc, integer(i64, 0), numBlocks,
                                         integer(i64, 1), initial);
  loop->setAttr(kRowAttr, builder.getArrayAttr(names));
  for (auto [op, result] : llvm::zip(combined, loop.getResults()))
    scalars[op] = result;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  block = loop.getInductionVar();
  Mapping known;
  SmallVector<Value> next;
  for (auto [op, accumulator] : llvm::zip(combined, loop.getRegionIterArgs()))
    next.push_back(combineOne(op, accumulator,
                              valueOfBlock(op.getOperand(), place, known),
                              /*mask=*/{}));
  for (Value value : stored)
    builder.create<LLVM::StoreOp>(loc, valueOfBlock(value, place, known),
                                  keptOfBlock(value, /*isInLoop=*/true),
                                  compute.getWidth() / 8);
  if (!combined.empty()) // Else the loop has its terminator.
    builder.create<scf::YieldOp>(loc, next);
}

/// The loop over blocks: each is a row to the loops in it.
void RowKernelWriter::writeBlocks(unsigned pass) {
  SmallVector<unsigned> withLoop;
  for (unsigned p = pass * steps; p < (pass + 1) * steps && p <= phases; ++p)
    if (hasLoop(p))
      withLoop.push_back(p);
  if (withLoop.empty())
    return;
  Type i64 = builder.getI64Type();
  auto loop = builder.create<scf::ForOp>(loc, integer(i64, 0), numBlocks,
                                         integer(i64, 1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  block = loop.getInductionVar();
  blockStart = builder.create<arith::MulIOp>(loc, block, blockLength);
  auto ofRow = std::tuple(count, rowPointers, nextPointers, before.pointers,
                          keptPointers, keptOffsets);
  count = builder.create<arith::MinSIOp>(
      loc, builder.create<arith::SubIOp>(loc, count, blockStart), blockLength);
  for (unsigned i = 0; i < rowPointers.size(); ++i) {
    Value offset = blockStart;
    if (inLanes)
      offset = builder.create<arith::MulIOp>(loc, offset, elementStrides[i]);
    Type memory = memoryOf(i);
    rowPointers[i] = elementPointer(rowPointers[i], offset, memory);
    if (host)
      before.pointers[i] = elementPointer(before.pointers[i], offset, memory);
    if (!inLanes)
      nextPointers[i] = elementPointer(rowPointers[i], ahead(i), memory);
  }
  for (Value &offset : keptOffsets)
    offset = builder.create<arith::AddIOp>(loc, offset, blockStart);
  for (Value &place : keptPointers)
    place = elementPointer(place, blockStart, compute);
  blockScalars.clear();
  Place place = {pass, Site::Blocks};
  for (unsigned p : withLoop) {
    valuesOfBlock(p);
    writeCopies(p);
    isLast(p) ? writeResults() : writePhase(p);
  }
  for (Value value : keptOfBlocks)
    if (placeOf(value) == place)
      builder.create<LLVM::StoreOp>(loc, blockScalars[value],
                                    keptOfBlock(value, /*isInLoop=*/false),
                                    compute.getWidth() / 8);
  std::tie(count, rowPointers, nextPointers, before.pointers, keptPointers,
           keptOffsets) = std::move(ofRow);
  blockStart = {};
}

void RowKernelWriter::writePasses() {
  for (unsigned pass = 0; pass <= phases / steps; ++pass) {
    writeUniform(pass * steps);
    writeOverBlocks({pass, Site::Before});
    if (pass == phases / steps)
      unlessLeft([&] { writeBlocks(pass); });
    else
      writeBlocks(pass);
    writeOverBlocks({pass, Site::Behind});
  }
}

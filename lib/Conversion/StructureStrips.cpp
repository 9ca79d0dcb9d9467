//===- StructureStrips.cpp - What strips of rows copy and fetch -----------===//
//
// Rows that stand side by side are taken a vector of them at a time, or a strip
// of some. Of a strip, loops that read or write arrays do so for one element of
// all its rows after another; others find what they need in scratch memory,
// where a vector of rows is dense. Large results are left there, and the call
// for the next strip stores them while it computes (StripBefore of
// act/KernelABI.h).
//
//===----------------------------------------------------------------------===//

#include "RowKernelWriter.h"
#include "act/Conversion/Passes.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace act;

/// Elements of a strip between what is read or written and what is fetched,
/// which are as many lines of memory as a core can wait for.
static constexpr int64_t kStripAhead = 4;

/// Loops over vectors of rows find what they read of arrays in scratch memory,
/// since a cache keeps nothing that is so far apart. A loop without sums copies
/// what later ones need of what it reads itself; for others, whose lanes are
/// too many for a strip, a loop in front of them does.
void RowKernelWriter::findCopied() {
  if (!inStrips)
    return;
  auto inputsOf = [&](ArrayRef<Value> leaves) {
    DenseSet<Value> inputs;
    for (Value value : leaves)
      if (isa<BlockArgument>(value))
        inputs.insert(value);
    return inputs;
  };
  SmallVector<DenseSet<Value>> ofLoop, ofSteps;
  for (unsigned p = 0; p <= phases; ++p) {
    Values solved;
    for (RowOp op : solvedIn(p))
      llvm::append_range(solved, op->getOperands());
    ofLoop.push_back(inputsOf(leavesOfLoop(p)));
    ofSteps.push_back(inputsOf(leavesOf(solved, p)));
    // Steps come behind the loop of their phase.
    for (Value input : ofLoop.back())
      lastReadOf[input] = 2 * p;
    for (Value input : ofSteps.back())
      lastReadOf[input] = 2 * p + 1;
  }
  for (unsigned p = 0; p <= phases; ++p) {
    bool isFirst = llvm::any_of(
        ofLoop[p], [&](Value input) { return !copiedIn.contains(input); });
    bool hasSum = llvm::any_of(
        combinedIn(p), [](RowOp op) { return op.getCombiner() == "sum"; });
    bool isStrip = isLast(p) || (isFirst && !hasSum);
    if (isStrip)
      strips.insert(p);
    for (BlockArgument input : func.getBody().getArguments()) {
      bool isRead = ofLoop[p].contains(input) || ofSteps[p].contains(input);
      if (!isRead || copiedIn.contains(input) || isLast(p) ||
          (isStrip && lastReadOf[input] == 2 * p))
        continue;
      copiedIn[input] = p;
      copied.push_back(input);
    }
  }
}

void RowKernelWriter::markStrip(scf::ForOp loop) {
  loop->setAttr(kStripAttr, builder.getI64IntegerAttr(stripRows()));
}

void RowKernelWriter::writeCopies(unsigned p) {
  Values here;
  for (Value input : copied)
    if (copiedIn[input] == p)
      here.push_back(input);
  if (here.empty() || strips.contains(p))
    return;
  Type i64 = builder.getI64Type();
  auto loop =
      builder.create<scf::ForOp>(loc, integer(i64, 0), count, integer(i64, 1));
  loop->setAttr(kRowAttr, builder.getArrayAttr({}));
  markStrip(loop);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  induction = loop.getInductionVar();
  readsArrays = true;
  inputsRead.clear();
  Mapping known;
  keepElements(here, p, known);
  prefetchStrip(/*isResult=*/false);
}

void RowKernelWriter::prefetchStrip(bool isResult) {
  Type i64 = builder.getI64Type();
  Value later =
      builder.create<arith::AddIOp>(loc, induction, integer(i64, kStripAhead));
  auto prefetch = [&](unsigned operand) {
    Value place =
        builder.create<arith::MulIOp>(loc, later, elementStrides[operand]);
    builder.create<LLVM::Prefetch>(
        loc, elementPointer(rowPointers[operand], place, memoryOf(operand)),
        /*rw=*/isResult, /*hint: the L1 cache=*/3, /*cache: of data=*/1);
  };
  if (!isResult)
    llvm::for_each(inputsRead, prefetch);
  for (unsigned i = 0; isResult && i < func.getNumResults(); ++i)
    if (!isOnePerRow(i))
      prefetch(operandOfResult(i));
}

void RowKernelWriter::prepareAhead(Value args) {
  SmallVector<RowsAheadWriter::Input> inputs;
  for (unsigned i = 0; i < func.getNumInputs(); ++i)
    if (!isUniform(func.getArgument(i)))
      inputs.push_back({i, memoryOfInput(i)});
  rowsAhead.emplace(static_cast<KernelMemory &>(*this), args, inputs);
}

/// Of the block in progress what follows is the next one.
void RowKernelWriter::aimAhead() {
  RowsAheadWriter::Strip strip{row, count, {}, {}, {}};
  if (blockStart) {
    Value next = builder.create<arith::AddIOp>(loc, blockStart, blockLength);
    strip.isInside = builder.create<arith::CmpIOp>(
        loc, arith::CmpIPredicate::slt, next, rowCount);
    for (const RowsAheadWriter::Input &input : rowsAhead->inputsRead()) {
      Value stride = elementStrides[input.number];
      strip.strides.push_back(stride);
      strip.places.push_back(elementPointer(
          bases[input.number], builder.create<arith::MulIOp>(loc, next, stride),
          input.memory));
    }
  }
  rowsAhead->aim(strip);
}

//===----------------------------------------------------------------------===//
// Results of the strip before
//===----------------------------------------------------------------------===//

/// Emitted in front of the loop over rows.
void RowKernelWriter::prepareStripBefore(Value args) {
  if (!host || !inStrips)
    return;
  Value strip = field(args, offsetof(KernelArgs, before), pointer);
  Type i64 = builder.getI64Type();
  auto flag = [&](size_t offset) {
    Value isSet = builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne,
                                                field(strip, offset, i64),
                                                integer(i64, 0));
    return builder.create<arith::AndIOp>(loc, isSet, streamed);
  };
  isLeft = flag(offsetof(StripBefore, isLeft));
  leaves = flag(offsetof(StripBefore, leaves));
  Value operands = field(strip, offsetof(StripBefore, operands), pointer);
  for (unsigned i = 0; i < bases.size(); ++i)
    before.pointers.push_back(operandPointer(operands, i));
  before.scratch = field(strip, offsetof(StripBefore, scratch), pointer);
  // Of the widest input. In a loop they would become vectors.
  unsigned bits = 8;
  for (const RowsAheadWriter::Input &input : rowsAhead->inputsRead())
    bits = std::max(bits, input.memory.getIntOrFloatBitWidth());
  for (int64_t row = 0; row < stripRows(); row += kLineBytes * 8 / bits)
    rowsOfLines.push_back(integer(i64, row));
}

Value RowKernelWriter::carriedPlace(unsigned number) {
  Value address = elementPointer(scratch, carriedOffsets[number], compute);
  address.getDefiningOp()->setAttr(kPrivateAttr, builder.getUnitAttr());
  return address;
}

/// Of the block in progress.
Value RowKernelWriter::leftPlace(unsigned number) {
  Value address = elementPointer(
      scratch, builder.create<arith::AddIOp>(loc, leftOffsets[number], block),
      compute);
  address.getDefiningOp()->setAttr(kPrivateAttr, builder.getUnitAttr());
  return address;
}

/// Emitted where all of a row is known.
void RowKernelWriter::leaveStrip() {
  if (!host || !inStrips)
    return;
  if (!leftOfBlocks.empty()) {
    Type i64 = builder.getI64Type();
    auto loop = builder.create<scf::ForOp>(loc, integer(i64, 0), numBlocks,
                                           integer(i64, 1));
    loop->setAttr(kRowAttr, builder.getArrayAttr({}));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    block = loop.getInductionVar();
    Mapping known;
    for (auto [number, value] : llvm::enumerate(leftOfBlocks))
      builder.create<LLVM::StoreOp>(
          loc, valueOfBlock(value, {phases / steps, Site::Blocks}, known),
          leftPlace(number), compute.getWidth() / 8);
  }
  for (auto [number, value] : llvm::enumerate(carried))
    builder.create<LLVM::StoreOp>(loc, scalars[value], carriedPlace(number),
                                  compute.getWidth() / 8);
}

/// An element of all its rows, which is one of the block in progress where rows
/// are read in blocks. What is fetched meanwhile is fetched with it.
void RowKernelWriter::storeStripBefore(Value element,
                                       RowsAheadWriter::Fetch fetch) {
  Type i64 = builder.getI64Type();
  OpBuilder::InsertionGuard guard(builder);
  auto branch = builder.create<scf::IfOp>(loc, isLeft, /*withElseRegion=*/true);
  builder.setInsertionPointToStart(branch.elseBlock());
  fetch();
  builder.setInsertionPointToStart(branch.thenBlock());
  auto rows = builder.create<scf::ForOp>(
      loc, integer(i64, 0), integer(i64, stripRows()), integer(i64, 1));
  rows->setAttr(kLanesAttr, builder.getUnitAttr());
  rows->setAttr(kStreamAttr, builder.getUnitAttr());
  // Behind the stores, which would wait for what is fetched.
  for (Value row : rowsOfLines)
    rowsAhead->fetchRow(row);
  builder.setInsertionPointToStart(rows.getBody());
  Value number = rows.getInductionVar();
  auto inProgress = std::tuple(scratch, rowPointers, scalars, blockScalars,
                               induction, readsArrays, inputsRead);
  scratch = elementPointer(
      before.scratch, builder.create<arith::MulIOp>(loc, number, scratchOfRow),
      compute);
  for (unsigned i = 0; i < bases.size(); ++i)
    rowPointers[i] = elementPointer(before.pointers[i], number, memoryOf(i));
  for (auto [k, value] : llvm::enumerate(carried))
    scalars[value] = builder.create<LLVM::LoadOp>(loc, compute, carriedPlace(k),
                                                  compute.getWidth() / 8);
  blockScalars.clear();
  for (auto [k, value] : llvm::enumerate(leftOfBlocks))
    blockScalars[value] = builder.create<LLVM::LoadOp>(
        loc, compute, leftPlace(k), compute.getWidth() / 8);
  for (Value value : conditions) {
    IRMapping mapping;
    for (Value operand : value.getDefiningOp()->getOperands())
      mapping.map(operand, isUniform(operand) ? scalars[operand]
                                              : blockScalars[operand]);
    (isUniform(value) ? scalars : blockScalars)[value] =
        builder.clone(*value.getDefiningOp(), mapping)->getResult(0);
  }
  induction = element;
  readsArrays = true;
  Mapping known;
  storeResults(known);
  std::tie(scratch, rowPointers, scalars, blockScalars, induction, readsArrays,
           inputsRead) = std::move(inProgress);
}

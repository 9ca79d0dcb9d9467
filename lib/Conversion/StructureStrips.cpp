//===- StructureStrips.cpp - What strips of rows copy and fetch -----------===//
//
// Rows that stand side by side are taken a vector of them at a time, or a strip
// of some. Of a strip, loops that read or write arrays do so for one element of
// all its rows after another; others find what they need in scratch memory,
// where a vector of rows is dense.
//
//===----------------------------------------------------------------------===//

#include "RowKernelWriter.h"
#include "act/Conversion/Passes.h"

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
  loop->setAttr(kStripAttr, builder.getUnitAttr());
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

//===- StructureRows.cpp - Functions of a row become loops ----------------===//
//
// The body of a function of a row is cut where values of the row are combined:
// phase 0 is what needs no combined value, phase 1 what needs one of phase 0,
// and so on. Each phase is one loop over the elements of the row that computes
// what is combined at its end; the last one stores the results. Before:
// softmax's max, exp(x - max), its sum and a product; after: a loop for the
// maximum, one for the sum, which keeps the exponentials in scratch memory, and
// one that multiplies them.
//
//===----------------------------------------------------------------------===//

#include "StructureRows.h"
#include "Combiners.h"
#include "RowKernelWriter.h"
#include "RowThreshold.h"
#include "act/Conversion/Passes.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace act;

/// Bytes between what is computed and what is fetched, so that memory has the
/// time to answer. The line is there since stores wait for what is fetched at
/// the same place of a page.
static constexpr int64_t kBytesAhead = 9 * 1024 + 64;

RowKernelWriter::RowKernelWriter(FuncOp func, const RowKernelOptions &options,
                                 OpBuilder &builder)
    : KernelMemory(func, options.flush, builder), func(func),
      inLanes(options.inLanes), inStrips(options.inLanes && options.inStrips),
      recompute(options.recompute), uniform(uniformValues(func)),
      ofBlock(blockValues(func, uniform)) {
  // No pass has more phases than blocks have combined values.
  if (!ofBlock.empty())
    for (RowOp op : func.getBody().getOps<RowOp>())
      steps += op.isOfBlock();
}

void RowKernelWriter::findPhases() {
  for (Operation &op : func.getBody().front().without_terminator()) {
    unsigned phase = 0;
    for (Value operand : op.getOperands())
      phase = std::max(phase, phaseOf.lookup(operand));
    if (auto row = dyn_cast<act::RowOp>(op); takesLoop(row)) {
      sourceOf[row] = phase;
      phase = row.isOfBlock() ? phase + 1 : (phase / steps + 1) * steps;
    }
    for (Value result : op.getResults())
      phaseOf[result] = phase;
    phases = std::max(phases, phase);
  }
}

SmallVector<act::RowOp> RowKernelWriter::combinedIn(unsigned p) {
  SmallVector<act::RowOp> ops;
  for (auto row : func.getBody().getOps<act::RowOp>())
    if (takesLoop(row) && !row.isThreshold() && !row.isOverBlocks() &&
        sourceOf[row] == p)
      ops.push_back(row);
  return ops;
}

SmallVector<act::RowOp> RowKernelWriter::solvedIn(unsigned p) {
  SmallVector<act::RowOp> ops;
  for (auto row : func.getBody().getOps<act::RowOp>())
    if (row.isThreshold() && sourceOf[row] == p)
      ops.push_back(row);
  return ops;
}

Value RowKernelWriter::neutral(act::RowOp op) {
  return builder.create<arith::ConstantOp>(
      loc, builder.getFloatAttr(compute, neutralOf(op.getCombiner(), compute)));
}

Value RowKernelWriter::combineOne(act::RowOp op, Value accumulator, Value value,
                                  Value mask) {
  if (mask)
    value = builder.create<arith::SelectOp>(loc, mask, value, neutral(op));
  return combine(op.getCombiner(), accumulator, value, loc, builder);
}

Value RowKernelWriter::inLoop(Value value, unsigned p, Mapping &known) {
  if (isUniform(value))
    return scalars[value];
  if (isOfBlock(value))
    return blockScalars[value];
  if (Value done = known.lookup(value))
    return done;
  Value result;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    unsigned i = argument.getArgNumber();
    Type storage = storageOf(func.getArgAttr(i, kStorageAttr));
    auto copy = copiedIn.find(value);
    if (copy != copiedIn.end() && !(readsArrays && copy->second == p))
      result = builder.create<LLVM::LoadOp>(loc, compute, keptElement(value),
                                            compute.getWidth() / 8);
    else {
      result = load(elementOf(i, memoryType(storage)), storage);
      inputsRead.insert(i);
    }
  } else if (phaseOf[value] < p && llvm::is_contained(kept, value)) {
    result = builder.create<LLVM::LoadOp>(loc, compute, keptElement(value),
                                          compute.getWidth() / 8);
  } else {
    Operation *op = value.getDefiningOp();
    IRMapping mapping;
    for (Value operand : op->getOperands())
      mapping.map(operand, inLoop(operand, p, known));
    result = builder.clone(*op, mapping)->getResult(0);
  }
  return known[value] = result;
}

/// The operations of phase `p` that are done once a row.
void RowKernelWriter::writeUniform(unsigned p) {
  for (Operation &op : func.getBody().front().without_terminator()) {
    if (op.getNumResults() != 1 || phaseOf[op.getResult(0)] != p ||
        !isUniform(op.getResult(0)) || scalars.contains(op.getResult(0)))
      continue;
    if (auto row = dyn_cast<act::RowOp>(op)) {
      // The same value count times.
      Value value = scalars[row.getOperand()];
      if (row.getCombiner() == "sum")
        value = builder.create<arith::MulFOp>(
            loc, value, builder.create<arith::SIToFPOp>(loc, compute, count));
      scalars[row] = value;
      continue;
    }
    IRMapping mapping;
    for (Value operand : op.getOperands())
      mapping.map(operand, scalars[operand]);
    scalars[op.getResult(0)] = builder.clone(op, mapping)->getResult(0);
  }
}

/// All are computed before one is stored, which may take another's place.
void RowKernelWriter::keepElements(ArrayRef<Value> values, unsigned p,
                                   Mapping &known) {
  for (Value value : values)
    inLoop(value, p, known);
  for (Value value : values)
    builder.create<LLVM::StoreOp>(loc, inLoop(value, p, known),
                                  keptElement(value), compute.getWidth() / 8);
}

scf::ForOp RowKernelWriter::writeLoop(unsigned p, Stores stores) {
  SmallVector<act::RowOp> combined = combinedIn(p);
  SmallVector<Value> initial;
  SmallVector<Attribute> names;
  for (act::RowOp op : combined) {
    initial.push_back(neutral(op));
    names.push_back(op.getCombinerAttr());
  }
  bool fetches = p == host.value_or(longestPhase());
  if (fetches && inStrips)
    aimAhead();
  Type i64 = builder.getI64Type();
  auto loop = builder.create<scf::ForOp>(loc, integer(i64, 0), count,
                                         integer(i64, 1), initial);
  loop->setAttr(kRowAttr, builder.getArrayAttr(names));
  readsArrays = strips.contains(p);
  inputsRead.clear();
  if (readsArrays)
    markStrip(loop);
  for (auto [op, result] : llvm::zip(combined, loop.getResults()))
    (op.isOfBlock() ? blockScalars : scalars)[op] = result;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  induction = loop.getInductionVar();
  Mapping known, before;
  if (stores == Stores::RowBefore)
    inRowBefore([&] { computeResults(before); });
  SmallVector<Value> next;
  for (auto [op, accumulator] : llvm::zip(combined, loop.getRegionIterArgs())) {
    Value mask = op.getMask() ? inLoop(op.getMask(), p, known) : Value();
    next.push_back(
        combineOne(op, accumulator, inLoop(op.getOperand(), p, known), mask));
  }
  Values keptHere;
  for (Value value : kept)
    if (phaseOf[value] == p)
      keptHere.push_back(value);
  for (Value input : copied)
    if (copiedIn[input] == p && readsArrays)
      keptHere.push_back(input);
  keepElements(keptHere, p, known);
  if (fetches && inStrips)
    rowsAhead->writeStrip(induction, /*isWhole=*/readsArrays,
                          [&](Value element, RowsAheadWriter::Fetch fetch) {
                            p == host ? storeStripBefore(element, fetch)
                                      : fetch();
                          });
  else if (fetches && inLanes)
    rowsAhead->write(
        blockStart ? builder.create<arith::AddIOp>(loc, blockStart, induction)
                   : induction);
  else if (fetches && !recompute)
    prefetchNext();
  if (isLast(p))
    storeResults(known);
  if (stores == Stores::RowBefore)
    inRowBefore([&] { storeResults(before); });
  if (readsArrays) {
    prefetchStrip(/*isResult=*/false);
    if (isLast(p) && stores != Stores::AroundCaches)
      prefetchStrip(/*isResult=*/true);
  }
  if (stores != Stores::Cached)
    loop->setAttr(kStreamAttr, builder.getUnitAttr());
  if (!combined.empty()) // Else the loop has its terminator.
    builder.create<scf::YieldOp>(loc, next);
  return loop;
}

/// The thresholds that phase `p` finds. Nothing is kept for their loops: what
/// they need is computed in each.
void RowKernelWriter::writeSolved(unsigned p) {
  for (act::RowOp op : solvedIn(p))
    scalars[op] = writeThreshold(
        compute, [&](Value t) { return writeThresholdSums(op, p, t); }, loc,
        builder);
}

SmallVector<Value, 2> RowKernelWriter::writeThresholdSums(act::RowOp op,
                                                          unsigned p, Value t) {
  Type i64 = builder.getI64Type();
  Value zero =
      builder.create<arith::ConstantOp>(loc, builder.getZeroAttr(compute));
  auto loop = builder.create<scf::ForOp>(
      loc, integer(i64, 0), count, integer(i64, 1), ValueRange{zero, zero});
  loop->setAttr(kRowAttr, builder.getStrArrayAttr({"sum", "sum"}));
  readsArrays = false;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  induction = loop.getInductionVar();
  Mapping known;
  Value mask = op.getMask() ? inLoop(op.getMask(), p, known) : Value();
  bool squared = op.getCombiner() == "threshold_squared";
  SmallVector<Value> next;
  for (auto [term, sum] :
       llvm::zip(thresholdTerms(squared, inLoop(op.getOperand(), p, known), t,
                                mask, loc, builder),
                 loop.getRegionIterArgs()))
    next.push_back(builder.create<arith::AddFOp>(loc, sum, term));
  builder.create<scf::YieldOp>(loc, next);
  return {loop.getResult(0), loop.getResult(1)};
}

/// The phase with the most operations, as long as it computes what is kept or,
/// of a row in blocks, what is combined in the first pass.
unsigned RowKernelWriter::longestPhase() {
  if (ofBlock.empty())
    return kept.empty() ? phases : phaseOf[kept.front()];
  unsigned longest = 0;
  for (unsigned p = 0; p < steps; ++p)
    if (!combinedIn(p).empty())
      longest = p;
  return longest;
}

Value RowKernelWriter::ahead(unsigned operand) {
  int64_t bits = memoryOf(operand).getIntOrFloatBitWidth();
  return integer(builder.getI64Type(), kBytesAhead * 8 / bits);
}

/// The next row where a loop has little to compute, or where rows do not follow
/// one another.
Value RowKernelWriter::offsetAhead(unsigned operand) {
  Value stride = rowStrides[operand];
  if (!host)
    return stride;
  Value isDense = builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq,
                                                stride, count);
  return builder.create<arith::SelectOp>(loc, isDense, ahead(operand), stride);
}

/// Loops over what is in a cache leave memory idle; what is next is fetched
/// meanwhile.
void RowKernelWriter::prefetchNext() {
  for (unsigned i = 0; i < func.getNumInputs(); ++i)
    if (!isUniform(func.getArgument(i)))
      builder.create<LLVM::Prefetch>(
          loc, elementPointer(nextPointers[i], induction, memoryOfInput(i)),
          /*rw=*/0, /*hint: the L2 cache=*/2, /*cache: of data=*/1);
}

Value RowKernelWriter::elementOf(unsigned operand, Type memory) {
  Value index = inLanes ? Value(builder.create<arith::MulIOp>(
                              loc, induction, elementStrides[operand]))
                        : induction;
  return elementPointer(rowPointers[operand], index, memory);
}

bool RowKernelWriter::hasLoop(unsigned p) {
  return !combinedIn(p).empty() || (isLast(p) && storesElements()) ||
         llvm::any_of(kept, [&](Value value) { return phaseOf[value] == p; });
}

void RowKernelWriter::writePhases() {
  for (unsigned p = 0; p <= phases; ++p) {
    writeUniform(p);
    writeCopies(p);
    if (hasLoop(p))
      isLast(p) ? unlessLeft([&] { writeResults(); }) : writePhase(p);
    writeSolved(p);
  }
}

void RowKernelWriter::writeRow() {
  for (unsigned i = 0; i < func.getNumInputs(); ++i) {
    BlockArgument argument = func.getArgument(i);
    if (isUniform(argument) && !scalars.contains(argument))
      scalars[argument] =
          load(rowPointers[i], storageOf(func.getArgAttr(i, kStorageAttr)));
  }
  ofBlock.empty() ? writePhases() : writePasses();
  for (auto [i, value] : llvm::enumerate(func.getReturn().getValues()))
    if (isOnePerRow(i))
      store(scalars[value], rowPointers[operandOfResult(i)],
            storageOfResult(i));
  leaveStrip();
}

void RowKernelWriter::write() {
  findPhases();
  findKept();
  findCopied();
  findPlaces();
  findKeptOfBlocks();
  findHost();
  auto kernel = builder.create<func::FuncOp>(
      loc, func.getSymName(), builder.getFunctionType({pointer}, {}));
  Block *entry = kernel.addEntryBlock();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(entry);
  Type i64 = builder.getI64Type();
  Value args = entry->getArgument(0);
  Value operands = field(args, offsetof(KernelArgs, operands), pointer);
  Value rows = field(args, offsetof(KernelArgs, rows), i64);
  Value stridesField = field(args,
                             inLanes ? offsetof(KernelArgs, strides)
                                     : offsetof(KernelArgs, rowStrides),
                             pointer);
  count = field(args, offsetof(KernelArgs, count), i64);
  scratch = field(args, offsetof(KernelArgs, scratch), pointer);
  streams = field(args, offsetof(KernelArgs, streams), i64);

  unsigned inputs = func.getNumInputs(), all = func.getNumArguments();
  for (unsigned i = 0; i < inputs + func.getNumResults(); ++i) {
    bases.push_back(operandPointer(operands, i));
    (inLanes ? elementStrides : rowStrides)
        .push_back(field(stridesField, i * sizeof(int64_t), i64));
  }
  for (unsigned i = 0; i < inputs; ++i)
    if (func.getArgAttr(i, kScalarAttr))
      scalars[func.getArgument(i)] =
          load(bases[i], storageOf(func.getArgAttr(i, kStorageAttr)));
  if (all > inputs) {
    Value parameters = field(args, offsetof(KernelArgs, scalars), pointer);
    for (unsigned i = inputs; i < all; ++i) {
      Value number =
          field(parameters, (i - inputs) * compute.getWidth() / 8, compute);
      scalars[func.getArgument(i)] =
          flusher ? flusher->input(number, compute) : number;
    }
  }
  findCarried();
  placeKept();
  kernel->setAttr(kScratchAttr, builder.getI64IntegerAttr(places));
  if (!ofBlock.empty())
    kernel->setAttr(
        kBlockScratchAttr,
        builder.getI64IntegerAttr(keptOfBlocks.size() + leftOfBlocks.size()));
  if (host && inStrips)
    kernel->setAttr(kRowScratchAttr, builder.getI64IntegerAttr(carried.size()));
  if (inLanes)
    prepareAhead(args);
  rowCount = count;
  Values carriedAtFirst = prepareResults(rows);
  prepareStripBefore(args);
  Values offsetsAhead;
  for (unsigned i = 0; !inLanes && i < bases.size(); ++i)
    offsetsAhead.push_back(offsetAhead(i));
  auto loop = builder.create<scf::ForOp>(loc, integer(i64, 0), rows,
                                         integer(i64, 1), carriedAtFirst);
  if (inLanes)
    loop->setAttr(kLanesAttr, builder.getUnitAttr());
  builder.create<func::ReturnOp>(loc);
  builder.setInsertionPointToStart(loop.getBody());
  row = loop.getInductionVar();
  if (inStrips)
    scratch = elementPointer(
        scratch, builder.create<arith::MulIOp>(loc, row, scratchOfRow),
        compute);
  for (unsigned i = 0; i < bases.size(); ++i) {
    Type memory = memoryOf(i);
    Value offset = loop.getInductionVar();
    if (inLanes) {
      rowPointers.push_back(elementPointer(bases[i], offset, memory));
      continue;
    }
    offset = builder.create<arith::MulIOp>(loc, offset, rowStrides[i]);
    rowPointers.push_back(elementPointer(bases[i], offset, memory));
    nextPointers.push_back(
        elementPointer(rowPointers.back(), offsetsAhead[i], memory));
  }
  takeRowBefore(loop.getRegionIterArgs());
  writeRow();
  Values toNext;
  for (unsigned i = 0; i < carriedAtFirst.size(); ++i)
    toNext.push_back(scalars[carried[i]]);
  if (!toNext.empty()) // Else the loop has its terminator.
    builder.create<scf::YieldOp>(loc, toNext);
}

void act::writeRowKernel(act::FuncOp func, const RowKernelOptions &options,
                         OpBuilder &builder) {
  RowKernelWriter(func, options, builder).write();
}

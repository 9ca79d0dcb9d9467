//===- DistributeRows.cpp - Functions of a row on a GPU -------------------===//
//
// A row is a group of threads: as many neighbours as it takes, in one warp or
// in several of one block. Before: softmax's max, exp(x - max), its sum and a
// product; after: each thread loads its chunks of the row, takes their maximum,
// the group combines these, and so on; nothing is read or computed twice where
// the chunks of a thread are few enough for its registers. In the kernel for
// rows of any length each phase is a loop over the thread's chunks.
//
//===----------------------------------------------------------------------===//

#include "DistributeRows.h"
#include "Combiners.h"
#include "GpuRowKernel.h"
#include "RowThreshold.h"
#include "act/GpuKernelNames.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace act;

/// Threads of a warp, and so the most warps of a block whose values one warp
/// combines.
static constexpr unsigned kWarp = kWarpThreads;

void GpuRowKernel::findPhases() {
  llvm::DenseSet<Value> ofFunction = uniformValues(func);
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    if (i >= func.getNumInputs() || ofFunction.contains(func.getArgument(i)))
      uniform.insert(body.getArgument(i));
  for (Operation &op : body.without_terminator()) {
    auto row = dyn_cast<act::RowOp>(op);
    unsigned phase = 0;
    for (Value operand : op.getOperands())
      phase = std::max(phase, phaseOf.lookup(operand));
    if (row || llvm::all_of(op.getOperands(),
                            [&](Value value) { return isUniform(value); }))
      uniform.insert(op.getResult(0));
    if (takesGroup(row))
      ++phase;
    phaseOf[op.getResult(0)] = phase;
    phases = std::max(phases, phase);
  }
}

SmallVector<act::RowOp> GpuRowKernel::combinedIn(unsigned p) {
  SmallVector<act::RowOp> ops;
  for (auto row : body.getOps<act::RowOp>())
    if (takesGroup(row) && !row.isThreshold() && phaseOf[row] == p + 1)
      ops.push_back(row);
  return ops;
}

SmallVector<act::RowOp> GpuRowKernel::solvedIn(unsigned p) {
  SmallVector<act::RowOp> ops;
  for (auto row : body.getOps<act::RowOp>())
    if (row.isThreshold() && phaseOf[row] == p + 1)
      ops.push_back(row);
  return ops;
}

Value GpuRowKernel::neutral(StringRef combiner, bool isVector) {
  APFloat number = neutralOf(combiner, compute);
  if (!isVector)
    return builder.create<arith::ConstantOp>(
        loc, builder.getFloatAttr(compute, number));
  auto type = VectorType::get({width}, compute);
  return builder.create<arith::ConstantOp>(
      loc, DenseElementsAttr::get(type, number));
}

/// Threads without a row take part in what the others combine, with the last
/// row, and store nothing.
void GpuRowKernel::beginRow() {
  group = special<NVVM::BlockDimXOp>();
  thread = special<NVVM::ThreadIdXOp>();
  Value row =
      add(mul(special<NVVM::BlockIdXOp>(), special<NVVM::BlockDimYOp>()),
          special<NVVM::ThreadIdYOp>());
  hasRow = compare(arith::CmpIPredicate::ult, row, rows);
  enterRow(
      make<arith::MinUIOp>(row, make<arith::SubIOp>(rows, integer(i32, 1))));
}

void GpuRowKernel::enterRow(Value row) {
  rowPointers = rowsOf(row);
  numbers.clear();
  for (unsigned i = 0; i < func.getNumArguments(); ++i) {
    Value argument = body.getArgument(i);
    if (i >= func.getNumInputs())
      numbers[argument] = scalars[i - func.getNumInputs()];
    else if (isUniform(argument))
      numbers[argument] = loadOne(i, rowPointers[i]);
  }
}

void GpuRowKernel::writeUniform(unsigned p) {
  for (Operation &op : body.without_terminator()) {
    Value result = op.getResult(0);
    if (phaseOf[result] == p && isUniform(result) && !numbers.contains(result))
      writeNumber(op);
  }
}

void GpuRowKernel::writeNumber(Operation &op) {
  Value result = op.getResult(0);
  if (auto row = dyn_cast<act::RowOp>(op)) {
    // The same value for each element.
    Value value = numbers[row.getOperand()];
    if (row.getCombiner() == "sum")
      value =
          make<arith::MulFOp>(value, make<arith::UIToFPOp>(compute, columns));
    numbers[row] = value;
    return;
  }
  if (isa<vector::ExtractElementOp>(op)) {
    // Of a table, which must lie in memory.
    GpuRetyper one(module, OpBuilder(entryEnd), loc, /*width=*/1, &numbers);
    FailureOr<Value> entry = one.demand(result, builder);
    assert(succeeded(entry) && "its index is a number");
    numbers[result] = builder.create<vector::ExtractOp>(loc, *entry, 0);
    return;
  }
  IRMapping mapping;
  for (Value operand : op.getOperands())
    mapping.map(operand, numbers[operand]);
  numbers[result] = builder.clone(op, mapping)->getResult(0);
}

SmallVector<unsigned> GpuRowKernel::elementInputs() {
  SmallVector<unsigned> arrays;
  for (unsigned i = 0; i < func.getNumInputs(); ++i)
    if (!isUniform(body.getArgument(i)))
      arrays.push_back(i);
  return arrays;
}

GpuRowKernel::Part GpuRowKernel::chunkAt(Value first, bool isInRow) {
  GpuChunk chunk{first, integer(i32, 1), Value(), Value(), isInRow};
  Value yes = integer(builder.getI1Type(), 1);
  if (access == GpuAccess::Any && isInRow) {
    chunk.isWhole = isChunked;
  } else if (access == GpuAccess::Any) {
    Value end = add(first, integer(i32, width));
    chunk.isWhole = make<arith::AndIOp>(
        isChunked, compare(arith::CmpIPredicate::ule, end, columns));
    chunk.areInside = areInRow(first);
  } else {
    chunk.isWhole =
        isInRow ? yes : compare(arith::CmpIPredicate::ult, first, columns);
  }
  if (isInRow || access == GpuAccess::Chunks)
    chunk.areInside =
        make<vector::SplatOp>(VectorType::get({width}, builder.getI1Type()),
                              isInRow ? yes : chunk.isWhole);
  return {chunk, GpuRetyper(module, OpBuilder(entryEnd), loc, width, &numbers)};
}

GpuRowKernel::Part GpuRowKernel::load(Value first, bool isInRow) {
  Part part = chunkAt(first, isInRow);
  SmallVector<unsigned> arrays = elementInputs();
  for (auto [i, vector] :
       llvm::zip(arrays, loadAll(arrays, rowPointers, part.chunk)))
    part.values.know(body.getArgument(i), vector);
  return part;
}

/// A value of each element of the part, computed where it is first needed.
FailureOr<Value> GpuRowKernel::valueIn(Part &part, Value value) {
  return part.values.demand(value, builder);
}

LogicalResult GpuRowKernel::combineIn(Part &part, ArrayRef<act::RowOp> ops,
                                      MutableArrayRef<Value> totals) {
  for (auto [each, total] : llvm::zip_equal(ops, totals)) {
    act::RowOp op = each;
    FailureOr<Value> value = valueIn(part, op.getOperand());
    if (failed(value))
      return failure();
    Value counts = part.chunk.areInside;
    if (op.getMask()) {
      FailureOr<Value> mask = valueIn(part, op.getMask());
      if (failed(mask))
        return failure();
      counts = make<arith::AndIOp>(counts, *mask);
    }
    Value counted = make<arith::SelectOp>(
        counts, *value, neutral(op.getCombiner(), /*isVector=*/true));
    total = total ? combineTwo(op.getCombiner(), total, counted) : counted;
  }
  return success();
}

/// A NaN may be either of the two here: nothing comes before the first one.
Value GpuRowKernel::combineTwo(StringRef combiner, Value a, Value b) {
  if (combiner == "maxnum")
    return make<arith::MaxNumFOp>(a, b);
  return combine(combiner, a, b, loc, builder);
}

Value GpuRowKernel::combineLanes(StringRef combiner, Value vector) {
  for (int64_t half = width / 2; half > 0; half /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t i = 0; i < half; ++i)
      low.push_back(i), high.push_back(half + i);
    Value a = builder.create<vector::ShuffleOp>(loc, vector, vector, low);
    Value b = builder.create<vector::ShuffleOp>(loc, vector, vector, high);
    vector = combineTwo(combiner, a, b);
  }
  return builder.create<vector::ExtractOp>(loc, vector, 0);
}

Value GpuRowKernel::shuffle(Value value, Value distance) {
  Value all = integer(i32, -1), clamp = integer(i32, kWarp - 1);
  auto word = [&](Value part) -> Value {
    return builder.create<NVVM::ShflOp>(loc, part.getType(), all, part,
                                        distance, clamp, NVVM::ShflKind::bfly,
                                        UnitAttr());
  };
  if (!compute.isF64())
    return word(value);
  Value bits = make<arith::BitcastOp>(i64, value);
  Value half = integer(i64, 32);
  Value low = word(make<arith::TruncIOp>(i32, bits));
  Value high =
      word(make<arith::TruncIOp>(i32, make<arith::ShRUIOp>(bits, half)));
  Value joined =
      make<arith::OrIOp>(wide(low), make<arith::ShLIOp>(wide(high), half));
  return make<arith::BitcastOp>(Type(compute), joined);
}

Value GpuRowKernel::combineWarp(StringRef combiner, Value value) {
  for (unsigned distance = kWarp / 2; distance > 0; distance /= 2)
    value = combineTwo(combiner, value, shuffle(value, integer(i32, distance)));
  return value;
}

/// The last steps of combineWarp(). As a loop they are less to compile than one
/// by one with a selection behind each, and few threads take few steps.
Value GpuRowKernel::combineSubwarp(StringRef combiner, Value value,
                                   Value size) {
  Value one = integer(i32, 1);
  Value half = make<arith::ShRUIOp>(
      make<arith::MinUIOp>(size, integer(i32, kWarp)), one);
  auto loop = builder.create<scf::WhileOp>(loc, TypeRange{value.getType(), i32},
                                           ValueRange{value, half});
  OpBuilder::InsertionGuard guard(builder);
  auto begin = [&](Region &region) {
    Block *block =
        builder.createBlock(&region, {}, loop.getResultTypes(), {loc, loc});
    return block->getArguments();
  };
  ValueRange carried = begin(loop.getBefore());
  builder.create<scf::ConditionOp>(
      loc, compare(arith::CmpIPredicate::ne, carried[1], integer(i32, 0)),
      carried);
  carried = begin(loop.getAfter());
  Value both =
      combineTwo(combiner, carried[0], shuffle(carried[0], carried[1]));
  builder.create<scf::YieldOp>(
      loc, ValueRange{both, make<arith::ShRUIOp>(carried[1], one)});
  return loop.getResult(0);
}

/// Shared memory of the next value that is combined: a number for each warp of
/// a block. Each value has its own, so that no thread waits before it writes.
Value GpuRowKernel::sharedPlace(Value index) {
  std::string name = "combined" + std::to_string(numShared);
  return GpuKernelWriter::sharedPlace(name, compute, kWarp, index);
}

Value GpuRowKernel::combineGroup(StringRef combiner, Value value) {
  value = combineSubwarp(combiner, value, group);
  Value warp = integer(i32, kWarp);
  Value areMany = compare(arith::CmpIPredicate::ugt, group, warp);
  auto branch = builder.create<scf::IfOp>(loc, value.getType(), areMany,
                                          /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.elseBlock());
  builder.create<scf::YieldOp>(loc, value);
  builder.setInsertionPointToStart(branch.thenBlock());
  Value one = integer(i32, 1), lane = make<arith::RemUIOp>(thread, warp);
  Value warps = make<arith::DivUIOp>(group, warp);
  Value base = mul(special<NVVM::ThreadIdYOp>(), warps);
  auto first = builder.create<scf::IfOp>(
      loc, compare(arith::CmpIPredicate::eq, lane, integer(i32, 0)));
  builder.setInsertionPointToStart(first.thenBlock());
  Value own = make<arith::DivUIOp>(thread, warp);
  builder.create<LLVM::StoreOp>(loc, value, sharedPlace(add(base, own)));
  builder.setInsertionPointAfter(first);
  builder.create<NVVM::Barrier0Op>(loc);
  // Every so many lanes have the same; a sum begins with 0.
  Value other = make<arith::AndIOp>(lane, make<arith::SubIOp>(warps, one));
  Value ofWarp =
      builder.create<LLVM::LoadOp>(loc, compute, sharedPlace(add(base, other)));
  Value total = combineSubwarp(
      combiner,
      combineTwo(combiner, ofWarp, neutral(combiner, /*isVector=*/false)),
      warps);
  builder.create<scf::YieldOp>(loc, total);
  ++numShared;
  return branch.getResult(0);
}

SmallVector<unsigned> GpuRowKernel::elementResults() {
  SmallVector<unsigned> results;
  for (auto [i, value] : llvm::enumerate(body.getTerminator()->getOperands()))
    if (!isUniform(value) || func.getResultAttr(i, kSpreadAttr))
      results.push_back(i);
  return results;
}

FailureOr<SmallVector<Value>> GpuRowKernel::resultsIn(Part &part) {
  SmallVector<Value> vectors;
  for (unsigned i : elementResults()) {
    FailureOr<Value> vector =
        valueIn(part, body.getTerminator()->getOperand(i));
    if (failed(vector))
      return failure();
    vectors.push_back(*vector);
  }
  return vectors;
}

void GpuRowKernel::storeResults(const GpuChunk &chunk,
                                ArrayRef<Value> vectors) {
  SmallVector<unsigned> operands = elementResults();
  if (operands.empty())
    return;
  for (unsigned &operand : operands)
    operand += func.getNumInputs();
  auto guarded = builder.create<scf::IfOp>(loc, hasRow);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(guarded.thenBlock());
  storeAll(operands, rowPointers, chunk, vectors);
}

LogicalResult GpuRowKernel::storeIn(Part &part) {
  FailureOr<SmallVector<Value>> vectors = resultsIn(part);
  if (failed(vectors))
    return failure();
  storeResults(part.chunk, *vectors);
  return success();
}

/// The loop carries the chunks that are left, the next one in front. Stores of
/// single elements are so compiled once, and nothing waits for a store.
LogicalResult GpuRowKernel::storeInTurn() {
  if (elementResults().empty())
    return success();
  SmallVector<Value> left;
  for (Part &part : parts) {
    FailureOr<SmallVector<Value>> vectors = resultsIn(part);
    if (failed(vectors))
      return failure();
    left.append(*vectors);
  }
  size_t results = left.size() / parts.size();
  return stepOver(left, [&](Value first, MutableArrayRef<Value> next) {
    storeResults(chunkAt(first).chunk, next.take_front(results));
    std::rotate(next.begin(), next.begin() + results, next.end());
    return success();
  });
}

void GpuRowKernel::storeUniform() {
  Value isFirst = compare(arith::CmpIPredicate::eq, thread, integer(i32, 0));
  auto guarded =
      builder.create<scf::IfOp>(loc, make<arith::AndIOp>(hasRow, isFirst));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(guarded.thenBlock());
  for (auto [i, value] : llvm::enumerate(body.getTerminator()->getOperands())) {
    if (!isUniform(value) || func.getResultAttr(i, kSpreadAttr))
      continue;
    unsigned operand = func.getNumInputs() + i;
    builder.create<LLVM::StoreOp>(loc, numbers[value], rowPointers[operand],
                                  memoryTypes[operand].getIntOrFloatBitWidth() /
                                      8);
  }
}

LogicalResult GpuRowKernel::writePhase(unsigned p,
                                       std::optional<unsigned> chunks) {
  SmallVector<act::RowOp> ops = combinedIn(p);
  SmallVector<Value> totals(ops.size());
  bool isLast = p == phases;
  if (chunks) {
    bool inTurn = isLast && access == GpuAccess::Any && parts.size() > 1;
    for (Part &part : parts)
      if (failed(combineIn(part, ops, totals)) ||
          (isLast && !inTurn && failed(storeIn(part))))
        return failure();
    if (inTurn && failed(storeInTurn()))
      return failure();
  } else if (isLast || !ops.empty()) {
    for (auto [op, total] : llvm::zip_equal(ops, totals))
      total = neutral(op.getCombiner(), /*isVector=*/true);
    LogicalResult done =
        loopOver(totals, [&](Part &part, MutableArrayRef<Value> next) {
          if (failed(combineIn(part, ops, next)))
            return failure();
          return isLast ? storeIn(part) : success();
        });
    if (failed(done))
      return failure();
  }
  for (auto [op, total] : llvm::zip_equal(ops, totals))
    numbers[op] =
        combineGroup(op.getCombiner(), combineLanes(op.getCombiner(), total));
  return writeSolved(p, chunks);
}

/// A row has the block to itself, so that all its threads take as many steps.
LogicalResult GpuRowKernel::writeSolved(unsigned p,
                                        std::optional<unsigned> chunks) {
  auto done = success();
  for (act::RowOp op : solvedIn(p)) {
    bool squared = op.getCombiner() == "threshold_squared";
    auto addTerms = [&](Part &part, MutableArrayRef<Value> totals, Value t) {
      FailureOr<Value> z = valueIn(part, op.getOperand());
      Value counts = part.chunk.areInside;
      if (op.getMask()) {
        FailureOr<Value> mask = valueIn(part, op.getMask());
        if (failed(mask))
          return failure();
        counts = make<arith::AndIOp>(counts, *mask);
      }
      if (failed(z))
        return failure();
      Value each = make<vector::SplatOp>(z->getType(), t);
      for (auto [term, total] : llvm::zip_equal(
               thresholdTerms(squared, *z, each, counts, loc, builder), totals))
        total = make<arith::AddFOp>(total, term);
      return success();
    };
    // What is kept is computed in front of the steps.
    if (chunks)
      for (Part &part : parts)
        for (Value operand : op->getOperands())
          if (failed(valueIn(part, operand)))
            return failure();
    numbers[op] = writeThreshold(
        compute,
        [&](Value t) {
          SmallVector<Value, 2> totals(2, neutral("sum", /*isVector=*/true));
          if (!chunks)
            done =
                loopOver(totals, [&](Part &part, MutableArrayRef<Value> sums) {
                  return addTerms(part, sums, t);
                });
          else
            for (Part &part : parts)
              if (failed(addTerms(part, totals, t)))
                done = failure();
          for (Value &total : totals)
            total = combineGroup("sum", combineLanes("sum", total));
          // The next step writes where this one reads.
          builder.create<NVVM::Barrier0Op>(loc);
          return totals;
        },
        loc, builder);
  }
  return done;
}

LogicalResult GpuRowKernel::stepOver(
    MutableArrayRef<Value> carried,
    llvm::function_ref<LogicalResult(Value, MutableArrayRef<Value>)> each) {
  auto loop =
      builder.create<scf::ForOp>(loc, mul(thread, integer(i32, width)), columns,
                                 stride(), ValueRange(carried));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> next(loop.getRegionIterArgs());
  if (failed(each(loop.getInductionVar(), next)))
    return failure();
  if (!next.empty()) // Else the loop has its terminator.
    builder.create<scf::YieldOp>(loc, next);
  llvm::copy(loop.getResults(), carried.begin());
  return success();
}

LogicalResult GpuRowKernel::loopOver(
    MutableArrayRef<Value> totals,
    llvm::function_ref<LogicalResult(Part &, MutableArrayRef<Value>)> each) {
  return stepOver(totals, [&](Value first, MutableArrayRef<Value> next) {
    Part part = load(first, /*isInRow=*/access == GpuAccess::Chunks);
    return each(part, next);
  });
}

LogicalResult GpuRowKernel::write(StringRef name,
                                  std::optional<unsigned> chunks,
                                  GpuAccess way) {
  access = way;
  begin(name, gpuRowThreads(compute.isF64()));
  entryEnd = builder.create<LLVM::ReturnOp>(loc, ValueRange());
  builder.setInsertionPoint(entryEnd);
  beginRow();
  // Constants of vectors stand here.
  entryEnd = integer(i32, 0).getDefiningOp();
  parts.clear();
  numShared = 0;
  // Rows fill more than half of what the threads keep.
  unsigned full = takesSteps() ? 0 : chunks.value_or(0) / 2;
  for (unsigned i = 0; i < chunks.value_or(0); ++i) {
    Value number = add(mul(group, integer(i32, i)), thread);
    parts.push_back(load(mul(number, integer(i32, width)),
                         /*isInRow=*/i < full));
  }
  for (unsigned p = 0; p <= phases; ++p) {
    writeUniform(p);
    if (failed(writePhase(p, chunks)))
      return failure();
  }
  storeUniform();
  return success();
}

LogicalResult act::writeGpuRowKernels(act::FuncOp func,
                                      const std::string &suffix,
                                      const GpuKernelOptions &options,
                                      gpu::GPUModuleOp module) {
  OpBuilder builder(func);
  GpuRowKernel kernel(func, options, module, builder);
  std::vector<std::string> names = gpuRowNames(func.getSymName().str());
  std::vector<std::string> suffixes = gpuRowNames(suffix);
  for (size_t i = 0; i < names.size(); ++i) {
    std::optional<unsigned> chunks;
    if (i < std::size(kGpuRowChunks))
      chunks = kGpuRowChunks[i];
    if (options.wants(suffixes[i]) &&
        failed(kernel.write(names[i], chunks, GpuAccess::Chunks)))
      return failure();
    if (options.wants(gpuAnyName(suffixes[i])) &&
        failed(kernel.write(gpuAnyName(names[i]), chunks, GpuAccess::Any)))
      return failure();
  }
  return success();
}

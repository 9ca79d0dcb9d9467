//===- Structure.cpp - Functions become loops over elements ---------------===//
//
// Before: act.func @silu(%x: f32) -> f32. After: a func.func with the calling
// convention of act/KernelABI.h whose one loop loads an element of each input,
// runs the body and stores the results.
//
//===----------------------------------------------------------------------===//

#include "CountedValues.h"
#include "KernelMemory.h"
#include "StructureRows.h"
#include "act/Conversion/Passes.h"
#include "act/KernelABI.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/IRMapping.h"

namespace act {
#define GEN_PASS_DEF_ACTSTRUCTURE
#include "act/Conversion/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

namespace {

/// A result whose values are counted.
struct Counted {
  unsigned number;
  IntegerType bits;
  CountedValues kinds;
  /// Where the values and their masks are.
  Value values;
  SmallVector<Value> masks;
  /// Zeros and limits are counted element by element. Else there are no limits
  /// but zeros, which are rare: it is found out first whether there is any.
  bool countsFirst;
};

int64_t patternOf(const APFloat &number) {
  return number.bitcastToAPInt().getSExtValue();
}

/// Writes the kernel of one function.
class KernelWriter : KernelMemory {
public:
  KernelWriter(act::FuncOp func, bool flush, OpBuilder &builder)
      : KernelMemory(func, flush, builder), func(func) {}

  void write();

private:
  /// A number that is larger, unsigned, for values that the loop does not
  /// count than for all others, zeros being the largest.
  Value rankOf(Value pattern, const Counted &result);
  /// True if the largest rank is that of a value that was not counted.
  Value isRanked(Value largest, const Counted &result);
  /// Writes the bits of these masks that say what a stored value is.
  void count(Value pattern, const Counted &result, Value index,
             ArrayRef<unsigned> kinds);
  /// Counts what is frequent and gives the larger of `largest` and the rank.
  Value examine(Value pattern, const Counted &result, Value index,
                Value largest);
  /// The same for all elements, in a loop of its own.
  Value examineApart(const Counted &result, Value elements, Value largest);
  /// Counts the others, if there is any.
  void countRest(Value largest, const Counted &result, Value elements);
  scf::ForOp beginLoop(Value elements, ValueRange carried);
  /// A stored value as an integer.
  Value loadPattern(const Counted &result, Value index);

  act::FuncOp func;
};

} // namespace

Value KernelWriter::rankOf(Value pattern, const Counted &result) {
  Value magnitude = result.kinds.magnitudeOf(pattern, builder);
  if (result.countsFirst)
    return magnitude;
  return builder.create<arith::AddIOp>(loc, magnitude,
                                       integer(pattern.getType(), -1));
}

Value KernelWriter::isRanked(Value largest, const Counted &result) {
  int64_t infinity = patternOf(APFloat::getInf(result.kinds.semantics()));
  return builder.create<arith::CmpIOp>(
      loc, arith::CmpIPredicate::uge, largest,
      integer(largest.getType(), infinity - !result.countsFirst));
}

void KernelWriter::count(Value pattern, const Counted &result, Value index,
                         ArrayRef<unsigned> kinds) {
  Value magnitude = result.kinds.magnitudeOf(pattern, builder);
  for (unsigned kind : kinds) {
    if (kind >= result.masks.size())
      continue;
    Value bit = result.kinds.isOf(kind, pattern, magnitude, builder);
    builder.create<LLVM::StoreOp>(
        loc, bit, elementPointer(result.masks[kind], index, bit.getType()), 1);
  }
}

Value KernelWriter::examine(Value pattern, const Counted &result, Value index,
                            Value largest) {
  if (result.countsFirst)
    count(pattern, result, index, {kZeroMask, kLimitMask});
  return builder.create<arith::MaxUIOp>(loc, largest, rankOf(pattern, result));
}

scf::ForOp KernelWriter::beginLoop(Value elements, ValueRange carried) {
  Type i64 = builder.getI64Type();
  auto loop = builder.create<scf::ForOp>(loc, integer(i64, 0), elements,
                                         integer(i64, 1), carried);
  loop->setAttr(kElementwiseAttr, builder.getUnitAttr());
  return loop;
}

Value KernelWriter::loadPattern(const Counted &result, Value index) {
  return builder.create<LLVM::LoadOp>(
      loc, result.bits, elementPointer(result.values, index, result.bits),
      result.bits.getWidth() / 8);
}

Value KernelWriter::examineApart(const Counted &result, Value elements,
                                 Value largest) {
  scf::ForOp loop = beginLoop(elements, largest);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value index = loop.getInductionVar();
  Value next = examine(loadPattern(result, index), result, index,
                       loop.getRegionIterArg(0));
  builder.create<scf::YieldOp>(loc, next);
  return loop.getResult(0);
}

void KernelWriter::countRest(Value largest, const Counted &result,
                             Value elements) {
  auto found = builder.create<scf::IfOp>(loc, isRanked(largest, result));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(found.thenBlock());
  scf::ForOp loop = beginLoop(elements, {});
  builder.setInsertionPointToStart(loop.getBody());
  Value index = loop.getInductionVar(), pattern = loadPattern(result, index);
  if (result.countsFirst)
    count(pattern, result, index, {kNonFiniteMask});
  else
    count(pattern, result, index, {kZeroMask, kNonFiniteMask});
}

void KernelWriter::write() {
  auto kernel = builder.create<func::FuncOp>(
      loc, func.getSymName(), builder.getFunctionType({pointer}, {}));
  Block *entry = kernel.addEntryBlock();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(entry);

  Value args = entry->getArgument(0);
  Value operands = field(args, offsetof(KernelArgs, operands), pointer);
  Value elements =
      field(args, offsetof(KernelArgs, count), builder.getI64Type());

  unsigned inputs = func.getNumInputs(), all = func.getNumArguments();
  SmallVector<Value> pointers, values(all);
  unsigned results = func.getNumResults();
  for (unsigned i = 0; i < inputs + results; ++i)
    pointers.push_back(operandPointer(operands, i));
  // Beyond a few operations a loop is short of room for those that wait for
  // their operands, and each one more costs as much as its share.
  constexpr int kFewOperations = 16;
  bool isShort = llvm::count_if(func.getBody().front(), [](Operation &op) {
                   return !isa<arith::ConstantOp>(op);
                 }) <= kFewOperations;
  SmallVector<Counted> counted;
  SmallVector<Value> largest;
  for (unsigned i = 0, next = pointers.size(); i < results; ++i) {
    if (!func.getResultAttr(i, kStatsAttr))
      continue;
    auto storage =
        cast<FloatType>(storageOf(func.getResultAttr(i, kStorageAttr)));
    auto bits = builder.getIntegerType(storage.getWidth());
    CountedValues kinds(func, i, storage);
    bool countsFirst = isShort || !kinds.limits().empty();
    counted.push_back({i, bits, kinds, pointers[inputs + i], {}, countsFirst});
    for (unsigned m = 0; m < kinds.numMasks(); ++m)
      counted.back().masks.push_back(operandPointer(operands, next++));
    largest.push_back(integer(bits, 0));
  }
  // Values that are one for the whole array are loaded once.
  for (unsigned i = 0; i < inputs; ++i)
    if (func.getArgAttr(i, kScalarAttr))
      values[i] =
          load(pointers[i], storageOf(func.getArgAttr(i, kStorageAttr)));
  if (all > inputs) {
    Value scalars = field(args, offsetof(KernelArgs, scalars), pointer);
    for (unsigned i = inputs; i < all; ++i) {
      Value number =
          field(scalars, (i - inputs) * compute.getWidth() / 8, compute);
      values[i] = flusher ? flusher->input(number, compute) : number;
    }
  }

  scf::ForOp loop =
      beginLoop(elements, isShort ? ValueRange(largest) : ValueRange());
  for (auto [number, result] : llvm::enumerate(counted)) {
    Value rank = isShort ? loop.getResult(number)
                         : examineApart(result, elements, largest[number]);
    countRest(rank, result, elements);
  }
  builder.create<func::ReturnOp>(loc);

  builder.setInsertionPointToStart(loop.getBody());
  Value index = loop.getInductionVar();
  for (unsigned i = 0; i < inputs; ++i) {
    if (values[i])
      continue;
    Type storage = storageOf(func.getArgAttr(i, kStorageAttr));
    values[i] =
        load(elementPointer(pointers[i], index, memoryType(storage)), storage);
  }
  IRMapping mapping;
  for (unsigned i = 0; i < all; ++i)
    mapping.map(func.getArgument(i), values[i]);
  for (Operation &op : func.getBody().front().without_terminator())
    builder.clone(op, mapping);
  SmallVector<Value> stored;
  for (auto [i, value] : llvm::enumerate(func.getReturn().getValues())) {
    // Terms that are summed later keep the precision they were computed in.
    Type storage = func.getResultAttr(i, kReduceAttr)
                       ? Type(compute)
                       : storageOf(func.getResultAttr(i, kStorageAttr));
    stored.push_back(
        store(mapping.lookup(value),
              elementPointer(pointers[inputs + i], index, memoryType(storage)),
              storage));
  }
  if (counted.empty() || !isShort) // The loop has its terminator.
    return;
  for (auto [number, result] : llvm::enumerate(counted)) {
    Value pattern = stored[result.number];
    if (pattern.getType() != result.bits)
      pattern = builder.create<arith::BitcastOp>(loc, result.bits, pattern);
    largest[number] =
        examine(pattern, result, index, loop.getRegionIterArg(number));
  }
  builder.create<scf::YieldOp>(loc, largest);
}

namespace {
struct Structure : act::impl::ActStructureBase<Structure> {
  using ActStructureBase::ActStructureBase;
  void runOnOperation() override {
    for (act::FuncOp func :
         llvm::make_early_inc_range(getOperation().getOps<act::FuncOp>())) {
      OpBuilder builder(func);
      if (func.isPublic() && failed(checkRowStorage(func)))
        return signalPassFailure();
      if (func.isPublic() && isRowFunction(func))
        writeRowKernel(func, {flush, rowsInLanes, rowsInStrips, recompute},
                       builder);
      else if (func.isPublic())
        KernelWriter(func, flush, builder).write();
      func.erase();
    }
  }
};
} // namespace

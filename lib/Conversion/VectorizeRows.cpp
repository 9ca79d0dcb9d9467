//===- VectorizeRows.cpp - Loops over rows work on vectors ----------------===//
//
// Before: a loop over the elements of a row that carries a sum; after: a loop
// over chunks of 64 elements that carries 64 sums, in as many vectors as it
// takes, which are added in halves behind it. The elements behind the last
// whole chunk go through the same body by way of buffers.
//
//===----------------------------------------------------------------------===//

#include "VectorizeRows.h"
#include "Combiners.h"
#include "SumTree.h"
#include "VectorizeOps.h"
#include "act/Conversion/Passes.h"
#include "act/KernelABI.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace act;

namespace {

/// Bytes of a line of memory.
constexpr int64_t kLineBytes = 64;

class RowVectorizer : OpVectorizer {
public:
  RowVectorizer(scf::ForOp loop, const CpuLevel &level, unsigned width)
      : OpVectorizer(loop, level, width), loop(loop),
        combiners(loop->getAttrOfType<ArrayAttr>(kRowAttr)),
        i64(outside.getI64Type()), i32(outside.getI32Type()) {}

  LogicalResult run();

private:
  /// An array that the loop loads from or stores to along the row.
  struct Array {
    Value base;
    Type element;
    bool isStored;
    /// Holds the elements behind the last whole chunk, with room for a chunk in
    /// front of it; none where the memory itself reaches to a whole chunk.
    Value buffer;
    /// Of the chunk in progress.
    Value chunk;
    /// Where elements may be combined twice: of the last chunk, which ends
    /// where the row does.
    Value last;
  };

  Value addressOf(Value scalar) override;
  Array &arrayOf(Value scalar);
  void findArrays();
  Value integer(Type type, int64_t value, OpBuilder &builder) {
    return builder.create<arith::ConstantOp>(
        loc, builder.getIntegerAttr(type, value));
  }
  Value offset(Value pointer, Value index, Type element, OpBuilder &builder) {
    return builder.create<LLVM::GEPOp>(loc, pointer.getType(), element, pointer,
                                       ArrayRef<LLVM::GEPArg>{index});
  }
  void copyTail(const Array &array, bool isStore, OpBuilder &builder);
  void copyLastChunk(const Array &array, bool isStore, OpBuilder &builder);
  void forTails(bool isStore, OpBuilder &builder);
  bool mayRepeat();
  void placeLastChunk();
  /// The chunks in [from, to) of a row, whose accumulators begin as `initial`:
  /// what these are at the end. The builder stands behind them.
  FailureOr<SmallVector<Value>> chunks(Value from, Value to, ValueRange initial,
                                       OpBuilder &builder);
  void leaveOutTail(Value to, MutableArrayRef<Value> results, ValueRange before,
                    OpBuilder &builder);
  LogicalResult oneChunk(Value from, ValueRange accumulators,
                         SmallVectorImpl<Value> &next);
  void prefetch(LLVM::Prefetch op, Value from);
  Value combineTwo(unsigned k, Value a, Value b, OpBuilder &builder);
  /// One value of the lanes of accumulator `k`.
  Value reduced(unsigned k, ValueRange lanes, OpBuilder &builder);
  unsigned vectorsPerChunk() const { return kRowUnit / width; }
  bool isSum(unsigned k) const {
    return cast<StringAttr>(combiners[k]).getValue() == "sum";
  }

  scf::ForOp loop;
  /// The loop over blocks, where there are sums.
  scf::ForOp blockLoop;
  ArrayAttr combiners;
  Type i64, i32;
  SmallVector<Array> arrays;
  Value count, wholeEnd, tail;
  /// Nothing is stored, and it makes no difference to combine an element twice:
  /// all chunks are whole.
  bool repeats = false;
  /// Number of the vector of the chunk that is being written.
  int64_t part = 0;
};

} // namespace

void RowVectorizer::findArrays() {
  auto add = [&](Value address, Type element, bool isStored) {
    auto gep = address.getDefiningOp<LLVM::GEPOp>();
    for (Array &known : arrays)
      if (known.base == gep.getBase() && known.isStored == isStored)
        return;
    Value buffer;
    if (!gep->hasAttr(kPrivateAttr)) {
      Value memory = allocateIn(loop->getParentOfType<func::FuncOp>(), element,
                                2 * kRowUnit);
      buffer =
          offset(memory, integer(i64, kRowUnit, outside), element, outside);
    }
    arrays.push_back({gep.getBase(), element, isStored, buffer, {}, {}});
  };
  for (Operation &op : loop.getBody()->without_terminator()) {
    if (auto load = dyn_cast<LLVM::LoadOp>(op))
      add(load.getAddr(), load.getType(), false);
    if (auto store = dyn_cast<LLVM::StoreOp>(op))
      add(store.getAddr(), store.getValue().getType(), true);
  }
}

RowVectorizer::Array &RowVectorizer::arrayOf(Value scalar) {
  Value base = scalar.getDefiningOp<LLVM::GEPOp>().getBase();
  bool isStored = llvm::any_of(scalar.getUsers(), [](Operation *user) {
    return isa<LLVM::StoreOp>(user);
  });
  for (Array &array : arrays)
    if (array.base == base && array.isStored == isStored)
      return array;
  llvm_unreachable("findArrays has seen every address");
}

Value RowVectorizer::addressOf(Value scalar) {
  Array &array = arrayOf(scalar);
  return offset(array.chunk, integer(i64, part * width, inside), array.element,
                inside);
}

bool RowVectorizer::mayRepeat() {
  for (unsigned k = 0; k < combiners.size(); ++k)
    if (isSum(k))
      return false;
  return !combiners.empty() && llvm::all_of(arrays, [](const Array &array) {
    return array.buffer && !array.isStored;
  });
}

/// The last elements of the row, or a buffer in which a short row goes on with
/// its last element.
void RowVectorizer::placeLastChunk() {
  Value chunk = integer(i64, kRowUnit, outside);
  Value end =
      outside.create<arith::SubIOp>(loc, count, integer(i64, 1, outside));
  // Not where there is no element.
  Value isShort = outside.create<arith::CmpIOp>(
      loc, arith::CmpIPredicate::ult, end, integer(i64, kRowUnit - 1, outside));
  auto branch = outside.create<scf::IfOp>(loc, isShort);
  OpBuilder body = OpBuilder::atBlockBegin(branch.thenBlock());
  auto each = body.create<scf::ForOp>(loc, integer(i64, 0, body),
                                      integer(i64, kRowUnit, body),
                                      integer(i64, 1, body));
  body.setInsertionPointToStart(each.getBody());
  Value i = each.getInductionVar();
  Value from = body.create<arith::MinSIOp>(loc, i, end);
  Value start = outside.create<arith::SubIOp>(loc, count, chunk);
  for (Array &array : arrays) {
    unsigned bytes = array.element.getIntOrFloatBitWidth() / 8;
    Value value = body.create<LLVM::LoadOp>(
        loc, array.element, offset(array.base, from, array.element, body),
        bytes);
    body.create<LLVM::StoreOp>(
        loc, value, offset(array.buffer, i, array.element, body), bytes);
    array.last = outside.create<arith::SelectOp>(
        loc, isShort, array.buffer,
        offset(array.base, start, array.element, outside));
  }
}

/// Element by element, between the row and the buffer.
void RowVectorizer::copyTail(const Array &array, bool isStore,
                             OpBuilder &builder) {
  auto each = builder.create<scf::ForOp>(loc, integer(i64, 0, builder), tail,
                                         integer(i64, 1, builder));
  OpBuilder body = OpBuilder::atBlockBegin(each.getBody());
  Value i = each.getInductionVar();
  Value inRow = offset(array.base, body.create<arith::AddIOp>(loc, wholeEnd, i),
                       array.element, body);
  Value inBuffer = offset(array.buffer, i, array.element, body);
  unsigned bytes = array.element.getIntOrFloatBitWidth() / 8;
  Value value = body.create<LLVM::LoadOp>(loc, array.element,
                                          isStore ? inBuffer : inRow, bytes);
  body.create<LLVM::StoreOp>(loc, value, isStore ? inRow : inBuffer, bytes);
}

/// The same for a row of a chunk at least: all of its last kRowUnit elements go
/// through memory in front of the buffer, so that the tail stands in the buffer
/// or, on the way back, whole chunks keep what they have stored.
void RowVectorizer::copyLastChunk(const Array &array, bool isStore,
                                  OpBuilder &builder) {
  unsigned bytes = array.element.getIntOrFloatBitWidth() / 8;
  Value chunk = integer(i64, kRowUnit, builder);
  Value inRow =
      offset(array.base, builder.create<arith::SubIOp>(loc, count, chunk),
             array.element, builder);
  Value inFront =
      offset(array.buffer, builder.create<arith::SubIOp>(loc, tail, chunk),
             array.element, builder);
  auto load = [&](Value from) {
    SmallVector<Value> values;
    for (int64_t i = 0; i < kRowUnit; i += width)
      values.push_back(builder.create<LLVM::LoadOp>(
          loc, widen(array.element),
          offset(from, integer(i64, i, builder), array.element, builder),
          bytes));
    return values;
  };
  auto store = [&](ArrayRef<Value> values, Value to) {
    for (auto [i, value] : llvm::enumerate(values))
      builder.create<LLVM::StoreOp>(
          loc, value,
          offset(to, integer(i64, int64_t(i) * width, builder), array.element,
                 builder),
          bytes);
  };
  if (!isStore)
    return store(load(inRow), inFront);
  SmallVector<Value> results = load(array.buffer);
  store(load(inRow), inFront);
  store(results, array.buffer);
  store(load(inFront), inRow);
}

void RowVectorizer::forTails(bool isStore, OpBuilder &builder) {
  Value hasTail = builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne,
                                                tail, integer(i64, 0, builder));
  auto branch = builder.create<scf::IfOp>(loc, hasTail);
  OpBuilder body = OpBuilder::atBlockBegin(branch.thenBlock());
  Value isLong = body.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne,
                                            wholeEnd, integer(i64, 0, body));
  auto either = body.create<scf::IfOp>(loc, isLong, /*withElseRegion=*/true);
  OpBuilder whole = OpBuilder::atBlockBegin(either.thenBlock());
  OpBuilder single = OpBuilder::atBlockBegin(either.elseBlock());
  for (const Array &array : arrays)
    if (array.isStored == isStore && array.buffer) {
      copyLastChunk(array, isStore, whole);
      copyTail(array, isStore, single);
    }
}

Value RowVectorizer::combineTwo(unsigned k, Value a, Value b,
                                OpBuilder &builder) {
  StringRef combiner = cast<StringAttr>(combiners[k]).getValue();
  return combine(combiner, a, b, loc, builder);
}

/// Lane l and lane l + half, until one is left.
Value RowVectorizer::reduced(unsigned k, ValueRange lanes, OpBuilder &builder) {
  SmallVector<Value> parts(lanes);
  for (; parts.size() > 1; parts.truncate(parts.size() / 2))
    for (size_t i = 0; i < parts.size() / 2; ++i)
      parts[i] = combineTwo(k, parts[i], parts[i + parts.size() / 2], builder);
  Value vector = parts[0];
  for (int64_t half = width / 2; half > 0; half /= 2) {
    auto slice = [&](int64_t from) {
      return builder.create<vector::ExtractStridedSliceOp>(
          loc, vector, ArrayRef<int64_t>{from}, ArrayRef<int64_t>{half},
          ArrayRef<int64_t>{1});
    };
    vector = combineTwo(k, slice(0), slice(half), builder);
  }
  return builder.create<vector::ExtractOp>(loc, vector, ArrayRef<int64_t>{0});
}

/// Once for each line of memory.
void RowVectorizer::prefetch(LLVM::Prefetch op, Value from) {
  auto address = op.getAddr().getDefiningOp<LLVM::GEPOp>();
  Type element = address.getElemType();
  int64_t bytes = part * width * element.getIntOrFloatBitWidth() / 8;
  if (bytes % kLineBytes != 0)
    return;
  Value line = offset(offset(address.getBase(), from, element, inside),
                      integer(i64, part * width, inside), element, inside);
  inside.create<LLVM::Prefetch>(loc, line, op.getRw(), op.getHint(),
                                op.getCache());
}

LogicalResult RowVectorizer::oneChunk(Value from, ValueRange accumulators,
                                      SmallVectorImpl<Value> &next) {
  Value isTail = inside.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq,
                                              from, wholeEnd);
  for (Array &array : arrays) {
    array.chunk = offset(array.base, from, array.element, inside);
    if (array.buffer)
      array.chunk = inside.create<arith::SelectOp>(
          loc, isTail, repeats ? array.last : array.buffer, array.chunk);
  }
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  for (part = 0; part < vectorsPerChunk(); ++part) {
    // What stands before the loop is the same for all parts.
    for (Operation &op : loop.getBody()->without_terminator())
      for (Value result : op.getResults())
        vectors.erase(result);
    for (auto [k, carried] : llvm::enumerate(loop.getRegionIterArgs()))
      vectors[carried] = accumulators[k * vectorsPerChunk() + part];
    for (Operation &op : loop.getBody()->without_terminator()) {
      auto fetch = dyn_cast<LLVM::Prefetch>(op);
      if (fetch)
        prefetch(fetch, from);
      else if (failed(vectorize(op)))
        return failure();
    }
    for (auto [k, value] : llvm::enumerate(yield.getOperands()))
      next[k * vectorsPerChunk() + part] = vectorOf(value);
  }
  return success();
}

FailureOr<SmallVector<Value>> RowVectorizer::chunks(Value from, Value to,
                                                    ValueRange initial,
                                                    OpBuilder &builder) {
  // The accumulators, and what they were before the last chunk.
  bool isMasked = !initial.empty() && !repeats;
  SmallVector<Value> carried(initial), next(initial.size());
  if (isMasked)
    llvm::append_range(carried, initial);
  auto each = builder.create<scf::ForOp>(
      loc, from, to, integer(i64, kRowUnit, builder), carried);
  // What chunks share stays in front of all of them.
  auto outermost = each->getParentOfType<scf::ForOp>();
  bool hasBlocks = outermost == blockLoop && blockLoop;
  outside.setInsertionPoint(hasBlocks ? outermost : each);
  inside.setInsertionPointToStart(each.getBody());
  ValueRange accumulators = each.getRegionIterArgs().take_front(next.size());
  if (failed(oneChunk(each.getInductionVar(), accumulators, next)))
    return failure();
  if (isMasked)
    llvm::append_range(next, accumulators);
  if (!next.empty()) {
    inside.setInsertionPointToEnd(each.getBody());
    inside.create<scf::YieldOp>(loc, next);
  }
  builder.setInsertionPointAfter(each);
  SmallVector<Value> results(each.getResults().take_front(initial.size()));
  if (isMasked)
    leaveOutTail(to, results, each.getResults().drop_front(initial.size()),
                 builder);
  return results;
}

/// Of lanes that the last chunk has no element for, what was there before it.
void RowVectorizer::leaveOutTail(Value to, MutableArrayRef<Value> results,
                                 ValueRange before, OpBuilder &builder) {
  Value hasTail = builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::sgt,
                                                to, wholeEnd);
  auto either = builder.create<scf::IfOp>(loc, ValueRange(results).getTypes(),
                                          hasTail, /*withElseRegion=*/true);
  OpBuilder whole = OpBuilder::atBlockBegin(either.elseBlock());
  whole.create<scf::YieldOp>(loc, results);
  OpBuilder body = OpBuilder::atBlockBegin(either.thenBlock());
  Value present = body.create<vector::SplatOp>(
      loc, widen(i32), body.create<arith::TruncIOp>(loc, i32, tail));
  for (int64_t i = 0; i < int64_t(vectorsPerChunk()); ++i) {
    SmallVector<int32_t> numbers;
    for (int64_t lane = 0; lane < width; ++lane)
      numbers.push_back(i * width + lane);
    Value index = body.create<arith::ConstantOp>(
        loc, DenseElementsAttr::get(cast<VectorType>(widen(i32)),
                                    ArrayRef(numbers)));
    Value isPresent = body.create<arith::CmpIOp>(loc, arith::CmpIPredicate::slt,
                                                 index, present);
    for (size_t at = i; at < results.size(); at += vectorsPerChunk())
      results[at] =
          body.create<arith::SelectOp>(loc, isPresent, results[at], before[at]);
  }
  body.create<scf::YieldOp>(loc, results);
  llvm::copy(either.getResults(), results.begin());
}

LogicalResult RowVectorizer::run() {
  streams = loop->hasAttr(kStreamAttr);
  count = loop.getUpperBound();
  wholeEnd = outside.create<arith::AndIOp>(loc, count,
                                           integer(i64, -kRowUnit, outside));
  tail = outside.create<arith::SubIOp>(loc, count, wholeEnd);
  findArrays();
  repeats = mayRepeat();
  repeats ? placeLastChunk() : forTails(/*isStore=*/false, outside);
  SmallVector<Value> initial;
  bool hasSum = false;
  for (auto [k, value] : llvm::enumerate(loop.getInitArgs())) {
    hasSum |= isSum(k);
    for (unsigned i = 0; i < vectorsPerChunk(); ++i)
      initial.push_back(vectorOf(value));
  }
  OpBuilder behind(loop);
  SmallVector<Value> results;
  auto reduceAll = [&](ValueRange all, OpBuilder &builder) {
    for (unsigned k = 0; k < combiners.size(); ++k)
      results.push_back(reduced(
          k, all.slice(k * vectorsPerChunk(), vectorsPerChunk()), builder));
  };
  Value zero = integer(i64, 0, outside);
  if (!hasSum) {
    FailureOr<SmallVector<Value>> all = chunks(zero, count, initial, behind);
    if (failed(all))
      return failure();
    reduceAll(*all, behind);
  } else {
    SumTree tree(loop->getParentOfType<func::FuncOp>(),
                 ValueRange(loop.getInitArgs()).getTypes());
    auto combineIn = [&](unsigned k, Value a, Value b, OpBuilder &builder) {
      return combineTwo(k, a, b, builder);
    };
    // One block even of an empty row, whose sum is that of no elements.
    Value unit = integer(i64, kRowBlock, outside);
    auto outer = behind.create<scf::ForOp>(
        loc, zero,
        behind.create<arith::MaxSIOp>(loc, count, integer(i64, 1, behind)),
        unit, ValueRange{zero});
    blockLoop = outer;
    OpBuilder body = OpBuilder::atBlockBegin(outer.getBody());
    Value from = outer.getInductionVar();
    Value to = body.create<arith::MinSIOp>(
        loc, count, body.create<arith::AddIOp>(loc, from, unit));
    FailureOr<SmallVector<Value>> all = chunks(from, to, initial, body);
    if (failed(all))
      return failure();
    reduceAll(*all, body);
    Value number = outer.getRegionIterArg(0);
    tree.add(results, number, combineIn, body);
    Value more = body.create<arith::AddIOp>(loc, number, integer(i64, 1, body));
    body.create<scf::YieldOp>(loc, ValueRange{more});
    behind.setInsertionPointAfter(outer);
    results = tree.total(outer.getResult(0), combineIn, behind);
  }
  forTails(/*isStore=*/true, behind);
  loop.replaceAllUsesWith(results);
  loop.erase();
  return success();
}

LogicalResult act::vectorizeRow(scf::ForOp loop, const CpuLevel &level,
                                unsigned width) {
  return RowVectorizer(loop, level, width).run();
}

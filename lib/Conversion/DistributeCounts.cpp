//===- DistributeCounts.cpp - Functions that count on a GPU ---------------===//
//
// Before: act.func whose results are marked act.stats. After: a kernel whose
// threads take several chunks each and keep a number for each element of a
// chunk, in which zeros, values at a limit and values that are not finite have
// ten bits each. A block adds the numbers of its threads in shared memory and
// then, by one atomic operation a channel and kind, to the counts in memory.
// Whole numbers have no order to be added in, so the counts are exact.
//
//===----------------------------------------------------------------------===//

#include "DistributeCounts.h"
#include "CountedValues.h"
#include "DistributeGather.h"
#include "act/ChannelCounts.h"
#include "act/GpuKernelNames.h"

using namespace mlir;
using namespace act;

namespace {

/// Bits of each kind in the number of an element, or of all of a chunk.
constexpr unsigned kBits = 10;
constexpr unsigned kMaxWidth = 8;
static_assert(kGpuMaxSteps * kMaxWidth < 1u << kBits && kMaxMasks * kBits <= 32,
              "numbers of a thread do not overflow");

/// Writes the kernels of one function.
class GpuCountingKernel : GpuGatherKernel {
public:
  GpuCountingKernel(act::FuncOp func, const GpuKernelOptions &options,
                    gpu::GPUModuleOp module, OpBuilder &builder);

  LogicalResult write();
  /// The kernel that empties counts.
  void writeClear();

private:
  struct Counted {
    unsigned result, operand;
    CountedValues kinds;
    std::string shared;
  };

  /// What the stored values of a chunk add to the numbers.
  Value numbersOf(const Counted &each, Value stored, const GpuChunk &chunk);
  /// The part of a number that is of this kind.
  Value partOf(Value number, unsigned mask);
  /// A number of each kind for each thread of a block, the kinds apart.
  Value sharedPlace(const Counted &each, unsigned mask, Value slot) {
    return GpuKernelWriter::sharedPlace(
        each.shared, i32, kMaxMasks * kGpuThreads,
        add(slot, integer(i32, mask * kGpuThreads)));
  }
  void clearShared();
  /// Adds the numbers to those of the block, or of elements in memory.
  void addNumbers(const Counted &each, Value numbers, Value counts);
  /// Adds what the block has to the counts in memory.
  void addShared(const Counted &each, Value counts);
  void addToShared(const Counted &each, Value slot, Value number);
  void addToMemory(const Counted &each, Value address, ArrayRef<Value> parts);
  void ifNot0(Value number, llvm::function_ref<void()> body) {
    onlyIf(
        compare(arith::CmpIPredicate::ne, number, integer(number.getType(), 0)),
        body);
  }
  void atomicAdd(Value address, Value number) {
    builder.create<LLVM::AtomicRMWOp>(loc, LLVM::AtomicBinOp::add, address,
                                      number, LLVM::AtomicOrdering::monotonic);
  }

  SmallVector<Counted> counted;
};

} // namespace

GpuCountingKernel::GpuCountingKernel(act::FuncOp func,
                                     const GpuKernelOptions &options,
                                     gpu::GPUModuleOp module,
                                     OpBuilder &builder)
    : GpuGatherKernel(func, options, module, builder) {
  unsigned operand = func.getNumInputs() + func.getNumResults();
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (func.getResultAttr(i, kStatsAttr))
      counted.push_back(
          {i, operand++,
           CountedValues(func, i, cast<FloatType>(storageOfResult(i))),
           "counts" + std::to_string(i)});
}

Value GpuCountingKernel::numbersOf(const Counted &each, Value stored,
                                   const GpuChunk &chunk) {
  auto bits = builder.getIntegerType(
      getElementTypeOrSelf(stored).getIntOrFloatBitWidth());
  auto pattern = VectorType::get({width}, bits);
  if (stored.getType() != pattern)
    stored = make<arith::BitcastOp>(pattern, stored);
  auto many = VectorType::get({width}, i32);
  auto constant = [&](uint32_t number) -> Value {
    return builder.create<arith::ConstantOp>(
        loc, DenseElementsAttr::get(many, APInt(32, number)));
  };
  Value magnitude = each.kinds.magnitudeOf(stored, builder);
  Value numbers = constant(0);
  for (unsigned m = 0; m < each.kinds.numMasks(); ++m)
    numbers =
        make<arith::SelectOp>(each.kinds.isOf(m, stored, magnitude, builder),
                              constant(1u << m * kBits), numbers);
  return onlyInside(chunk, numbers);
}

Value GpuCountingKernel::partOf(Value number, unsigned mask) {
  Value shifted = make<arith::ShRUIOp>(number, integer(i32, mask * kBits));
  return make<arith::AndIOp>(shifted, integer(i32, (1 << kBits) - 1));
}

void GpuCountingKernel::clearShared() {
  for (const Counted &each : counted)
    for (unsigned m = 0; m < each.kinds.numMasks(); ++m)
      builder.create<LLVM::StoreOp>(loc, integer(i32, 0),
                                    sharedPlace(each, m, thread));
  builder.create<NVVM::Barrier0Op>(loc);
}

void GpuCountingKernel::addToShared(const Counted &each, Value slot,
                                    Value number) {
  ifNot0(number, [&] {
    for (unsigned m = 0; m < each.kinds.numMasks(); ++m) {
      Value part = partOf(number, m);
      ifNot0(part, [&] { atomicAdd(sharedPlace(each, m, slot), part); });
    }
  });
}

void GpuCountingKernel::addToMemory(const Counted &each, Value address,
                                    ArrayRef<Value> parts) {
  auto addTo = [&](size_t offset, Value number) {
    ifNot0(number, [&] {
      Value place =
          builder.create<LLVM::GEPOp>(loc, pointer, builder.getI8Type(),
                                      address, LLVM::GEPArg(int32_t(offset)));
      atomicAdd(place, wide(number));
    });
  };
  Value zero = parts[kZeroMask], inactive = zero;
  Value saturated = each.kinds.zeroSaturates() ? zero : Value();
  if (parts.size() > kLimitMask) {
    Value limit = parts[kLimitMask];
    inactive = add(zero, limit);
    saturated = saturated ? inactive : limit;
  }
  addTo(offsetof(ChannelCounts, zero), zero);
  if (saturated)
    addTo(offsetof(ChannelCounts, saturated), saturated);
  addTo(offsetof(ChannelCounts, nonFinite), parts[kNonFiniteMask]);
  addTo(offsetof(ChannelCounts, inactive), inactive);
}

void GpuCountingKernel::addNumbers(const Counted &each, Value numbers,
                                   Value counts) {
  SmallVector<Value> elements;
  for (unsigned lane = 0; lane < width; ++lane)
    elements.push_back(
        make<vector::ExtractElementOp>(numbers, integer(i64, lane)));
  auto ofElements = builder.create<scf::IfOp>(loc, gathersA(GpuGather::Nothing),
                                              /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(ofElements.thenBlock());
  for (auto [lane, number] : llvm::enumerate(elements))
    ifNot0(number, [&, lane = lane, number = number] {
      SmallVector<Value> parts;
      for (unsigned m = 0; m < each.kinds.numMasks(); ++m)
        parts.push_back(partOf(number, m));
      addToMemory(each, pointerIn(each.operand, counts, columnOf(chunk, lane)),
                  parts);
    });
  builder.setInsertionPointToStart(ofElements.elseBlock());
  auto ofRows = builder.create<scf::IfOp>(loc, gathersA(GpuGather::Rows),
                                          /*withElseRegion=*/true);
  builder.setInsertionPointToStart(ofRows.elseBlock());
  for (auto [lane, number] : llvm::enumerate(elements))
    addToShared(each, make<arith::SubIOp>(columnOf(chunk, lane), block),
                number);
  builder.setInsertionPointToStart(ofRows.thenBlock());
  Value all = elements.front();
  for (Value number : llvm::drop_begin(elements))
    all = add(all, number);
  addToShared(each, special<NVVM::ThreadIdYOp>(), all);
}

void GpuCountingKernel::addShared(const Counted &each, Value counts) {
  Value isOfRows = gathersA(GpuGather::Rows);
  Value slot =
      make<arith::SelectOp>(isOfRows, special<NVVM::ThreadIdYOp>(), thread);
  Value isFirst = compare(arith::CmpIPredicate::eq,
                          special<NVVM::ThreadIdXOp>(), integer(i32, 0));
  Value own = mul(special<NVVM::BlockDimXOp>(), integer(i32, width));
  Value hasColumn = compare(arith::CmpIPredicate::ult, thread, own);
  auto any = builder.create<scf::IfOp>(
      loc, make<arith::SelectOp>(isOfRows, isFirst, hasColumn));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(any.thenBlock());
  SmallVector<Value> parts;
  for (unsigned m = 0; m < each.kinds.numMasks(); ++m)
    parts.push_back(
        builder.create<LLVM::LoadOp>(loc, i32, sharedPlace(each, m, slot)));
  // All columns of a row are of one channel where it is of rows.
  addToMemory(each, pointerIn(each.operand, counts, add(block, slot)), parts);
}

LogicalResult GpuCountingKernel::write() {
  beginGather();
  clearShared();
  auto many = VectorType::get({width}, i32);
  SmallVector<Value> zeros(counted.size(), builder.create<arith::ConstantOp>(
                                               loc, builder.getZeroAttr(many)));
  auto totals = writeSteps(zeros, [&](ArrayRef<Value> stored, ArrayRef<Value>,
                                      const GpuChunk &next, ValueRange before) {
    SmallVector<Value> sums;
    for (auto [each, sum] : llvm::zip_equal(counted, before))
      sums.push_back(add(sum, numbersOf(each, stored[each.result], next)));
    return sums;
  });
  if (failed(totals))
    return failure();
  SmallVector<Value> places = placesOfRow();
  for (auto [each, total] : llvm::zip_equal(counted, *totals))
    addNumbers(each, total, places[each.operand]);
  builder.create<NVVM::Barrier0Op>(loc);
  for (const Counted &each : counted)
    addShared(each, places[each.operand]);
  return success();
}

void GpuCountingKernel::writeClear() {
  Block *entry =
      beginPlain(gpuClearName(func.getSymName().str()), {pointer, i64});
  Value channel = threadOfGrid();
  auto any = builder.create<scf::IfOp>(
      loc, compare(arith::CmpIPredicate::ult, channel, entry->getArgument(1)));
  builder.setInsertionPointToStart(any.thenBlock());
  Type counts = memoryTypes[counted.front().operand];
  Value base = elementPointer(entry->getArgument(0), channel, counts);
  for (unsigned word = 0; word < sizeof(ChannelCounts) / 8; ++word)
    builder.create<LLVM::StoreOp>(
        loc, integer(i64, 0), elementPointer(base, integer(i64, word), i64));
}

LogicalResult act::writeGpuCountingKernels(act::FuncOp func,
                                           const GpuKernelOptions &options,
                                           gpu::GPUModuleOp module,
                                           OpBuilder &builder) {
  GpuCountingKernel kernel(func, options, module, builder);
  if (failed(kernel.write()))
    return failure();
  kernel.writeClear();
  return success();
}

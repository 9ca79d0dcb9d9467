//===- DistributeAside.cpp - Rows side by side on a GPU -------------------===//
//
// Rows along another axis than the last lie side by side in memory. A block
// then has several of them: neighbouring threads have neighbouring rows, so
// that they read neighbouring elements, and the threads of a row stand one
// above the other. A thread does what several threads of a group do in
// kernels of whole rows, one after the other, and what they combine is brought
// into their order by shared memory, so that the results are the same bits.
//
//===----------------------------------------------------------------------===//

#include "Combiners.h"
#include "DistributeRows.h"
#include "GpuRowKernel.h"
#include "act/GpuKernelNames.h"

using namespace mlir;
using namespace act;

namespace {

constexpr unsigned kWarp = kWarpThreads;
constexpr unsigned kMostParts = 4;
/// Bytes of shared memory for what members leave.
constexpr unsigned kExchangeBytes = 32 << 10;
/// Loads of an array that a thread has on their way at once.
constexpr unsigned kLoadsAtOnce = 8;
/// The same of all arrays.
constexpr unsigned kMostLoads = 32;

/// Writes the kernel of one function.
class GpuAsideKernel : GpuRowKernel {
public:
  GpuAsideKernel(act::FuncOp func, const GpuKernelOptions &options,
                 gpu::GPUModuleOp module, OpBuilder &builder)
      : GpuRowKernel(func, options, module, builder),
        mostThreads(gpuRowThreads(compute.isF64())),
        numMembers(gpuAsideParts(width, compute.isF64())),
        atOnce(std::clamp(kLoadsAtOnce / width, 1u, numMembers)) {}

  LogicalResult write(StringRef name);

private:
  /// A thread of a group, whose values one of this kernel's threads has while
  /// they are combined.
  struct Member {
    Value number, row;
  };

  void beginRows();
  LogicalResult writePhase(unsigned p);
  /// Writes a walk over the row that combines these, or that stores results.
  LogicalResult writeWalk(ArrayRef<act::RowOp> ops, bool isLast);
  /// What a thread does as one of its members with the part that begins at an
  /// element.
  LogicalResult writePart(Value first, ArrayRef<act::RowOp> ops,
                          MutableArrayRef<Value> totals, bool isLast);
  /// What a value begins with, so that it becomes what other kernels get.
  Value beginning(StringRef combiner);
  /// Brings together what members have left at this place of shared memory: the
  /// value of the thread's row.
  Value combineRow(StringRef combiner, unsigned place);
  /// A loop over what the thread is in groups of neighbours.
  void forMembers(llvm::function_ref<void(Member)> each);
  /// Where members leave their values of an operation of the walk.
  unsigned exchangedBy(size_t op) const {
    // Behind the values of the rows of a block, and those of its warps.
    return mostThreads + mostThreads * kMostParts / kWarp +
           op * mostThreads * numMembers;
  }
  Value exchangePlace(unsigned place, Value member, Value row) {
    return add(integer(i32, place), add(mul(member, rowsOfBlock), row));
  }
  /// Values that there is shared memory for.
  size_t mostValues() const {
    return kExchangeBytes / (mostThreads * numMembers * bytesOfValue());
  }
  unsigned bytesOfValue() const { return compute.getIntOrFloatBitWidth() / 8; }
  /// As many as any walk combines, of those.
  unsigned sharedSize() {
    size_t values = 0;
    for (unsigned p = 0; p < phases; ++p)
      values = std::max<size_t>(values, combinedIn(p).size());
    return exchangedBy(std::min(values, mostValues()));
  }
  /// Numbers of all that the kernel in progress has in shared memory.
  Value shared(Value index) {
    return GpuKernelWriter::sharedPlace("exchanged" +
                                            std::to_string(sharedSize()),
                                        compute, sharedSize(), index);
  }
  Value loadShared(Value index) {
    return builder.create<LLVM::LoadOp>(loc, compute, shared(index));
  }
  void storeShared(Value index, Value value) {
    builder.create<LLVM::StoreOp>(loc, value, shared(index));
  }
  template <class Body> void onlyIf(Value condition, Body body) {
    auto branch = builder.create<scf::IfOp>(loc, condition);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    body();
  }

  /// Threads of the largest block.
  unsigned mostThreads;
  /// Members that a thread is, and of how many it does the work at once.
  unsigned numMembers, atOnce;
  /// Of the kernel in progress: how many threads a row has, the rows of a
  /// block, and this thread's among them.
  Value threads, rowsOfBlock, rowOfBlock;
};

} // namespace

void GpuAsideKernel::beginRows() {
  // Elements of a row lie apart.
  isChunked = integer(builder.getI1Type(), 0);
  rowsOfBlock = special<NVVM::BlockDimXOp>();
  rowOfBlock = special<NVVM::ThreadIdXOp>();
  threads = special<NVVM::BlockDimYOp>();
  thread = special<NVVM::ThreadIdYOp>();
  group = mul(threads, integer(i32, numMembers));
  Value row = add(mul(special<NVVM::BlockIdXOp>(), rowsOfBlock), rowOfBlock);
  hasRow = compare(arith::CmpIPredicate::ult, row, rows);
  Value last = make<arith::SubIOp>(rows, integer(i32, 1));
  enterRow(make<arith::MinUIOp>(row, last));
}

/// `ptxas` does not know how often it is taken, and keeps it a loop: code for
/// each member would take as long to compile, and more registers.
void GpuAsideKernel::forMembers(llvm::function_ref<void(Member)> each) {
  Value number = add(mul(thread, rowsOfBlock), rowOfBlock);
  auto loop = builder.create<scf::ForOp>(loc, number, mul(group, rowsOfBlock),
                                         mul(threads, rowsOfBlock));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  // A group is a power of two.
  Value most = make<arith::SubIOp>(group, integer(i32, 1));
  Value bits = builder.create<LLVM::CtPopOp>(loc, i32, most);
  each({make<arith::AndIOp>(loop.getInductionVar(), most),
        make<arith::ShRUIOp>(loop.getInductionVar(), bits)});
}

/// Kernels that keep a row begin with its elements, and others with what
/// changes no value; a sum of zeros has another sign then.
Value GpuAsideKernel::beginning(StringRef combiner) {
  const llvm::fltSemantics &semantics = compute.getFloatSemantics();
  auto constant = [&](const APFloat &number) -> Value {
    return builder.create<arith::ConstantOp>(
        loc, builder.getFloatAttr(compute, number));
  };
  Value kept = constant(combiner == "sum"
                            ? APFloat::getZero(semantics, /*Negative=*/true)
                            : APFloat::getInf(semantics, /*Negative=*/true));
  Value most = mul(group, integer(i32, width * std::end(kGpuRowChunks)[-1]));
  Value isKept = compare(arith::CmpIPredicate::ule, columns, most);
  return make<vector::SplatOp>(
      VectorType::get({width}, compute),
      make<arith::SelectOp>(isKept, kept,
                            neutral(combiner, /*isVector=*/false)));
}

/// The lanes of a warp combine in the first round, and in a second one, if the
/// group has several warps, what these have. In kernels of whole rows a warp
/// then has a neutral value in its other lanes. Barriers: whoever writes to
/// shared memory again has passed one that all others reach behind their last
/// look at it.
Value GpuAsideKernel::combineRow(StringRef combiner, unsigned place) {
  Value one = integer(i32, 1), warp = integer(i32, kWarp);
  Value areMany = compare(arith::CmpIPredicate::ugt, group, warp);
  Value warps = make<arith::DivUIOp>(group, warp);
  Value rounds = make<arith::SelectOp>(areMany, integer(i32, 2), one);
  auto round = builder.create<scf::ForOp>(loc, integer(i32, 0), rounds, one);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(round.getBody());
    Value number = round.getInductionVar();
    Value isSecond = compare(arith::CmpIPredicate::eq, number, one);
    Value isLast = compare(arith::CmpIPredicate::eq, add(number, one), rounds);
    Value size = make<arith::SelectOp>(isSecond, warps, group);
    builder.create<NVVM::Barrier0Op>(loc);
    forMembers([&](Member member) {
      Value lane = make<arith::AndIOp>(member.number, integer(i32, kWarp - 1));
      auto ofWarp = [&](Value warp) {
        return add(integer(i32, mostThreads),
                   add(mul(member.row, warps), warp));
      };
      Value other = make<arith::AndIOp>(lane, make<arith::SubIOp>(warps, one));
      Value value = loadShared(make<arith::SelectOp>(
          isSecond, ofWarp(other),
          exchangePlace(place, member.number, member.row)));
      Value padded =
          combineTwo(combiner, value, neutral(combiner, /*isVector=*/false));
      value = make<arith::SelectOp>(isSecond, padded, value);
      value = combineSubwarp(combiner, value, size);
      onlyIf(compare(arith::CmpIPredicate::eq, lane, integer(i32, 0)), [&] {
        Value own = make<arith::DivUIOp>(member.number, warp);
        storeShared(make<arith::SelectOp>(isLast, member.row, ofWarp(own)),
                    value);
      });
    });
  }
  builder.create<NVVM::Barrier0Op>(loc);
  return loadShared(rowOfBlock);
}

LogicalResult GpuAsideKernel::writePart(Value first, ArrayRef<act::RowOp> ops,
                                        MutableArrayRef<Value> totals,
                                        bool isLast) {
  auto write = [&](MutableArrayRef<Value> next) {
    Part part = load(first);
    if (failed(combineIn(part, ops, next)))
      return failure();
    return isLast ? storeIn(part) : success();
  };
  unsigned loads = 0;
  for (unsigned i = 0; i < func.getNumInputs(); ++i)
    loads += isUniform(body.getArgument(i)) ? 0 : width * atOnce;
  // As many as have room in registers are on their way at once.
  if (loads <= kMostLoads)
    return write(totals);
  auto any = builder.create<scf::IfOp>(
      loc, TypeRange(ValueRange(totals)),
      compare(arith::CmpIPredicate::ult, first, columns),
      /*withElseRegion=*/!totals.empty());
  OpBuilder::InsertionGuard guard(builder);
  if (!totals.empty()) {
    // The sign of a sum of zeros is that of other kernels.
    builder.setInsertionPointToStart(any.elseBlock());
    SmallVector<Value> same;
    for (auto [each, total] : llvm::zip_equal(ops, totals)) {
      act::RowOp op = each;
      same.push_back(combine(op.getCombiner(), total,
                             neutral(op.getCombiner(), /*isVector=*/true), loc,
                             builder));
    }
    builder.create<scf::YieldOp>(loc, same);
  }
  builder.setInsertionPointToStart(any.thenBlock());
  SmallVector<Value> next(totals);
  if (failed(write(next)))
    return failure();
  if (!totals.empty()) // Else the branch has its terminator.
    builder.create<scf::YieldOp>(loc, next);
  llvm::copy(any.getResults(), totals.begin());
  return success();
}

LogicalResult GpuAsideKernel::writeWalk(ArrayRef<act::RowOp> ops, bool isLast) {
  Value size = integer(i32, width), distance = mul(threads, size);
  auto some = builder.create<scf::ForOp>(loc, thread, group,
                                         mul(threads, integer(i32, atOnce)));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(some.getBody());
  Value member = some.getInductionVar();
  SmallVector<Value> totals;
  for (unsigned i = 0; i < atOnce; ++i)
    for (act::RowOp op : ops)
      totals.push_back(beginning(op.getCombiner()));
  auto loop = builder.create<scf::ForOp>(loc, mul(member, size), columns,
                                         mul(group, size), totals);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> next(loop.getRegionIterArgs());
    MutableArrayRef<Value> own(next);
    Value first = loop.getInductionVar();
    for (unsigned i = 0; i < atOnce; ++i) {
      if (failed(writePart(first, ops, own.slice(i * ops.size(), ops.size()),
                           isLast)))
        return failure();
      first = add(first, distance);
    }
    if (!next.empty()) // Else the loop has its terminator.
      builder.create<scf::YieldOp>(loc, next);
  }
  for (unsigned i = 0; i < atOnce; ++i) {
    for (auto [k, each] : llvm::enumerate(ops)) {
      act::RowOp op = each;
      Value total =
          combineLanes(op.getCombiner(), loop.getResult(i * ops.size() + k));
      storeShared(exchangePlace(exchangedBy(k), member, rowOfBlock), total);
    }
    member = add(member, threads);
  }
  return success();
}

LogicalResult GpuAsideKernel::writePhase(unsigned p) {
  SmallVector<act::RowOp> ops = combinedIn(p);
  if (p == phases)
    return writeWalk({}, /*isLast=*/true);
  // As many values as there is shared memory for take a walk.
  ArrayRef<act::RowOp> left = ops;
  while (!left.empty()) {
    ArrayRef<act::RowOp> some = left.take_front(mostValues());
    if (failed(writeWalk(some, /*isLast=*/false)))
      return failure();
    for (auto [k, each] : llvm::enumerate(some)) {
      act::RowOp op = each;
      numbers[op] = combineRow(op.getCombiner(), exchangedBy(k));
    }
    left = left.drop_front(some.size());
  }
  return success();
}

LogicalResult GpuAsideKernel::write(StringRef name) {
  begin(name, mostThreads);
  entryEnd = builder.create<LLVM::ReturnOp>(loc, ValueRange());
  builder.setInsertionPoint(entryEnd);
  beginRows();
  // Constants of vectors stand here.
  entryEnd = integer(i32, 0).getDefiningOp();
  for (unsigned p = 0; p <= phases; ++p) {
    writeUniform(p);
    if (failed(writePhase(p)))
      return failure();
  }
  storeUniform();
  return success();
}

LogicalResult act::writeGpuAsideKernel(act::FuncOp func,
                                       const GpuKernelOptions &options,
                                       gpu::GPUModuleOp module) {
  OpBuilder builder(func);
  return GpuAsideKernel(func, options, module, builder)
      .write(gpuAsideName(func.getSymName().str()));
}

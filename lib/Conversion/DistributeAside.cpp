//===- DistributeAside.cpp - Rows side by side on a GPU -------------------===//
//
// Rows along another axis than the last lie side by side in memory. A block
// then has several of them: neighbouring threads have neighbouring rows, so
// that they read neighbouring elements, and the threads of a row stand one
// above the other. A thread does what several threads of a group do in
// kernels of whole rows, and what they combine is brought into their order by
// shared memory, so that the results are the same bits.
//
//===----------------------------------------------------------------------===//

#include "Combiners.h"
#include "DistributeRows.h"
#include "GpuRowKernel.h"
#include "act/GpuKernelNames.h"

using namespace mlir;
using namespace act;

namespace {

/// Writes the kernel of one function.
class GpuAsideKernel : GpuRowKernel {
public:
  GpuAsideKernel(act::FuncOp func, const GpuKernelOptions &options,
                 gpu::GPUModuleOp module, OpBuilder &builder)
      : GpuRowKernel(func, options, module, builder),
        numMembers(gpuAsideParts(width, compute.isF64())) {}

  LogicalResult write(StringRef name);

private:
  /// A thread of a group, whose values one of this kernel's threads has while
  /// they are combined.
  struct Member {
    Value number, row;
  };

  void beginRows();
  LogicalResult writePhase(unsigned p);
  /// What a thread does as one of its members with the part that begins at an
  /// element.
  LogicalResult writePart(Value first, ArrayRef<act::RowOp> ops,
                          MutableArrayRef<Value> totals, bool isLast);
  /// What a value begins with, so that it becomes what other kernels get.
  Value beginning(StringRef combiner);
  /// The combined value of the row of the values that the thread has as each
  /// of its members.
  Value combineRow(StringRef combiner, ArrayRef<Value> values);
  SmallVector<Value> combineWarps(StringRef combiner, ArrayRef<Value> values);
  Value sharedPlace(StringRef name, unsigned size, Value index) {
    return GpuKernelWriter::sharedPlace(name, compute, size, index);
  }
  Value loadShared(StringRef name, unsigned size, Value index) {
    return builder.create<LLVM::LoadOp>(loc, compute,
                                        sharedPlace(name, size, index));
  }
  void storeShared(StringRef name, unsigned size, Value index, Value value) {
    builder.create<LLVM::StoreOp>(loc, value, sharedPlace(name, size, index));
  }
  Value exchangePlace(Value member, Value row) {
    return add(mul(member, rowsOfBlock), row);
  }
  template <class Body> void onlyIf(Value condition, Body body) {
    auto branch = builder.create<scf::IfOp>(loc, condition);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    body();
  }

  /// Members that a thread is.
  unsigned numMembers;
  /// Of the kernel in progress: how many threads a row has, the rows of a
  /// block, and this thread's among them.
  Value threads, rowsOfBlock, rowOfBlock;
  SmallVector<Member> members;
};

constexpr unsigned kWarp = kWarpThreads;
constexpr unsigned kMostParts = 4;
/// Numbers that are exchanged, and those of warps.
constexpr unsigned kExchanged = kGpuRowThreads * kMostParts;
constexpr unsigned kOfWarps = kExchanged / kWarp;
/// Loads of a thread that do not wait for one another.
constexpr unsigned kMostLoads = 32;

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
  members.clear();
  Value number = add(mul(thread, rowsOfBlock), rowOfBlock);
  Value all = mul(threads, rowsOfBlock);
  for (unsigned i = 0; i < numMembers; ++i) {
    members.push_back({make<arith::RemUIOp>(number, group),
                       make<arith::DivUIOp>(number, group)});
    number = add(number, all);
  }
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

/// What warps have combined becomes one value of the group, if it has several.
SmallVector<Value> GpuAsideKernel::combineWarps(StringRef combiner,
                                                ArrayRef<Value> values) {
  Value warp = integer(i32, kWarp);
  auto areMany =
      builder.create<scf::IfOp>(loc, TypeRange(ValueRange(values)),
                                compare(arith::CmpIPredicate::ugt, group, warp),
                                /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(areMany.elseBlock());
  builder.create<scf::YieldOp>(loc, values);
  builder.setInsertionPointToStart(areMany.thenBlock());
  Value warps = make<arith::DivUIOp>(group, warp);
  auto place = [&](const Member &member, Value number) {
    return add(mul(member.row, warps), number);
  };
  auto laneOf = [&](const Member &member) {
    return make<arith::RemUIOp>(member.number, warp);
  };
  for (auto [member, value] : llvm::zip_equal(members, values))
    onlyIf(compare(arith::CmpIPredicate::eq, laneOf(member), integer(i32, 0)),
           [&, &member = member, value = value] {
             Value own = make<arith::DivUIOp>(member.number, warp);
             storeShared("of_warps", kOfWarps, place(member, own), value);
           });
  builder.create<NVVM::Barrier0Op>(loc);
  SmallVector<Value> totals;
  for (const Member &member : members) {
    Value lane = laneOf(member);
    auto one = builder.create<scf::IfOp>(
        loc, compute, compare(arith::CmpIPredicate::ult, lane, warps),
        /*withElseRegion=*/true);
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(one.elseBlock());
      builder.create<scf::YieldOp>(loc, neutral(combiner, /*isVector=*/false));
      builder.setInsertionPointToStart(one.thenBlock());
      Value other = loadShared("of_warps", kOfWarps, place(member, lane));
      builder.create<scf::YieldOp>(loc, other);
    }
    totals.push_back(combineWarp(combiner, one.getResult(0), /*isWhole=*/true));
  }
  builder.create<scf::YieldOp>(loc, totals);
  return SmallVector<Value>(areMany.getResults());
}

/// Three barriers: whoever writes to shared memory again has passed one that
/// all others reach behind their last look at it.
Value GpuAsideKernel::combineRow(StringRef combiner, ArrayRef<Value> values) {
  Value number = thread;
  for (Value value : values) {
    storeShared("exchanged", kExchanged, exchangePlace(number, rowOfBlock),
                value);
    number = add(number, threads);
  }
  builder.create<NVVM::Barrier0Op>(loc);
  SmallVector<Value> totals;
  for (const Member &member : members)
    totals.push_back(
        combineWarp(combiner,
                    loadShared("exchanged", kExchanged,
                               exchangePlace(member.number, member.row)),
                    /*isWhole=*/false));
  totals = combineWarps(combiner, totals);
  for (auto [member, total] : llvm::zip_equal(members, totals))
    onlyIf(compare(arith::CmpIPredicate::eq, member.number, integer(i32, 0)),
           [&, &member = member, total = total] {
             storeShared("of_rows", kGpuRowThreads, member.row, total);
           });
  builder.create<NVVM::Barrier0Op>(loc);
  return loadShared("of_rows", kGpuRowThreads, rowOfBlock);
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
    loads += isUniform(body.getArgument(i)) ? 0 : width * numMembers;
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

LogicalResult GpuAsideKernel::writePhase(unsigned p) {
  SmallVector<act::RowOp> ops = combinedIn(p);
  bool isLast = p == phases;
  if (!isLast && ops.empty())
    return success();
  SmallVector<Value> totals;
  for (unsigned i = 0; i < numMembers; ++i)
    for (act::RowOp op : ops)
      totals.push_back(beginning(op.getCombiner()));
  Value size = integer(i32, width), distance = mul(threads, size);
  auto loop = builder.create<scf::ForOp>(loc, mul(thread, size), columns,
                                         mul(group, size), totals);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> next(loop.getRegionIterArgs());
    MutableArrayRef<Value> own(next);
    Value first = loop.getInductionVar();
    for (unsigned i = 0; i < numMembers; ++i) {
      if (failed(writePart(first, ops, own.slice(i * ops.size(), ops.size()),
                           isLast)))
        return failure();
      first = add(first, distance);
    }
    if (!next.empty()) // Else the loop has its terminator.
      builder.create<scf::YieldOp>(loc, next);
  }
  for (auto [k, each] : llvm::enumerate(ops)) {
    act::RowOp op = each;
    SmallVector<Value> values;
    for (unsigned i = 0; i < numMembers; ++i)
      values.push_back(
          combineLanes(op.getCombiner(), loop.getResult(i * ops.size() + k)));
    numbers[op] = combineRow(op.getCombiner(), values);
  }
  return success();
}

LogicalResult GpuAsideKernel::write(StringRef name) {
  begin(name, kGpuRowThreads);
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

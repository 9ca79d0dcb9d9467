//===- DistributeGather.cpp - GPU kernels that bring together -------------===//

#include "DistributeGather.h"

using namespace mlir;
using namespace act;

Value GpuGatherKernel::areInside(const GpuChunk &chunk) {
  auto many = VectorType::get({width}, i32);
  Value first = make<vector::SplatOp>(many, chunk.first);
  Value step = make<vector::SplatOp>(many, chunk.step);
  Value end = make<vector::SplatOp>(many, columns);
  return compare(arith::CmpIPredicate::ult, add(first, mul(lanes(i32), step)),
                 end);
}

Value GpuGatherKernel::onlyInside(const GpuChunk &chunk, Value vector) {
  auto inside = builder.create<scf::IfOp>(loc, vector.getType(), chunk.isWhole,
                                          /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(inside.thenBlock());
  builder.create<scf::YieldOp>(loc, vector);
  builder.setInsertionPointToStart(inside.elseBlock());
  Value zero = builder.create<arith::ConstantOp>(
      loc, builder.getZeroAttr(vector.getType()));
  Value kept = make<arith::SelectOp>(areInside(chunk), vector, zero);
  builder.create<scf::YieldOp>(loc, kept);
  return inside.getResult(0);
}

scf::IfOp GpuGatherKernel::onlyIf(Value condition,
                                  llvm::function_ref<void()> body) {
  auto branch = builder.create<scf::IfOp>(loc, condition);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  body();
  return branch;
}

void GpuGatherKernel::beginGather() {
  begin(func.getSymName(), kGpuThreads);
  Value threads = special<NVVM::BlockDimXOp>();
  thread = add(mul(special<NVVM::ThreadIdYOp>(), threads),
               special<NVVM::ThreadIdXOp>());
  block = mul(special<NVVM::BlockIdXOp>(), mul(threads, integer(i32, width)));
  chunk = findChunk();
  row = findRow();
  builder.setInsertionPoint(builder.create<LLVM::ReturnOp>(loc, ValueRange()));
}

FailureOr<SmallVector<Value>> GpuGatherKernel::writeSteps(ValueRange initial,
                                                          Step step) {
  Value zero = integer(i32, 0), isOfRows = gathersA(GpuGather::Rows);
  Value gridRows =
      mul(mul(special<NVVM::GridDimYOp>(), special<NVVM::GridDimZOp>()),
          special<NVVM::BlockDimYOp>());
  Value gridColumns =
      mul(special<NVVM::GridDimXOp>(),
          mul(special<NVVM::BlockDimXOp>(), integer(i32, width)));
  Value columnStep = make<arith::SelectOp>(isOfRows, gridColumns, zero);
  Value rowStep = make<arith::SelectOp>(isOfRows, zero, gridRows);
  auto loop =
      builder.create<scf::ForOp>(loc, zero, steps, integer(i32, 1), initial);
  GpuRetyper retyper(module, OpBuilder(loop), loc, width);
  builder.setInsertionPointToStart(loop.getBody());
  Value number = loop.getInductionVar();
  GpuChunk next = chunk;
  next.first = add(chunk.first, mul(number, columnStep));
  next.isWhole = isWhole(next.first);
  Value nextRow = add(row, mul(number, rowStep));
  auto any = builder.create<scf::IfOp>(loc, initial.getTypes(),
                                       isInside(next, nextRow),
                                       /*withElseRegion=*/true);
  builder.create<scf::YieldOp>(loc, any.getResults());
  builder.setInsertionPointToStart(any.elseBlock());
  builder.create<scf::YieldOp>(loc, loop.getRegionIterArgs());
  builder.setInsertionPointToStart(any.thenBlock());
  SmallVector<Value> rows = rowsOf(nextRow);
  auto stored = writeChunk(retyper, rows, next);
  if (failed(stored))
    return failure();
  builder.create<scf::YieldOp>(
      loc, step(*stored, rows, next, loop.getRegionIterArgs()));
  builder.setInsertionPointAfter(loop);
  return SmallVector<Value>(loop.getResults());
}

Value GpuGatherKernel::pointerIn(unsigned operand, Value row, Value column,
                                 Value further) {
  Value offset = mul(wide(column), strides[operand][0]);
  if (further)
    offset = add(offset, wide(further));
  return addressOf(operand, row, offset);
}

SmallVector<Value> GpuGatherKernel::placesOfRow() {
  Value last = make<arith::SubIOp>(rows, integer(i32, 1));
  return rowsOf(make<arith::MinUIOp>(row, last));
}

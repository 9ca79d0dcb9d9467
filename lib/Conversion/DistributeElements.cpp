//===- DistributeElements.cpp - Elementwise functions on a GPU ------------===//
//
// Before: act.func @silu(%x: f32) -> f32. After: a kernel with the parameters
// of act/KernelABI.h, each of whose threads has a chunk of elements of a row,
// which it loads and stores by 16 bytes where they are neighbours and aligned,
// and else one by one. The body is there once and works on a vector.
//
//===----------------------------------------------------------------------===//

#include "DistributeElements.h"
#include "DistributeCounts.h"
#include "DistributeGather.h"

using namespace mlir;
using namespace act;

GpuChunk GpuElementKernel::findChunk() {
  Value threads = special<NVVM::BlockDimXOp>();
  Value thread = special<NVVM::ThreadIdXOp>();
  Value size = integer(i32, width);
  Value block = mul(mul(special<NVVM::BlockIdXOp>(), threads), size);
  GpuChunk chunk;
  chunk.step = integer(i32, 1);
  chunk.first = add(block, mul(thread, size));
  // Bits of one byte belong to one thread.
  if (!hasMaskResult()) {
    chunk.step = make<arith::SelectOp>(isChunked, chunk.step, threads);
    chunk.first =
        make<arith::SelectOp>(isChunked, chunk.first, add(block, thread));
  }
  chunk.isWhole = isWhole(chunk.first);
  return chunk;
}

Value GpuElementKernel::isWhole(Value first) {
  Value end = add(first, integer(i32, width));
  return make<arith::AndIOp>(isChunked,
                             compare(arith::CmpIPredicate::ule, end, columns));
}

Value GpuElementKernel::findRow() {
  Value block =
      add(mul(special<NVVM::BlockIdZOp>(), special<NVVM::GridDimYOp>()),
          special<NVVM::BlockIdYOp>());
  return add(mul(block, special<NVVM::BlockDimYOp>()),
             special<NVVM::ThreadIdYOp>());
}

Value GpuElementKernel::isInside(const GpuChunk &chunk, Value row) {
  return make<arith::AndIOp>(
      compare(arith::CmpIPredicate::ult, chunk.first, columns),
      compare(arith::CmpIPredicate::ult, row, rows));
}

FailureOr<SmallVector<Value>>
GpuElementKernel::writeChunk(GpuRetyper &retyper, ArrayRef<Value> rows,
                             const GpuChunk &chunk) {
  unsigned inputs = func.getNumInputs();
  SmallVector<unsigned> arrays, results;
  for (unsigned i = 0; i < inputs; ++i)
    if (!isScalar(i))
      arrays.push_back(i);
  SmallVector<Value> stored;
  SmallVector<Value> arguments(inputs);
  for (auto [i, vector] : llvm::zip(arrays, loadAll(arrays, rows, chunk)))
    arguments[i] = vector;
  for (unsigned i = 0; i < inputs; ++i)
    if (isScalar(i))
      arguments[i] = loadOne(i, pointers[i]);
  arguments.append(scalars);
  Block body;
  writeBody(body);
  auto values = retyper.retype(body, arguments, builder);
  if (failed(values))
    return failure();
  // What becomes of the terms of sums is a matter of whoever adds them.
  for (auto [i, value] : llvm::enumerate(*values)) {
    if (func.getResultAttr(i, kReduceAttr))
      continue;
    results.push_back(inputs + i);
    stored.push_back(value);
  }
  storeAll(results, rows, chunk, stored);
  return values;
}

LogicalResult GpuElementKernel::write() {
  begin(func.getSymName(), kGpuThreads);
  // Without a loop over rows: what only single elements need would be computed
  // in front of it.
  GpuChunk chunk = findChunk();
  Value row = findRow();
  auto any = builder.create<scf::IfOp>(loc, isInside(chunk, row));
  builder.create<LLVM::ReturnOp>(loc, ValueRange());
  GpuRetyper retyper(module, OpBuilder(any), loc, width);
  builder.setInsertionPointToStart(any.thenBlock());
  return success(succeeded(writeChunk(retyper, rowsOf(row), chunk)));
}

LogicalResult act::writeGpuElementKernel(act::FuncOp func,
                                         const GpuKernelOptions &options,
                                         gpu::GPUModuleOp module) {
  OpBuilder builder(func);
  if (func.getResultAttr(0, kStatsAttr))
    return writeGpuCountingKernels(func, options, module, builder);
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (func.getResultAttr(i, kReduceAttr))
      return writeGpuSummingKernel(func, options, module, builder);
  return GpuElementKernel(func, options, module, builder).write();
}

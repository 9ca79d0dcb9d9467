//===- DistributeElements.cpp - Elementwise functions on a GPU ------------===//
//
// Before: act.func @silu(%x: f32) -> f32. After: a kernel with the parameters
// of act/KernelABI.h, each of whose threads has a chunk of elements of a row,
// which it loads and stores by 16 bytes where they are neighbours and aligned,
// and else one by one. The body is there once and works on a vector.
//
//===----------------------------------------------------------------------===//

#include "DistributeElements.h"

using namespace mlir;
using namespace act;

namespace {

/// Writes the kernel of one function.
class GpuElementKernel : GpuKernelWriter {
public:
  GpuElementKernel(act::FuncOp func, const GpuKernelOptions &options,
                   gpu::GPUModuleOp module, OpBuilder &builder)
      : GpuKernelWriter(func, options, module, builder) {}

  LogicalResult write();

private:
  /// Where this thread's elements are.
  GpuChunk findChunk();
  LogicalResult writeChunk(GpuRetyper &retyper, Value row,
                           const GpuChunk &chunk);
};

} // namespace

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
  Value reaches =
      compare(arith::CmpIPredicate::ule, add(chunk.first, size), columns);
  chunk.isWhole = make<arith::AndIOp>(isChunked, reaches);
  return chunk;
}

LogicalResult GpuElementKernel::writeChunk(GpuRetyper &retyper, Value row,
                                           const GpuChunk &chunk) {
  unsigned inputs = func.getNumInputs();
  SmallVector<unsigned> arrays, results;
  for (unsigned i = 0; i < inputs; ++i)
    if (!isScalar(i))
      arrays.push_back(i);
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    results.push_back(inputs + i);
  SmallVector<Value> rows = rowsOf(row), arguments(inputs);
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
  storeAll(results, rows, chunk, *values);
  return success();
}

LogicalResult GpuElementKernel::write() {
  begin(func.getSymName(), kGpuThreads);
  GpuChunk chunk = findChunk();
  // Without a loop over rows: what only single elements need would be computed
  // in front of it.
  Value block =
      add(mul(special<NVVM::BlockIdZOp>(), special<NVVM::GridDimYOp>()),
          special<NVVM::BlockIdYOp>());
  Value row = add(mul(block, special<NVVM::BlockDimYOp>()),
                  special<NVVM::ThreadIdYOp>());
  Value isInside = make<arith::AndIOp>(
      compare(arith::CmpIPredicate::ult, chunk.first, columns),
      compare(arith::CmpIPredicate::ult, row, rows));
  auto any = builder.create<scf::IfOp>(loc, isInside);
  builder.create<LLVM::ReturnOp>(loc, ValueRange());
  GpuRetyper retyper(module, OpBuilder(any), loc, width);
  builder.setInsertionPointToStart(any.thenBlock());
  return writeChunk(retyper, row, chunk);
}

LogicalResult act::writeGpuElementKernel(act::FuncOp func,
                                         const GpuKernelOptions &options,
                                         gpu::GPUModuleOp module) {
  OpBuilder builder(func);
  return GpuElementKernel(func, options, module, builder).write();
}

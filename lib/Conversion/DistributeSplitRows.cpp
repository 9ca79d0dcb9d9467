//===- DistributeSplitRows.cpp - Rows that many blocks share --------------===//
//
// Before: a function of a row, e.g. softmax in blocks; after: kernels whose
// blocks have parts of a row each. The first one keeps the largest element of
// each part and the sum of the exponentials below it; in the next one every
// block brings these together for its row, and computes its part of the result
// from the input again, which a cache still has. A value that is combined of
// what depends on a combined value takes one kernel more.
//
//===----------------------------------------------------------------------===//

#include "Combiners.h"
#include "DistributeRows.h"
#include "GpuPartKernel.h"
#include "act/Conversion/Passes.h"
#include "act/GpuKernelNames.h"

using namespace mlir;
using namespace act;

namespace {

/// Writes the kernels of one function, which follow one another.
class GpuSplitKernel : public GpuPartKernel {
public:
  using GpuPartKernel::GpuPartKernel;
  LogicalResult write(StringRef name, unsigned launch, GpuAccess way);

private:
  LogicalResult combinePart(act::RowOp op);
  /// Where the value of a part is in scratch memory.
  Value keptAt(act::RowOp op, Value part);
  Value loadKept(act::RowOp op, Value part) override;
  LogicalResult writeValue(Operation &op);
};

} // namespace

Value GpuSplitKernel::keptAt(act::RowOp op, Value which) {
  Value row64 = add(mul(integer(i64, numberOf(op)), wide(rows)), wide(row));
  Value index = add(mul(row64, wide(numParts)), wide(which));
  return elementPointer(scratch, index, compute);
}

Value GpuSplitKernel::loadKept(act::RowOp op, Value which) {
  return builder.create<LLVM::LoadOp>(loc, compute, keptAt(op, which),
                                      compute.getWidth() / 8);
}

LogicalResult GpuSplitKernel::combinePart(act::RowOp op) {
  SmallVector<Value> total(1);
  if (failed(combineIn(parts.front(), op, total)))
    return failure();
  Value value = combineGroup(op.getCombiner(),
                             combineLanes(op.getCombiner(), total.front()));
  if (op.isOfBlock())
    numbers[op] = value;
  if (isLast())
    return success();
  auto first = builder.create<scf::IfOp>(
      loc, compare(arith::CmpIPredicate::eq, thread, integer(i32, 0)));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(first.thenBlock());
  builder.create<LLVM::StoreOp>(loc, value, keptAt(op, part),
                                compute.getWidth() / 8);
  return success();
}

LogicalResult GpuSplitKernel::writeValue(Operation &op) {
  auto combined = dyn_cast<act::RowOp>(op);
  bool isCombined = isOfPart(combined);
  if (isCombined && combinedIn(combined) == launch)
    return seen.contains(combined) ? combinePart(combined) : success();
  Value result = op.getResult(0);
  if (!needed.contains(result))
    return success();
  if (isCombined && combined.isOfBlock())
    numbers[result] = loadKept(combined, part);
  else if (isCombined || (combined && combined.isOverBlocks()))
    numbers[result] = merge(combined);
  else
    writeNumber(op);
  return success();
}

LogicalResult GpuSplitKernel::write(StringRef name, unsigned number,
                                    GpuAccess way) {
  launch = number;
  access = way;
  begin(name, kGpuSplitThreads, /*isSplit=*/true);
  entryEnd = builder.create<LLVM::ReturnOp>(loc, ValueRange());
  builder.setInsertionPoint(entryEnd);
  beginThreads();
  part = special<NVVM::BlockIdXOp>();
  row = add(firstRow, special<NVVM::BlockIdYOp>());
  numParts = countParts();
  enterRow(row);
  // Constants of vectors stand here.
  entryEnd = integer(i32, 0).getDefiningOp();
  numShared = 0;
  parts.clear();
  if (demandAll())
    parts.push_back(load(firstIn(part)));
  for (Operation &op : body.without_terminator())
    if (failed(writeValue(op)))
      return failure();
  if (writesElements() && failed(storeIn(parts.front())))
    return failure();
  if (writesUniform())
    storeUniform();
  return success();
}

LogicalResult act::writeGpuSplitKernels(act::FuncOp func, StringRef name,
                                        const GpuKernelOptions &options,
                                        gpu::GPUModuleOp module) {
  OpBuilder builder(func);
  GpuSplitKernel kernel(func, options, module, builder);
  unsigned launches = kernel.numLaunches();
  std::vector<std::string> suffixes = gpuSplitNames("", launches);
  for (auto [i, own] : llvm::enumerate(gpuSplitNames(name.str(), launches))) {
    if (options.wants(suffixes[i]) &&
        failed(kernel.write(own, i, GpuAccess::Chunks)))
      return failure();
    if (options.wants(gpuAnyName(suffixes[i])) &&
        failed(kernel.write(gpuAnyName(own), i, GpuAccess::Any)))
      return failure();
  }
  // A single one has nothing to bring together.
  if (options.level->hasClusters() && launches > 1) {
    module->setAttr(kClusterKernelAttr, builder.getUnitAttr());
    if (options.wants(gpuClusterName("")) &&
        failed(writeGpuClusterKernel(func, name, options, module)))
      return failure();
  }
  module->setAttr(kSplitKernelsAttr, builder.getI64IntegerAttr(launches));
  module->setAttr(kSplitValuesAttr,
                  builder.getI64IntegerAttr(kernel.numKept()));
  return success();
}

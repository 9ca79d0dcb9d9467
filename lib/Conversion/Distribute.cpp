//===- Distribute.cpp - Functions become GPU kernels ----------------------===//
//
// Before: act.func @silu(%x: f32) -> f32. After: gpu.module @act with the
// kernel. The loop over elements, which a kernel of the CPU has, is the grid.
//
//===----------------------------------------------------------------------===//

#include "DistributeElements.h"
#include "DistributeRows.h"
#include "act/Conversion/Passes.h"
#include "act/GpuKernelNames.h"
#include "act/Transforms/Stabilize.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

namespace act {
#define GEN_PASS_DEF_ACTDISTRIBUTE
#include "act/Conversion/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

static bool hasMaskResult(act::FuncOp func) {
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (auto storage = func.getResultAttrOfType<TypeAttr>(i, kStorageAttr);
        storage && storage.getValue().isInteger(1))
      return true;
  return false;
}

/// The function of a row that adds up the terms of a reduced result, in f64,
/// beside it.
static act::FuncOp createSum(act::FuncOp func, unsigned result) {
  OpBuilder builder(func);
  Location loc = func.getLoc();
  Type f64 = builder.getF64Type();
  // Kernels of elements have added up some already.
  Type terms = isRowFunction(func) ? func.getResultTypes().front() : f64;
  auto sum = builder.create<act::FuncOp>(
      loc, gpuSumName(func.getSymName().str(), result),
      builder.getFunctionType(f64, f64));
  Block *block = builder.createBlock(&sum.getBody(), {}, f64, loc);
  auto total = builder.create<act::RowOp>(loc, "sum", block->getArgument(0));
  builder.create<act::ReturnOp>(loc, total.getResult());
  Attribute storage = func.getResultAttr(result, kStorageAttr);
  sum.setArgAttr(0, kStorageAttr, TypeAttr::get(terms));
  sum.setResultAttr(0, kStorageAttr,
                    storage ? storage
                            : TypeAttr::get(func.getResultTypes().front()));
  return sum;
}

/// Rows that take different numbers of steps share no block.
static bool takesSteps(act::FuncOp func) {
  return llvm::any_of(func.getBody().getOps<act::RowOp>(),
                      [](act::RowOp op) { return op.isThreshold(); });
}

/// `split` is the function with split rows; null where there is none.
static LogicalResult writeKernels(act::FuncOp func, act::FuncOp split,
                                  const GpuKernelOptions &options,
                                  gpu::GPUModuleOp module) {
  if (failed(checkRowStorage(func)))
    return failure();
  if (isRowFunction(func)) {
    if (failed(writeGpuRowKernels(func, "", options, module)))
      return failure();
  } else if (options.wants("")) {
    if (failed(writeGpuElementKernel(func, options, module)))
      return failure();
  }
  if (split &&
      failed(writeGpuSplitKernels(split, func.getSymName(), options, module)))
    return failure();
  if (isRowFunction(func) && !takesSteps(func) &&
      options.wants(gpuAsideName("")) &&
      failed(writeGpuAsideKernel(func, options, module)))
    return failure();
  if (hasMaskResult(func) && options.wants(gpuPackName("")))
    writeGpuPackKernel(func, options, module);
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    if (!func.getResultAttr(i, kReduceAttr))
      continue;
    act::FuncOp sum = createSum(func, i);
    LogicalResult done =
        writeGpuRowKernels(sum, gpuSumName("", i), options, module);
    sum.erase();
    if (failed(done))
      return failure();
  }
  return success();
}

namespace {
struct Distribute : act::impl::ActDistributeBase<Distribute> {
  using ActDistributeBase::ActDistributeBase;
  void runOnOperation() override {
    GpuKernelOptions options;
    options.level = gpuLevelNamed(chip);
    options.flush = flush;
    std::vector<std::string> chosen(kernels.begin(), kernels.end());
    options.kernels = chosen;
    if (!options.level) {
      getOperation().emitError("unknown SM version '")
          << chip << "'; use " << gpuLevelNames();
      return signalPassFailure();
    }
    OpBuilder builder = OpBuilder::atBlockEnd(getOperation().getBody());
    auto module =
        builder.create<gpu::GPUModuleOp>(getOperation().getLoc(), "act");
    act::FuncOp split;
    for (auto func : getOperation().getOps<act::FuncOp>())
      if (func->hasAttr(kSplitAttr))
        split = func;
    for (auto func : getOperation().getOps<act::FuncOp>())
      if (func.isPublic() && failed(writeKernels(func, split, options, module)))
        return signalPassFailure();
    for (act::FuncOp func :
         llvm::make_early_inc_range(getOperation().getOps<act::FuncOp>()))
      func.erase();
  }
};
} // namespace

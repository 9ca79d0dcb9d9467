//===- Distribute.cpp - Functions become GPU kernels ----------------------===//
//
// Before: act.func @silu(%x: f32) -> f32. After: gpu.module @act with the
// kernel. The loop over elements, which a kernel of the CPU has, is the grid.
//
//===----------------------------------------------------------------------===//

#include "DistributeElements.h"
#include "act/Conversion/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

namespace act {
#define GEN_PASS_DEF_ACTDISTRIBUTE
#include "act/Conversion/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

/// What kernels of GPUs do not have yet is an error and names the remedy.
static LogicalResult checkSupported(act::FuncOp func) {
  auto refuse = [&](const Twine &what) {
    return func.emitError() << what
                            << " has no GPU kernel yet; compile it "
                               "for the CPU (--target=cpu)";
  };
  if (isRowFunction(func))
    return refuse("a function of a row");
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    if (func.getResultAttr(i, kReduceAttr))
      return refuse("a gradient that is summed");
    if (func.getResultAttr(i, kStatsAttr))
      return refuse("a function that counts");
    if (auto storage = func.getResultAttrOfType<TypeAttr>(i, kStorageAttr);
        storage && storage.getValue().isInteger(1))
      return refuse("a function with a mask");
  }
  for (unsigned i = 0; i < func.getNumInputs(); ++i)
    if (auto storage = func.getArgAttrOfType<TypeAttr>(i, kStorageAttr);
        storage && storage.getValue().isInteger(1))
      return refuse("a function of a mask");
  return success();
}

namespace {
struct Distribute : act::impl::ActDistributeBase<Distribute> {
  using ActDistributeBase::ActDistributeBase;
  void runOnOperation() override {
    GpuKernelOptions options;
    options.level = gpuLevelNamed(chip);
    options.flush = flush;
    if (!options.level) {
      getOperation().emitError("unknown SM version '")
          << chip << "'; use " << gpuLevelNames();
      return signalPassFailure();
    }
    OpBuilder builder = OpBuilder::atBlockEnd(getOperation().getBody());
    auto module =
        builder.create<gpu::GPUModuleOp>(getOperation().getLoc(), "act");
    for (act::FuncOp func :
         llvm::make_early_inc_range(getOperation().getOps<act::FuncOp>())) {
      if (func.isPublic() &&
          (failed(checkSupported(func)) ||
           failed(writeGpuElementKernel(func, options, module))))
        return signalPassFailure();
      func.erase();
    }
  }
};
} // namespace

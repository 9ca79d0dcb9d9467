//===- StagePipelines.cpp - The passes of each stage ----------------------===//

#include "act/Conversion/Passes.h"
#include "act/Pipeline/Pipelines.h"
#include "act/Transforms/Passes.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace act;

void act::populateActPipeline(OpPassManager &pm, const KernelOptions &) {
  // A chain of applications on tensors is one function.
  pm.addPass(createActFuse());
}

void act::populateDerivePipeline(OpPassManager &pm,
                                 const KernelOptions &options) {
  ActSpecializeOptions specialize;
  specialize.function = options.function;
  specialize.dtype = options.dtype;
  specialize.runtime = options.runtimeParameters;
  specialize.scalar = options.scalarInputs;
  specialize.uniform = options.uniformInputs;
  specialize.reduced = options.reducedResults;
  // Every GELU is the cheapest that the tolerance allows.
  if (options.tolerance != 0) {
    ActChooseGeluOptions chooseGelu;
    chooseGelu.tolerance = options.tolerance;
    chooseGelu.dtype = options.dtype;
    chooseGelu.accuracy = nameOf(options.accuracy);
    pm.addPass(createActChooseGelu(chooseGelu));
  }
  // Derivatives are functions like any other.
  pm.addPass(createActDerive());
  // So are those whose kernels count, with marks on their results.
  pm.addPass(createActStats());
  // One function is public and says what it is compiled for.
  pm.addPass(createActSpecialize(specialize));
  // Where a framework would round, a function says so.
  if (options.rounding == RoundingPoints::Each) {
    ActRoundEachOptions each;
    each.dtype = options.dtype;
    pm.addPass(createActRoundEach(each));
  }
}

void act::populateStabilizePipeline(OpPassManager &pm,
                                    const KernelOptions &options) {
  ActStabilizeOptions stabilize;
  // One function serves rows of any length on GPUs, or two.
  stabilize.longRows = options.longRows && !options.gpu;
  // Bodies consist of primitives only.
  pm.addPass(createActExpand());
  // Equal subexpressions are one, so that rules see through repetition.
  pm.addPass(createCSEPass());
  // Few long rows are a function of their own on a GPU.
  if (options.gpu)
    pm.addPass(createActSplitRows());
  // No rewritten form cancels or overflows where its function does not.
  pm.addNestedPass<act::FuncOp>(createActStabilize(stabilize));
  pm.addPass(createCSEPass());
}

void act::populateApproximatePipeline(OpPassManager &pm,
                                      const KernelOptions &options) {
  ActApproximateOptions approximate;
  approximate.dtype = options.dtype;
  // An operation is correctly rounded only if it has bits to spare.
  approximate.accuracy =
      nameOf(options.rounding == RoundingPoints::Each ? Accuracy::Strict
                                                      : options.accuracy);
  approximate.flush = options.flush;
  approximate.target = options.gpu ? "nvptx" : "any";
  // Only operations the target runs natively are left.
  pm.addNestedPass<act::FuncOp>(createActApproximate(approximate));
  // What is stored in 8 bits is divided by its scale.
  ActQuantizeOptions quantize;
  quantize.target = approximate.target;
  pm.addNestedPass<act::FuncOp>(createActQuantize(quantize));
  // Pieces shared by primitives are computed once.
  pm.addPass(createCSEPass());
}

void act::populateStructurePipeline(OpPassManager &pm,
                                    const KernelOptions &options) {
  ActStructureOptions structure;
  structure.flush = options.flush;
  structure.rowsInLanes = options.rowsInLanes;
  structure.rowsInStrips = options.rowsInStrips;
  structure.recompute = options.recomputesRows;
  // The function has the kernel calling convention.
  pm.addPass(createActStructure(structure));
}

void act::populateVectorizePipeline(OpPassManager &pm,
                                    const KernelOptions &options) {
  ActVectorizeOptions vectorize;
  vectorize.level = options.level->name;
  vectorize.width = options.lanes();
  // Every operation in the loop works on whole vectors.
  pm.addPass(createActVectorize(vectorize));
}

void act::populateLLVMPipeline(OpPassManager &pm, const KernelOptions &) {
  // The LLVM dialect, apart from casts between equal types,
  pm.addPass(createActConvertToLLVM());
  // which are gone too.
  pm.addPass(createReconcileUnrealizedCastsPass());
}

void act::populateDistributePipeline(OpPassManager &pm,
                                     const KernelOptions &options) {
  ActDistributeOptions distribute;
  distribute.chip = options.gpu->name;
  distribute.flush = options.flush;
  distribute.kernels = options.gpuKernels;
  // The function is a GPU kernel.
  pm.addPass(createActDistribute(distribute));
}

void act::populateNVVMPipeline(OpPassManager &pm, const KernelOptions &) {
  auto &kernels = pm.nest<gpu::GPUModuleOp>();
  // The NVVM dialect, apart from casts between equal types,
  kernels.addPass(createActConvertToNVVM());
  // which are gone too.
  kernels.addPass(createReconcileUnrealizedCastsPass());
}

void act::populateStage(Stage stage, OpPassManager &pm,
                        const KernelOptions &options) {
  switch (stage) {
  case Stage::Act:
    return populateActPipeline(pm, options);
  case Stage::Derive:
    return populateDerivePipeline(pm, options);
  case Stage::Stabilize:
    return populateStabilizePipeline(pm, options);
  case Stage::Approximate:
    return populateApproximatePipeline(pm, options);
  case Stage::Structure:
    return populateStructurePipeline(pm, options);
  case Stage::Vectorize:
    return populateVectorizePipeline(pm, options);
  case Stage::LLVM:
    return populateLLVMPipeline(pm, options);
  case Stage::Distribute:
    return populateDistributePipeline(pm, options);
  case Stage::NVVM:
    return populateNVVMPipeline(pm, options);
  case Stage::Object:
  case Stage::PTX:
  case Stage::Executable:
    return; // Not passes on MLIR.
  }
}

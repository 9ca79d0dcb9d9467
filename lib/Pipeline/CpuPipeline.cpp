//===- CpuPipeline.cpp - The passes of each stage -------------------------===//

#include "act/Conversion/Passes.h"
#include "act/Pipeline/Pipelines.h"
#include "act/Transforms/Passes.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Pass/PassOptions.h"
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
  stabilize.longRows = options.longRows;
  // Bodies consist of primitives only.
  pm.addPass(createActExpand());
  // Equal subexpressions are one, so that rules see through repetition.
  pm.addPass(createCSEPass());
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
  // Only operations the target runs natively are left.
  pm.addNestedPass<act::FuncOp>(createActApproximate(approximate));
  // Pieces shared by primitives are computed once.
  pm.addPass(createCSEPass());
}

void act::populateStructurePipeline(OpPassManager &pm,
                                    const KernelOptions &options) {
  ActStructureOptions structure;
  structure.flush = options.flush;
  structure.rowsInLanes = options.rowsInLanes;
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
  case Stage::Object:
  case Stage::Executable:
    return; // Not passes on MLIR.
  }
}

namespace {
struct CpuPipelineOptions : PassPipelineOptions<CpuPipelineOptions> {
  Option<std::string> function{*this, "function",
                               llvm::cl::desc("Function to compile")};
  Option<std::string> dtype{*this, "dtype",
                            llvm::cl::desc("Storage type: f64 f32 f16 bf16"),
                            llvm::cl::init("f32")};
  Option<std::string> accuracy{
      *this, "accuracy", llvm::cl::desc("Accuracy class: strict default fast"),
      llvm::cl::init("default")};
  Option<std::string> round{*this, "round",
                            llvm::cl::desc("Rounding points: once each"),
                            llvm::cl::init("once")};
  Option<double> tolerance{
      *this, "tolerance",
      llvm::cl::desc("What act-choose-gelu may give away; 0 is nothing"),
      llvm::cl::init(0)};
  Option<bool> flush{
      *this, "flush",
      llvm::cl::desc("Subnormal inputs and results are zeros of their sign"),
      llvm::cl::init(false)};
  Option<std::string> level{*this, "level", llvm::cl::desc("CPU level"),
                            llvm::cl::init("x86-64-v3")};
  ListOption<std::string> runtime{
      *this, "runtime", llvm::cl::desc("Parameters given at run time")};
  Option<std::string> stopAfter{*this, "stop-after",
                                llvm::cl::desc("Last stage to run"),
                                llvm::cl::init("llvm")};
};
} // namespace

static void buildCpuPipeline(OpPassManager &pm,
                             const CpuPipelineOptions &given) {
  KernelOptions options;
  options.function = given.function;
  options.dtype = given.dtype;
  options.runtimeParameters.assign(given.runtime.begin(), given.runtime.end());
  options.tolerance = given.tolerance;
  options.level = cpuLevelNamed(given.level);
  std::optional<Accuracy> accuracy = accuracyNamed(given.accuracy.getValue());
  if (!accuracy)
    llvm::report_fatal_error("act-cpu-pipeline: unknown accuracy class; use "
                             "strict, default or fast",
                             /*gen_crash_diag=*/false);
  options.accuracy = *accuracy;
  std::optional<RoundingPoints> rounding =
      roundingNamed(given.round.getValue());
  if (!rounding)
    llvm::report_fatal_error("act-cpu-pipeline: unknown rounding; use once or "
                             "each",
                             /*gen_crash_diag=*/false);
  options.rounding = *rounding;
  options.flush = given.flush;
  std::optional<Stage> last = stageNamed(given.stopAfter.getValue());
  if (!options.level)
    llvm::report_fatal_error("act-cpu-pipeline: unknown level; use " +
                                 llvm::Twine(cpuLevelNames()),
                             /*gen_crash_diag=*/false);
  if (!last || *last > Stage::LLVM)
    llvm::report_fatal_error("act-cpu-pipeline: unknown stage for stop-after",
                             /*gen_crash_diag=*/false);
  for (int stage = 1; stage <= int(*last); ++stage)
    populateStage(Stage(stage), pm, options);
}

void act::registerPipelines() {
  registerActTransformsPasses();
  registerActConversionPasses();
  PassPipelineRegistration<CpuPipelineOptions>(
      "act-cpu-pipeline", "From act to the LLVM dialect for a CPU level",
      buildCpuPipeline);
}

//===- NamedPipelines.cpp - The pipelines of act-opt ----------------------===//

#include "act/Conversion/Passes.h"
#include "act/Pipeline/Pipelines.h"
#include "act/Transforms/Passes.h"
#include "mlir/Pass/PassOptions.h"

using namespace mlir;
using namespace act;

namespace {
/// What both roads ask for.
template <class Derived> struct CommonOptions : PassPipelineOptions<Derived> {
  template <class T>
  using Option = typename PassPipelineOptions<Derived>::template Option<T>;
  template <class T>
  using ListOption =
      typename PassPipelineOptions<Derived>::template ListOption<T>;

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
  ListOption<std::string> runtime{
      *this, "runtime", llvm::cl::desc("Parameters given at run time")};
};

struct CpuPipelineOptions : CommonOptions<CpuPipelineOptions> {
  Option<std::string> level{*this, "level", llvm::cl::desc("CPU level"),
                            llvm::cl::init("x86-64-v3")};
  Option<std::string> stopAfter{*this, "stop-after",
                                llvm::cl::desc("Last stage to run"),
                                llvm::cl::init("llvm")};
};

struct GpuPipelineOptions : CommonOptions<GpuPipelineOptions> {
  Option<std::string> chip{*this, "chip", llvm::cl::desc("SM version"),
                           llvm::cl::init("sm_90")};
  Option<std::string> stopAfter{*this, "stop-after",
                                llvm::cl::desc("Last stage to run"),
                                llvm::cl::init("nvvm")};
};
} // namespace

/// An option's value that makes no sense.
[[noreturn]] static void refuse(Road road, const Twine &what) {
  llvm::report_fatal_error(
      Twine(road == Road::Cpu ? "act-cpu-pipeline" : "act-gpu-pipeline") +
          ": " + what,
      /*gen_crash_diag=*/false);
}

template <class Given>
static void build(OpPassManager &pm, KernelOptions options, const Given &given,
                  Road road) {
  options.function = given.function;
  options.dtype = given.dtype;
  options.runtimeParameters.assign(given.runtime.begin(), given.runtime.end());
  options.tolerance = given.tolerance;
  options.flush = given.flush;
  std::optional<Accuracy> accuracy = accuracyNamed(given.accuracy.getValue());
  if (!accuracy)
    refuse(road, "unknown accuracy class; use strict, default or fast");
  options.accuracy = *accuracy;
  std::optional<RoundingPoints> rounding =
      roundingNamed(given.round.getValue());
  if (!rounding)
    refuse(road, "unknown rounding; use once or each");
  options.rounding = *rounding;
  std::vector<Stage> passes = stagesUpTo(road, lastPassesOf(road));
  std::optional<Stage> last = stageNamed(given.stopAfter.getValue());
  if (!last || !llvm::is_contained(passes, *last))
    refuse(road, "unknown stage for stop-after");
  for (Stage stage : stagesUpTo(road, *last))
    populateStage(stage, pm, options);
}

static void buildCpu(OpPassManager &pm, const CpuPipelineOptions &given) {
  KernelOptions options;
  options.level = cpuLevelNamed(given.level);
  if (!options.level)
    refuse(Road::Cpu, "unknown level; use " + Twine(cpuLevelNames()));
  build(pm, options, given, Road::Cpu);
}

static void buildGpu(OpPassManager &pm, const GpuPipelineOptions &given) {
  KernelOptions options;
  options.gpu = gpuLevelNamed(given.chip);
  if (!options.gpu)
    refuse(Road::Gpu, "unknown chip; use " + Twine(gpuLevelNames()));
  build(pm, options, given, Road::Gpu);
}

void act::registerPipelines() {
  registerActTransformsPasses();
  registerActConversionPasses();
  PassPipelineRegistration<CpuPipelineOptions>(
      "act-cpu-pipeline", "From act to the LLVM dialect for a CPU level",
      buildCpu);
  PassPipelineRegistration<GpuPipelineOptions>(
      "act-gpu-pipeline", "From act to the NVVM dialect for an SM version",
      buildGpu);
}

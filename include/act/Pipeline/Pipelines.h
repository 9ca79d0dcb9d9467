//===- Pipelines.h - The passes of each stage -------------------*- C++ -*-===//
//
// One function a stage of the corridor. A compiler that embeds Act enters and
// leaves at any of them.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_PIPELINE_PIPELINES_H
#define ACT_PIPELINE_PIPELINES_H

#include "act/Numerics.h"
#include "act/Stages.h"
#include "act/Target/Gpu.h"
#include "act/Target/Target.h"
#include "mlir/Pass/PassManager.h"
#include <optional>
#include <string>
#include <vector>

namespace act {

/// What one kernel is compiled for.
struct KernelOptions {
  /// Function to compile; the only public one if empty.
  std::string function;
  /// Storage type of inputs and results: f64, f32, f16 or bf16.
  std::string dtype = "f32";
  /// Parameters given at run time; the others are bound to their defaults.
  std::vector<std::string> runtimeParameters;
  /// Inputs, by number, that are one value for the whole array.
  std::vector<unsigned> scalarInputs;
  /// Inputs of a function of a row, by number, that are one value a row. A
  /// derivative must know them before it is made: mark them act.uniform in the
  /// function that is differentiated.
  std::vector<unsigned> uniformInputs;
  /// Rows of a function of a row stand side by side in memory, as those along
  /// any axis but the last do: vectors have an element of each of some rows.
  bool rowsInLanes = false;
  /// Rows in lanes are taken some vectors at a time, an element of all of them
  /// after another where arrays are read and written: they are too far apart
  /// for a cache to keep what a vector of rows reads. The bits are the same.
  bool rowsInStrips = false;
  /// Rows of one have more than kLongRow elements: those of a softmax are read
  /// in blocks, each with a largest element of its own. Other rows would have
  /// other bits so, and these without.
  bool longRows = false;
  /// Rows of one are longer than a cache holds with what is kept of them: no
  /// value of an element is kept, but computed again. The bits are the same.
  bool recomputesRows = false;
  /// Results, by number, that are summed where their operand is broadcast; the
  /// kernel writes their terms in the compute type.
  std::vector<unsigned> reducedResults;
  /// What is promised about errors.
  Accuracy accuracy = Accuracy::Default;
  /// Where results are rounded to the storage type.
  RoundingPoints rounding = RoundingPoints::Once;
  /// What act-choose-gelu may give away, in units of a GELU's result; positive,
  /// or 0 to leave every GELU as it is.
  double tolerance = 0;
  /// Subnormal inputs and results are zeros of their sign, so that results do
  /// not depend on the FTZ and DAZ flags of the thread that runs the kernel.
  bool flush = false;
  /// Whether some result is computed as in strict, whatever the class is: known
  /// once the function is.
  std::optional<bool> hasStrictResult;
  /// CPU level; null where `gpu` is not.
  const CpuLevel *level = nullptr;
  /// SM version of kernels for GPUs.
  const GpuLevel *gpu = nullptr;
  /// Kernels of it to write, each by what stands behind the function's name
  /// (act/GpuKernelNames.h); all if empty.
  std::vector<std::string> gpuKernels;

  Road road() const { return gpu ? Road::Gpu : Road::Cpu; }

  /// Width of the compute type: f64 for f64 storage, strict results and
  /// operations that are rounded each, else f32.
  unsigned computeBits() const {
    bool isExact = hasStrictResult.value_or(accuracy == Accuracy::Strict) ||
                   rounding == RoundingPoints::Each;
    return dtype == "f64" || isExact ? 64 : 32;
  }
  unsigned lanes() const { return level->lanes(computeBits()); }
};

/// A chain of applications on tensors is one function.
void populateActPipeline(mlir::OpPassManager &pm, const KernelOptions &);
/// Every GELU is the cheapest that the tolerance allows; derivatives are plain
/// functions; one function is public, its parameters are
/// bound, its operands have storage types and layouts.
void populateDerivePipeline(mlir::OpPassManager &pm, const KernelOptions &);
/// Formulas are expanded, tail-safe and recognised.
void populateStabilizePipeline(mlir::OpPassManager &pm, const KernelOptions &);
/// Only operations the target runs are left, each once.
void populateApproximatePipeline(mlir::OpPassManager &pm,
                                 const KernelOptions &);
/// The function is a loop over elements.
void populateStructurePipeline(mlir::OpPassManager &pm, const KernelOptions &);
/// The loop works on vectors.
void populateVectorizePipeline(mlir::OpPassManager &pm, const KernelOptions &);
/// The LLVM dialect only.
void populateLLVMPipeline(mlir::OpPassManager &pm, const KernelOptions &);

/// The function is a GPU kernel.
void populateDistributePipeline(mlir::OpPassManager &pm, const KernelOptions &);
/// The NVVM dialect only.
void populateNVVMPipeline(mlir::OpPassManager &pm, const KernelOptions &);

/// The pipeline of a stage up to llvm or nvvm.
void populateStage(Stage stage, mlir::OpPassManager &pm,
                   const KernelOptions &options);

/// Emits an error for every operation that the stage's row does not allow.
mlir::LogicalResult verifyStage(mlir::Operation *root, Stage stage);

/// Registers all passes and the pipelines --act-cpu-pipeline[=options] and
/// --act-gpu-pipeline[=options].
void registerPipelines();

} // namespace act

#endif // ACT_PIPELINE_PIPELINES_H

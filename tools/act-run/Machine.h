//===- Machine.h - What --target names --------------------------*- C++ -*-===//
#ifndef ACT_RUN_MACHINE_H
#define ACT_RUN_MACHINE_H

#include "Options.h"
#include "act/Runtime/CudaDriver.h"
#include "act/Target/Gpu.h"
#include "act/Target/Target.h"

namespace act::run {

/// What a kernel is compiled for, and what runs it. One of `cpu` and `gpu` is
/// not null.
struct Machine {
  const CpuLevel *cpu = nullptr;
  const GpuLevel *gpu = nullptr;
  /// The GPU's kernel runs on the host.
  bool simulates = false;
  /// No SM version was named.
  bool isAnyChip = false;
  /// What the GPU's kernel runs on, once it is open.
  std::shared_ptr<const CudaDevice> device;

  Road road() const { return gpu ? Road::Gpu : Road::Cpu; }
};

/// The machine of the command line. Without --target it is this machine's best
/// CPU level, or a GPU if only that has the product or stage asked for. An
/// error if the target has no such product or stage.
llvm::Expected<Machine> chooseMachine(const Options &options);

/// Makes `machine` ready to run kernels: opens the first CUDA device where it
/// is the target, whose SM version is that of the kernels if none was named. An
/// error if this machine cannot run what is compiled for `machine`.
llvm::Error prepareToRun(Machine &machine);

} // namespace act::run

#endif // ACT_RUN_MACHINE_H

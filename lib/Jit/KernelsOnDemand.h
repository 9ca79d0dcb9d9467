//===- KernelsOnDemand.h - GPU kernels made for a shape ---------*- C++ -*-===//
#ifndef ACT_LIB_JIT_KERNELSONDEMAND_H
#define ACT_LIB_JIT_KERNELSONDEMAND_H

#include "act/Jit/Compiler.h"
#include <mutex>

namespace act {

/// The kernels of one function, of which a group (gpuKernelGroups()) is
/// compiled and loaded when one of it is asked for, once.
class KernelsOnDemand : public GpuModule {
public:
  /// `approximated` is the text of the module behind that stage.
  KernelsOnDemand(std::string approximated, const CompileOptions &options)
      : approximated(std::move(approximated)), options(options) {}

  /// Once what there is is known, and before the first kernel is asked for.
  void setGroups(const KernelSignature &signature, const std::string &function);
  /// Gives the first group.
  void setFirst(std::unique_ptr<GpuModule> module) {
    modules.front() = std::move(module);
  }

  /// Compiles where it must, one group at a time.
  llvm::Expected<const GpuKernel *> kernel(llvm::StringRef name) override;
  bool launchesClusters() const override;

private:
  llvm::Expected<std::unique_ptr<GpuModule>>
  make(const std::vector<std::string> &group) const;

  const std::string approximated;
  const CompileOptions options;
  std::string function;
  /// What stands behind the function's name in those of each group's kernels.
  std::vector<std::vector<std::string>> groups;
  std::mutex mutex;
  /// Of each group; null until it is asked for.
  std::vector<std::unique_ptr<GpuModule>> modules;
};

} // namespace act

#endif // ACT_LIB_JIT_KERNELSONDEMAND_H

//===- Corridor.h - From formula to executable ------------------*- C++ -*-===//
#ifndef ACT_LIB_JIT_CORRIDOR_H
#define ACT_LIB_JIT_CORRIDOR_H

#include "act/Jit/Compiler.h"
#include "llvm/IR/Module.h"

namespace act {

class KernelsOnDemand;

/// The state of one walk, which consumes the module.
class Corridor {
public:
  Corridor(mlir::ModuleOp module, const CompileOptions &options)
      : module(module), options(options) {}

  llvm::Expected<CompileResult> walk();
  /// What is left of the walk for an approximated module, to a loaded module of
  /// the GPU kernels that the options name.
  llvm::Expected<CompileResult> finishApproximated();

private:
  /// Runs one stage of passes, timed, checked and dumped as asked.
  llvm::Error runPasses(Stage stage);
  /// GPU kernels of which some are made when a shape asks for them.
  bool makesOnDemand() const;
  llvm::Error distributeOnDemand();
  /// What follows the passes.
  llvm::Error finishCpu();
  llvm::Error finishGpu();
  llvm::Expected<std::unique_ptr<GpuModule>> loadOnDevice();
  llvm::Error showLLVM(const llvm::Module &llvm, Stage stage);
  /// Times `work` as `stage`.
  template <class Work> auto timed(Stage stage, Work work);
  llvm::Error dump(Stage stage, llvm::StringRef extension,
                   llvm::StringRef text);
  std::string textOf(mlir::Operation *op);

  mlir::ModuleOp module;
  CompileOptions options;
  CompileResult result;
  /// The result's GPU module, where it makes kernels on demand.
  KernelsOnDemand *onDemand = nullptr;
};

} // namespace act

#endif // ACT_LIB_JIT_CORRIDOR_H

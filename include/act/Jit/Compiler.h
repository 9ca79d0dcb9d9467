//===- Compiler.h - The corridor from formula to executable -----*- C++ -*-===//
#ifndef ACT_JIT_COMPILER_H
#define ACT_JIT_COMPILER_H

#include "act/IR/Act.h"
#include "act/Pipeline/Pipelines.h"
#include "act/Runtime/CudaDriver.h"
#include "act/Runtime/ElementwiseRunner.h"
#include "act/Runtime/ObjectLoader.h"
#include "act/Runtime/PackedLayout.h"
#include "act/Runtime/Simulation.h"
#include "act/Stages.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <map>
#include <memory>

namespace act {

/// What to produce instead of an executable kernel.
enum class Product { Kernel, MLIR, LLVMIR, Assembly, Object, PTX };

/// Milliseconds one stage took.
struct StageTime {
  Stage stage;
  double milliseconds;
};

/// Kernels for a GPU that were made after the compile: what they are called,
/// their PTX, which is empty on the simulator, how long that took, and whether
/// the device's machine code was in the cache.
struct KernelsMade {
  std::vector<std::string> names;
  std::string text;
  std::vector<StageTime> times;
  bool wasCached;
};

/// Everything one compile depends on.
struct CompileOptions : KernelOptions {
  Product product = Product::Kernel;
  /// Last stage when the product is MLIR; one of the road that is taken.
  Stage stopAfter = Stage::LLVM;
  /// A GPU kernel is loaded on the simulator (Runtime/Simulation.h) and not on
  /// a device.
  bool simulates = false;
  SimulationOptions simulation;
  /// The device that a GPU kernel is loaded on. `gpu` may be any level whose
  /// code it runs, as levelFor() gives the best of. The PTX is of the lowest
  /// version that has all that kernels of the level use, whatever newer one
  /// the driver knows.
  std::shared_ptr<const CudaDevice> device;
  /// Where machine code of devices is kept; that of FileCache::ofUser() if
  /// null. Must outlive the result, which may make kernels.
  const FileCache *cubins = nullptr;
  /// Called when GPU kernels have been made because arrays of some shape asked
  /// for them, on the thread that asked; one call of a result at a time.
  std::function<void(const KernelsMade &)> whenMade;
  /// Check each stage's legality and run MLIR's verifier between stages.
  bool verify = false;
  /// Folder that receives every stage's text, numbered; none if empty.
  std::string dumpDirectory;
};

/// The outcome of a compile.
struct CompileResult {
  /// MLIR, LLVM IR, assembly or PTX text, or the object's bytes. Of kernels
  /// that were made for a device, their PTX.
  std::string text;
  /// The loaded kernel, if that was the product: of the CPU, or the module of
  /// those of a GPU. Of these a function of elements has one, which is loaded,
  /// and several together those that some shapes need; functions of a row have
  /// several of which a shape needs few. Such kernels are compiled when
  /// GpuRunner::create() first asks for them, and then kept.
  std::unique_ptr<LoadedObject> kernel;
  std::unique_ptr<GpuModule> gpuModule;
  /// The device's machine code was in the cache.
  bool wasCached = false;
  KernelSignature signature;
  /// Name of the function, which is also the kernel's symbol.
  std::string name;
  /// Canonical name of the table row it was recognised as, or whose
  /// derivatives all its results are; else empty.
  std::string identity;
  /// The highest order among these derivatives.
  int64_t identityOrder = 0;
  /// Names of the inputs, then of the run-time parameters.
  std::vector<std::string> argumentNames;
  /// Ranges, "> 0" or ">= 0", that run-time parameters must lie in.
  std::map<std::string, std::string> parameterRanges;
  /// What packedPartsOf() gives for the function: where the kernel's operands
  /// are that are no arrays of their own.
  std::vector<std::optional<PackedPart>> packedParts;
  std::vector<StageTime> times;
};

/// For each input of the function, then each result: the part of a packed array
/// that it is, if it is one.
std::vector<std::optional<PackedPart>> packedPartsOf(FuncOp func);

/// Adds the dialects and translations that a road needs.
void registerCorridor(mlir::DialectRegistry &registry, Road road = Road::Cpu);

/// A context with the dialects that a road needs, without threads.
std::unique_ptr<mlir::MLIRContext> createContext(Road road = Road::Cpu);

/// The best level for a device, or an error if it is older than all levels.
llvm::Expected<const GpuLevel *> levelFor(const CudaDevice &device);

/// Walks the corridor with a module of the act dialect, which it consumes.
/// Problems of the program are reported to the context's diagnostic handler
/// and named in the error. Where a kernel is loaded, it is an error, too, if
/// the calling thread is not in the default floating-point environment
/// (checkFloatEnvironment); what is made does not depend on it. Not safe to
/// call twice at once on one context.
llvm::Expected<CompileResult> compile(mlir::ModuleOp module,
                                      const CompileOptions &options);

} // namespace act

#endif // ACT_JIT_COMPILER_H

//===- KernelsOnDemand.cpp - GPU kernels made for a shape -----------------===//
//
// A softmax has up to twelve kernels, of which rows of one shape need one or
// two. Nothing of MLIR outlives a compile, so that the approximated function is
// kept as text, which is read again in a context of its own.
//
//===----------------------------------------------------------------------===//

#include "KernelsOnDemand.h"
#include "Corridor.h"
#include "act/Runtime/CudaDriver.h"
#include "act/Runtime/GpuRunner.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <chrono>

using namespace act;
using llvm::Expected;
using llvm::StringRef;

void KernelsOnDemand::setGroups(const KernelSignature &signature,
                                const std::string &name) {
  function = name;
  groups = gpuKernelGroups(signature, "");
  modules.resize(groups.size());
}

Expected<const GpuKernel *> KernelsOnDemand::kernel(StringRef name) {
  std::lock_guard<std::mutex> lock(mutex);
  StringRef suffix = name;
  bool isOwn = suffix.consume_front(function);
  for (auto [group, module] : llvm::zip_equal(groups, modules)) {
    if (!isOwn || !llvm::is_contained(group, suffix))
      continue;
    if (!module) {
      auto made = make(group);
      if (!made)
        return made.takeError();
      module = std::move(*made);
    }
    return module->kernel(name);
  }
  std::vector<std::string> names;
  for (const auto &group : groups)
    for (const std::string &each : group)
      names.push_back(function + each);
  return llvm::createStringError("function '" + function + "' has no kernel '" +
                                 name +
                                 "'; it has: " + llvm::join(names, ", "));
}

bool KernelsOnDemand::launchesClusters() const {
  return options.gpu->hasClusters() &&
         (options.simulates || options.device->launchesClusters());
}

Expected<std::unique_ptr<GpuModule>>
KernelsOnDemand::make(const std::vector<std::string> &group) const {
  auto begin = std::chrono::steady_clock::now();
  auto context = createContext(Road::Gpu);
  std::string problems;
  mlir::ScopedDiagnosticHandler handler(context.get(),
                                        [&](mlir::Diagnostic &diagnostic) {
                                          problems += "; " + diagnostic.str();
                                          return mlir::success();
                                        });
  mlir::ParserConfig config(context.get(), options.verify);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(approximated, config);
  if (!module)
    return llvm::createStringError("an approximated function cannot be read" +
                                   problems);
  std::chrono::duration<double, std::milli> reading =
      std::chrono::steady_clock::now() - begin;
  CompileOptions own = options;
  own.gpuKernels = group;
  auto made = Corridor(*module, own).finishApproximated();
  if (!made)
    return llvm::createStringError(llvm::toString(made.takeError()) + problems);
  if (options.whenMade) {
    KernelsMade report{{}, made->text, std::move(made->times), made->wasCached};
    for (const std::string &suffix : group)
      report.names.push_back(function + suffix);
    report.times.insert(report.times.begin(),
                        {Stage::Approximate, reading.count()});
    options.whenMade(report);
  }
  return std::move(made->gpuModule);
}

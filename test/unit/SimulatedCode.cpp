//===- SimulatedCode.cpp - GPU kernels run on the host in tests -----------===//

#include "SimulatedCode.h"
#include "act/Codegen/Simulation.h"
#include "act/Runtime/GpuRunner.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/Support/SourceMgr.h"
#include "gtest/gtest.h"

using namespace act;
using namespace act::test;

CompileOptions act::test::gpuOptions(Accuracy accuracy, const char *level) {
  CompileOptions options;
  options.gpu = gpuLevelNamed(level);
  options.accuracy = accuracy;
  options.product = Product::LLVMIR;
  return options;
}

SimulatedCode::SimulatedCode(const CompileResult &compiled) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic problem;
  std::unique_ptr<llvm::Module> module =
      llvm::parseAssemblyString(compiled.text, problem, context);
  if (!module) {
    ADD_FAILURE() << problem.getMessage().str() << ": "
                  << problem.getLineContents().str();
    return;
  }
  auto code = emitSimulated(*module, *bestHostLevel());
  if (code)
    object = (*code)->getBuffer().str();
  else
    ADD_FAILURE() << llvm::toString(code.takeError());
}

void SimulatedCode::load(CompileResult &compiled,
                         const SimulationOptions &options) const {
  compiled.gpuKernels.clear();
  if (object.empty())
    return;
  auto module =
      loadSimulated(llvm::MemoryBuffer::getMemBufferCopy(object), options);
  if (!module) {
    ADD_FAILURE() << llvm::toString(module.takeError());
    return;
  }
  compiled.gpuModule = std::move(*module);
  for (auto &name : gpuKernelNames(compiled.signature, compiled.name)) {
    auto kernel = compiled.gpuModule->kernel(name);
    if (kernel)
      compiled.gpuKernels.push_back(*kernel);
    else
      ADD_FAILURE() << llvm::toString(kernel.takeError());
  }
}

//===- SimulatedCode.cpp - GPU kernels run on the host in tests -----------===//

#include "SimulatedCode.h"
#include "act/Codegen/Simulation.h"
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
  compiled.gpuModule.reset();
  if (object.empty())
    return;
  auto module =
      loadSimulated(llvm::MemoryBuffer::getMemBufferCopy(object), options);
  if (module)
    compiled.gpuModule = std::move(*module);
  else
    ADD_FAILURE() << llvm::toString(module.takeError());
}

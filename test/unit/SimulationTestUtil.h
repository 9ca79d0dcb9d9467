//===- SimulationTestUtil.h - Kernels in text, run on the host --*- C++ -*-===//
#ifndef ACT_TEST_UNIT_SIMULATIONTESTUTIL_H
#define ACT_TEST_UNIT_SIMULATIONTESTUTIL_H

#include "act/Codegen/Simulation.h"
#include "act/Runtime/Simulation.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/Support/SourceMgr.h"
#include "gtest/gtest.h"
#include <vector>

namespace act::test {

/// What tests' kernels call.
inline const std::string kDeclarations = R"(
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.tid.y()
declare i32 @llvm.nvvm.read.ptx.sreg.tid.z()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.y()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.y()
declare i32 @llvm.nvvm.read.ptx.sreg.nctaid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.laneid()
declare void @llvm.nvvm.barrier0()
declare i32 @llvm.nvvm.shfl.sync.bfly.i32(i32, i32, i32, i32)
declare float @llvm.nvvm.shfl.sync.bfly.f32(i32, float, i32, i32)
)";

/// The object of a module's text, or why there is none.
inline llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
simulatedObject(const std::string &text,
                const CpuLevel &level = *bestHostLevel()) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic problem;
  std::unique_ptr<llvm::Module> module =
      llvm::parseAssemblyString(kDeclarations + text, problem, context);
  if (!module)
    return llvm::createStringError(problem.getLineContents() + ": " +
                                   problem.getMessage());
  return emitSimulated(*module, level);
}

inline llvm::Expected<std::unique_ptr<GpuModule>>
simulated(const std::string &text, const SimulationOptions &options = {}) {
  auto object = simulatedObject(text);
  if (!object)
    return object.takeError();
  return loadSimulated(std::move(*object), options);
}

/// Runs kernel k of a module's text; "" or an error's text.
template <class... Parameters>
std::string run(const std::string &text, const LaunchShape &shape,
                const SimulationOptions &options, Parameters... parameters) {
  auto module = simulated(text, options);
  if (!module)
    return toString(module.takeError());
  auto kernel = (*module)->kernel("k");
  if (!kernel)
    return toString(kernel.takeError());
  void *pointers[] = {&parameters...};
  return toString((*kernel)->launch(shape, pointers, nullptr));
}

/// A kernel (ptr addrspace(1) %x, ptr addrspace(1) %y, i32 %n) of threads that
/// have %t, %i (the number in the grid along x), %xi and %yi, the addresses of
/// their floats or words. The body ends with its return.
inline std::string kernel(const std::string &body,
                          const std::string &others = "") {
  return others + R"(
define ptx_kernel void @k(ptr addrspace(1) noalias readonly align 4 %x,
                          ptr addrspace(1) noalias align 4 %y, i32 %n) {
entry:
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %b = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %s = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %bs = mul i32 %b, %s
  %i = add i32 %bs, %t
  %xi = getelementptr float, ptr addrspace(1) %x, i32 %i
  %yi = getelementptr float, ptr addrspace(1) %y, i32 %i
)" + body +
         "\n}\n";
}

inline LaunchShape shapeOf(unsigned blocks, unsigned threads,
                           unsigned shared = 0) {
  LaunchShape shape;
  shape.grid[0] = blocks;
  shape.block[0] = threads;
  shape.sharedBytes = shared;
  return shape;
}

/// Runs a kernel of words in both orders of threads, which must agree.
inline std::vector<int> runBoth(const std::string &text,
                                const LaunchShape &shape,
                                std::vector<int> x = {}) {
  unsigned count = shape.grid[0] * shape.block[0];
  x.resize(count);
  std::vector<int> results[2];
  for (bool reversed : {false, true}) {
    SimulationOptions options;
    options.reversed = reversed;
    std::vector<int> &y = results[reversed];
    y.assign(count, -1);
    EXPECT_EQ(run(text, shape, options, x.data(), y.data(), int(count)), "");
  }
  EXPECT_EQ(results[0], results[1]);
  return results[0];
}

/// Stores %r and returns.
inline const std::string storeR =
    "store i32 %r, ptr addrspace(1) %yi\nret void";

} // namespace act::test

#endif // ACT_TEST_UNIT_SIMULATIONTESTUTIL_H

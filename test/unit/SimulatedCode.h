//===- SimulatedCode.h - GPU kernels run on the host in tests ---*- C++ -*-===//
#ifndef ACT_TEST_UNIT_SIMULATEDCODE_H
#define ACT_TEST_UNIT_SIMULATEDCODE_H

#include "act/Jit/Compiler.h"
#include "act/Reference/Ulp.h"
#include <string>

namespace act::test {

/// Options with which compileTest() and compileRows() compile for a GPU, up to
/// LLVM IR.
CompileOptions gpuOptions(Accuracy accuracy = Accuracy::Default,
                          const char *level = "sm_90");

/// Code of GPU kernels for the simulator. It is made once and loaded for each
/// of several SimulationOptions: making it takes longer than most tests do.
class SimulatedCode {
public:
  /// Of what a compile with gpuOptions() gave. Reports failures to gtest.
  explicit SimulatedCode(const CompileResult &compiled);

  /// Gives the result of that compile kernels, in place of any it had.
  void load(CompileResult &compiled,
            const SimulationOptions &options = {}) const;

private:
  std::string object;
};

/// Has kernels of a TestKernel or a RowKernel loaded once, with `options`.
template <class Kernel>
Kernel loaded(Kernel kernel, const SimulationOptions &options = {}) {
  if (!kernel.result.text.empty())
    SimulatedCode(kernel.result).load(kernel.result, options);
  return kernel;
}

/// What rows of the table and their first derivatives are held to on a GPU, in
/// ulp of results of `type`. Of a result of 16 bits 0.5 means correctly
/// rounded, and 0.75 misrounded only within a quarter of an ulp of a tie.
inline double gpuBoundOf(DType type, Accuracy accuracy) {
  if (type == DType::F64 || accuracy == Accuracy::Fast)
    return rowBoundOf(type, accuracy);
  bool isStrict = accuracy == Accuracy::Strict;
  if (type == DType::F32)
    return isStrict ? 2 : 4;
  return isStrict ? 0.5 : 0.75;
}

} // namespace act::test

#endif // ACT_TEST_UNIT_SIMULATEDCODE_H

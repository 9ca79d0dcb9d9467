//===- SimulatedCode.h - GPU kernels run on the host in tests ---*- C++ -*-===//
#ifndef ACT_TEST_UNIT_SIMULATEDCODE_H
#define ACT_TEST_UNIT_SIMULATEDCODE_H

#include "act/Jit/Compiler.h"
#include <string>

namespace act::test {

/// Options with which compileTest() and compileRows() compile for a GPU, up to
/// LLVM IR.
CompileOptions gpuOptions(Accuracy accuracy = Accuracy::Default,
                          const char *level = "sm_90");

/// The ways in which approximate instructions err.
inline std::vector<SimulationOptions> errorModes() {
  std::vector<SimulationOptions> modes(4);
  modes[1].error = SimulatedError::Largest;
  modes[2].error = SimulatedError::Smallest;
  modes[3].error = SimulatedError::Seeded;
  modes[3].seed = 20;
  return modes;
}

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

} // namespace act::test

#endif // ACT_TEST_UNIT_SIMULATEDCODE_H

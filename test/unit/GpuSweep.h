//===- GpuSweep.h - Rows of the table as GPU kernels ------------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_GPUSWEEP_H
#define ACT_TEST_UNIT_GPUSWEEP_H

#include "KernelTestUtil.h"
#include "Rows.h"
#include "SimulatedCode.h"
#include "llvm/ADT/bit.h"
#include <cmath>

namespace act::test {

/// The ways in which approximate instructions err.
inline std::vector<SimulationOptions> errorModes() {
  std::vector<SimulationOptions> modes(4);
  modes[1].error = SimulatedError::Largest;
  modes[2].error = SimulatedError::Smallest;
  modes[3].error = SimulatedError::Seeded;
  modes[3].seed = 20;
  return modes;
}

/// Of one result: the worst error that was seen, and whether one was too large.
struct GpuResult {
  Worst worst;
  bool hasFailed = false;
};

/// Judges one element of result `k`. The first that is beyond the bound is a
/// failure.
inline void judge(GpuResult &result, TestKernel &kernel, unsigned k, double x,
                  double y, Accuracy accuracy, const std::string &what) {
  DType type = kernel.type;
  double ulp = kernel.reference->error(y, {x}, type, k),
         bound = gpuBoundOf(type, accuracy);
  ++result.worst.count;
  if (std::fabs(ulp - bound) <= FastReference::kNegligible)
    ulp = kernel.reference->exactError(y, {x}, type, k);
  bool isWithin = ulp <= bound;
  if (ulp <= result.worst.ulp && (isWithin || result.hasFailed))
    return;
  double exact = kernel.reference->value({x}, k);
  if (ulp > result.worst.ulp)
    result.worst = {ulp, x, y, exact, result.worst.count};
  // Small results of the fast class are held to the floor.
  if (isWithin || result.hasFailed ||
      (accuracy == Accuracy::Fast && type == DType::F32 &&
       std::fabs(y - exact) <= kFastFloor))
    return;
  result.hasFailed = true;
  ADD_FAILURE() << what << " at " << x << ": " << y << " for " << exact << ", "
                << ulp << " ulp";
}

/// A row and, where it has one, its first derivative: one kernel, run on
/// `inputs` in each error mode. Each result is judged in the first, and in the
/// others where it is another.
inline void expectRow(const FunctionInfo &row, DType type, Accuracy accuracy,
                      const std::vector<double> &inputs) {
  Derivation wanted;
  wanted.orders = {0};
  if (hasSlope(row))
    wanted.orders.push_back(1);
  TestKernel kernel =
      compileDerivative(row.Name, type, wanted, false, gpuOptions(accuracy));
  ASSERT_FALSE(kernel.result.text.empty()) << row.Name;
  SimulatedCode code(kernel.result);
  std::vector<std::vector<double>> plain;
  std::vector<GpuResult> judged(wanted.orders.size());
  for (const SimulationOptions &mode : errorModes()) {
    code.load(kernel.result, mode);
    ASSERT_TRUE(kernel) << row.Name;
    auto results = kernel.run(inputs);
    for (size_t k = 0; k < results.size(); ++k) {
      std::string what = std::string(row.Name) + " of order " +
                         std::to_string(wanted.orders[k]) + ", " +
                         nameOf(type) + " " + nameOf(accuracy) + ", mode " +
                         std::to_string(int(mode.error));
      for (size_t i = 0; i < inputs.size(); ++i)
        if (plain.empty() || llvm::bit_cast<uint64_t>(plain[k][i]) !=
                                 llvm::bit_cast<uint64_t>(results[k][i]))
          judge(judged[k], kernel, k, inputs[i], results[k][i], accuracy, what);
    }
    if (plain.empty())
      plain = std::move(results);
  }
  for (auto [k, each] : llvm::enumerate(judged))
    printf("%s order %d %s %s: %.3f ulp at %.9g, %zu judged\n", row.Name,
           int(wanted.orders[k]), nameOf(type), nameOf(accuracy),
           each.worst.ulp, each.worst.x, each.worst.count);
}

} // namespace act::test

#endif // ACT_TEST_UNIT_GPUSWEEP_H

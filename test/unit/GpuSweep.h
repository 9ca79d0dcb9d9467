//===- GpuSweep.h - Rows of the table as GPU kernels ------------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_GPUSWEEP_H
#define ACT_TEST_UNIT_GPUSWEEP_H

#include "KernelTestUtil.h"
#include "Rows.h"
#include "SimulatedCode.h"
#include "llvm/ADT/bit.h"
#include <cmath>

namespace act::test {

/// Every number of 16 bits; of wider types every so many, in the order of their
/// bits.
inline std::vector<double> allInputs(DType type) {
  std::vector<double> inputs;
  if (type == DType::F64 || type == DType::F32)
    inputs = sweepInputs(type);
  if (type == DType::F64)
    return inputs;
  uint64_t end = uint64_t(1) << (8 * sizeOf(type)),
           step = type == DType::F32 ? 65521 : 1;
  std::vector<char> bytes;
  for (uint64_t bits = 0; bits < end; bits += step)
    for (size_t i = 0; i < sizeOf(type); ++i)
      bytes.push_back(char(bits >> (8 * i)));
  std::vector<double> counted = unpacked(bytes, type);
  inputs.insert(inputs.end(), counted.begin(), counted.end());
  return inputs;
}

using RowAndType = std::tuple<const FunctionInfo *, DType>;

inline std::string rowAndType(const testing::TestParamInfo<RowAndType> &info) {
  return std::string(std::get<0>(info.param)->Name) + "_" +
         nameOf(std::get<1>(info.param));
}

/// A row and, where it has one, its first derivative, as kernels on `inputs`.
/// What is exact there is found once for all classes and error modes.
class GpuSweep {
public:
  GpuSweep(const FunctionInfo &row, DType type,
           const std::vector<double> &inputs)
      : row(row), type(type), inputs(inputs) {
    if (hasSlope(row))
      wanted.orders.push_back(1);
  }

  /// One kernel, run in each error mode. Each result is judged in the first,
  /// and in the others where it is another.
  void expect(Accuracy accuracy);

private:
  /// Of one result: the worst error that was seen, and whether one was too
  /// large.
  struct Judged {
    Worst worst;
    bool hasFailed = false;
  };

  double errorOf(TestKernel &kernel, unsigned k, size_t i, double y);
  /// Judges element `i` of result `k`. The first that is beyond the bound is a
  /// failure.
  void judge(Judged &result, TestKernel &kernel, unsigned k, size_t i, double y,
             Accuracy accuracy, const SimulationOptions &mode);

  const FunctionInfo &row;
  DType type;
  const std::vector<double> &inputs;
  Derivation wanted{{0}};
  /// By order, once they are known; not of f64, which they would have to be
  /// wider than.
  std::vector<std::vector<double>> exact;
};

inline double GpuSweep::errorOf(TestKernel &kernel, unsigned k, size_t i,
                                double y) {
  FastReference &reference = *kernel.reference;
  if (type == DType::F64)
    return reference.error(y, {inputs[i]}, type, k);
  if (exact.empty())
    for (unsigned order = 0; order < wanted.orders.size(); ++order) {
      std::vector<double> &values = exact.emplace_back();
      for (double x : inputs)
        values.push_back(reference.valueFor({x}, type, order));
    }
  return FastReference::errorFrom(exact[k][i], y, type);
}

inline void GpuSweep::judge(Judged &result, TestKernel &kernel, unsigned k,
                            size_t i, double y, Accuracy accuracy,
                            const SimulationOptions &mode) {
  double ulp = errorOf(kernel, k, i, y), bound = gpuRowBoundOf(type, accuracy),
         x = inputs[i];
  ++result.worst.count;
  if (std::fabs(ulp - bound) <= FastReference::kNegligible)
    ulp = kernel.reference->exactError(y, {x}, type, k);
  bool isWithin = ulp <= bound;
  if (ulp <= result.worst.ulp && (isWithin || result.hasFailed))
    return;
  double value = kernel.reference->value({x}, k);
  if (ulp > result.worst.ulp)
    result.worst = {ulp, x, y, value, result.worst.count};
  // Small results of the fast class are held to the floor.
  if (isWithin || result.hasFailed ||
      (accuracy == Accuracy::Fast && type == DType::F32 &&
       std::fabs(y - value) <= kFastFloor))
    return;
  result.hasFailed = true;
  ADD_FAILURE() << row.Name << " of order " << wanted.orders[k] << ", "
                << nameOf(type) << " " << nameOf(accuracy) << ", mode "
                << int(mode.error) << " at " << x << ": " << y << " for "
                << value << ", " << ulp << " ulp";
}

inline void GpuSweep::expect(Accuracy accuracy) {
  TestKernel kernel =
      compileDerivative(row.Name, type, wanted, false, gpuOptions(accuracy));
  ASSERT_FALSE(kernel.result.text.empty()) << row.Name;
  SimulatedCode code(kernel.result);
  std::vector<std::vector<double>> plain;
  std::vector<Judged> judged(wanted.orders.size());
  for (const SimulationOptions &mode : errorModes()) {
    code.load(kernel.result, mode);
    ASSERT_TRUE(kernel) << row.Name;
    auto results = kernel.run(inputs);
    for (size_t k = 0; k < results.size(); ++k)
      for (size_t i = 0; i < inputs.size(); ++i)
        if (plain.empty() || llvm::bit_cast<uint64_t>(plain[k][i]) !=
                                 llvm::bit_cast<uint64_t>(results[k][i]))
          judge(judged[k], kernel, k, i, results[k][i], accuracy, mode);
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

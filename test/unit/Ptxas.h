//===- Ptxas.h - Assembling PTX in tests ------------------------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_PTXAS_H
#define ACT_TEST_UNIT_PTXAS_H

#include "Cubin.h"
#include "llvm/ADT/ArrayRef.h"
#include "gtest/gtest.h"
#include <string>
#include <vector>

namespace act::test {

/// NVIDIA's assembler, an optional tool of tests: what ACT_PTXAS names, what is
/// found on the path, or that of /usr/local/cuda.
class Ptxas {
public:
  /// The one of this process.
  static const Ptxas &get();
  /// Why there is none, or empty.
  const std::string &missing() const { return missingTool; }

  /// The kernels of a module for a level's name ("sm_90"), by name. An error
  /// is what ptxas says, and the line it means.
  llvm::Expected<std::vector<KernelSass>> assemble(llvm::StringRef ptx,
                                                   llvm::StringRef level) const;

  /// The same of several modules in one process, which starts but once: its
  /// start is as dear as ten small kernels. Kernels of different modules may
  /// have one name.
  llvm::Expected<std::vector<std::vector<KernelSass>>>
  assembleAll(llvm::ArrayRef<std::string> modules, llvm::StringRef level) const;

private:
  Ptxas();
  std::string program, missingTool;
};

/// Ends a test as skipped where there is no assembler.
#define ACT_SKIP_WITHOUT_PTXAS()                                               \
  if (!act::test::Ptxas::get().missing().empty())                              \
  GTEST_SKIP() << act::test::Ptxas::get().missing()

//===----------------------------------------------------------------------===//
// What kernels are held to
//===----------------------------------------------------------------------===//

/// Nothing of a thread lies in memory: no spills, no arrays.
testing::AssertionResult noSpills(const KernelSass &kernel);

/// So many registers a thread; 32 leave room for 2,048 threads on a
/// multiprocessor.
testing::AssertionResult registersAtMost(const KernelSass &kernel,
                                         unsigned most);

/// ptxas reports nothing it could not do.
testing::AssertionResult noWarnings(const KernelSass &kernel);

/// Instructions and approximate functions (MUFU) for each element, of a kernel
/// whose threads compute so many.
double instructionsPerElement(const KernelSass &kernel, unsigned elements);
double mufuPerElement(const KernelSass &kernel, unsigned elements);

/// A row of SassBudgets.def.
struct SassBudget {
  const char *row, *dtype;
  /// Most instructions for 8 elements, most MUFU for each.
  double instructionsPer8, mufuPerElement;
};

/// All rows, and that of a function and an element type, or null.
llvm::ArrayRef<SassBudget> sassBudgets();
const SassBudget *sassBudgetOf(llvm::StringRef row, llvm::StringRef dtype);

/// The kernel, whose threads compute so many elements, stays within the budget.
testing::AssertionResult withinBudget(const KernelSass &kernel,
                                      unsigned elements,
                                      const SassBudget &budget);

} // namespace act::test

#endif // ACT_TEST_UNIT_PTXAS_H

//===- BodyRunner.h - Approximated bodies, operation by operation -*- C++ -*-=//
#ifndef ACT_TEST_UNIT_BODYRUNNER_H
#define ACT_TEST_UNIT_BODYRUNNER_H

#include "NvBuilder.h"
#include "act/IR/Act.h"
#include "llvm/ADT/DenseMap.h"
#include <functional>
#include <vector>

namespace act::test {

/// Runs the body of a function as it is after the stage `approximate`, with the
/// model of a GPU's instructions. Reports an operation that it does not know to
/// gtest.
class BodyRunner {
public:
  explicit BodyRunner(FuncOp func);

  /// Result k before it is rounded to storage.
  double run(llvm::ArrayRef<double> arguments, NvModel &model, unsigned k = 0);

  /// What the body costs on a GPU, as Approximations.td counts.
  unsigned issueSlots() const { return cost; }

private:
  /// A number of either type, an integer or a condition, in 64 bits.
  using Slots = std::vector<uint64_t>;
  using Step = std::function<void(Slots &, NvModel &)>;

  void add(mlir::Operation &op);
  template <class T> void addFloat(mlir::Operation &op);
  void addInteger(mlir::Operation &op);
  bool addConversion(mlir::Operation &op);
  unsigned slotOf(mlir::Value value) { return slots.lookup(value); }

  llvm::DenseMap<mlir::Value, unsigned> slots;
  Slots values;
  std::vector<Step> steps;
  llvm::SmallVector<mlir::Value> arguments, results;
  unsigned cost = 0;
};

} // namespace act::test

#endif // ACT_TEST_UNIT_BODYRUNNER_H

//===- BatchValues.h - A tape in double, many inputs at once ----*- C++ -*-===//
#ifndef ACT_REPORT_BATCHVALUES_H
#define ACT_REPORT_BATCHVALUES_H

#include "Bounded.h"
#include "llvm/ADT/ArrayRef.h"

namespace act::report {

/// Evaluates a tape of one input and one result in double, an operation at a
/// time over blocks of inputs, with bounds of the errors. This is enough to
/// judge results of f32 and of smaller types nearly everywhere: a double has 29
/// bits more. One thread at a time.
class BatchValues {
public:
  /// Inputs of a block.
  static constexpr unsigned kBlock = 256;

  explicit BatchValues(const Tape &tape);

  /// False for a tape with an operation that has no form here: pow. Nothing
  /// may be evaluated then.
  static bool supports(const Tape &tape);

  /// Values and bounds of their errors for at most kBlock finite inputs; a
  /// bound that is infinite or NaN says nothing. Valid until the next call.
  void evaluate(llvm::ArrayRef<double> inputs);
  const double *values() const { return valuesOf(result); }
  const double *errors() const { return errorsOf(result); }

private:
  const double *valuesOf(unsigned slot) const {
    return &numbers[2 * size_t(slot) * kBlock];
  }
  const double *errorsOf(unsigned slot) const {
    return valuesOf(slot) + kBlock;
  }

  /// A step and the slot that it writes.
  struct Step {
    ScalarOp op;
    std::array<unsigned, 3> operands;
    unsigned to;
  };

  void addStep(const Tape &tape, unsigned number);
  bool addTail(const Tape &tape, const TapeStep &step, unsigned slot);
  unsigned addSlot();
  void setConstant(unsigned slot, llvm::StringRef text);

  unsigned result;
  std::vector<Step> steps;
  /// Of each slot kBlock values, then their errors.
  std::vector<double> numbers;
};

} // namespace act::report

#endif // ACT_REPORT_BATCHVALUES_H

//===- RowSums.h - Results of rows that are summed over rows ----*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_ROWSUMS_H
#define ACT_LIB_RUNTIME_ROWSUMS_H

#include "IterationSpace.h"
#include <memory>

namespace act {

/// The reduced results of a kernel of rows: gradients of operands that are
/// broadcast over rows. The kernel stores the terms of all rows in an array of
/// their own, which is then added up, in an order that depends on the shape
/// alone.
class RowSums {
public:
  /// Rows of `shape` run along `axis`. `strides` are those of each operand.
  RowSums(const KernelSignature &signature, const std::vector<int64_t> &shape,
          int64_t axis, const std::vector<std::vector<int64_t>> &strides);

  /// Strides with those of the arrays of terms in the place of those of
  /// reduced results.
  const std::vector<std::vector<int64_t>> &termStrides() const {
    return strides;
  }
  bool isEmpty() const { return sums.empty(); }
  /// The same with the memory of the operands, whose data begins at `data`.
  std::vector<void *> withTerms(const std::vector<void *> &data) const;
  /// Adds the terms up and stores the results.
  void finish(const std::vector<void *> &data, unsigned threads);

private:
  struct Sum {
    size_t operand;
    /// A signature with this result alone, over the elements it has terms of.
    KernelSignature signature;
    IterationSpace space;
    std::vector<int64_t> strides;
    std::unique_ptr<char[]> terms;
  };

  std::vector<std::vector<int64_t>> strides;
  std::vector<Sum> sums;
};

} // namespace act

#endif // ACT_LIB_RUNTIME_ROWSUMS_H

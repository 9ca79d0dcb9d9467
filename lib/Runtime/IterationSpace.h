//===- IterationSpace.h - The collapsed shape of a run ----------*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_ITERATIONSPACE_H
#define ACT_LIB_RUNTIME_ITERATIONSPACE_H

#include "act/Runtime/ElementwiseRunner.h"

namespace act {

/// The common shape after adjacent dimensions that every operand walks as one
/// have been merged. Elements are numbered in row-major order; merging keeps
/// their numbers.
struct IterationSpace {
  /// Never empty; the last dimension is the inner one, the others make rows.
  std::vector<int64_t> shape;
  /// Strides in elements, [operand][dimension].
  std::vector<std::vector<int64_t>> strides;
  int64_t size = 1;

  int64_t inner() const { return shape.back(); }
  int64_t rows() const {
    int64_t rows = 1;
    for (size_t d = 0; d + 1 < shape.size(); ++d)
      rows *= shape[d];
    return rows;
  }
  int64_t innerStride(size_t operand) const { return strides[operand].back(); }

  /// Offset in elements of the first element of a row.
  int64_t rowOffset(size_t operand, int64_t row) const {
    const int64_t *stride = strides[operand].data();
    int64_t offset = 0;
    // The outermost index needs no division: most spaces have two dimensions.
    for (size_t d = shape.size() - 1; d-- > 1; row /= shape[d])
      offset += row % shape[d] * stride[d];
    return shape.size() > 1 ? offset + row * stride[0] : 0;
  }
};

/// Collapses `shape`. A dimension of one element disappears. Masks have no
/// strides (0 is noted for them) and keep no dimensions apart.
IterationSpace collapse(const KernelSignature &signature,
                        const std::vector<int64_t> &shape,
                        const std::vector<RunOperand> &operands);

/// One more than the last channel of counts with these strides.
int64_t countChannels(const std::vector<int64_t> &shape,
                      const std::vector<int64_t> &strides);

} // namespace act

#endif // ACT_LIB_RUNTIME_ITERATIONSPACE_H

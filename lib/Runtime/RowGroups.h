//===- RowGroups.h - Parts of rows that have a value in common --*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_ROWGROUPS_H
#define ACT_LIB_RUNTIME_ROWGROUPS_H

#include "act/Runtime/ElementwiseRunner.h"

namespace act {

/// Arrays whose rows are those of a kernel.
struct RowGroups {
  std::vector<int64_t> shape;
  int64_t axis;
  /// [operand][dimension], and where its first element is, in elements.
  std::vector<std::vector<int64_t>> strides;
  std::vector<int64_t> offsets;

  /// The operands that begin at `data`.
  std::vector<void *> operandsOf(const std::vector<void *> &data,
                                 const KernelSignature &signature) const;
};

/// The caller's arrays as the kernel takes them: as they are, or, where groups
/// of a row's elements have values in common (RowSignature::group), first those
/// of whole groups, then the last ones of rows that are shorter.
std::vector<RowGroups>
groupRows(const KernelSignature &signature, const std::vector<int64_t> &shape,
          int64_t axis, const std::vector<std::vector<int64_t>> &strides);

} // namespace act

#endif // ACT_LIB_RUNTIME_ROWGROUPS_H

//===- RowGroups.cpp - Parts of rows that have a value in common ----------===//

#include "RowGroups.h"

using namespace act;

std::vector<void *>
RowGroups::operandsOf(const std::vector<void *> &data,
                      const KernelSignature &signature) const {
  std::vector<void *> moved;
  for (size_t k = 0; k < offsets.size(); ++k)
    moved.push_back(static_cast<char *>(data[k]) +
                    offsets[k] * int64_t(sizeOf(signature.operands[k])));
  return moved;
}

/// Strides of an operand along the axis: from one group to the next, and from
/// one element to the next.
static std::pair<int64_t, int64_t> alongAxis(const KernelSignature &signature,
                                             size_t operand, int64_t stride) {
  if (!signature.rows->isUniform[operand])
    return {stride * signature.rows->group, stride};
  // An input that is one value a row is one for all groups.
  return {operand < signature.numInputs ? 0 : stride, 0};
}

std::vector<RowGroups>
act::groupRows(const KernelSignature &signature,
               const std::vector<int64_t> &shape, int64_t axis,
               const std::vector<std::vector<int64_t>> &strides) {
  std::vector<int64_t> start(strides.size());
  int64_t group = signature.rows ? signature.rows->group : 0;
  if (group == 0)
    return {{shape, axis, strides, start}};
  int64_t count = shape[axis], groups = count / group, rest = count % group;
  RowGroups whole{shape, axis + 1, strides, start};
  whole.shape[axis] = groups;
  whole.shape.insert(whole.shape.begin() + axis + 1, group);
  RowGroups last{shape, axis, strides, start};
  last.shape[axis] = rest;
  for (size_t k = 0; k < strides.size(); ++k) {
    auto [across, along] = alongAxis(signature, k, strides[k][axis]);
    whole.strides[k][axis] = across;
    whole.strides[k].insert(whole.strides[k].begin() + axis + 1, along);
    last.strides[k][axis] = along;
    last.offsets[k] = groups * across;
  }
  if (rest == 0)
    return {whole};
  return {whole, last};
}

//===- IterationSpace.cpp - The collapsed shape of a run ------------------===//

#include "IterationSpace.h"

using namespace act;

IterationSpace act::collapse(const KernelSignature &signature,
                             const std::vector<int64_t> &shape,
                             const std::vector<RunOperand> &operands) {
  IterationSpace space;
  space.strides.resize(operands.size());
  auto strideOf = [&](size_t k, size_t d) {
    return signature.isMask(k) ? 0 : operands[k].strides[d];
  };
  for (size_t d = 0; d < shape.size(); ++d) {
    space.size *= shape[d];
    if (shape[d] == 1)
      continue;
    bool merges = !space.shape.empty();
    for (size_t k = 0; merges && k < operands.size(); ++k)
      merges = space.strides[k].back() == strideOf(k, d) * shape[d];
    if (merges)
      space.shape.back() *= shape[d];
    else
      space.shape.push_back(shape[d]);
    for (size_t k = 0; k < operands.size(); ++k) {
      if (merges)
        space.strides[k].back() = strideOf(k, d);
      else
        space.strides[k].push_back(strideOf(k, d));
    }
  }
  if (space.shape.empty()) {
    space.shape.push_back(space.size);
    for (auto &strides : space.strides)
      strides.push_back(0);
  }
  return space;
}

int64_t act::countChannels(const std::vector<int64_t> &shape,
                           const std::vector<int64_t> &strides) {
  int64_t channels = 1;
  for (size_t d = 0; d < shape.size(); ++d)
    channels += (shape[d] - 1) * strides[d];
  return std::max<int64_t>(channels, 0);
}

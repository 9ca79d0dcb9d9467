//===- OneDnn.h - Rows of the table as oneDNN computes them -----*- C++ -*-===//
#ifndef ACT_BENCH_ONEDNN_H
#define ACT_BENCH_ONEDNN_H

#include "act/IR/FunctionTable.h"
#include "act/Tensor.h"
#include <cstdint>
#include <functional>

namespace act::bench {

/// oneDNN's kernel for a row at its default parameters, run by the calling
/// thread alone; empty where oneDNN lacks the row, or lacks it for the element
/// type on this machine. The arrays must outlive it.
std::function<void()> oneDnnElementwise(const FunctionInfo &row, DType type,
                                        int64_t elements, void *input,
                                        void *output);

/// oneDNN's softmax of `rows` rows of `count` elements along the last axis, or
/// of `count` rows along the first; likewise.
std::function<void()> oneDnnSoftmax(DType type, int64_t rows, int64_t count,
                                    bool alongFirst, void *input, void *output);

} // namespace act::bench

#endif // ACT_BENCH_ONEDNN_H

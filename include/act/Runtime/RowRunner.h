//===- RowRunner.h - Kernels of rows over arrays of any shape ---*- C++ -*-===//
//
// A kernel of rows works on rows whose elements are dense. The runner feeds it
// arrays of any shape and stride along any axis: rows that are dense are used
// in place, others are copied, some at a time, to dense buffers and back.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_RUNTIME_ROWRUNNER_H
#define ACT_RUNTIME_ROWRUNNER_H

#include "act/Runtime/ElementwiseRunner.h"

namespace act {

/// Runs a kernel of rows over `shape`, whose rows run along `axis` (0 to the
/// rank, exclusive). Operands are inputs, then results; strides of one that is
/// one value a row are not looked at along the axis. A result may alias an
/// input exactly. Rows are split over `threads`; each goes through the kernel
/// once, so no bit of it depends on its position, the strides or the threads.
/// A thread allocates the kernel's scratch memory, and where rows are copied a
/// buffer for 16 of them or more. Of an empty axis no result has elements but
/// those that are one value a row: what the kernel makes of no elements.
void runRows(const KernelSignature &signature, KernelFunction kernel,
             const std::vector<int64_t> &shape, int64_t axis,
             const std::vector<RunOperand> &operands, const void *parameters,
             unsigned threads = 1);

} // namespace act

#endif // ACT_RUNTIME_ROWRUNNER_H

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
#include <memory>

namespace act {

/// A kernel of rows prepared for arrays of one shape and strides. Holds the
/// kernel's scratch memory, and buffers where rows are copied, for each thread,
/// and the terms of reduced results; a run allocates nothing but threads and
/// partial sums. One run at a time.
class RowRunner {
public:
  /// Rows of `shape` run along `axis` (0 to the rank, exclusive). `strides` of
  /// the operands, inputs, then results, are in elements, one for each
  /// dimension; those of an operand that is one value a row are not looked at
  /// along the axis. Of an empty axis no result has elements but those that
  /// are one value a row: what the kernel makes of no elements. A reduced
  /// result is summed over the dimensions in which its stride is 0. Rows are
  /// split over `threads`; each goes through the kernel once, so no bit of it
  /// depends on its position, the strides or the threads.
  RowRunner(const KernelSignature &signature, KernelFunction kernel,
            const std::vector<int64_t> &shape, int64_t axis,
            const std::vector<std::vector<int64_t>> &strides,
            unsigned threads = 1);
  ~RowRunner();

  /// Runs on arrays that begin at `data`, one for each operand. A result may
  /// alias an input exactly (same data, same strides, same type).
  void run(const std::vector<void *> &data, const void *parameters);

private:
  struct State;
  /// One for each part that the rows are walked in.
  std::vector<std::unique_ptr<State>> states;
  unsigned threads;
};

} // namespace act

#endif // ACT_RUNTIME_ROWRUNNER_H

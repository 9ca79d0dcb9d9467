//===- RowForm.h - How a kernel walks its rows ------------------*- C++ -*-===//
#ifndef ACT_JIT_ROWFORM_H
#define ACT_JIT_ROWFORM_H

#include "act/Pipeline/Pipelines.h"
#include "act/Tensor.h"
#include "llvm/ADT/ArrayRef.h"

namespace act {

/// Chooses, for a function of a row over arrays of `shape` whose rows run along
/// `axis` (0 to the rank, exclusive), the cheapest way to walk them: with one
/// row in each lane of the vectors along any axis but the last and for rows
/// that fill less than two chunks of them, else along the vectors; in strips of
/// vectors along any axis but the last where a cache does not keep what a
/// vector of rows reads, but not where two and more arrays beyond the last
/// level of caches are read that are narrower than what is kept; and whether
/// values are kept from one phase to the next, which rows that do not fit this
/// machine's last level of caches with them do not: an exponential costs less
/// than a value in memory, and more than one in a cache. Long rows are read in
/// blocks: once where values are kept, else twice. The bits of a result depend
/// on the length of the row and on no other choice. `inputs` have an element
/// for each of a row.
void chooseRowForm(KernelOptions &options, llvm::ArrayRef<int64_t> shape,
                   int64_t axis, DType type, unsigned inputs = 1);

} // namespace act

#endif // ACT_JIT_ROWFORM_H

//===- RowForm.cpp - How a kernel walks its rows --------------------------===//

#include "act/Jit/RowForm.h"
#include "act/KernelABI.h"

using namespace act;

/// Lanes of a vector of 64 bytes.
static constexpr int64_t kMostLanes = 16;

void act::chooseRowForm(KernelOptions &options, llvm::ArrayRef<int64_t> shape,
                        int64_t axis, DType type) {
  int64_t count = shape[axis], size = 1;
  for (int64_t extent : shape)
    size *= extent;
  bool isLast = axis + 1 == int64_t(shape.size());
  // A chunk that a row does not fill costs as much as a full one.
  bool isShort = count < 2 * kRowUnit && count % kRowUnit != 0;
  options.rowsInLanes = !isLast || (isShort && size > count);
  // A row of an input, of a result and of one value that is kept, or as many
  // rows as a vector has lanes.
  int64_t lanes = options.rowsInLanes ? kMostLanes : 1;
  int64_t bytes =
      count * lanes * int64_t(2 * sizeOf(type) + options.computeBits() / 8);
  options.recomputesRows = bytes > lastLevelCacheBytes();
}

//===- RowForm.cpp - How a kernel walks its rows --------------------------===//

#include "act/Jit/RowForm.h"
#include "act/KernelABI.h"

using namespace act;

/// Lanes of a vector of 64 bytes.
static constexpr int64_t kMostLanes = 16;
/// Rows side by side that are worth a strip.
static constexpr int64_t kLeastInner = 4 * kMostLanes;

void act::chooseRowForm(KernelOptions &options, llvm::ArrayRef<int64_t> shape,
                        int64_t axis, DType type, unsigned inputs) {
  int64_t count = shape[axis], size = 1;
  for (int64_t extent : shape)
    size *= extent;
  bool isLast = axis + 1 == int64_t(shape.size());
  // A chunk that a row does not fill costs as much as a full one.
  bool isShort = count < 2 * kRowUnit && count % kRowUnit != 0;
  options.rowsInLanes = !isLast || (isShort && size > count);
  options.longRows = count > kLongRow;
  // A row of an input, of a result and of one value that is kept, or as many
  // rows as a vector has lanes. Blocks go through the caches, and what is kept
  // of them is all that stays.
  int64_t perElement = options.computeBits() / 8;
  if (options.rowsInLanes)
    perElement = kMostLanes * (perElement + 2 * sizeOf(type));
  else if (!options.longRows)
    perElement += 2 * sizeOf(type);
  int64_t bytes = count * perElement;
  options.recomputesRows = bytes > lastLevelCacheBytes();
  options.rowsInStrips = false;
  if (isLast || options.recomputesRows)
    return;
  int64_t inner = 1;
  for (size_t k = axis + 1; k < shape.size(); ++k)
    inner *= shape[k];
  // What a vector of rows reads stays in a cache while it is used.
  bool isNear = count <= secondLevelPlaces(inner * sizeOf(type)) / 4;
  bool isInCaches =
      2 * size * int64_t(sizeOf(type)) <= lastLevelCacheBytes() / 2;
  bool isNarrow = int64_t(sizeOf(type)) * 8 < options.computeBits();
  options.rowsInStrips = inner >= kLeastInner && !(isNear && isInCaches) &&
                         (isInCaches || !isNarrow || inputs < 2);
}

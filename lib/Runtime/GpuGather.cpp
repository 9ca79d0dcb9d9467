//===- GpuGather.cpp - Launches of kernels that bring together ------------===//
//
// What blocks count or add up, how many chunks a thread takes for it, and where
// what they leave is in scratch memory.
//
//===----------------------------------------------------------------------===//

#include "GpuLaunches.h"
#include "act/Target/Gpu.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace act;

/// Blocks that keep any device busy; where there are more, threads that count
/// take several chunks.
static constexpr int64_t kManyBlocks = 1024;

GpuGather GpuLaunches::gathersCounts() const {
  bool ofRows = true, ofColumns = true;
  size_t dims = std::min<size_t>(shape.size(), 1 + kGpuRowDims);
  for (size_t k = signature.operands.size(); k < strides.size(); ++k) {
    ofRows &= strides[k][0] == 0;
    for (size_t d = 1; d < dims; ++d)
      ofColumns &= strides[k][d] == 0;
  }
  return ofRows      ? GpuGather::Rows
         : ofColumns ? GpuGather::Columns
                     : GpuGather::Nothing;
}

/// Sums of a launch must not be those of another one, but for pieces of a row.
GpuGather GpuLaunches::gathersSums() const {
  bool ofRows = true, ofColumns = true, any = false;
  int64_t rows = 1;
  for (size_t d = 1; d < shape.size(); ++d)
    rows = std::min(kMaxExtent + 1, rows * std::min(shape[d], kMaxExtent + 1));
  if (shape.size() > 1 + kGpuRowDims || rows > kMaxExtent)
    return GpuGather::Nothing;
  for (size_t k = signature.numInputs; k < strides.size(); ++k) {
    if (!isReduced(k))
      continue;
    any = true;
    ofRows &= strides[k][0] == 0;
    for (size_t d = 1; d < shape.size(); ++d)
      ofColumns &= strides[k][d] == 0;
  }
  ofColumns &= shape[0] <= kMaxExtent;
  if (!any)
    return GpuGather::Nothing;
  // Of one sum of several rows a block has more rows than one.
  if (ofColumns && (!ofRows || rows > 1))
    return GpuGather::Columns;
  return ofRows ? GpuGather::Rows : GpuGather::Nothing;
}

/// Gives reduced results the strides of their terms, each launch its own.
void GpuLaunches::layOutTerms() {
  const LaunchShape &launch = parts.front().shape;
  int64_t blockRows = int64_t(launch.grid[1]) * launch.grid[2];
  for (size_t k = signature.numInputs; k < strides.size(); ++k) {
    if (!isReduced(k))
      continue;
    Terms &each = terms.emplace_back();
    each.operand = k;
    std::vector<int64_t> &own = strides[k];
    std::vector<int64_t> result = own;
    int64_t size = gathers == GpuGather::Rows
                       ? int64_t(launch.grid[0]) * parts.size()
                   : own[0] == 0 ? blockRows * launch.grid[0]
                                 : blockRows;
    // Rows have terms of their own, though they are of one sum.
    for (size_t d = 1; gathers == GpuGather::Rows && d < own.size(); ++d)
      if (result[d] == 0) {
        own[d] = size;
        size *= shape[d];
      }
    each.count = size;
    for (size_t d = 0; d < own.size(); ++d)
      if (result[d] != 0) {
        own[d] = size;
        size *= shape[d];
        each.shape.push_back(shape[d]);
        each.strides.push_back(own[d]);
        each.resultStrides.push_back(result[d]);
      }
    for (size_t d = 0; d < std::min<size_t>(own.size(), 1 + kGpuRowDims); ++d)
      kernelStrides[k * (1 + kGpuRowDims) + d] = own[d];
    for (auto [number, part] : llvm::enumerate(parts)) {
      part.shape.grid[0] = launch.grid[0];
      part.offsets[k] = int64_t(number) * launch.grid[0];
    }
  }
}

/// Threads take more chunks the more there are.
void GpuLaunches::shapeGather(Part &part, uint64_t maxThreads) const {
  shapeBlocks(part, maxThreads);
  LaunchShape &launch = part.shape;
  int64_t rowBlocks = llvm::divideCeil(part.rows, launch.block[1]);
  auto stepsOf = [&](int64_t blocks) {
    int64_t steps = int64_t(launch.grid[0]) * rowBlocks / kManyBlocks;
    return std::clamp<int64_t>(steps, 1,
                               std::min<int64_t>(kGpuMaxSteps, blocks));
  };
  if (gathers == GpuGather::Columns) {
    part.steps = stepsOf(rowBlocks);
    rowBlocks = llvm::divideCeil(rowBlocks, part.steps);
  } else if (gathers == GpuGather::Rows) {
    part.steps = stepsOf(launch.grid[0]);
    launch.grid[0] = llvm::divideCeil(launch.grid[0], part.steps);
  }
  setRowBlocks(launch, rowBlocks);
}

void GpuLaunches::shapeCounting(Part &part) const {
  // A thread for each column, up to the 8 of a chunk.
  shapeGather(part,
              gathers == GpuGather::Columns ? kGpuThreads / 8 : kGpuThreads);
}

/// Several rows in a block leave fewer terms of a column.
void GpuLaunches::shapeSums(Part &part) const {
  shapeGather(part, gathers == GpuGather::Columns ? kWarpThreads : kGpuThreads);
}

/// Where rows of a result do not begin at bytes, makes them.
void GpuLaunches::padMasks() {
  Masks padded{1, shape[0], int64_t(llvm::alignTo(shape[0], 8))};
  bool isShared = false;
  for (int64_t size : shape)
    padded.count *= size;
  for (size_t k = signature.numInputs; k < strides.size(); ++k)
    for (size_t d = 1; d < shape.size(); ++d)
      isShared |= signature.isMask(k) && strides[k][d] % 8 != 0;
  if (!isShared)
    return;
  masks = padded;
  for (size_t k = signature.numInputs; k < strides.size(); ++k) {
    int64_t stride = padded.pitch;
    for (size_t d = 1; d < shape.size() && signature.isMask(k); ++d) {
      strides[k][d] = stride;
      stride *= shape[d];
    }
  }
}

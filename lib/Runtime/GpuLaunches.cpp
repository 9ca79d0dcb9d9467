//===- GpuLaunches.cpp - The launches of one kernel -----------------------===//

#include "GpuLaunches.h"
#include "IterationSpace.h"
#include "act/GpuKernelNames.h"
#include "act/Target/Gpu.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace act;

/// How far from its first element a launch reaches in an operand, in elements,
/// where a kernel counts them in 32 bits.
static constexpr int64_t kMaxReach = (int64_t(1) << 31) - 1;
static constexpr int64_t kAccessBytes = 16;
/// Dimensions ordered by an operand's strides, the outermost first, so
/// that neighbouring threads write neighbours; or as they are, where masks ask
/// for that.
static std::vector<size_t> orderOf(const std::vector<int64_t> &strides,
                                   bool stays) {
  std::vector<size_t> order(strides.size());
  std::iota(order.begin(), order.end(), 0);
  if (stays)
    return order;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::abs(strides[a]) > std::abs(strides[b]);
  });
  return order;
}

GpuLaunches::GpuLaunches(const KernelSignature &signature,
                         const std::string &function,
                         std::vector<int64_t> given,
                         std::vector<std::vector<int64_t>> steps, int64_t axis,
                         bool mayGather)
    : signature(signature), function(function) {
  // Masks have strides in bits, of a dense array.
  bool hasMask = llvm::is_contained(signature.operands, DType::Bit);
  for (size_t k = 0; k < steps.size(); ++k)
    if (int64_t size = 1; signature.isMask(k)) {
      steps[k].resize(given.size());
      for (size_t d = given.size(); d-- > 0; size *= given[d])
        steps[k][d] = size;
    }
  // The axis of rows stays apart from the dimensions that are collapsed.
  int64_t length = 1;
  std::vector<int64_t> alongRow;
  if (signature.rows) {
    length = given[axis];
    given.erase(given.begin() + axis);
    for (size_t k = 0; k < steps.size(); ++k) {
      alongRow.push_back(
          signature.rows->isUniform[k] || isScalar(k) ? 0 : steps[k][axis]);
      steps[k].erase(steps[k].begin() + axis);
    }
  }
  size_t first = signature.numInputs;
  while (first < signature.operands.size() && isReduced(first))
    ++first; // Sums are not written in the order of elements.
  std::vector<size_t> order =
      orderOf(steps[first < signature.operands.size() ? first : 0], hasMask);
  std::vector<int64_t> ordered;
  std::vector<RunOperand> operands(steps.size());
  for (size_t d : order)
    ordered.push_back(given[d]);
  for (size_t k = 0; k < steps.size(); ++k)
    for (size_t d : order)
      operands[k].strides.push_back(steps[k][d]);
  // To be collapsed as other arrays are.
  KernelSignature arrays = signature;
  std::fill(arrays.operands.begin(), arrays.operands.end(), DType::F32);
  IterationSpace space = collapse(arrays, ordered, operands);
  if (space.size == 0)
    return;
  shape.assign(space.shape.rbegin(), space.shape.rend());
  for (auto &each : space.strides)
    strides.emplace_back(each.rbegin(), each.rend());
  if (signature.rows) {
    shape.insert(shape.begin(), length);
    for (size_t k = 0; k < strides.size(); ++k)
      strides[k].insert(strides[k].begin(), alongRow[k]);
  }
  // One element has no neighbour, wherever it would be.
  if (shape[0] == 1)
    for (size_t k = 0; k < strides.size(); ++k)
      strides[k][0] =
          isScalar(k) || isUniform(k) || signature.holdsCounts(k) ? 0 : 1;
  if (!signature.rows)
    padMasks();
  if (!signature.counted.empty())
    gathers = gathersCounts();
  else if (mayGather)
    gathers = gathersSums();
  plan();
  if (signature.counted.empty() && gathers != GpuGather::Nothing)
    layOutTerms();
  mayChunk = allowsChunks();
  areDense = true;
  for (size_t k = 0; k < strides.size(); ++k)
    areDense &= strides[k][0] == 1 || isScalar(k) || isUniform(k) ||
                signature.holdsCounts(k) || isGathered(k);
  // No byte of a mask is written by two rows, and each part begins at one.
  for (size_t k = 0; k < strides.size(); ++k) {
    if (!signature.isMask(k))
      continue;
    for (const Part &part : parts)
      areBytesWhole &= part.offsets[k] % 8 == 0;
    for (size_t d = 1; d < shape.size() && k >= signature.numInputs; ++d)
      areBytesWhole &= strides[k][d] % 8 == 0;
  }
}

bool GpuLaunches::hasGatherer() const {
  for (size_t k = signature.numInputs; k < strides.size(); ++k)
    if (isReduced(k))
      return true;
  return !signature.counted.empty();
}

int64_t GpuLaunches::bytesOf(size_t operand) const {
  // Of a function of elements terms are added in f64.
  return signature.holdsCounts(operand) ? sizeof(ChannelCounts)
         : isReduced(operand)           ? sizeof(double)
                                        : sizeOf(signature.operands[operand]);
}

int64_t GpuLaunches::chunkBytes(size_t operand) const {
  return std::min<int64_t>(kAccessBytes,
                           int64_t(signature.lanes) * bytesOf(operand));
}

/// True if chunks are aligned wherever the base pointers are.
bool GpuLaunches::allowsChunks() const {
  for (size_t k = 0; k < strides.size(); ++k) {
    if (isScalar(k) || isUniform(k) || signature.holdsCounts(k) ||
        isGathered(k))
      continue;
    bool isResult = k >= signature.numInputs;
    if (strides[k][0] == 0 && !isResult)
      continue;
    if (strides[k][0] != 1)
      return false;
    int64_t unit = signature.isMask(k)
                       ? signature.lanes
                       : chunkBytes(k) / sizeOf(signature.operands[k]);
    for (size_t d = 1; d < shape.size(); ++d)
      if (strides[k][d] % unit)
        return false;
  }
  // A kernel of one array does not ask whether it is one value.
  for (size_t k = 0; k < signature.numInputs; ++k)
    if (signature.numInputs == 1 && !isScalar(k) && strides[k][0] != 1)
      return false;
  return true;
}

void GpuLaunches::addPart(int64_t columns, const std::vector<int64_t> &sizes,
                          std::vector<int64_t> offsets) {
  Part part;
  part.columns = columns;
  part.names = {function};
  int64_t rows = 1;
  for (int64_t size : sizes)
    rows *= size;
  part.rows = rows;
  for (unsigned d = 0; d + 1 < kGpuRowDims; ++d) {
    part.sizes[d] = d < sizes.size() ? sizes[d] : d == 0 ? rows : 1;
    part.reciprocals[d] = gpuReciprocal(part.sizes[d]);
  }
  part.offsets = std::move(offsets);
  if (signature.rows)
    shapeRows(part);
  else if (!signature.counted.empty())
    shapeCounting(part);
  else if (gathers != GpuGather::Nothing)
    shapeSums(part);
  else
    shapeElements(part);
  parts.push_back(std::move(part));
}

void GpuLaunches::shapeBlocks(Part &part, uint64_t maxThreads) const {
  int64_t chunks = llvm::divideCeil(part.columns, signature.lanes);
  LaunchShape &launch = part.shape;
  launch.block[0] = std::min<uint64_t>(maxThreads, llvm::PowerOf2Ceil(chunks));
  launch.block[1] = kGpuThreads / launch.block[0];
  launch.grid[0] = llvm::divideCeil(chunks, launch.block[0]);
}

void GpuLaunches::setRowBlocks(LaunchShape &launch, int64_t blocks) {
  launch.grid[2] = llvm::divideCeil(blocks, kMaxGridY);
  launch.grid[1] = llvm::divideCeil(blocks, launch.grid[2]);
}

/// Few elements take what a launch and one access take, the less the fewer of
/// them share a multiprocessor: blocks get smaller until each one has a block.
/// Elements of one row have the short way through the kernel.
void GpuLaunches::shapeElements(Part &part) const {
  int64_t chunks = llvm::divideCeil(part.columns, signature.lanes);
  LaunchShape &launch = part.shape;
  for (uint64_t threads = kGpuThreads;; threads /= 2) {
    launch.block[0] = std::min<uint64_t>(threads, llvm::PowerOf2Ceil(chunks));
    launch.block[1] = part.rows == 1 ? 1 : threads / launch.block[0];
    launch.grid[0] = llvm::divideCeil(chunks, launch.block[0]);
    int64_t rowBlocks = llvm::divideCeil(part.rows, launch.block[1]);
    setRowBlocks(launch, rowBlocks);
    if (threads == kGpuFewestThreads ||
        launch.grid[0] * rowBlocks >= kGpuMultiprocessors)
      return;
  }
}

void GpuLaunches::plan() {
  size_t numOperands = strides.size();
  // The innermost of the outer dimensions make up the rows of a launch; the
  // others, and pieces of what is too long, are launches of their own.
  std::vector<int64_t> sizes, reach(numOperands);
  // Of a dimension as much as 32 bits reach, on top of what is taken.
  auto take = [&](size_t d) {
    int64_t size = std::min(shape[d], kMaxExtent);
    if (signature.rows || hasGatherer())
      return size;
    for (size_t k = 0; k < numOperands; ++k)
      if (int64_t stride = std::abs(strides[k][d]); stride && !isScalar(k))
        size = std::min(size, 1 + (kMaxReach - reach[k]) / stride);
    // Bytes of masks begin with each part.
    if (size < shape[d])
      size = llvm::bit_floor(uint64_t(size));
    for (size_t k = 0; k < numOperands; ++k)
      if (!isScalar(k))
        reach[k] += (size - 1) * std::abs(strides[k][d]);
    return size;
  };
  const int64_t columnPiece = take(0);
  int64_t rows = 1;
  for (size_t d = 1; d < shape.size() && sizes.size() < kGpuRowDims &&
                     rows * std::min(shape[d], kMaxExtent) <= kMaxExtent;
       ++d) {
    sizes.push_back(take(d));
    rows *= sizes.back();
    if (sizes.back() < shape[d])
      break;
  }
  kernelStrides.assign(numOperands * (1 + kGpuRowDims), 0);
  for (size_t k = 0; k < numOperands; ++k)
    for (size_t i = 0; i <= sizes.size(); ++i)
      kernelStrides[k * (1 + kGpuRowDims) + i] =
          isScalar(k) ? 0 : strides[k][i];
  // What is left is walked like a number, dimension by dimension.
  struct Step {
    size_t dimension;
    int64_t size, piece, index;
  };
  std::vector<Step> steps;
  for (size_t i = 0; i < shape.size(); ++i) {
    int64_t piece = i == 0 ? columnPiece : i <= sizes.size() ? sizes[i - 1] : 1;
    if (shape[i] > piece)
      steps.push_back({i, shape[i], piece, 0});
  }
  while (true) {
    int64_t columns = shape[0];
    std::vector<int64_t> partSizes = sizes, offsets(numOperands);
    for (const Step &step : steps) {
      int64_t extent = std::min(step.piece, step.size - step.index);
      if (step.dimension == 0)
        columns = extent;
      else if (step.dimension <= sizes.size())
        partSizes[step.dimension - 1] = extent;
      for (size_t k = 0; k < numOperands; ++k)
        if (!isScalar(k))
          offsets[k] += step.index * strides[k][step.dimension];
    }
    addPart(columns, partSizes, std::move(offsets));
    size_t i = 0;
    for (; i < steps.size(); ++i) {
      if ((steps[i].index += steps[i].piece) < steps[i].size)
        break;
      steps[i].index = 0;
    }
    if (i == steps.size())
      return;
  }
}

//===- GpuRowLaunches.cpp - How rows are cut into blocks ------------------===//

#include "GpuLaunches.h"
#include "act/GpuKernelNames.h"
#include "act/Target/Gpu.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace act;

static constexpr uint32_t kWarp = kWarpThreads;
/// Rows side by side that are worth a kernel of their own.
static constexpr int64_t kFewestRowsAside = 8;

bool GpuLaunches::hasUniformResult() const {
  for (size_t k = signature.numInputs; k < strides.size(); ++k)
    if (isUniform(k))
      return true;
  return false;
}

bool GpuLaunches::shapeSplitRows(Part &part) const {
  int64_t kept = int64_t(gpuRowThreads(signature.computesInDouble)) *
                 std::end(kGpuRowChunks)[-1] * signature.lanes;
  int64_t rowBytes = 0;
  for (size_t k = 0; k < signature.numInputs; ++k)
    if (!isScalar(k) && !isUniform(k))
      rowBytes += part.columns * sizeOf(signature.operands[k]);
  bool areFew = part.rows <= kGpuMultiprocessors ||
                rowBytes * kGpuMultiprocessors > kGpuCacheBytes;
  if (signature.rows->splitKernels == 0 || part.columns <= kept || !areFew)
    return false;
  part.splitRows = std::clamp<int64_t>(
      kGpuCacheBytes / std::max<int64_t>(rowBytes, 1), 1, kMaxGridY);
  part.names = gpuSplitNames(function, signature.rows->splitKernels);
  part.hasAny = true;
  part.shape.block[0] = kGpuSplitThreads;
  part.shape.grid[0] =
      llvm::divideCeil(part.columns, gpuSplitPart(signature.lanes));
  if (signature.rows->hasCluster)
    shapeClusters(part);
  return true;
}

/// As few blocks as keep a row: what each of them does once a row is done less
/// often. Rows that are too few for that have more blocks if they are split.
void GpuLaunches::shapeClusters(Part &part) const {
  int64_t elementBytes = 0;
  for (size_t k = 0; k < signature.numInputs; ++k)
    if (!isScalar(k) && !isUniform(k))
      elementBytes += bytesOf(k);
  int64_t valueBytes =
      signature.computesInDouble ? sizeof(double) : sizeof(float);
  for (int64_t blocks = 2; blocks <= kGpuClusterBlocks; blocks *= 2) {
    int64_t bytes =
        gpuClusterBytes(part.shape.grid[0], blocks,
                        elementBytes * gpuSplitPart(signature.lanes),
                        signature.rows->splitValues, valueBytes);
    if (bytes > kGpuClusterBytes)
      continue;
    int64_t all = blocks * part.rows;
    if (all < kGpuMultiprocessors || all > kMaxGridX)
      return;
    part.clusters.emplace();
    part.clusters->grid[0] = all;
    part.clusters->block[0] = kGpuSplitThreads;
    part.clusters->cluster = blocks;
    part.clusters->sharedBytes = bytes;
    return;
  }
}

bool GpuLaunches::splitsRows() const {
  return llvm::any_of(parts, [](const Part &p) { return p.splitRows > 0; });
}

bool GpuLaunches::clustersRows() const {
  return llvm::any_of(
      parts, [](const Part &p) { return p.clusters && !p.kernels.empty(); });
}

int64_t GpuLaunches::scratchBytes() const {
  int64_t most = 0; // One after another, launches share it.
  for (const Part &part : parts)
    if (part.splitRows && !(part.clusters && part.anyKernels.empty()))
      most = std::max<int64_t>(most, int64_t(part.shape.grid[0]) * part.rows *
                                         signature.rows->splitValues);
  return most * (signature.computesInDouble ? sizeof(double) : sizeof(float));
}

/// Whether the arrays, by most of their bytes, have elements of neighbouring
/// rows nearer to one another than those of a row.
bool GpuLaunches::liesAside() const {
  if (signature.rows->takesSteps || shape.size() < 2 ||
      shape[1] < kFewestRowsAside)
    return false;
  int64_t bytes = 0;
  for (size_t k = 0; k < strides.size(); ++k) {
    int64_t along = std::abs(strides[k][0]), across = std::abs(strides[k][1]);
    if (signature.isMask(k) || along == across)
      continue;
    bool isAside = across != 0 && across < along;
    bool isOfRow = along != 0 && along < across;
    bytes += (int(isAside) - int(isOfRow)) * bytesOf(k);
  }
  return bytes > 0;
}

/// Threads keep a whole row where so many chunks of it fit: few of a short one,
/// so that more threads have it, and else as many as there are registers for,
/// since what is in flight hides the latency of memory.
void GpuLaunches::shapeRows(Part &part) const {
  if (shapeSplitRows(part))
    return;
  uint64_t chunks =
      std::max<uint64_t>(1, llvm::divideCeil(part.columns, signature.lanes));
  uint32_t most = gpuRowThreads(signature.computesInDouble);
  LaunchShape &launch = part.shape;
  launch.block[0] = most;
  std::vector<std::string> names = gpuRowNames(function);
  part.names = {names.back()};
  part.hasAny = true;
  for (size_t i = 0; i < std::size(kGpuRowChunks); ++i) {
    bool isLargest = i + 1 == std::size(kGpuRowChunks);
    uint64_t kept = kGpuRowChunks[i];
    uint64_t threads = llvm::PowerOf2Ceil(llvm::divideCeil(chunks, kept));
    if (threads > most || (!isLargest && chunks >= kGpuRowChunks[i + 1]))
      continue;
    launch.block[0] = threads;
    part.names = {names[i]};
    break;
  }
  uint32_t group = launch.block[0];
  unsigned members = gpuAsideParts(signature.lanes, signature.computesInDouble);
  if (group >= 2 * members && liesAside()) {
    // As many rows as make several sectors of memory, of 32 bytes each.
    part.names = {gpuAsideName(function)};
    part.hasAny = false;
    launch.block[1] = group / members;
    launch.block[0] = std::min(most / launch.block[1], kWarp);
    launch.grid[0] = llvm::divideCeil(part.rows, launch.block[0]);
    return;
  }
  if (signature.rows->takesSteps)
    launch.block[0] = std::max(group, kWarp);
  else
    launch.block[1] = std::max<uint32_t>(1, kGpuThreads / group);
  launch.grid[0] = llvm::divideCeil(part.rows, launch.block[1]);
}

//===- GpuRuns.cpp - Which kernels launches are of, and a run of them -----===//

#include "GpuLaunches.h"
#include "act/GpuKernelNames.h"
#include "llvm/ADT/SmallVector.h"
#include <algorithm>

using namespace act;

bool GpuLaunches::isChunkAligned(size_t k, const void *pointer) const {
  return signature.isMask(k) || isScalar(k) || isUniform(k) ||
         signature.holdsCounts(k) || isGathered(k) || strides[k][0] == 0 ||
         reinterpret_cast<uintptr_t>(pointer) % chunkBytes(k) == 0;
}

llvm::Error GpuLaunches::load(GpuModule &module, void *const *operands) {
  auto ask = [&](const std::string &name, auto &kernels) -> llvm::Error {
    auto kernel = module.kernel(name);
    if (!kernel)
      return kernel.takeError();
    kernels.push_back(*kernel);
    return llvm::Error::success();
  };
  bool mayCluster = module.launchesClusters();
  for (Part &part : parts) {
    bool chunks = takesChunks(part, operands);
    if (!mayCluster)
      part.clusters.reset();
    if (chunks && part.clusters)
      if (llvm::Error error = ask(gpuClusterName(function), part.kernels))
        return error;
    for (const std::string &name : part.names) {
      if (!part.hasAny || (chunks && !part.clusters))
        if (llvm::Error error = ask(name, part.kernels))
          return error;
      if (part.hasAny && (!chunks || !operands))
        if (llvm::Error error = ask(gpuAnyName(name), part.anyKernels))
          return error;
    }
  }
  return llvm::Error::success();
}

void *GpuLaunches::pointerOf(const Part &part, size_t k,
                             void *const *operands) const {
  int64_t offset =
      signature.isMask(k) ? part.offsets[k] / 8 : part.offsets[k] * bytesOf(k);
  return static_cast<char *>(operands[k]) + offset;
}

bool GpuLaunches::areAligned(const Part &part, void *const *operands) const {
  if (!mayChunk)
    return false;
  for (size_t k = 0; operands && k < strides.size(); ++k)
    if (!isChunkAligned(k, pointerOf(part, k, operands)))
      return false;
  return true;
}

bool GpuLaunches::takesChunks(const Part &part, void *const *operands) const {
  return part.columns % signature.lanes == 0 && areAligned(part, operands);
}

llvm::Expected<llvm::ArrayRef<const GpuKernel *>>
GpuLaunches::kernelsFor(const Part &part, bool chunks) const {
  if ((chunks || !part.hasAny) && !part.kernels.empty())
    return llvm::ArrayRef(part.kernels);
  // Which take chunks, too.
  if (!part.anyKernels.empty())
    return llvm::ArrayRef(part.anyKernels);
  return llvm::createStringError(
      "an array of '" + llvm::Twine(function) +
      "' is not aligned to chunks, as those were that the runner was created "
      "for; give GpuRunner::create() such pointers, or none");
}

llvm::Error GpuLaunches::runSplit(const Part &part,
                                  llvm::ArrayRef<const GpuKernel *> kernels,
                                  llvm::SmallVectorImpl<void *> &parameters,
                                  void *scratch, void *stream) const {
  uint32_t first = 0;
  parameters.append({&scratch, &first});
  for (; first < part.rows; first += part.splitRows) {
    LaunchShape shape = part.shape;
    shape.grid[1] = std::min(part.splitRows, part.rows - first);
    for (const GpuKernel *kernel : kernels) {
      // The last one writes what is one value a row.
      if (kernel == kernels.back() && hasUniformResult())
        shape.grid[0] = 1;
      if (llvm::Error error = kernel->launch(shape, parameters.data(), stream))
        return error;
    }
  }
  return llvm::Error::success();
}

llvm::Error GpuLaunches::run(void *const *operands, const void *parameters,
                             void *scratch, void *stream) const {
  if (signature.rows && !shape.empty() && shape[0] > kMaxExtent)
    return llvm::createStringError(
        "rows of " + llvm::Twine(shape[0]) +
        " elements; a GPU kernel takes up to 2^30: run it on the CPU");
  if (!areBytesWhole)
    return llvm::createStringError("a mask beside rows that are neither dense "
                                   "in all arrays nor whole bytes "
                                   "of the mask has no GPU kernel; make the "
                                   "arrays dense, or save the input "
                                   "instead of a mask");
  for (const Part &part : parts) {
    size_t numOperands = strides.size();
    llvm::SmallVector<void *, kMaxOperands> pointers;
    bool isFlat = part.rows == 1 && part.shape.block[1] == 1;
    uint32_t chunking = !areAligned(part, operands) ? 0
                        : !areDense                 ? 1
                        : isFlat                    ? 3
                                                    : 2;
    for (size_t k = 0; k < numOperands; ++k)
      pointers.push_back(pointerOf(part, k, operands));
    auto kernels = kernelsFor(part, takesChunks(part, operands));
    if (!kernels)
      return kernels.takeError();
    llvm::SmallVector<void *, 128> arguments;
    auto pass = [&](const void *value) {
      arguments.push_back(const_cast<void *>(value));
    };
    for (void *&pointer : pointers)
      pass(&pointer);
    pass(&part.columns);
    pass(&part.rows);
    pass(&chunking);
    for (const uint32_t &size : part.sizes)
      pass(&size);
    for (const uint64_t &reciprocal : part.reciprocals)
      pass(&reciprocal);
    if (hasGatherer()) {
      pass(&part.steps);
      pass(&gathers);
    }
    for (const int64_t &stride : kernelStrides)
      pass(&stride);
    size_t bytes = signature.computesInDouble ? sizeof(double) : sizeof(float);
    for (unsigned i = 0; i < signature.numParameters; ++i)
      pass(static_cast<const char *>(parameters) + i * bytes);
    if (part.clusters && kernels->data() == part.kernels.data()) {
      if (llvm::Error error = kernels->front()->launch(
              *part.clusters, arguments.data(), stream))
        return error;
    } else if (part.splitRows) {
      if (llvm::Error error =
              runSplit(part, *kernels, arguments, scratch, stream))
        return error;
    } else if (llvm::Error error = kernels->front()->launch(
                   part.shape, arguments.data(), stream)) {
      return error;
    }
  }
  return llvm::Error::success();
}

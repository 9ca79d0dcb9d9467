//===- StandInCudaMemory.cpp - Memory, streams and graphs -----------------===//

#include "StandInCudaState.h"
#include <cstdlib>
#include <cstring>
#include <map>

using namespace act::test::standin;

namespace {
struct Memory {
  size_t size;
  int device;
};
std::map<char *, Memory> memory;
} // namespace

extern "C" {

CUresult cuPointerGetAttributes(unsigned count, CUpointer_attribute *attributes,
                                void **values, CUdeviceptr pointer) {
  ENTER(cuPointerGetAttributes, Context);
  auto *address = reinterpret_cast<char *>(pointer);
  auto next = memory.upper_bound(address);
  const Memory *found = nullptr;
  if (next != memory.begin() &&
      address < std::prev(next)->first + std::prev(next)->second.size)
    found = &std::prev(next)->second;
  for (unsigned i = 0; i < count; ++i) {
    auto *value = static_cast<int *>(values[i]);
    *value = 0;
    if (found && attributes[i] == CU_POINTER_ATTRIBUTE_MEMORY_TYPE)
      *value = CU_MEMORYTYPE_DEVICE;
    if (found && attributes[i] == CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL)
      *value = found->device;
    if (found && attributes[i] == CU_POINTER_ATTRIBUTE_IS_MANAGED)
      *value = standInCuda.isManaged;
  }
  return CUDA_SUCCESS;
}

CUresult cuMemAlloc_v2(CUdeviceptr *pointer, size_t bytes) {
  ENTER(cuMemAlloc, NoCapture);
  if (bytes == 0)
    return CUDA_ERROR_INVALID_VALUE;
  if (bytes > size_t(1) << 37)
    return CUDA_ERROR_OUT_OF_MEMORY;
  auto *block = static_cast<char *>(std::malloc(bytes));
  memory[block] = {bytes, int(contexts.back() - kFirstContext)};
  *pointer = reinterpret_cast<CUdeviceptr>(block);
  ++standInCuda.numBuffers;
  return CUDA_SUCCESS;
}
CUresult cuMemFree_v2(CUdeviceptr pointer) {
  ENTER(cuMemFree, NoCapture);
  auto *block = reinterpret_cast<char *>(pointer);
  if (!memory.erase(block))
    return CUDA_ERROR_INVALID_VALUE;
  std::free(block);
  --standInCuda.numBuffers;
  return CUDA_SUCCESS;
}
CUresult cuMemGetInfo_v2(size_t *unused, size_t *total) {
  ENTER(cuMemGetInfo, Context);
  *unused = 4096, *total = size_t(1) << 37;
  return CUDA_SUCCESS;
}
CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes,
                              CUstream) {
  ENTER(cuMemcpyHtoDAsync, Context);
  std::memcpy(reinterpret_cast<void *>(to), from, bytes);
  return CUDA_SUCCESS;
}
CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes,
                              CUstream) {
  ENTER(cuMemcpyDtoHAsync, Context);
  std::memcpy(to, reinterpret_cast<void *>(from), bytes);
  return CUDA_SUCCESS;
}
CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes,
                              CUstream) {
  ENTER(cuMemcpyDtoDAsync, Context);
  std::memcpy(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from),
              bytes);
  return CUDA_SUCCESS;
}
CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t bytes,
                         CUstream) {
  ENTER(cuMemsetD8Async, Context);
  std::memset(reinterpret_cast<void *>(to), value, bytes);
  return CUDA_SUCCESS;
}

CUresult cuStreamCreate(CUstream *stream, unsigned flags) {
  ENTER(cuStreamCreate, Context);
  return make(stream);
}
CUresult cuStreamDestroy_v2(CUstream stream) {
  ENTER(cuStreamDestroy, Context);
  return destroy(stream);
}
CUresult cuStreamSynchronize(CUstream stream) {
  ENTER(cuStreamSynchronize, Context);
  if (stream && stream->graph) {
    stream->isSpoilt = true;
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  return CUDA_SUCCESS;
}
CUresult cuEventCreate(CUevent *event, unsigned) {
  ENTER(cuEventCreate, Context);
  return make(event);
}
CUresult cuEventDestroy_v2(CUevent event) {
  ENTER(cuEventDestroy, Context);
  return destroy(event);
}
CUresult cuEventRecord(CUevent, CUstream) {
  ENTER(cuEventRecord, Context);
  return CUDA_SUCCESS;
}
CUresult cuEventSynchronize(CUevent) {
  ENTER(cuEventSynchronize, NoCapture);
  return CUDA_SUCCESS;
}
CUresult cuEventElapsedTime(float *ms, CUevent, CUevent) {
  ENTER(cuEventElapsedTime, Context);
  *ms = 1.5f;
  return CUDA_SUCCESS;
}
CUresult cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode) {
  ENTER(cuStreamBeginCapture, Context);
  if (!stream || stream->graph)
    return CUDA_ERROR_INVALID_VALUE;
  ++numCapturing;
  return make(&stream->graph);
}
CUresult cuStreamEndCapture(CUstream stream, CUgraph *graph) {
  ENTER(cuStreamEndCapture, Context);
  --numCapturing;
  *graph = stream->graph;
  stream->graph = nullptr;
  if (!stream->isSpoilt)
    return CUDA_SUCCESS;
  stream->isSpoilt = false;
  destroy(*graph);
  *graph = nullptr;
  return static_cast<CUresult>(901); // capture invalidated
}
#ifndef ACT_STAND_IN_OLD
CUresult cuGraphInstantiateWithFlags(CUgraphExec *exec, CUgraph graph,
                                     unsigned long long) {
  ENTER(cuGraphInstantiateWithFlags, Context);
  return make(exec, graph->numLaunches);
}
#endif
CUresult cuGraphLaunch(CUgraphExec exec, CUstream) {
  ENTER(cuGraphLaunch, Context);
  standInCuda.numLaunches += exec->numLaunches;
  return CUDA_SUCCESS;
}
CUresult cuGraphExecDestroy(CUgraphExec exec) {
  ENTER(cuGraphExecDestroy, Context);
  return destroy(exec);
}
CUresult cuGraphDestroy(CUgraph graph) {
  ENTER(cuGraphDestroy, Context);
  return destroy(graph);
}

} // extern "C"

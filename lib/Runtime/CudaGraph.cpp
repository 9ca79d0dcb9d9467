//===- CudaGraph.cpp - Recorded work --------------------------------------===//

#include "CudaScope.h"
#include "act/Runtime/CudaMemory.h"

using namespace act;
using namespace act::cuda;
using namespace llvm;

Expected<CudaGraph> CudaGraph::capture(const CudaStream &stream,
                                       function_ref<Error()> work) {
  std::shared_ptr<const CudaDevice> device = stream.device().shared_from_this();
  const CudaDriver &driver = device->driver();
  if (!driver.api().graphInstantiate)
    return driver.tooOld("a graph", since::graphInstantiate);
  auto *handle = static_cast<CUstream>(stream.get());
  if (CUresult code = callIn(*device, &CudaApi::streamBeginCapture, handle,
                             CU_STREAM_CAPTURE_MODE_THREAD_LOCAL))
    return driver.error(code, "beginning to record a stream");
  Error failed = work();
  // The stream must leave the recording whatever happened in it.
  CUgraph graph = nullptr;
  CUresult code = callIn(*device, &CudaApi::streamEndCapture, handle, &graph);
  CUgraphExec exec = nullptr;
  if (!failed && code == CUDA_SUCCESS)
    code = callIn(*device, &CudaApi::graphInstantiate, &exec, graph, 0ull);
  if (graph)
    callIn(*device, &CudaApi::graphDestroy, graph);
  if (failed)
    return std::move(failed);
  if (code != CUDA_SUCCESS)
    return driver.error(code, "recording a stream");
  return CudaGraph(CudaHandle(
      exec, {std::move(device), [](const CudaDevice &device, void *handle) {
               callIn(device, &CudaApi::graphExecDestroy,
                      static_cast<CUgraphExec>(handle));
             }}));
}

Error CudaGraph::launch(const CudaStream &stream) const {
  const CudaDevice &device = stream.device();
  if (CUresult code = callIn(device, &CudaApi::graphLaunch,
                             static_cast<CUgraphExec>(handle.get()),
                             static_cast<CUstream>(stream.get())))
    return device.driver().error(code, "launching a graph");
  return Error::success();
}

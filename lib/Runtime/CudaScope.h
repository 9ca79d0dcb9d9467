//===- CudaScope.h - Calls in the context of a device -----------*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_CUDASCOPE_H
#define ACT_LIB_RUNTIME_CUDASCOPE_H

#include "CudaApi.h"
#include "act/Runtime/CudaDriver.h"

namespace act::cuda {

/// Makes the primary context of a device the calling thread's current one; the
/// destructor restores the one before.
class CudaScope {
public:
  explicit CudaScope(const CudaDevice &device) : api(device.driver().api()) {
    auto *wanted = static_cast<CUcontext>(device.context());
    CUcontext current = nullptr;
    code = api.ctxGetCurrent(&current);
    if (code != CUDA_SUCCESS || current == wanted)
      return;
    code = api.ctxPushCurrent(wanted);
    pushed = code == CUDA_SUCCESS;
  }
  CudaScope(const CudaScope &) = delete;
  ~CudaScope() {
    CUcontext popped;
    if (pushed)
      api.ctxPopCurrent(&popped);
  }
  /// What the driver says to the change.
  CUresult result() const { return code; }

private:
  const CudaApi &api;
  CUresult code;
  bool pushed = false;
};

/// What a function of the driver returns when called in a device's context:
/// callIn(device, &CudaApi::memAlloc, &pointer, bytes).
template <typename... Parameters, typename... Values>
CUresult callIn(const CudaDevice &device,
                CUresult (*CudaApi::*function)(Parameters...),
                Values... values) {
  CudaScope scope(device);
  if (scope.result() != CUDA_SUCCESS)
    return scope.result();
  return (device.driver().api().*function)(values...);
}

} // namespace act::cuda

#endif // ACT_LIB_RUNTIME_CUDASCOPE_H

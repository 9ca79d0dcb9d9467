//===- CudaApi.h - What we need of the CUDA driver's interface --*- C++ -*-===//
//
// Types, constants and functions of libcuda as "CUDA Driver API" documents
// them, under their own names. Nothing of CUDA's is needed to build Act.
// CudaAbiTest.cpp compares this with CUDA's header where there is one.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_RUNTIME_CUDAAPI_H
#define ACT_LIB_RUNTIME_CUDAAPI_H

#include <cstddef>

namespace act::cuda {

/// Others may come from a newer driver, which then has a text for them.
enum CUresult : int {
  CUDA_SUCCESS = 0,
  CUDA_ERROR_INVALID_VALUE = 1,
  CUDA_ERROR_OUT_OF_MEMORY = 2,
  CUDA_ERROR_NOT_INITIALIZED = 3,
  CUDA_ERROR_STUB_LIBRARY = 34,
  CUDA_ERROR_NO_DEVICE = 100,
  CUDA_ERROR_INVALID_PTX = 218,
  CUDA_ERROR_NOT_FOUND = 500,
  CUDA_ERROR_ILLEGAL_ADDRESS = 700,
  CUDA_ERROR_SYSTEM_DRIVER_MISMATCH = 803,
  CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED = 900,
};

using CUdevice = int;
using CUdeviceptr = unsigned long long;
using CUcontext = struct ContextHandle *;
using CUmodule = struct ModuleHandle *;
using CUfunction = struct FunctionHandle *;
using CUstream = struct StreamHandle *;
using CUevent = struct EventHandle *;
using CUgraph = struct GraphHandle *;
using CUgraphExec = struct GraphExecHandle *;
using CUlinkState = struct LinkHandle *;

enum CUdevice_attribute : int {
  CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT = 16,
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75,
  CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76,
  CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN = 97,
};

enum CUfunction_attribute : int {
  CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK = 0,
  CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES = 1,
  CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES = 8,
  CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED = 14,
};

enum CUpointer_attribute : int {
  CU_POINTER_ATTRIBUTE_MEMORY_TYPE = 2,
  CU_POINTER_ATTRIBUTE_IS_MANAGED = 8,
  CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL = 9,
};

enum CUmemorytype : int {
  CU_MEMORYTYPE_DEVICE = 2,
};

enum CUjit_option : int {
  CU_JIT_INFO_LOG_BUFFER = 3,
  CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES = 4,
  CU_JIT_ERROR_LOG_BUFFER = 5,
  CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6,
};

enum CUjitInputType : int { CU_JIT_INPUT_PTX = 1 };

enum CUstreamCaptureMode : int { CU_STREAM_CAPTURE_MODE_THREAD_LOCAL = 1 };

constexpr unsigned CU_STREAM_NON_BLOCKING = 1;
constexpr unsigned CU_EVENT_DEFAULT = 0;

enum CUlaunchAttributeID : int { CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION = 4 };

struct CUlaunchAttribute {
  CUlaunchAttributeID id;
  char pad[8 - sizeof(CUlaunchAttributeID)];
  union {
    char pad[64];
    struct {
      unsigned x, y, z;
    } clusterDim;
  } value;
};

struct CUlaunchConfig {
  unsigned gridDimX, gridDimY, gridDimZ;
  unsigned blockDimX, blockDimY, blockDimZ;
  unsigned sharedMemBytes;
  CUstream hStream;
  CUlaunchAttribute *attrs;
  unsigned numAttrs;
};

/// The functions of a loaded driver; an optional one that it lacks is null.
struct CudaApi {
#define ACT_CUDA(MEMBER, NAME, SUFFIX, SINCE, NEEDED, ...)                     \
  CUresult (*MEMBER)(__VA_ARGS__) = nullptr;
#include "CudaEntryPoints.def"
};

/// The CUDA version that brought an optional function.
namespace since {
#define ACT_CUDA(MEMBER, NAME, SUFFIX, SINCE, NEEDED, ...)                     \
  constexpr unsigned MEMBER = SINCE;
#include "CudaEntryPoints.def"
} // namespace since

} // namespace act::cuda

#endif // ACT_LIB_RUNTIME_CUDAAPI_H

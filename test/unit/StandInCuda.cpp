//===- StandInCuda.cpp - A CUDA driver for tests without a GPU ------------===//
//
// PTX is a text that contains ".entry NAME" for each kernel; it becomes a
// cubin by standing behind the four bytes of an ELF file. Text that contains
// "nonsense" does not compile, and a cubin that contains it does not load.
//
//===----------------------------------------------------------------------===//

#include "StandInCudaState.h"
#include <cstdlib>
#include <cstring>

using namespace act::cuda;
using namespace act::test;
using namespace act::test::standin;

StandInCuda standInCuda;
std::mutex standin::mutex;
unsigned standin::numCapturing = 0;
thread_local std::vector<uintptr_t> standin::contexts;

CUresult standin::enter(const char *name, Needs needs) {
  std::lock_guard<std::mutex> lock(mutex);
  auto &s = standInCuda;
  if (s.numCalls < StandInCuda::kMaxCalls)
    s.calls[s.numCalls++] = name;
  if (s.failing && !std::strcmp(s.failing, name))
    return static_cast<CUresult>(s.failure);
  if (needs != Needs::Nothing && contexts.empty())
    return static_cast<CUresult>(201); // invalid device context
  if (needs == Needs::NoCapture && numCapturing)
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  return CUDA_SUCCESS;
}

namespace {

CUcontext contextOf(int device) {
  return reinterpret_cast<CUcontext>(kFirstContext + device);
}
/// What the environment says, for tests of whole programs.
int numberIn(const char *name, int otherwise) {
  const char *text = std::getenv(name);
  return text ? std::atoi(text) : otherwise;
}
void reset() {
  auto &s = standInCuda;
#ifdef ACT_STAND_IN_OLD
  s.version = 11000;
#else
  s.version = 12040;
#endif
  s.numDevices = numberIn("ACT_STAND_IN_DEVICES", 2);
  s.capability = numberIn("ACT_STAND_IN_CAPABILITY", 90);
  s.failing = nullptr, s.failure = 0, s.numCalls = 0, s.numLaunches = 0;
  s.isManaged = false;
  s.launch = {};
}

[[maybe_unused]] const bool atStart = [] {
  reset();
  standInCuda.reset = reset;
  standInCuda.setCurrent = [](unsigned long context) {
    contexts.clear();
    if (context)
      contexts.push_back(context);
  };
  standInCuda.current = [] {
    return contexts.empty() ? 0ul : static_cast<unsigned long>(contexts.back());
  };
  return true;
}();

void say(unsigned count, const CUjit_option *options, void **values,
         CUjit_option buffer, CUjit_option size, const char *text) {
  char *to = nullptr;
  size_t room = 0;
  for (unsigned i = 0; i < count; ++i)
    if (options[i] == buffer)
      to = static_cast<char *>(values[i]);
    else if (options[i] == size)
      room = reinterpret_cast<uintptr_t>(values[i]);
  if (to && room > std::strlen(text))
    std::strcpy(to, text);
}

/// The compiler: whether it takes the PTX, and what it says about it.
bool compile(const std::string &ptx, unsigned count,
             const CUjit_option *options, void **values) {
  bool isFine = ptx.find("nonsense") == std::string::npos;
  if (!isFine)
    say(count, options, values, CU_JIT_ERROR_LOG_BUFFER,
        CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES,
        "ptxas application ptx input, line 3; error   : Not a name of any "
        "known instruction: 'nonsense'\n");
  return isFine;
}

/// A captured launch waits for the graph.
CUresult start(CUfunction function, CUstream stream, void **parameters,
               const unsigned (&grid)[3], const unsigned (&block)[3],
               unsigned sharedBytes, const unsigned (&cluster)[3]) {
  std::lock_guard<std::mutex> lock(mutex);
#ifndef ACT_STAND_IN_OLD
  if (stream && stream->graph && !function->isLoaded)
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED; // loading code waits
#endif
  auto &launch = standInCuda.launch;
  std::strncpy(launch.kernel, function->name.c_str(), 63);
  std::memcpy(launch.grid, grid, sizeof(grid));
  std::memcpy(launch.block, block, sizeof(block));
  std::memcpy(launch.cluster, cluster, sizeof(cluster));
  launch.sharedBytes = sharedBytes;
  launch.stream = stream;
  launch.parameters = parameters;
  launch.wasCaptured = stream && stream->graph;
  if (launch.wasCaptured)
    ++stream->graph->numLaunches;
  else
    ++standInCuda.numLaunches;
  return CUDA_SUCCESS;
}
} // namespace

extern "C" {

CUresult cuDriverGetVersion(int *version) {
  ENTER(cuDriverGetVersion, Nothing);
  *version = standInCuda.version;
  return CUDA_SUCCESS;
}
CUresult cuInit(unsigned) {
  ENTER(cuInit, Nothing);
  return standInCuda.numDevices ? CUDA_SUCCESS : CUDA_ERROR_NO_DEVICE;
}
CUresult cuGetErrorName(CUresult error, const char **text) {
  *text = error == CUDA_ERROR_OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY"
          : error == CUDA_ERROR_NO_DEVICE   ? "CUDA_ERROR_NO_DEVICE"
          : error == CUDA_ERROR_INVALID_PTX ? "CUDA_ERROR_INVALID_PTX"
                                            : nullptr;
  return *text ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
CUresult cuGetErrorString(CUresult error, const char **text) {
  *text = error == CUDA_ERROR_OUT_OF_MEMORY ? "out of memory" : nullptr;
  return *text ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuDeviceGetCount(int *count) {
  ENTER(cuDeviceGetCount, Nothing);
  *count = standInCuda.numDevices;
  return CUDA_SUCCESS;
}
CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  ENTER(cuDeviceGet, Nothing);
  *device = ordinal;
  return CUDA_SUCCESS;
}
CUresult cuDeviceGetName(char *name, int size, CUdevice) {
  ENTER(cuDeviceGetName, Nothing);
  std::strncpy(name, "Stand-in", size);
  return CUDA_SUCCESS;
}
CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute,
                              CUdevice) {
  ENTER(cuDeviceGetAttribute, Nothing);
  switch (attribute) {
  case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
    *value = 132;
    return CUDA_SUCCESS;
  case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
    *value = standInCuda.capability / 10;
    return CUDA_SUCCESS;
  case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR:
    *value = standInCuda.capability % 10;
    return CUDA_SUCCESS;
  case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN:
    *value = 227 * 1024;
    return CUDA_SUCCESS;
  }
  return CUDA_ERROR_INVALID_VALUE;
}
CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice) {
  ENTER(cuDeviceTotalMem, Nothing);
  *bytes = size_t(1) << 37;
  return CUDA_SUCCESS;
}
CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
  ENTER(cuDevicePrimaryCtxRetain, Nothing);
  ++standInCuda.numRetained;
  *context = contextOf(device);
  return CUDA_SUCCESS;
}
CUresult cuDevicePrimaryCtxRelease_v2(CUdevice) {
  ENTER(cuDevicePrimaryCtxRelease, Nothing);
  --standInCuda.numRetained;
  return CUDA_SUCCESS;
}
CUresult cuCtxGetCurrent(CUcontext *context) {
  ENTER(cuCtxGetCurrent, Nothing);
  *context =
      reinterpret_cast<CUcontext>(contexts.empty() ? 0 : contexts.back());
  return CUDA_SUCCESS;
}
CUresult cuCtxPushCurrent_v2(CUcontext context) {
  ENTER(cuCtxPushCurrent, Nothing);
  contexts.push_back(reinterpret_cast<uintptr_t>(context));
  return CUDA_SUCCESS;
}
CUresult cuCtxPopCurrent_v2(CUcontext *context) {
  ENTER(cuCtxPopCurrent, Context);
  *context = reinterpret_cast<CUcontext>(contexts.back());
  contexts.pop_back();
  return CUDA_SUCCESS;
}
CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned count,
                            CUjit_option *options, void **values) {
  ENTER(cuModuleLoadDataEx, NoCapture);
  std::string text = static_cast<const char *>(image);
  if (!compile(text, count, options, values))
    return CUDA_ERROR_INVALID_PTX;
  return make(module, text);
}
CUresult cuModuleUnload(CUmodule module) {
  ENTER(cuModuleUnload, Context);
  for (FunctionHandle *function : module->functions)
    delete function;
  return destroy(module);
}
CUresult cuModuleGetFunction(CUfunction *function, CUmodule module,
                             const char *name) {
  ENTER(cuModuleGetFunction, Context);
  if (module->image.find(std::string(".entry ") + name + "(") ==
      std::string::npos)
    return CUDA_ERROR_NOT_FOUND;
  *function = new FunctionHandle{name};
  module->functions.push_back(*function);
  return CUDA_SUCCESS;
}
CUresult cuFuncGetAttribute(int *value, CUfunction_attribute attribute,
                            CUfunction) {
  ENTER(cuFuncGetAttribute, Context);
  *value = attribute == CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES ? 1024 : 512;
  return CUDA_SUCCESS;
}
CUresult cuFuncSetAttribute(CUfunction, CUfunction_attribute attribute,
                            int value) {
  ENTER(cuFuncSetAttribute, Context);
  if (attribute == CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES)
    standInCuda.maxDynamicShared = value;
  return CUDA_SUCCESS;
}
#ifndef ACT_STAND_IN_OLD
CUresult cuFuncLoad(CUfunction function) {
  ENTER(cuFuncLoad, NoCapture);
  function->isLoaded = true;
  return CUDA_SUCCESS;
}
#endif
CUresult cuLaunchKernel(CUfunction function, unsigned gridX, unsigned gridY,
                        unsigned gridZ, unsigned blockX, unsigned blockY,
                        unsigned blockZ, unsigned sharedBytes, CUstream stream,
                        void **parameters, void **) {
  ENTER(cuLaunchKernel, Context);
  return start(function, stream, parameters, {gridX, gridY, gridZ},
               {blockX, blockY, blockZ}, sharedBytes, {0, 0, 0});
}
#ifndef ACT_STAND_IN_OLD
CUresult cuLaunchKernelEx(const CUlaunchConfig *config, CUfunction function,
                          void **parameters, void **) {
  ENTER(cuLaunchKernelEx, Context);
  if (config->numAttrs != 1 ||
      config->attrs->id != CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION)
    return CUDA_ERROR_INVALID_VALUE;
  auto cluster = config->attrs->value.clusterDim;
  return start(function, config->hStream, parameters,
               {config->gridDimX, config->gridDimY, config->gridDimZ},
               {config->blockDimX, config->blockDimY, config->blockDimZ},
               config->sharedMemBytes, {cluster.x, cluster.y, cluster.z});
}
#endif

CUresult cuLinkCreate_v2(unsigned count, CUjit_option *options, void **values,
                         CUlinkState *state) {
  ENTER(cuLinkCreate, NoCapture);
  make(state);
  (*state)->options.assign(options, options + count);
  (*state)->values.assign(values, values + count);
  return CUDA_SUCCESS;
}
CUresult cuLinkAddData_v2(CUlinkState state, CUjitInputType type, void *data,
                          size_t size, const char *, unsigned, CUjit_option *,
                          void **) {
  ENTER(cuLinkAddData, NoCapture);
  auto *text = static_cast<const char *>(data);
  if (type != CU_JIT_INPUT_PTX || size == 0 || text[size - 1] != '\0')
    return CUDA_ERROR_INVALID_VALUE;
  if (!compile(text, state->options.size(), state->options.data(),
               state->values.data()))
    return CUDA_ERROR_INVALID_PTX;
  state->cubin = std::string("\x7f") + "ELF" + text;
  return CUDA_SUCCESS;
}
CUresult cuLinkComplete(CUlinkState state, void **cubin, size_t *size) {
  ENTER(cuLinkComplete, NoCapture);
  *cubin = state->cubin.data();
  *size = state->cubin.size();
  return CUDA_SUCCESS;
}
CUresult cuLinkDestroy(CUlinkState state) {
  ENTER(cuLinkDestroy, Context);
  return destroy(state);
}

} // extern "C"

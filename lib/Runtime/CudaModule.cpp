//===- CudaModule.cpp - Kernels on a CUDA device --------------------------===//

#include "CudaLinker.h"
#include "CudaScope.h"
#include "act/Runtime/FileCache.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace act;
using namespace act::cuda;
using namespace llvm;

namespace {

class CudaKernel : public GpuKernel {
public:
  CudaKernel(const CudaDevice &device, CUfunction function, StringRef name)
      : device(device), function(function), name(name) {}

  /// Loads the kernel's code, reads its limits and lifts those that a launch
  /// may exceed otherwise, so that launches change nothing.
  CUresult prepare();
  Error launch(const LaunchShape &shape, void *const *parameters,
               void *stream) const override;

private:
  CUresult start(const LaunchShape &shape, void **parameters,
                 CUstream stream) const;
  Error refused(CUresult code, const LaunchShape &shape) const;

  const CudaDevice &device;
  CUfunction function;
  std::string name;
  int maxThreads = 0;
  /// Beside what the kernel declares.
  int maxSharedBytes = 0;
};

class CudaModule : public GpuModule {
public:
  CudaModule(std::shared_ptr<const CudaDevice> device, CUmodule module)
      : device(std::move(device)), module(module) {}
  ~CudaModule() override {
    // Nothing can be told to anyone here; the memory merely stays.
    callIn(*device, &CudaApi::moduleUnload, module);
  }
  Expected<const GpuKernel *> kernel(StringRef name) override;
  bool launchesClusters() const override { return device->launchesClusters(); }

private:
  std::shared_ptr<const CudaDevice> device;
  CUmodule module;
  std::mutex mutex;
  StringMap<std::unique_ptr<CudaKernel>> kernels;
};

} // namespace

CUresult CudaKernel::prepare() {
  CudaScope scope(device);
  const CudaApi &api = device.driver().api();
  CUresult code = scope.result();
  int declared = 0;
  // The driver may leave a kernel's code unloaded until its first launch.
  if (code == CUDA_SUCCESS && api.funcLoad)
    code = api.funcLoad(function);
  if (code == CUDA_SUCCESS)
    code = api.funcGetAttribute(
        &maxThreads, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, function);
  if (code == CUDA_SUCCESS)
    code = api.funcGetAttribute(&declared, CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES,
                                function);
  maxSharedBytes = int(device.info().sharedBytes) - declared;
  // Without this a block has 48 KiB at most.
  if (code == CUDA_SUCCESS && maxSharedBytes > 0)
    code = api.funcSetAttribute(function,
                                CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                                maxSharedBytes);
  // And without this a cluster has 8 blocks at most.
  if (code == CUDA_SUCCESS && device.launchesClusters())
    code = api.funcSetAttribute(
        function, CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1);
  return code;
}

CUresult CudaKernel::start(const LaunchShape &shape, void **parameters,
                           CUstream stream) const {
  CudaScope scope(device);
  if (scope.result() != CUDA_SUCCESS)
    return scope.result();
  const CudaApi &api = device.driver().api();
  const auto &[gx, gy, gz] = shape.grid;
  const auto &[bx, by, bz] = shape.block;
  if (shape.cluster == 1)
    return api.launchKernel(function, gx, gy, gz, bx, by, bz, shape.sharedBytes,
                            stream, parameters, nullptr);
  CUlaunchAttribute cluster = {};
  cluster.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
  cluster.value.clusterDim = {shape.cluster, 1, 1};
  CUlaunchConfig config = {gx,     gy,       gz, bx, by, bz, shape.sharedBytes,
                           stream, &cluster, 1};
  return api.launchKernelEx(&config, function, parameters, nullptr);
}

Error CudaKernel::launch(const LaunchShape &shape, void *const *parameters,
                         void *stream) const {
  if (shape.cluster != 1 && !device.driver().api().launchKernelEx)
    return device.driver().tooOld("launching kernel '" + name +
                                      "' in clusters of blocks",
                                  since::launchKernelEx);
  // The driver only reads the values; its prototype is older than const.
  CUresult code = start(shape, const_cast<void **>(parameters),
                        static_cast<CUstream>(stream));
  return code == CUDA_SUCCESS ? Error::success() : refused(code, shape);
}

Error CudaKernel::refused(CUresult code, const LaunchShape &shape) const {
  auto text = [](const uint32_t(&size)[3]) {
    return std::to_string(size[0]) + "x" + std::to_string(size[1]) + "x" +
           std::to_string(size[2]);
  };
  std::string what = "launching kernel '" + name + "' on CUDA device " +
                     std::to_string(device.ordinal()) + " with grid " +
                     text(shape.grid) + ", block " + text(shape.block) +
                     " (at most " + std::to_string(maxThreads) +
                     " threads), cluster " + std::to_string(shape.cluster) +
                     " and " + std::to_string(shape.sharedBytes) +
                     " bytes of shared memory (at most " +
                     std::to_string(maxSharedBytes) + ")";
  // From here on errors are those of work that ran, not of this call.
  if (code >= CUDA_ERROR_ILLEGAL_ADDRESS &&
      code < CUDA_ERROR_SYSTEM_DRIVER_MISMATCH)
    what += "; an earlier kernel may have failed";
  return device.driver().error(code, what);
}

Expected<const GpuKernel *> CudaModule::kernel(StringRef name) {
  std::lock_guard<std::mutex> lock(mutex);
  auto known = kernels.find(name);
  if (known != kernels.end())
    return known->second.get();
  CUfunction function = nullptr;
  CUresult code = callIn(*device, &CudaApi::moduleGetFunction, &function,
                         module, name.str().c_str());
  auto kernel = std::make_unique<CudaKernel>(*device, function, name);
  if (code == CUDA_SUCCESS)
    code = kernel->prepare();
  if (code != CUDA_SUCCESS)
    return device->driver().error(
        code, code == CUDA_ERROR_NOT_FOUND
                  ? "the module has no kernel '" + name + "'"
                  : "preparing kernel '" + name + "'");
  return (kernels[name] = std::move(kernel)).get();
}

/// The module of a cubin or of PTX text that ends with a null byte.
static Expected<std::unique_ptr<GpuModule>>
loadImage(std::shared_ptr<const CudaDevice> device, const char *image) {
  JitLog log;
  CUmodule module = nullptr;
  if (CUresult code = callIn(*device, &CudaApi::moduleLoadDataEx, &module,
                             static_cast<const void *>(image), JitLog::kCount,
                             log.options, log.values))
    return device->driver().error(code, "CUDA device " +
                                            Twine(device->ordinal()) +
                                            " refuses the module" + log.text());
  return std::make_unique<CudaModule>(std::move(device), module);
}

Expected<std::unique_ptr<GpuModule>> CudaDevice::load(StringRef image,
                                                      const FileCache *cache,
                                                      bool *wasCached) const {
  if (wasCached)
    *wasCached = false;
  auto self = shared_from_this();
  auto terminated = [](StringRef text) {
    return MemoryBuffer::getMemBufferCopy(text); // aligned, unlike a string
  };
  if (image.starts_with("\x7f"
                        "ELF"))
    return loadImage(self, terminated(image)->getBufferStart());
  if (Error error = checkPtx(*this, image))
    return std::move(error);
  if (!cache)
    return loadImage(self, terminated(image)->getBufferStart());

  std::string key = cubinKey(image);
  if (auto kept = cache->lookup(key)) {
    auto module = loadImage(self, kept->getBufferStart());
    if (module && wasCached)
      *wasCached = true;
    if (module)
      return module;
    // A defect of an entry reads as a miss.
    consumeError(module.takeError());
  }
  Expected<std::string> cubin = assemble(image);
  if (!cubin)
    return cubin.takeError();
  auto module = loadImage(self, terminated(*cubin)->getBufferStart());
  if (module)
    cache->store(key, *cubin);
  return module;
}

//===- CudaDriver.h - GPU kernels through the CUDA driver -------*- C++ -*-===//
//
//   auto driver = CudaDriver::get();          // loads libcuda, once
//   auto device = (*driver)->device(0);       // keeps its primary context
//   auto module = (*device)->load(ptx, cache);
//   auto kernel = (*module)->kernel("name");
//   (*kernel)->launch(shape, parameters, stream);
//
// Nothing of CUDA is looked for before get(), and no toolkit ever. Each call
// leaves the calling thread's current context as it found it. All of this is
// safe from any thread. Streams are CUstream handles; null is the default one.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_RUNTIME_CUDADRIVER_H
#define ACT_RUNTIME_CUDADRIVER_H

#include "act/Runtime/GpuModule.h"
#include "llvm/ADT/Twine.h"
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace act {

namespace cuda {
struct CudaApi;
} // namespace cuda

class CudaDevice;
class FileCache;

/// The CUDA driver, initialised, with at least one device. Its library stays
/// loaded for as long as the process lives.
class CudaDriver : public std::enable_shared_from_this<CudaDriver> {
public:
  /// The driver of this process: libcuda.so.1, or what ACT_CUDA_DRIVER names.
  /// The first call loads it; what it finds, an error included, stays. Errors:
  /// there is no driver, it is broken or too old, or it finds no device.
  static llvm::Expected<std::shared_ptr<CudaDriver>> get();

  /// Loads the driver from this file, which dlopen() looks for.
  static llvm::Expected<std::shared_ptr<CudaDriver>>
  load(const std::string &file);

  ~CudaDriver();

  /// The newest CUDA version it serves: 1000 * major + 10 * minor.
  unsigned version() const { return cudaVersion; }
  /// The newest PTX version it takes: 10 * major + minor, as in Gpu.h.
  unsigned ptxVersion() const;
  int deviceCount() const { return count; }

  /// The device of this number. Its primary context is kept for as long as
  /// somebody holds the device, and is one for all who do.
  llvm::Expected<std::shared_ptr<const CudaDevice>> device(int ordinal);

  /// The functions of the driver (lib/Runtime/CudaApi.h).
  const cuda::CudaApi &api() const { return *functions; }

  /// An error of this CUresult: what was tried, and the driver's text.
  llvm::Error error(int code, const llvm::Twine &what) const;
  /// An error that names what this driver is too old for.
  llvm::Error tooOld(const llvm::Twine &what, unsigned neededCuda) const;

private:
  CudaDriver();

  llvm::Error start(const std::string &file);

  std::unique_ptr<cuda::CudaApi> functions;
  unsigned cudaVersion = 0;
  int count = 0;
  std::mutex mutex;
  std::map<int, std::weak_ptr<const CudaDevice>> devices;
};

/// What a device is.
struct CudaDeviceInfo {
  std::string name;
  /// Compute capability, 10 * major + minor.
  unsigned capability = 0;
  uint64_t memoryBytes = 0;
  unsigned multiprocessors = 0;
  /// Shared memory that a block can have.
  unsigned sharedBytes = 0;
};

/// A device with its primary context. Modules, buffers and streams hold it.
class CudaDevice : public std::enable_shared_from_this<CudaDevice> {
public:
  ~CudaDevice();
  CudaDevice(const CudaDevice &) = delete;

  int ordinal() const { return number; }
  const CudaDeviceInfo &info() const { return facts; }
  const CudaDriver &driver() const { return *owner; }

  /// Whether it has clusters of blocks and the driver can launch them.
  bool launchesClusters() const;

  /// Loads a module: PTX text or a cubin. With a cache, PTX is compiled once
  /// for all processes that share it; `wasCached`, if given, says whether this
  /// was one of them that found it. Errors: PTX of a version that the driver
  /// is too old for, or for SM versions that this is none of; what the driver
  /// refuses, with its log.
  llvm::Expected<std::unique_ptr<GpuModule>>
  load(llvm::StringRef image, const FileCache *cache = nullptr,
       bool *wasCached = nullptr) const;

  /// Compiles PTX text into a cubin of this device.
  llvm::Expected<std::string> assemble(llvm::StringRef ptx) const;

  /// The key of what assemble() makes of this PTX text, in a cache.
  std::string cubinKey(llvm::StringRef ptx) const;

  /// An error unless `pointer` is memory of this device, or managed memory.
  /// `what` names the operand: "input 'x'". Arrays without elements may have
  /// any pointer and need no check.
  llvm::Error checkPointer(const void *pointer, const llvm::Twine &what) const;

  /// The primary context: a CUcontext.
  void *context() const { return primary; }

private:
  friend class CudaDriver;
  CudaDevice(std::shared_ptr<const CudaDriver> owner, int number)
      : owner(std::move(owner)), number(number) {}

  llvm::Error start();

  std::shared_ptr<const CudaDriver> owner;
  int number;
  int handle = 0;
  void *primary = nullptr;
  CudaDeviceInfo facts;
};

} // namespace act

#endif // ACT_RUNTIME_CUDADRIVER_H

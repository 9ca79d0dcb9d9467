//===- CudaMemory.h - Device memory, streams and graphs ---------*- C++ -*-===//
//
// What tools and tests need besides kernels. Kernels themselves take what the
// caller has: pointers and a stream. All objects can be moved, hold their
// device, and free what they stand for when they go.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_RUNTIME_CUDAMEMORY_H
#define ACT_RUNTIME_CUDAMEMORY_H

#include "act/Runtime/CudaDriver.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace act {

/// Frees a handle of the driver, and holds the device it belongs to.
struct CudaRelease {
  std::shared_ptr<const CudaDevice> device;
  void (*release)(const CudaDevice &device, void *handle) = nullptr;
  void operator()(void *handle) const { release(*device, handle); }
};
using CudaHandle = std::unique_ptr<void, CudaRelease>;

/// Work that the device does in order.
class CudaStream {
public:
  /// A stream that does not wait for the default one.
  static llvm::Expected<CudaStream>
  create(std::shared_ptr<const CudaDevice> device);

  /// The CUstream.
  void *get() const { return handle.get(); }
  /// Waits until all of its work is done; an error if some of it failed.
  llvm::Error synchronize() const;
  const CudaDevice &device() const { return *handle.get_deleter().device; }

private:
  explicit CudaStream(CudaHandle handle) : handle(std::move(handle)) {}
  CudaHandle handle;
};

/// Memory of a device.
class CudaBuffer {
public:
  /// `bytes` may be 0. What the memory holds is undefined.
  static llvm::Expected<CudaBuffer>
  allocate(std::shared_ptr<const CudaDevice> device, size_t bytes);

  /// Address on the device.
  void *data() const { return handle.get(); }
  size_t size() const { return bytes; }

  /// Copies `size()` bytes from host memory, or to it, in the order of the
  /// stream, and waits for the copy.
  llvm::Error upload(const void *host, const CudaStream &stream) const;
  llvm::Error download(void *host, const CudaStream &stream) const;
  /// Copies a buffer of the same size into this one, in the order of the
  /// stream, or sets each byte; does not wait.
  llvm::Error copy(const CudaBuffer &from, const CudaStream &stream) const;
  llvm::Error fill(uint8_t byte, const CudaStream &stream) const;

private:
  CudaBuffer(CudaHandle handle, size_t bytes)
      : handle(std::move(handle)), bytes(bytes) {}
  CudaHandle handle;
  size_t bytes;
};

/// A point in the work of a stream.
class CudaEvent {
public:
  static llvm::Expected<CudaEvent>
  create(std::shared_ptr<const CudaDevice> device);

  /// Puts it behind the work that the stream has now.
  llvm::Error record(const CudaStream &stream) const;
  /// Waits until the work before it is done.
  llvm::Error synchronize() const;
  /// Milliseconds from another event to this one; both must be past.
  llvm::Expected<float> since(const CudaEvent &begin) const;

private:
  explicit CudaEvent(CudaHandle handle) : handle(std::move(handle)) {}
  CudaHandle handle;
};

/// Recorded work, which starts in one call.
class CudaGraph {
public:
  /// Records what `work` starts on the stream, without doing it. Whatever in
  /// it would wait or allocate is an error.
  static llvm::Expected<CudaGraph>
  capture(const CudaStream &stream, llvm::function_ref<llvm::Error()> work);

  llvm::Error launch(const CudaStream &stream) const;

private:
  explicit CudaGraph(CudaHandle handle) : handle(std::move(handle)) {}
  CudaHandle handle;
};

} // namespace act

#endif // ACT_RUNTIME_CUDAMEMORY_H

//===- Place.h - Where kernels are checked ----------------------*- C++ -*-===//
#ifndef ACT_GPUCHECK_PLACE_H
#define ACT_GPUCHECK_PLACE_H

#include "act/Jit/Compiler.h"
#include "act/Runtime/CudaMemory.h"

namespace act::gpucheck {

/// Memory that kernels of a place read and write, aligned to 256 bytes.
class Memory {
public:
  void *data() const { return buffer ? buffer->data() : host.get(); }

private:
  friend class Place;
  std::optional<CudaBuffer> buffer;
  std::unique_ptr<void, void (*)(void *)> host{nullptr, &std::free};
  size_t bytes = 0;
};

/// Where kernels run: a CUDA device, or the simulator. One thread at a time;
/// several places may be one device.
class Place {
public:
  static llvm::Expected<Place> on(std::shared_ptr<const CudaDevice> device);
  static Place simulated(const GpuLevel &level);

  /// "NVIDIA H200 (sm_90)" or "simulator (sm_90)".
  std::string name() const;
  const GpuLevel &getLevel() const { return *level; }
  /// Null for the simulator.
  const std::shared_ptr<const CudaDevice> &getDevice() const { return device; }
  /// Of a device only.
  const CudaStream &getStream() const { return *stream; }

  /// Lets kernels be compiled for the place and loaded there.
  void choose(CompileOptions &options) const;

  llvm::Expected<Memory> allocate(size_t bytes) const;
  llvm::Error upload(const Memory &to, const void *from) const;
  /// Waits for all work of the place before.
  llvm::Error download(void *to, const Memory &from) const;

private:
  const GpuLevel *level = nullptr;
  std::shared_ptr<const CudaDevice> device;
  std::optional<CudaStream> stream;
};

} // namespace act::gpucheck

#endif // ACT_GPUCHECK_PLACE_H

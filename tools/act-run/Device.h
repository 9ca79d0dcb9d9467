//===- Device.h - A run on a CUDA device ------------------------*- C++ -*-===//
#ifndef ACT_RUN_DEVICE_H
#define ACT_RUN_DEVICE_H

#include "Data.h"
#include "act/Runtime/CudaMemory.h"
#include "act/Runtime/GpuRunner.h"

namespace act::run {

/// The arrays of a run in a device's memory, and the stream it uses.
class DeviceArrays {
public:
  /// Allocates all arrays there and copies them, results included: what is no
  /// part of them stays as it is. `counts` are operands behind the results,
  /// the caller's memory, and must stay where they are.
  static llvm::Expected<DeviceArrays>
  create(std::shared_ptr<const CudaDevice> device, const Data &data,
         std::vector<llvm::MutableArrayRef<ChannelCounts>> counts = {});

  /// Starts the kernels on the stream, with scratch memory that is allocated
  /// once, and waits for nothing.
  llvm::Error run(const GpuRunner &runner, const Data &data,
                  const void *parameters);

  /// Waits for the stream and copies the results and counts back.
  llvm::Error download(const Data &data) const;

  const CudaStream &getStream() const { return stream; }

  /// Where the operands are, in the order of Data::runOperands(), then counts.
  std::vector<void *> operands(const Data &data) const;

private:
  explicit DeviceArrays(CudaStream stream) : stream(std::move(stream)) {}

  CudaStream stream;
  std::vector<CudaBuffer> inputs, results, countsThere;
  std::vector<llvm::MutableArrayRef<ChannelCounts>> counts;
  std::optional<CudaBuffer> scratch;
};

} // namespace act::run

#endif // ACT_RUN_DEVICE_H

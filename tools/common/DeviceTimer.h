//===- DeviceTimer.h - Fair timing on a CUDA device -------------*- C++ -*-===//
#ifndef ACT_TOOLS_DEVICETIMER_H
#define ACT_TOOLS_DEVICETIMER_H

#include "InterleavedTimer.h"
#include "act/Runtime/CudaMemory.h"
#include "act/Tensor.h"
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace act::tools {

/// Puts work behind what a stream has, and waits for nothing.
using DeviceWork = std::function<llvm::Error(const CudaStream &)>;

/// Times candidates in turn, launch by launch, so that whatever slows the
/// device meets all of them. Times are the device's own, between events; work
/// is queued behind other work, so that the device never waits for the host.
/// Each is called before; short ones are repeated within a sample. Runs at
/// least `minRounds` rounds and `minTotalSeconds` seconds.
llvm::Expected<std::vector<Timing>>
timeOnDevice(const CudaStream &stream,
             const std::vector<DeviceWork> &candidates,
             double minTotalSeconds = 0.3, int minRounds = 21);

/// What a kernel on a device is measured against: copies that read half of
/// its bytes and write the other half. Owns its buffers; must outlive its
/// candidates.
class DeviceCopy {
public:
  /// `bytes` is what the kernel reads and writes together.
  static llvm::Expected<DeviceCopy>
  create(std::shared_ptr<const CudaDevice> device, DType type, size_t bytes);
  DeviceCopy(DeviceCopy &&);
  ~DeviceCopy();

  /// Copies by name, to be timed in turn with the kernel; the fastest counts:
  /// "identity", our own kernel of the function that returns its input, and
  /// "cuMemcpyDtoD", the driver's.
  std::vector<std::pair<std::string, DeviceWork>> candidates() const;

private:
  struct State;
  explicit DeviceCopy(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

} // namespace act::tools

#endif // ACT_TOOLS_DEVICETIMER_H

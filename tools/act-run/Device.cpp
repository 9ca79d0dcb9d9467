//===- Device.cpp - A run on a CUDA device --------------------------------===//

#include "Device.h"

using namespace act;
using namespace act::run;
using llvm::Error;
using llvm::Expected;

Expected<DeviceArrays>
DeviceArrays::create(std::shared_ptr<const CudaDevice> device, const Data &data,
                     std::vector<llvm::MutableArrayRef<ChannelCounts>> counts) {
  Expected<CudaStream> stream = CudaStream::create(device);
  if (!stream)
    return stream.takeError();
  DeviceArrays arrays(std::move(*stream));
  auto copyAll = [&](const std::vector<tools::Array> &from,
                     std::vector<CudaBuffer> &to) -> Error {
    for (const tools::Array &array : from) {
      size_t bytes = array.size() * tools::sizeOf(array.type);
      Expected<CudaBuffer> buffer = CudaBuffer::allocate(device, bytes);
      if (!buffer)
        return buffer.takeError();
      if (Error error = buffer->upload(array.data(), arrays.stream))
        return error;
      to.push_back(std::move(*buffer));
    }
    return Error::success();
  };
  if (Error error = copyAll(data.inputs, arrays.inputs))
    return std::move(error);
  if (Error error = copyAll(data.results, arrays.results))
    return std::move(error);
  arrays.counts = std::move(counts);
  for (llvm::ArrayRef<ChannelCounts> each : arrays.counts) {
    Expected<CudaBuffer> buffer =
        CudaBuffer::allocate(device, each.size() * sizeof(ChannelCounts));
    if (!buffer)
      return buffer.takeError();
    arrays.countsThere.push_back(std::move(*buffer));
  }
  return std::move(arrays);
}

std::vector<void *> DeviceArrays::operands(const Data &data) const {
  std::vector<void *> pointers;
  for (auto [k, operand] : llvm::enumerate(data.runOperands())) {
    const auto &buffers = k < data.numInputs ? inputs : results;
    size_t offset = static_cast<char *>(operand.data) -
                    static_cast<char *>(data.arrayOf(k).data());
    pointers.push_back(
        static_cast<char *>(buffers[data.operands[k].array].data()) + offset);
  }
  for (const CudaBuffer &buffer : countsThere)
    pointers.push_back(buffer.data());
  return pointers;
}

Error DeviceArrays::run(const GpuRunner &runner, const Data &data,
                        const void *parameters) {
  size_t bytes = runner.scratchBytes();
  if (!scratch || scratch->size() < bytes) {
    Expected<CudaBuffer> buffer =
        CudaBuffer::allocate(stream.device().shared_from_this(), bytes);
    if (!buffer)
      return buffer.takeError();
    scratch.emplace(std::move(*buffer));
  }
  return runner.run(operands(data).data(), parameters, scratch->data(),
                    stream.get());
}

Error DeviceArrays::download(const Data &data) const {
  for (auto [array, buffer] : llvm::zip(data.results, results))
    if (Error error = buffer.download(array.data(), stream))
      return error;
  for (auto [array, buffer] : llvm::zip(counts, countsThere))
    if (Error error = buffer.download(array.data(), stream))
      return error;
  return Error::success();
}

//===- CudaMemory.cpp - Device memory, streams and events -----------------===//

#include "act/Runtime/CudaMemory.h"
#include "CudaScope.h"
#include <algorithm>

using namespace act;
using namespace act::cuda;
using namespace llvm;

/// Success, or an error that says what was tried.
static Error check(const CudaDevice &device, CUresult code, const Twine &what) {
  return code == CUDA_SUCCESS ? Error::success()
                              : device.driver().error(code, what);
}

static CUstream raw(const CudaStream &stream) {
  return static_cast<CUstream>(stream.get());
}

static CUdeviceptr address(const CudaBuffer &buffer) {
  return reinterpret_cast<CUdeviceptr>(buffer.data());
}

Expected<CudaStream>
CudaStream::create(std::shared_ptr<const CudaDevice> device) {
  CUstream stream = nullptr;
  if (CUresult code = callIn(*device, &CudaApi::streamCreate, &stream,
                             CU_STREAM_NON_BLOCKING))
    return device->driver().error(code, "making a stream");
  return CudaStream(CudaHandle(
      stream, {std::move(device), [](const CudaDevice &device, void *handle) {
                 callIn(device, &CudaApi::streamDestroy,
                        static_cast<CUstream>(handle));
               }}));
}

Error CudaStream::synchronize() const {
  return check(device(),
               callIn(device(), &CudaApi::streamSynchronize, raw(*this)),
               "waiting for CUDA device " + Twine(device().ordinal()));
}

Expected<CudaBuffer>
CudaBuffer::allocate(std::shared_ptr<const CudaDevice> device, size_t bytes) {
  CUdeviceptr pointer = 0;
  // The driver refuses sizes of 0.
  CUresult code =
      callIn(*device, &CudaApi::memAlloc, &pointer, std::max<size_t>(bytes, 1));
  if (code != CUDA_SUCCESS) {
    size_t unused = 0, total = 0;
    callIn(*device, &CudaApi::memGetInfo, &unused, &total);
    return device->driver().error(
        code, "allocating " + Twine(bytes) + " bytes on CUDA device " +
                  Twine(device->ordinal()) + ", which has " + Twine(unused) +
                  " of " + Twine(total) + " unused");
  }
  return CudaBuffer(CudaHandle(reinterpret_cast<void *>(pointer),
                               {std::move(device),
                                [](const CudaDevice &device, void *handle) {
                                  callIn(device, &CudaApi::memFree,
                                         reinterpret_cast<CUdeviceptr>(handle));
                                }}),
                    bytes);
}

Error CudaBuffer::upload(const void *host, const CudaStream &stream) const {
  if (bytes == 0)
    return Error::success();
  const CudaDevice &device = stream.device();
  if (Error error = check(device,
                          callIn(device, &CudaApi::memcpyHtoDAsync,
                                 address(*this), host, bytes, raw(stream)),
                          "copying " + Twine(bytes) + " bytes to the device"))
    return error;
  return stream.synchronize();
}

Error CudaBuffer::download(void *host, const CudaStream &stream) const {
  if (bytes == 0)
    return Error::success();
  const CudaDevice &device = stream.device();
  if (Error error = check(device,
                          callIn(device, &CudaApi::memcpyDtoHAsync, host,
                                 address(*this), bytes, raw(stream)),
                          "copying " + Twine(bytes) + " bytes to the host"))
    return error;
  return stream.synchronize();
}

Error CudaBuffer::copy(const CudaBuffer &from, const CudaStream &stream) const {
  if (from.bytes != bytes)
    return createStringError("a copy of " + Twine(from.bytes) +
                             " bytes into a buffer of " + Twine(bytes));
  if (bytes == 0)
    return Error::success();
  return check(stream.device(),
               callIn(stream.device(), &CudaApi::memcpyDtoDAsync,
                      address(*this), address(from), bytes, raw(stream)),
               "copying " + Twine(bytes) + " bytes on the device");
}

Error CudaBuffer::fill(uint8_t byte, const CudaStream &stream) const {
  if (bytes == 0)
    return Error::success();
  return check(stream.device(),
               callIn(stream.device(), &CudaApi::memsetD8Async, address(*this),
                      byte, bytes, raw(stream)),
               "filling " + Twine(bytes) + " bytes on the device");
}

Expected<CudaEvent>
CudaEvent::create(std::shared_ptr<const CudaDevice> device) {
  CUevent event = nullptr;
  if (CUresult code =
          callIn(*device, &CudaApi::eventCreate, &event, CU_EVENT_DEFAULT))
    return device->driver().error(code, "making an event");
  return CudaEvent(CudaHandle(
      event, {std::move(device), [](const CudaDevice &device, void *handle) {
                callIn(device, &CudaApi::eventDestroy,
                       static_cast<CUevent>(handle));
              }}));
}

Error CudaEvent::record(const CudaStream &stream) const {
  return check(stream.device(),
               callIn(stream.device(), &CudaApi::eventRecord,
                      static_cast<CUevent>(handle.get()), raw(stream)),
               "recording an event");
}

Error CudaEvent::synchronize() const {
  const CudaDevice &device = *handle.get_deleter().device;
  return check(device,
               callIn(device, &CudaApi::eventSynchronize,
                      static_cast<CUevent>(handle.get())),
               "waiting for an event");
}

Expected<float> CudaEvent::since(const CudaEvent &begin) const {
  const CudaDevice &device = *handle.get_deleter().device;
  float milliseconds = 0;
  if (CUresult code = callIn(device, &CudaApi::eventElapsedTime, &milliseconds,
                             static_cast<CUevent>(begin.handle.get()),
                             static_cast<CUevent>(handle.get())))
    return device.driver().error(code, "reading the time between two events");
  return milliseconds;
}

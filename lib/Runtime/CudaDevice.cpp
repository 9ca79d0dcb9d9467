//===- CudaDevice.cpp - Devices, their contexts and memory ----------------===//

#include "CudaScope.h"

using namespace act;
using namespace act::cuda;
using namespace llvm;

Expected<std::shared_ptr<const CudaDevice>> CudaDriver::device(int ordinal) {
  if (ordinal < 0 || ordinal >= count)
    return createStringError(
        "there is no CUDA device " + Twine(ordinal) +
        ": devices count from 0, and there " +
        (count == 1 ? "is 1" : "are " + std::to_string(count)) +
        " (CUDA_VISIBLE_DEVICES may hide others)");
  std::lock_guard<std::mutex> lock(mutex);
  std::weak_ptr<const CudaDevice> &known = devices[ordinal];
  if (auto device = known.lock())
    return device;
  std::shared_ptr<CudaDevice> device(
      new CudaDevice(shared_from_this(), ordinal));
  if (Error error = device->start())
    return std::move(error);
  known = device;
  return device;
}

Error CudaDevice::start() {
  const CudaApi &api = owner->api();
  CUresult code = api.deviceGet(&handle, number);
  auto read = [&](CUdevice_attribute attribute) {
    int value = 0;
    if (code == CUDA_SUCCESS)
      code = api.deviceGetAttribute(&value, attribute, handle);
    return static_cast<unsigned>(value);
  };
  facts.capability = 10 * read(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR) +
                     read(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  facts.multiprocessors = read(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
  facts.sharedBytes =
      read(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
  char name[256] = "";
  size_t bytes = 0;
  if (code == CUDA_SUCCESS)
    code = api.deviceGetName(name, sizeof(name) - 1, handle);
  if (code == CUDA_SUCCESS)
    code = api.deviceTotalMem(&bytes, handle);
  facts.name = name;
  facts.memoryBytes = bytes;
  CUcontext context = nullptr;
  if (code == CUDA_SUCCESS)
    code = api.primaryCtxRetain(&context, handle);
  primary = context;
  if (code != CUDA_SUCCESS)
    return owner->error(code, "opening CUDA device " + Twine(number) +
                                  (*name ? " (" + facts.name + ")" : ""));
  return Error::success();
}

bool CudaDevice::launchesClusters() const {
  return facts.capability >= 90 && owner->api().launchKernelEx;
}

CudaDevice::~CudaDevice() {
  // When the process ends the driver may be gone before us; that is no error.
  if (primary)
    owner->api().primaryCtxRelease(handle);
}

Error CudaDevice::checkPointer(const void *pointer, const Twine &what) const {
  // For memory that it does not know the driver fills in zeros.
  unsigned type = 0, managed = 0;
  int where = 0;
  CUpointer_attribute attributes[] = {CU_POINTER_ATTRIBUTE_MEMORY_TYPE,
                                      CU_POINTER_ATTRIBUTE_IS_MANAGED,
                                      CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL};
  void *values[] = {&type, &managed, &where};
  if (CUresult code =
          callIn(*this, &CudaApi::pointerGetAttributes, 3u, attributes, values,
                 reinterpret_cast<CUdeviceptr>(pointer)))
    return owner->error(code, "asking what the memory of " + what + " is");
  if (managed)
    return Error::success();
  if (type != CU_MEMORYTYPE_DEVICE)
    return createStringError(
        what + (pointer ? " is in host memory" : " is a null pointer") +
        "; a kernel for " + facts.name +
        " needs device memory: copy the array to CUDA device " + Twine(number));
  if (where != number)
    return createStringError(
        what + " is in the memory of CUDA device " + Twine(where) +
        "; this kernel runs on device " + Twine(number) +
        ": copy the array there, or prepare the kernel for device " +
        Twine(where));
  return Error::success();
}

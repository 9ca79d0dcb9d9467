//===- CudaDriver.cpp - Finding and loading libcuda -----------------------===//

#include "act/Runtime/CudaDriver.h"
#include "CudaApi.h"
#include "act/Target/Knobs.h"
#include "act/Target/PtxVersions.h"
#include <algorithm>
#include <dlfcn.h>

using namespace act;
using namespace act::cuda;
using namespace llvm;

/// What to do about errors of a start; null for others.
static const char *remedy(CUresult code) {
  switch (code) {
  case CUDA_ERROR_STUB_LIBRARY:
    return "this is the toolkit's library to link against: let ACT_CUDA_DRIVER "
           "name the driver's own libcuda.so.1";
  case CUDA_ERROR_NO_DEVICE:
    return "see what nvidia-smi lists and CUDA_VISIBLE_DEVICES hides, or use "
           "--target=cpu";
  case CUDA_ERROR_SYSTEM_DRIVER_MISMATCH:
    return "the driver's library and its kernel module are of different "
           "versions: restart the machine, or install one version";
  case CUDA_ERROR_NOT_INITIALIZED:
    return "a process that forked cannot use the CUDA its parent started: "
           "start it anew instead (spawn)";
  default:
    return nullptr;
  }
}

Error CudaDriver::error(int code, const Twine &what) const {
  auto result = static_cast<CUresult>(code);
  const char *name = nullptr, *text = nullptr;
  if (!functions->getErrorName || !functions->getErrorString ||
      functions->getErrorName(result, &name) != CUDA_SUCCESS || !name)
    name = "CUDA error";
  std::string message = (what + ": " + name + " (" + Twine(code) + ")").str();
  if (functions->getErrorString &&
      functions->getErrorString(result, &text) == CUDA_SUCCESS && text)
    message += std::string(": ") + text;
  if (const char *advice = remedy(result))
    message += std::string("; ") + advice;
  return createStringError(message);
}

Error CudaDriver::tooOld(const Twine &what, unsigned neededCuda) const {
  return createStringError(
      what + " needs a CUDA driver of version " + cudaVersionText(neededCuda) +
      " or newer; this one is of version " + cudaVersionText(cudaVersion) +
      ": install a newer NVIDIA driver, or use --target=cpu");
}

/// The newest CUDA version that a function which must be there came with.
static unsigned oldestDriver() {
  unsigned newest = 0;
#define ACT_CUDA(MEMBER, NAME, SUFFIX, SINCE, NEEDED, ...)                     \
  newest = std::max<unsigned>(newest, NEEDED ? SINCE : 0);
#include "CudaEntryPoints.def"
  return newest;
}

Error CudaDriver::start(const std::string &file) {
  // No name of the driver's becomes visible to other libraries, and it is
  // never unloaded: it has threads of its own.
  void *library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return createStringError(
        Twine("no CUDA driver found: ") + dlerror() +
        "; install NVIDIA's driver, let ACT_CUDA_DRIVER name its "
        "libcuda.so.1, or use --target=cpu");
  std::string missing;
#define ACT_CUDA(MEMBER, NAME, SUFFIX, SINCE, NEEDED, ...)                     \
  functions->MEMBER = reinterpret_cast<decltype(functions->MEMBER)>(           \
      dlsym(library, #NAME #SUFFIX));                                          \
  if (NEEDED && !functions->MEMBER && missing.empty())                         \
    missing = #NAME #SUFFIX;
#include "CudaEntryPoints.def"

  int version = 0;
  if (functions->driverGetVersion &&
      functions->driverGetVersion(&version) == CUDA_SUCCESS)
    cudaVersion = version;
  if (cudaVersion && cudaVersion < oldestDriver())
    return tooOld("Act", oldestDriver());
  if (!missing.empty())
    return createStringError("'" + file + "' is no CUDA driver: it lacks " +
                             missing +
                             "; let ACT_CUDA_DRIVER name the driver's own "
                             "libcuda.so.1, or use --target=cpu");
  if (CUresult code = functions->init(0))
    return error(code, "the CUDA driver does not start");
  if (CUresult code = functions->deviceGetCount(&count))
    return error(code, "counting CUDA devices");
  if (count == 0)
    return error(CUDA_ERROR_NO_DEVICE, "the CUDA driver does not start");
  return Error::success();
}

CudaDriver::CudaDriver() : functions(std::make_unique<CudaApi>()) {}
CudaDriver::~CudaDriver() = default;

Expected<std::shared_ptr<CudaDriver>>
CudaDriver::load(const std::string &file) {
  std::shared_ptr<CudaDriver> driver(new CudaDriver());
  if (Error error = driver->start(file))
    return std::move(error);
  return driver;
}

Expected<std::shared_ptr<CudaDriver>> CudaDriver::get() {
  struct Outcome {
    std::shared_ptr<CudaDriver> driver;
    std::string message;
  };
  // Never destroyed: modules may outlive main.
  static const Outcome *outcome = [] {
    auto *found = new Outcome;
    const std::string &file = knobs().cudaDriver;
    auto driver = load(file.empty() ? "libcuda.so.1" : file);
    if (driver)
      found->driver = std::move(*driver);
    else
      found->message = toString(driver.takeError());
    return found;
  }();
  if (outcome->driver)
    return outcome->driver;
  return createStringError(outcome->message);
}

unsigned CudaDriver::ptxVersion() const {
  return ptxVersionOfCuda(cudaVersion);
}

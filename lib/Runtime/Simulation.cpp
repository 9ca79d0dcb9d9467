//===- Simulation.cpp - GPU kernels run on the host -----------------------===//

#include "act/Runtime/Simulation.h"
#include "NvModels.h"
#include "Parallel.h"
#include "SimulatedBlock.h"
#include "act/Runtime/ObjectLoader.h"
#include "act/SimulationABI.h"
#include "act/Target/FloatEnvironment.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/bit.h"
#include <cmath>
#include <cstring>
#include <mutex>

using namespace act;
using namespace llvm;

//===----------------------------------------------------------------------===//
// What compiled code may call beside models
//===----------------------------------------------------------------------===//

/// Bits of a 16-bit number where calling conventions return one: in the low
/// half of a float's register.
static float inRegister(uint16_t bits) {
  return bit_cast<float>(uint32_t(bits));
}

static float truncateToBF16(float x) {
  if (std::isnan(x))
    return inRegister(0x7fff);
  auto bits = bit_cast<uint32_t>(x);
  return inRegister((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/// Where the level has no instruction for them, code generation calls these by
/// their names in C and in the compilers' library.
static ArrayRef<HostFunction> libraryFunctions() {
  static const HostFunction functions[] = {
      {"memcpy", reinterpret_cast<void *>(std::memcpy)},
      {"memmove", reinterpret_cast<void *>(std::memmove)},
      {"memset", reinterpret_cast<void *>(std::memset)},
      {"fmaf", reinterpret_cast<void *>(
                   static_cast<float (*)(float, float, float)>(std::fma))},
      {"fma", reinterpret_cast<void *>(
                  static_cast<double (*)(double, double, double)>(std::fma))},
      {"__truncsfbf2", reinterpret_cast<void *>(truncateToBF16)}};
  return functions;
}

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

namespace {

/// What no GPU since sm_75 exceeds.
constexpr uint64_t kMaxBlock = 1024, kMaxShared = 227 << 10;
constexpr uint32_t kMaxCluster = 16;
constexpr uint32_t kMaxBlockSize[] = {1024, 1024, 64};
constexpr uint32_t kMaxGridSize[] = {0x7fffffff, 65535, 65535};

class SimulatedKernel : public GpuKernel {
public:
  SimulatedKernel(const SimulatedKernelEntry &entry,
                  const SimulationOptions &options)
      : entry(entry), options(options) {}

  StringRef name() const { return entry.name; }
  Error launch(const LaunchShape &shape, void *const *parameters,
               void *stream) const override;

private:
  Error check(const LaunchShape &shape, void *stream) const;

  const SimulatedKernelEntry &entry;
  const SimulationOptions &options;
};

class SimulatedModule : public GpuModule {
public:
  SimulatedModule(std::unique_ptr<LoadedObject> loaded,
                  const SimulationOptions &options)
      : object(std::move(loaded)), options(options) {
    auto *row = static_cast<const SimulatedKernelEntry *>(object->address());
    for (; row->name; ++row)
      kernels.push_back(std::make_unique<SimulatedKernel>(*row, this->options));
  }

  Expected<const GpuKernel *> kernel(StringRef name) override {
    std::string names;
    for (const auto &kernel : kernels) {
      if (kernel->name() == name)
        return kernel.get();
      names += (names.empty() ? "" : ", ") + kernel->name().str();
    }
    return createStringError("the module has no kernel '" + name +
                             "'; it has: " + names);
  }

  bool launchesClusters() const override { return true; }

private:
  std::unique_ptr<LoadedObject> object;
  const SimulationOptions options;
  std::vector<std::unique_ptr<SimulatedKernel>> kernels;
};

} // namespace

/// The limits of hardware, so that a launch that a GPU refuses fails here, too.
Error SimulatedKernel::check(const LaunchShape &shape, void *stream) const {
  auto refuse = [&](const Twine &why) {
    return createStringError("kernel '" + Twine(entry.name) +
                             "' cannot start: " + why);
  };
  for (unsigned d = 0; d < 3; ++d) {
    std::string along = std::string(" along ") + "xyz"[d];
    if (shape.block[d] == 0 || shape.block[d] > kMaxBlockSize[d])
      return refuse(Twine(shape.block[d]) + " threads of a block" + along +
                    "; 1 to " + Twine(kMaxBlockSize[d]) + " are possible");
    if (shape.grid[d] == 0 || shape.grid[d] > kMaxGridSize[d])
      return refuse(Twine(shape.grid[d]) + " blocks" + along + "; 1 to " +
                    Twine(kMaxGridSize[d]) + " are possible");
  }
  uint64_t threads = uint64_t(shape.block[0]) * shape.block[1] * shape.block[2];
  if (threads > kMaxBlock)
    return refuse(Twine(threads) + " threads of a block; at most " +
                  Twine(kMaxBlock) + " are possible");
  if (entry.maxThreads && threads > entry.maxThreads)
    return refuse(Twine(threads) + " threads of a block; it was compiled for " +
                  Twine(entry.maxThreads));
  if (shape.cluster == 0 || shape.grid[0] % shape.cluster != 0)
    return refuse("clusters of " + Twine(shape.cluster) +
                  " blocks do not divide the " + Twine(shape.grid[0]) +
                  " blocks along x");
  if (shape.cluster > kMaxCluster)
    return refuse("clusters of " + Twine(shape.cluster) + " blocks; at most " +
                  Twine(kMaxCluster) + " are possible");
  if (entry.sharedBytes + shape.sharedBytes > kMaxShared)
    return refuse(Twine(entry.sharedBytes + shape.sharedBytes) +
                  " bytes of shared memory; at most " + Twine(kMaxShared) +
                  " are possible");
  if (stream)
    return refuse("the simulator has no streams; pass null");
  return Error::success();
}

Error SimulatedKernel::launch(const LaunchShape &shape, void *const *parameters,
                              void *stream) const {
  if (Error error = check(shape, stream))
    return error;
  std::mutex mutex;
  Error failed = Error::success();
  int64_t blocks = int64_t(shape.grid[0]) * shape.grid[1] * shape.grid[2];
  int64_t groups = blocks / SimulatedBlock::numTogether(entry, shape);
  parallelFor(groups, options.hostThreads, [&](int64_t begin, int64_t end) {
    DefaultFloatEnvironment environment;
    AppliedError applied(options.error, options.seed);
    SimulatedBlock block(entry, shape, parameters, options.reversed);
    for (int64_t i = begin; i < end; ++i)
      if (Error error = block.run(options.reversed ? begin + end - 1 - i : i)) {
        std::lock_guard<std::mutex> lock(mutex);
        failed = joinErrors(std::move(failed), std::move(error));
        return;
      }
  });
  return failed;
}

Expected<std::unique_ptr<GpuModule>>
act::loadSimulated(std::unique_ptr<MemoryBuffer> object,
                   const SimulationOptions &options) {
  std::vector<HostFunction> functions;
  for (ArrayRef<HostFunction> some :
       {simulatedFunctions(), nvModels(), libraryFunctions()})
    functions.insert(functions.end(), some.begin(), some.end());
  auto loaded = loadObject(std::move(object), kSimulatedKernelsName, functions);
  if (!loaded)
    return loaded.takeError();
  return std::make_unique<SimulatedModule>(std::move(*loaded), options);
}

//===- DeviceCases.cpp - What only a device does --------------------------===//

#include "Inputs.h"
#include "Suite.h"
#include "act/Runtime/FileCache.h"
#include "llvm/Support/FileSystem.h"
#include <algorithm>

using namespace act;
using namespace act::gpucheck;
using llvm::Error;
using llvm::Expected;

static Outcome failure(const llvm::Twine &text) {
  return {Outcome::Failed, text.str()};
}

/// A kernel is captured, nothing runs before the graph does, and it can run
/// again.
static Expected<Outcome> checkGraph(const Place &place) {
  constexpr int64_t kSize = 100003;
  Expected<Kernel> kernel = Kernel::compile(place, {"gelu"}, DType::BF16);
  if (!kernel)
    return kernel.takeError();
  auto x = tools::loadInput("normal:5:100003", tools::ElementType::BF16);
  if (!x)
    return x.takeError();
  tools::Array y = cantFail(tools::allocate(x->type, x->shape));
  tools::Array z = cantFail(tools::allocate(x->type, x->shape));
  if (Error error = kernel->run(place, {kSize}, {{&*x, {1}}, {&y, {1}}}))
    return std::move(error);
  size_t bytes = kSize * 2;
  Expected<Memory> from = place.allocate(bytes);
  if (!from)
    return from.takeError();
  Expected<CudaBuffer> to = CudaBuffer::allocate(place.getDevice(), bytes);
  if (!to)
    return to.takeError();
  if (Error error = place.upload(*from, x->data()))
    return std::move(error);
  Expected<GpuRunner> runner = kernel->createRunner({kSize}, {{1}, {1}});
  if (!runner)
    return runner.takeError();
  void *operands[] = {from->data(), to->data()};
  if (Error error = to->fill(0, place.getStream()))
    return std::move(error);
  Expected<CudaGraph> graph = CudaGraph::capture(place.getStream(), [&] {
    return runner->run(operands, nullptr, nullptr, place.getStream().get());
  });
  if (!graph)
    return graph.takeError();
  if (Error error = to->download(z.data(), place.getStream()))
    return std::move(error);
  for (int64_t i = 0; i < kSize; ++i)
    if (z.get(i) != 0)
      return failure("the kernel ran while it was captured");
  for (int again = 0; again < 2; ++again) {
    if (Error error = to->fill(0, place.getStream()))
      return std::move(error);
    if (Error error = graph->launch(place.getStream()))
      return std::move(error);
    if (Error error = to->download(z.data(), place.getStream()))
      return std::move(error);
    std::string difference;
    if (!haveSameBits(z, y, difference))
      return failure("the graph's " + difference);
  }
  return Outcome{Outcome::Passed, "captured once, launched twice"};
}

static Expected<Outcome> checkPointers(const Place &place) {
  const CudaDevice &device = *place.getDevice();
  Expected<Memory> memory = place.allocate(64);
  if (!memory)
    return memory.takeError();
  if (Error error = device.checkPointer(memory->data(), "input 'x'"))
    return std::move(error);
  static int onHost;
  std::string message =
      llvm::toString(device.checkPointer(&onHost, "input 'x'"));
  if (!llvm::StringRef(message).contains("is in host memory"))
    return failure("a host pointer passes: " + message);
  return Outcome{Outcome::Passed, message};
}

/// A launch that the device refuses says so, and the next one runs.
static Expected<Outcome> checkRefusedLaunch(const Place &place) {
  Expected<Kernel> kernel = Kernel::compile(place, {"silu"}, DType::F32);
  if (!kernel)
    return kernel.takeError();
  LaunchShape shape;
  shape.block[0] = 4096;
  // The driver may read parameters before it looks at the shape.
  uint64_t zero = 0;
  void *zeros[64];
  std::fill(std::begin(zeros), std::end(zeros), &zero);
  auto loaded = kernel->compiled.gpuModule->kernel(kernel->compiled.name);
  if (!loaded)
    return loaded.takeError();
  std::string message =
      llvm::toString((*loaded)->launch(shape, zeros, place.getStream().get()));
  if (!llvm::StringRef(message).contains("CUDA_ERROR_INVALID_VALUE"))
    return failure("4096 threads a block are not refused: " + message);
  auto x = tools::loadInput("0,1,2", tools::ElementType::F32);
  if (!x)
    return x.takeError();
  tools::Array y = cantFail(tools::allocate(x->type, x->shape));
  if (Error error = kernel->run(place, {3}, {{&*x, {1}}, {&y, {1}}}))
    return std::move(error);
  return Outcome{Outcome::Passed, message};
}

static Expected<Outcome> checkMemory(const Place &place) {
  Expected<CudaBuffer> buffer =
      CudaBuffer::allocate(place.getDevice(), size_t(1) << 50);
  if (buffer)
    return failure("the device gives 2^50 bytes");
  return Outcome{Outcome::Passed, llvm::toString(buffer.takeError())};
}

/// The second load finds the machine code of the first.
static Expected<Outcome> checkCache(const Place &place) {
  llvm::SmallString<128> folder;
  if (std::error_code code =
          llvm::sys::fs::createUniqueDirectory("act-gpu-check", folder))
    return llvm::createStringError(code,
                                   "no temporary folder: " + code.message());
  Outcome outcome{Outcome::Passed, "the second load is from the cache"};
  Error problem = [&]() -> Error {
    auto cache = FileCache::open(folder);
    if (!cache)
      return cache.takeError();
    Expected<Kernel> kernel = Kernel::compile(place, {"silu"}, DType::F32);
    if (!kernel)
      return kernel.takeError();
    for (bool isSecond : {false, true}) {
      bool wasCached = false;
      auto module = place.getDevice()->load(kernel->compiled.text, cache->get(),
                                            &wasCached);
      if (!module)
        return module.takeError();
      auto found = (*module)->kernel(kernel->compiled.name);
      if (!found)
        return found.takeError();
      if (wasCached != isSecond)
        outcome =
            failure(isSecond ? "nothing was kept" : "an empty cache had it");
    }
    return Error::success();
  }();
  llvm::sys::fs::remove_directories(folder);
  if (problem)
    return std::move(problem);
  return outcome;
}

void act::gpucheck::addDeviceCases(std::vector<Case> &cases) {
  auto add = [&](const char *what, Expected<Outcome> (*check)(const Place &)) {
    cases.push_back({std::string("device/") + what, true, true,
                     [=](const Place &place) -> Expected<Outcome> {
                       if (!place.getDevice())
                         return Outcome{Outcome::Skipped, "needs a device"};
                       return check(place);
                     }});
  };
  add("graph", checkGraph);
  add("host-pointer", checkPointers);
  add("refused-launch", checkRefusedLaunch);
  add("memory", checkMemory);
  add("cache", checkCache);
}

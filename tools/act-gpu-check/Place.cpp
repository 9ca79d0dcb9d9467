//===- Place.cpp - Where kernels are checked ------------------------------===//

#include "Place.h"
#include <cstring>

using namespace act;
using namespace act::gpucheck;
using llvm::Error;
using llvm::Expected;

/// What the driver aligns buffers to, too.
static constexpr size_t kAlignment = 256;

Expected<Place> Place::on(std::shared_ptr<const CudaDevice> device) {
  Place place;
  Expected<const GpuLevel *> level = levelFor(*device);
  if (!level)
    return level.takeError();
  place.level = *level;
  Expected<CudaStream> stream = CudaStream::create(device);
  if (!stream)
    return stream.takeError();
  place.stream.emplace(std::move(*stream));
  place.device = std::move(device);
  return std::move(place);
}

Place Place::simulated(const GpuLevel &level) {
  Place place;
  place.level = &level;
  return place;
}

std::string Place::name() const {
  std::string what = device ? device->info().name : "simulator";
  return what + " (" + level->name + ")";
}

void Place::choose(CompileOptions &options) const {
  options.gpu = level;
  options.device = device;
  options.simulates = !device;
}

Expected<Memory> Place::allocate(size_t bytes) const {
  Memory memory;
  memory.bytes = bytes;
  if (!device) {
    size_t rounded = (bytes / kAlignment + 1) * kAlignment;
    memory.host.reset(std::aligned_alloc(kAlignment, rounded));
    if (!memory.host)
      return llvm::createStringError("no memory for " + llvm::Twine(bytes) +
                                     " bytes; close other programs");
    return std::move(memory);
  }
  Expected<CudaBuffer> buffer = CudaBuffer::allocate(device, bytes);
  if (!buffer)
    return buffer.takeError();
  memory.buffer.emplace(std::move(*buffer));
  return std::move(memory);
}

Error Place::upload(const Memory &to, const void *from) const {
  if (to.buffer)
    return to.buffer->upload(from, *stream);
  std::memcpy(to.host.get(), from, to.bytes);
  return Error::success();
}

Error Place::download(void *to, const Memory &from) const {
  if (from.buffer)
    return from.buffer->download(to, *stream);
  std::memcpy(to, from.host.get(), from.bytes);
  return Error::success();
}

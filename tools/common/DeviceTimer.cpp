//===- DeviceTimer.cpp - Fair timing on a CUDA device ---------------------===//

#include "DeviceTimer.h"
#include "act/Jit/Compiler.h"
#include "act/Runtime/GpuRunner.h"
#include "act/Syntax/Parser.h"
#include <algorithm>
#include <chrono>
#include <cmath>

using namespace act;
using namespace act::tools;
using llvm::Error;
using llvm::Expected;
using Clock = std::chrono::steady_clock;

/// What an event tells apart well, and what queueing a launch takes the host at
/// most.
static constexpr double kSampleSeconds = 20e-6, kQueueSeconds = 10e-6;
/// What is queued before anything is waited for.
static constexpr int kBatchLaunches = 256;
static constexpr double kBatchSeconds = 20e-3;

namespace {
/// The measurement of some candidates.
class Measurement {
public:
  Measurement(const CudaStream &stream,
              const std::vector<DeviceWork> &candidates)
      : stream(stream), candidates(candidates), samples(candidates.size()) {}

  /// Calls each and chooses how often a sample repeats it.
  Error calibrate();
  Error runBatch();
  std::vector<Timing> result();
  int rounds() const { return samples.front().size(); }

private:
  /// Keeps the device busy while the host queues `launches` launches.
  Error queueBacklog(int launches);
  Error call(size_t candidate, int times);

  const CudaStream &stream;
  const std::vector<DeviceWork> &candidates;
  std::vector<int> calls;
  std::vector<double> seconds;
  std::vector<CudaEvent> events;
  std::vector<std::vector<double>> samples;
  int roundsPerBatch = 1;
};
} // namespace

Error Measurement::call(size_t candidate, int times) {
  for (int i = 0; i < times; ++i)
    if (Error error = candidates[candidate](stream))
      return error;
  return Error::success();
}

Error Measurement::calibrate() {
  auto device = stream.device().shared_from_this();
  auto addEvent = [&]() -> Error {
    Expected<CudaEvent> event = CudaEvent::create(device);
    if (event)
      events.push_back(std::move(*event));
    return event.takeError();
  };
  for (int i = 0; i < 2; ++i)
    if (Error error = addEvent())
      return error;
  int launches = 0;
  double roundSeconds = 0;
  for (size_t i = 0; i < candidates.size(); ++i) {
    constexpr int kTries = 4;
    if (Error error = call(i, 1))
      return error;
    if (Error error = events[0].record(stream))
      return error;
    if (Error error = call(i, kTries))
      return error;
    if (Error error = events[1].record(stream))
      return error;
    if (Error error = events[1].synchronize())
      return error;
    Expected<float> spent = events[1].since(events[0]);
    if (!spent)
      return spent.takeError();
    seconds.push_back(std::max(*spent * 1e-3 / kTries, 1e-6));
    calls.push_back(std::ceil(kSampleSeconds / seconds.back()));
    launches += calls.back();
    roundSeconds += calls.back() * seconds.back();
  }
  roundsPerBatch =
      std::max<int>(1, std::min<double>(kBatchLaunches / launches,
                                        kBatchSeconds / roundSeconds));
  while (events.size() <= roundsPerBatch * candidates.size())
    if (Error error = addEvent())
      return error;
  return Error::success();
}

Error Measurement::queueBacklog(int launches) {
  return call(0, std::ceil(launches * kQueueSeconds / seconds[0]));
}

Error Measurement::runBatch() {
  int launches = 0;
  for (int count : calls)
    launches += count + 1;
  if (Error error = queueBacklog(launches * roundsPerBatch))
    return error;
  size_t next = 0;
  if (Error error = events[next].record(stream))
    return error;
  for (int round = 0; round < roundsPerBatch; ++round)
    for (size_t i = 0; i < candidates.size(); ++i) {
      if (Error error = call(i, calls[i]))
        return error;
      if (Error error = events[++next].record(stream))
        return error;
    }
  if (Error error = events[next].synchronize())
    return error;
  for (size_t k = 0; k < next; ++k) {
    Expected<float> spent = events[k + 1].since(events[k]);
    if (!spent)
      return spent.takeError();
    size_t i = k % candidates.size();
    samples[i].push_back(*spent * 1e-3 / calls[i]);
  }
  return Error::success();
}

std::vector<Timing> Measurement::result() {
  std::vector<Timing> timings;
  for (std::vector<double> &sample : samples) {
    std::sort(sample.begin(), sample.end());
    timings.push_back({sample.front(), sample[sample.size() / 2]});
  }
  return timings;
}

Expected<std::vector<Timing>>
act::tools::timeOnDevice(const CudaStream &stream,
                         const std::vector<DeviceWork> &candidates,
                         double minTotalSeconds, int minRounds) {
  Measurement measurement(stream, candidates);
  if (Error error = measurement.calibrate())
    return std::move(error);
  auto begin = Clock::now();
  while (true) {
    std::chrono::duration<double> spent = Clock::now() - begin;
    if (measurement.rounds() >= minRounds && spent.count() >= minTotalSeconds)
      return measurement.result();
    if (Error error = measurement.runBatch())
      return std::move(error);
  }
}

struct DeviceCopy::State {
  CompileResult compiled;
  std::optional<GpuRunner> runner;
  CudaBuffer from, to;
};

DeviceCopy::DeviceCopy(std::unique_ptr<State> state)
    : state(std::move(state)) {}
DeviceCopy::DeviceCopy(DeviceCopy &&) = default;
DeviceCopy::~DeviceCopy() = default;

Expected<DeviceCopy>
DeviceCopy::create(std::shared_ptr<const CudaDevice> device, DType type,
                   size_t bytes) {
  Expected<const GpuLevel *> level = levelFor(*device);
  if (!level)
    return level.takeError();
  int64_t size = std::max<int64_t>(1, bytes / 2 / sizeOf(type));
  auto context = createContext(Road::Gpu);
  auto module = parseSource("x", context.get());
  CompileOptions options;
  options.dtype = nameOf(type);
  options.gpu = *level;
  options.device = device;
  Expected<CompileResult> compiled = compile(*module, options);
  if (!compiled)
    return compiled.takeError();
  Expected<CudaBuffer> from = CudaBuffer::allocate(device, size * sizeOf(type));
  if (!from)
    return from.takeError();
  Expected<CudaBuffer> to = CudaBuffer::allocate(device, size * sizeOf(type));
  if (!to)
    return to.takeError();
  Expected<CudaStream> stream = CudaStream::create(device);
  if (!stream)
    return stream.takeError();
  // Numbers that are neither zero nor subnormal.
  if (Error error = from->fill(0x3f, *stream))
    return std::move(error);
  if (Error error = stream->synchronize())
    return std::move(error);
  auto state = std::make_unique<State>(State{std::move(*compiled), std::nullopt,
                                             std::move(*from), std::move(*to)});
  Expected<GpuRunner> runner =
      GpuRunner::create(state->compiled.signature, *state->compiled.gpuModule,
                        state->compiled.name, {size}, {{1}, {1}});
  if (!runner)
    return runner.takeError();
  state->runner = std::move(*runner);
  return DeviceCopy(std::move(state));
}

std::vector<std::pair<std::string, DeviceWork>> DeviceCopy::candidates() const {
  State *s = state.get();
  return {{"identity",
           [s](const CudaStream &stream) {
             void *operands[] = {s->from.data(), s->to.data()};
             return s->runner->run(operands, nullptr, nullptr, stream.get());
           }},
          {"cuMemcpyDtoD", [s](const CudaStream &stream) {
             return s->to.copy(s->from, stream);
           }}};
}

//===- SimulatedBlock.cpp - The threads of a GPU block --------------------===//

#include "SimulatedBlock.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace act;
using llvm::createStringError;
using llvm::Twine;

/// What simulated code on this thread of the host belongs to.
static thread_local SimulatedBlock *runningBlock = nullptr;
static thread_local const SimulatedThread *runningThread = nullptr;

static constexpr size_t kSharedAlign = 1024;

SimulatedBlock::SimulatedBlock(const SimulatedKernelEntry &kernel,
                               const LaunchShape &shape,
                               void *const *parameters, bool reversed)
    : kernel(kernel), shape(shape), parameters(parameters), reversed(reversed),
      numThreads(shape.block[0] * shape.block[1] * shape.block[2]) {
  sharedMemory.resize(kernel.sharedBytes + shape.sharedBytes + kSharedAlign);
  shared = reinterpret_cast<char *>(llvm::alignTo(
      reinterpret_cast<uintptr_t>(sharedMemory.data()), kSharedAlign));
  common.shared = shared;
  common.warpSize = kWarpSize;
  common.numWarps = llvm::divideCeil(numThreads, kWarpSize);
  for (unsigned d = 0; d < 3; ++d) {
    uint32_t cluster = d == 0 ? shape.cluster : 1;
    common.blockSize[d] = shape.block[d];
    common.gridSize[d] = shape.grid[d];
    common.clusterSize[d] = cluster;
    common.clusterGridSize[d] = shape.grid[d] / cluster;
  }
}

/// Makes `registers` those of a thread, numbered along x first.
void SimulatedBlock::place(SimulatedThread &registers, unsigned thread) const {
  registers.index[0] = thread % shape.block[0];
  registers.index[1] = thread / shape.block[0] % shape.block[1];
  registers.index[2] = thread / shape.block[0] / shape.block[1];
  registers.lane = thread % kWarpSize;
  registers.warp = thread / kWarpSize;
}

llvm::Error SimulatedBlock::run(uint64_t block) {
  const uint64_t indices[] = {block % shape.grid[0],
                              block / shape.grid[0] % shape.grid[1],
                              block / shape.grid[0] / shape.grid[1]};
  for (unsigned d = 0; d < 3; ++d) {
    common.blockIndex[d] = indices[d];
    common.clusterIndex[d] = indices[d] / common.clusterSize[d];
    common.indexInCluster[d] = indices[d] % common.clusterSize[d];
  }
  std::memset(shared, 0xff, kernel.sharedBytes + shape.sharedBytes);
  if (kernel.waits)
    return runTogether();
  runAlone();
  return llvm::Error::success();
}

void SimulatedBlock::runAlone() {
  SimulatedThread registers = common;
  const SimulatedThread *before = runningThread;
  runningThread = &registers;
  for (unsigned i = 0; i < numThreads; ++i) {
    place(registers, inOrder(i, numThreads));
    kernel.run(parameters);
  }
  runningThread = before;
}

//===----------------------------------------------------------------------===//
// Taking turns
//===----------------------------------------------------------------------===//

llvm::Error SimulatedBlock::runTogether() {
  if (!fibers) {
    auto created = Fibers::create(numThreads, runFiber, this);
    if (!created)
      return created.takeError();
    fibers = std::move(*created);
    threads.resize(numThreads);
    requests.resize(common.numWarps * kWarpSize);
  }
  for (unsigned i = 0; i < numThreads; ++i) {
    threads[i] = {common};
    place(threads[i].registers, i);
    ready.push_back(inOrder(i, numThreads));
  }
  std::fill(std::begin(barriers), std::end(barriers), Barrier());
  live = numThreads;

  SimulatedBlock *blockBefore = runningBlock;
  const SimulatedThread *threadBefore = runningThread;
  runningBlock = this;
  wait();
  runningBlock = blockBefore;
  runningThread = threadBefore;
  if (failure.empty() && live > 0)
    failure = whyNothingMoves();
  if (failure.empty())
    return llvm::Error::success();
  const uint32_t *index = common.blockIndex;
  return createStringError("kernel '" + Twine(kernel.name) + "', block (" +
                           Twine(index[0]) + ", " + Twine(index[1]) + ", " +
                           Twine(index[2]) + "): " + failure);
}

/// A fiber runs the same thread of one block after another.
void SimulatedBlock::runFiber(void *block, unsigned thread) {
  auto *self = static_cast<SimulatedBlock *>(block);
  while (true) {
    self->kernel.run(self->parameters);
    self->end(thread);
  }
}

/// The thread that has its turn next; the host, once there is none.
unsigned SimulatedBlock::nextReady() {
  if (ready.empty())
    return Fibers::kHost;
  unsigned thread = ready.front();
  ready.pop_front();
  return thread;
}

/// Lets others run until whatever runs now has its turn again.
void SimulatedBlock::wait() {
  unsigned self = current, next = nextReady();
  if (next != self) {
    current = next;
    runningThread = next == Fibers::kHost ? nullptr : &threads[next].registers;
    fibers->switchTo(self, next);
  }
}

/// Nothing that owns memory may be on the stack, which is forgotten.
void SimulatedBlock::fail(const Twine &message) {
  failure = (whereIs(current) + " " + message).str();
  ready.clear();
  wait();
  llvm_unreachable("a failed block goes on");
}

void SimulatedBlock::release(unsigned thread, uint64_t result) {
  threads[thread].state = State::Ready;
  threads[thread].result = result;
  if (thread != current)
    ready.push_back(thread);
}

/// Nobody waits any longer for a thread that has ended.
void SimulatedBlock::end(unsigned thread) {
  threads[thread].state = State::Ended;
  --live;
  unsigned warp = thread / kWarpSize;
  for (unsigned i = warp * kWarpSize;
       i < std::min(numThreads, (warp + 1) * kWarpSize); ++i)
    if (threads[i].state == State::AtWarp)
      completeWarp(warp, requests[i]);
  for (unsigned id = 0; id < std::size(barriers); ++id)
    if (barriers[id].arrived > 0)
      completeBarrier(id);
  wait();
}

//===----------------------------------------------------------------------===//
// Warps
//===----------------------------------------------------------------------===//

/// Lets the lanes of a request go on if all of them are there.
void SimulatedBlock::completeWarp(unsigned warp, const WarpRequest &request) {
  unsigned first = warp * kWarpSize;
  uint32_t present = 0;
  for (unsigned lane = 0; lane < kWarpSize; ++lane) {
    unsigned i = first + lane;
    if (!(request.mask >> lane & 1) || i >= numThreads ||
        threads[i].state == State::Ended)
      continue;
    if (threads[i].state != State::AtWarp ||
        requests[i].operation != request.operation ||
        requests[i].mask != request.mask)
      return;
    present |= 1u << lane;
  }
  llvm::ArrayRef<WarpRequest> lanes(&requests[first], kWarpSize);
  for (unsigned i = 0; i < kWarpSize; ++i) {
    unsigned lane = inOrder(i, kWarpSize);
    if (present >> lane & 1)
      release(first + lane, warpResult(lanes, present, lane));
  }
}

uint64_t SimulatedBlock::warp(uint32_t operation, uint32_t mask, uint32_t value,
                              uint32_t b, uint32_t c) {
  SimulatedBlock &block = *runningBlock;
  Thread &thread = block.threads[block.current];
  WarpRequest &request = block.requests[block.current];
  request = {WarpOperation(operation), mask, value, b, c};
  if (!(mask >> thread.registers.lane & 1))
    block.fail("executes " + Twine(nameOf(request.operation)) +
               " with a mask that it is not in, 0x" + llvm::utohexstr(mask));
  thread.state = State::AtWarp;
  block.completeWarp(thread.registers.warp, request);
  if (thread.state != State::Ready)
    block.wait();
  return thread.result;
}

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

void SimulatedBlock::completeBarrier(unsigned id) {
  Barrier &barrier = barriers[id];
  if (barrier.arrived != (barrier.count ? barrier.count : live))
    return;
  uint32_t result = 0;
  switch (barrier.operation) {
  case BarrierOperation::Wait:
    break;
  case BarrierOperation::Count:
    result = barrier.yes;
    break;
  case BarrierOperation::All:
    result = barrier.yes == barrier.arrived;
    break;
  case BarrierOperation::Any:
    result = barrier.yes > 0;
    break;
  }
  barrier = Barrier();
  for (unsigned k = 0; k < numThreads; ++k) {
    unsigned i = inOrder(k, numThreads);
    if (threads[i].state == State::AtBarrier && threads[i].barrier == id)
      release(i, result);
  }
}

uint32_t SimulatedBlock::barrier(uint32_t operation, uint32_t id,
                                 uint32_t count, uint32_t predicate) {
  SimulatedBlock &block = *runningBlock;
  Thread &thread = block.threads[block.current];
  if (id >= std::size(block.barriers))
    block.fail("is at barrier " + Twine(id) + ", but there are 16");
  if (count % kWarpSize != 0)
    block.fail("is at a barrier for " + Twine(count) +
               " threads, which are no whole warps");
  Barrier &barrier = block.barriers[id];
  if (barrier.arrived > 0 && (barrier.count != count ||
                              barrier.operation != BarrierOperation(operation)))
    block.fail("is at barrier " + Twine(id) +
               " for another purpose, or for more or fewer threads, than those "
               "who wait there");
  barrier.operation = BarrierOperation(operation);
  barrier.count = count;
  ++barrier.arrived;
  barrier.yes += predicate != 0;
  thread.state = State::AtBarrier;
  thread.barrier = id;
  block.completeBarrier(id);
  if (thread.state != State::Ready)
    block.wait();
  return thread.result;
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

std::string SimulatedBlock::whereIs(unsigned thread) const {
  const uint32_t *index = threads[thread].registers.index;
  return ("thread (" + Twine(index[0]) + ", " + Twine(index[1]) + ", " +
          Twine(index[2]) + ")")
      .str();
}

/// What a thread that does not run waits for: "waits at barrier 0".
std::string SimulatedBlock::whatFor(unsigned thread) const {
  const Thread &waiting = threads[thread];
  switch (waiting.state) {
  case State::Ready:
    return "runs";
  case State::Ended:
    return "has ended";
  case State::AtBarrier:
    return "waits at barrier " + std::to_string(waiting.barrier);
  case State::AtWarp:
    break;
  }
  const WarpRequest &request = requests[thread];
  return std::string("waits at ") + nameOf(request.operation) +
         " with mask 0x" + llvm::utohexstr(request.mask);
}

/// A sentence on the first thread that waits, and on one that it waits for.
std::string SimulatedBlock::whyNothingMoves() const {
  unsigned first = 0;
  while (threads[first].state == State::Ended)
    ++first;
  const Thread &thread = threads[first];
  std::string message = whereIs(first) + " " + whatFor(first);
  if (thread.state == State::AtBarrier && barriers[thread.barrier].count) {
    const Barrier &barrier = barriers[thread.barrier];
    return message + " for " + std::to_string(barrier.count) +
           " threads, of which " + std::to_string(barrier.arrived) +
           " are there; " + std::to_string(numThreads - live) + " have ended";
  }
  auto isMissing = [&](unsigned i) {
    const Thread &other = threads[i];
    if (other.state == State::Ended)
      return false;
    if (thread.state == State::AtBarrier)
      return other.state != State::AtBarrier || other.barrier != thread.barrier;
    const WarpRequest &mine = requests[first], &its = requests[i];
    return other.registers.warp == thread.registers.warp &&
           (mine.mask >> other.registers.lane & 1) &&
           (other.state != State::AtWarp || its.mask != mine.mask ||
            its.operation != mine.operation);
  };
  for (unsigned i = 0; i < numThreads; ++i)
    if (isMissing(i))
      return message + " for " + whereIs(i) + ", which " + whatFor(i);
  return message;
}

const SimulatedThread *SimulatedBlock::thread() { return runningThread; }

llvm::ArrayRef<HostFunction> act::simulatedFunctions() {
  static const HostFunction functions[] = {
      {kSimulatedThreadName, reinterpret_cast<void *>(SimulatedBlock::thread)},
      {kSimulatedWarpName, reinterpret_cast<void *>(SimulatedBlock::warp)},
      {kSimulatedBarrierName,
       reinterpret_cast<void *>(SimulatedBlock::barrier)}};
  return functions;
}

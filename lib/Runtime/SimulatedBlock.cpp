//===- SimulatedBlock.cpp - The threads of a GPU block --------------------===//

#include "SimulatedBlock.h"
#include "llvm/ADT/STLExtras.h"
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
      numThreads(shape.block[0] * shape.block[1] * shape.block[2]),
      numSlots(llvm::alignTo(numThreads, kWarpSize)),
      blocks(numTogether(kernel, shape)) {
  size_t each = llvm::alignTo(sharedBytes(), kSharedAlign);
  sharedMemory.resize(blocks.size() * each + kSharedAlign);
  char *shared = reinterpret_cast<char *>(llvm::alignTo(
      reinterpret_cast<uintptr_t>(sharedMemory.data()), kSharedAlign));
  for (auto [number, block] : llvm::enumerate(blocks)) {
    SimulatedThread &common = block.common;
    common.shared = shared + number * each;
    common.warpSize = kWarpSize;
    common.numWarps = numSlots / kWarpSize;
    for (unsigned d = 0; d < 3; ++d) {
      uint32_t cluster = d == 0 ? shape.cluster : 1;
      common.blockSize[d] = shape.block[d];
      common.gridSize[d] = shape.grid[d];
      common.clusterSize[d] = cluster;
      common.clusterGridSize[d] = shape.grid[d] / cluster;
    }
  }
}

void SimulatedBlock::place(SimulatedThread &registers, unsigned thread) const {
  registers.index[0] = thread % shape.block[0];
  registers.index[1] = thread / shape.block[0] % shape.block[1];
  registers.index[2] = thread / shape.block[0] / shape.block[1];
  registers.lane = thread % kWarpSize;
  registers.warp = thread / kWarpSize;
}

llvm::Error SimulatedBlock::run(uint64_t group) {
  for (auto [number, block] : llvm::enumerate(blocks)) {
    // Those of a cluster are neighbours along x.
    uint64_t index = group * blocks.size() + number;
    SimulatedThread &common = block.common;
    const uint64_t indices[] = {index % shape.grid[0],
                                index / shape.grid[0] % shape.grid[1],
                                index / shape.grid[0] / shape.grid[1]};
    for (unsigned d = 0; d < 3; ++d) {
      common.blockIndex[d] = indices[d];
      common.clusterIndex[d] = indices[d] / common.clusterSize[d];
      common.indexInCluster[d] = indices[d] % common.clusterSize[d];
    }
  }
  if (kernel.waits)
    return runTogether();
  runAlone();
  return llvm::Error::success();
}

void SimulatedBlock::runAlone() {
  SimulatedThread registers = blocks.front().common;
  std::memset(registers.shared, 0xff, sharedBytes());
  const SimulatedThread *before = runningThread;
  runningThread = &registers;
  forThreads(0, [&](unsigned thread) {
    place(registers, thread);
    kernel.run(parameters);
  });
  runningThread = before;
}

//===----------------------------------------------------------------------===//
// Taking turns
//===----------------------------------------------------------------------===//

llvm::Error SimulatedBlock::runTogether() {
  unsigned all = blocks.size() * numSlots;
  if (!fibers) {
    auto created = Fibers::create(all, runFiber, this);
    if (!created)
      return created.takeError();
    fibers = std::move(*created);
    threads.resize(all);
    requests.resize(all);
  }
  // Some warps have fewer threads.
  for (Thread &thread : threads)
    thread.state = State::Ended;
  for (unsigned i = 0; i < blocks.size(); ++i) {
    unsigned number = inOrder(i, blocks.size());
    Block &block = blocks[number];
    block.live = numThreads;
    block.hasStarted = false;
    std::fill(std::begin(block.barriers), std::end(block.barriers), Barrier());
    forThreads(number, [&](unsigned thread) {
      threads[thread] = {block.common};
      place(threads[thread].registers, thread % numSlots);
      ready.push_back(thread);
    });
  }
  live = missing = blocks.size() * numThreads;
  meetings = 0;

  SimulatedBlock *blockBefore = runningBlock;
  const SimulatedThread *threadBefore = runningThread;
  runningBlock = this;
  wait();
  runningBlock = blockBefore;
  runningThread = threadBefore;
  if (failure.empty() && live > 0)
    failure = whyNothingMoves();
  if (failure.empty() && kernel.joins)
    checkEndedMemory();
  if (failure.empty())
    return llvm::Error::success();
  return createStringError("kernel '" + Twine(kernel.name) + "', block " +
                           indexText(blamed->common.blockIndex) + ": " +
                           failure);
}

/// A fiber runs the same thread of one block after another.
void SimulatedBlock::runFiber(void *blocks, unsigned thread) {
  auto *self = static_cast<SimulatedBlock *>(blocks);
  while (true) {
    Block &block = self->blockOf(thread);
    // Nothing can be there before a block has started.
    if (!block.hasStarted)
      std::memset(block.common.shared, 0xff, self->sharedBytes());
    block.hasStarted = true;
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
  blamed = &blockOf(current);
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
  Block &block = blockOf(thread);
  if (--block.live == 0 && kernel.joins)
    std::memset(block.common.shared, 0xff, sharedBytes());
  unsigned warp = thread / kWarpSize;
  for (unsigned i = warp * kWarpSize; i < (warp + 1) * kWarpSize; ++i)
    if (threads[i].state == State::AtWarp)
      completeWarp(warp, requests[i]);
  for (unsigned id = 0; id < std::size(block.barriers); ++id)
    if (block.barriers[id].arrived > 0)
      completeBarrier(thread / numSlots, id);
  if (threads[thread].arrivals == meetings && --missing == 0)
    completeCluster();
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
    if (!(request.mask >> lane & 1) || threads[i].state == State::Ended)
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
  block.completeWarp(block.current / kWarpSize, request);
  if (thread.state != State::Ready)
    block.wait();
  return thread.result;
}

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

void SimulatedBlock::completeBarrier(unsigned number, unsigned id) {
  Block &block = blocks[number];
  Barrier &barrier = block.barriers[id];
  if (barrier.arrived != (barrier.count ? barrier.count : block.live))
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
  forThreads(number, [&](unsigned i) {
    if (threads[i].state == State::AtBarrier && threads[i].barrier == id)
      release(i, result);
  });
}

uint32_t SimulatedBlock::barrier(uint32_t operation, uint32_t id,
                                 uint32_t count, uint32_t predicate) {
  SimulatedBlock &block = *runningBlock;
  Thread &thread = block.threads[block.current];
  Block &own = block.blockOf(block.current);
  if (id >= std::size(own.barriers))
    block.fail("is at barrier " + Twine(id) + ", but there are 16");
  if (count % kWarpSize != 0)
    block.fail("is at a barrier for " + Twine(count) +
               " threads, which are no whole warps");
  Barrier &barrier = own.barriers[id];
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
  block.completeBarrier(block.current / block.numSlots, id);
  if (thread.state != State::Ready)
    block.wait();
  return thread.result;
}

//===----------------------------------------------------------------------===//
// Clusters
//===----------------------------------------------------------------------===//

void SimulatedBlock::completeCluster() {
  ++meetings;
  missing = live;
  for (unsigned i = 0; i < blocks.size(); ++i)
    forThreads(inOrder(i, blocks.size()), [&](unsigned thread) {
      if (threads[thread].state == State::AtCluster)
        release(thread, 0);
    });
}

void SimulatedBlock::cluster(uint32_t operation) {
  SimulatedBlock &blocks = *runningBlock;
  Thread &thread = blocks.threads[blocks.current];
  if (ClusterOperation(operation) == ClusterOperation::Arrive) {
    if (thread.arrivals != thread.waits)
      blocks.fail("arrives at the cluster's barrier again; it must wait there "
                  "before");
    ++thread.arrivals;
    if (--blocks.missing == 0)
      blocks.completeCluster();
    return;
  }
  if (thread.arrivals == thread.waits)
    blocks.fail("waits at the cluster's barrier without having arrived there");
  ++thread.waits;
  if (thread.arrivals <= blocks.meetings)
    return;
  thread.state = State::AtCluster;
  blocks.wait();
}

uint64_t SimulatedBlock::map(uint64_t address, uint32_t rank) {
  SimulatedBlock &all = *runningBlock;
  auto sharedOf = [](const Block &block) {
    return reinterpret_cast<uintptr_t>(block.common.shared);
  };
  uint64_t offset = address - sharedOf(all.blockOf(all.current));
  if (offset >= all.sharedBytes())
    all.fail("gives mapa an address that is not in its block's shared memory");
  if (rank >= all.blocks.size())
    all.fail("gives mapa rank " + Twine(rank) + "; its cluster has " +
             Twine(all.blocks.size()) + " blocks, which count from 0");
  const Block &block = all.blocks[rank];
  if (block.live == 0)
    all.fail("gives mapa rank " + Twine(rank) +
             ", a block that has ended; "
             "blocks must meet at the cluster's barrier before one ends");
  return sharedOf(block) + offset;
}

const SimulatedThread *SimulatedBlock::thread() { return runningThread; }

llvm::ArrayRef<HostFunction> act::simulatedFunctions() {
  static const HostFunction functions[] = {
      {kSimulatedThreadName, reinterpret_cast<void *>(SimulatedBlock::thread)},
      {kSimulatedWarpName, reinterpret_cast<void *>(SimulatedBlock::warp)},
      {kSimulatedBarrierName,
       reinterpret_cast<void *>(SimulatedBlock::barrier)},
      {kSimulatedClusterName,
       reinterpret_cast<void *>(SimulatedBlock::cluster)},
      {kSimulatedMapName, reinterpret_cast<void *>(SimulatedBlock::map)}};
  return functions;
}

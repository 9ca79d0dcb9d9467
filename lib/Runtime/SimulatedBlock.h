//===- SimulatedBlock.h - The threads of a GPU block ------------*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_SIMULATEDBLOCK_H
#define ACT_LIB_RUNTIME_SIMULATEDBLOCK_H

#include "Fibers.h"
#include "NvModels.h"
#include "WarpOperations.h"
#include "act/Runtime/GpuModule.h"
#include "act/SimulationABI.h"
#include "llvm/ADT/SmallVector.h"
#include <deque>
#include <string>
#include <vector>

namespace act {

/// Runs the blocks of a launch, one at a time or those of a cluster together,
/// on the thread of the host that calls it. It has the memory for that: shared
/// memory, and stacks where threads wait for one another.
class SimulatedBlock {
public:
  /// All references must outlive this.
  SimulatedBlock(const SimulatedKernelEntry &kernel, const LaunchShape &shape,
                 void *const *parameters, bool reversed);

  /// Blocks that have to do with one another: those of a cluster, or one.
  static unsigned numTogether(const SimulatedKernelEntry &kernel,
                              const LaunchShape &shape) {
    return kernel.joins ? shape.cluster : 1;
  }

  /// Runs a block, or so many together; both are numbered along x first. After
  /// an error this can run no other.
  llvm::Error run(uint64_t group);

private:
  /// What a thread that does not run is there for.
  enum class State { Ready, AtWarp, AtBarrier, AtCluster, Ended };

  struct Thread {
    SimulatedThread registers;
    State state = State::Ready;
    /// AtBarrier.
    unsigned barrier = 0;
    /// What a wait gave.
    uint64_t result = 0;
    /// How often it has arrived, and then waited, at the cluster's barrier.
    uint64_t arrivals = 0, waits = 0;
  };

  /// How many threads are at one barrier, and what they want there.
  struct Barrier {
    uint32_t arrived = 0, yes = 0, count = 0;
    BarrierOperation operation = BarrierOperation::Wait;
  };

  struct Block {
    SimulatedThread common = {};
    Barrier barriers[16];
    unsigned live = 0;
    bool hasStarted = false;
  };

  static uint64_t warp(uint32_t operation, uint32_t mask, uint32_t value,
                       uint32_t b, uint32_t c);
  static uint32_t barrier(uint32_t operation, uint32_t id, uint32_t count,
                          uint32_t predicate);
  static void cluster(uint32_t operation);
  static uint64_t map(uint64_t address, uint32_t rank);
  static const SimulatedThread *thread();
  friend llvm::ArrayRef<HostFunction> simulatedFunctions();

  /// The `i`th of `count` to run.
  unsigned inOrder(unsigned i, unsigned count) const {
    return reversed ? count - 1 - i : i;
  }
  /// Threads of all blocks are numbered; each block begins with a warp.
  Block &blockOf(unsigned thread) { return blocks[thread / numSlots]; }
  const Block &blockOf(unsigned thread) const {
    return blocks[thread / numSlots];
  }
  uint64_t sharedBytes() const {
    return kernel.sharedBytes + shape.sharedBytes;
  }
  /// Calls `each` for the threads of a block, in order.
  template <class Each> void forThreads(unsigned block, Each each) const {
    for (unsigned i = 0; i < numThreads; ++i)
      each(block * numSlots + inOrder(i, numThreads));
  }
  /// Makes `registers` those of a thread of a block, numbered along x first.
  void place(SimulatedThread &registers, unsigned thread) const;
  void runAlone();
  llvm::Error runTogether();
  static void runFiber(void *block, unsigned thread);

  unsigned nextReady();
  void wait();
  [[noreturn]] void fail(const llvm::Twine &message);
  void release(unsigned thread, uint64_t result);
  void end(unsigned thread);
  void completeWarp(unsigned warp, const WarpRequest &request);
  void completeBarrier(unsigned block, unsigned id);
  void completeCluster();
  /// What blocks wrote into the memory of one that had ended.
  void checkEndedMemory();
  static std::string indexText(const uint32_t (&index)[3]);
  /// Names the block where it is not `blamed`.
  std::string whereIs(unsigned thread) const;
  std::string whatFor(unsigned thread) const;
  std::string whyNothingMoves();

  const SimulatedKernelEntry &kernel;
  const LaunchShape &shape;
  void *const *parameters;
  bool reversed;

  /// Of a block, and rounded up to whole warps.
  unsigned numThreads, numSlots;
  std::vector<char> sharedMemory;
  std::vector<Block> blocks;
  std::vector<Thread> threads;
  /// Each thread's last instruction of a warp.
  std::vector<WarpRequest> requests;
  std::deque<unsigned> ready;
  unsigned current = Fibers::kHost;
  /// Of all blocks.
  unsigned live = 0;
  /// How often all have arrived at the cluster's barrier, and who lacks.
  uint64_t meetings = 0;
  unsigned missing = 0;
  std::string failure;
  /// The block that the failure is of.
  const Block *blamed = nullptr;
  std::unique_ptr<Fibers> fibers;
};

/// The functions of act/SimulationABI.h.
llvm::ArrayRef<HostFunction> simulatedFunctions();

} // namespace act

#endif // ACT_LIB_RUNTIME_SIMULATEDBLOCK_H

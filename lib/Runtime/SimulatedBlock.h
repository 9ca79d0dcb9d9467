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

/// Runs the blocks of a launch, one at a time, on the thread of the host that
/// calls it. It has the memory for that: shared memory, and stacks where
/// threads wait for one another.
class SimulatedBlock {
public:
  /// All references must outlive this.
  SimulatedBlock(const SimulatedKernelEntry &kernel, const LaunchShape &shape,
                 void *const *parameters, bool reversed);

  /// Runs a block; blocks are numbered along x first. After an error this can
  /// run no other.
  llvm::Error run(uint64_t block);

private:
  /// What a thread that does not run is there for.
  enum class State { Ready, AtWarp, AtBarrier, Ended };

  struct Thread {
    SimulatedThread registers;
    State state = State::Ready;
    /// AtBarrier.
    unsigned barrier = 0;
    /// What a wait gave.
    uint64_t result = 0;
  };

  /// How many threads are at one barrier, and what they want there.
  struct Barrier {
    uint32_t arrived = 0, yes = 0, count = 0;
    BarrierOperation operation = BarrierOperation::Wait;
  };

  static uint64_t warp(uint32_t operation, uint32_t mask, uint32_t value,
                       uint32_t b, uint32_t c);
  static uint32_t barrier(uint32_t operation, uint32_t id, uint32_t count,
                          uint32_t predicate);
  static const SimulatedThread *thread();
  friend llvm::ArrayRef<HostFunction> simulatedFunctions();

  /// The `i`th of `count` to run.
  unsigned inOrder(unsigned i, unsigned count) const {
    return reversed ? count - 1 - i : i;
  }
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
  void completeBarrier(unsigned id);
  std::string whereIs(unsigned thread) const;
  std::string whatFor(unsigned thread) const;
  std::string whyNothingMoves() const;

  const SimulatedKernelEntry &kernel;
  const LaunchShape &shape;
  void *const *parameters;
  bool reversed;

  unsigned numThreads;
  std::vector<char> sharedMemory;
  char *shared;
  SimulatedThread common = {};
  std::vector<Thread> threads;
  /// Each thread's last instruction of a warp.
  std::vector<WarpRequest> requests;
  Barrier barriers[16];
  std::deque<unsigned> ready;
  unsigned current = Fibers::kHost;
  unsigned live = 0;
  std::string failure;
  std::unique_ptr<Fibers> fibers;
};

/// The functions of act/SimulationABI.h.
llvm::ArrayRef<HostFunction> simulatedFunctions();

} // namespace act

#endif // ACT_LIB_RUNTIME_SIMULATEDBLOCK_H

//===- SimulationABI.h - GPU kernels on the host ----------------*- C++ -*-===//
//
// What the code of a simulated kernel and the simulator that runs it share:
// code generation (act/Codegen/Simulation.h) reads offsets and names from here,
// the runtime (act/Runtime/Simulation.h) fills and defines what they name. Both
// are of one build; nothing of this is stored.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_SIMULATIONABI_H
#define ACT_SIMULATIONABI_H

#include <cstdint>

namespace act {

/// What a GPU thread reads from special registers, and its shared memory.
struct SimulatedThread {
  uint32_t index[3];
  uint32_t blockSize[3];
  uint32_t blockIndex[3];
  uint32_t gridSize[3];
  uint32_t clusterIndex[3];
  uint32_t clusterGridSize[3];
  uint32_t indexInCluster[3];
  uint32_t clusterSize[3];
  uint32_t lane;
  uint32_t warp;
  uint32_t numWarps;
  uint32_t warpSize;
  /// The block's; first what the kernel's module declares, then what the launch
  /// adds.
  char *shared;
};

/// What the lanes of a warp that a mask names do together.
enum class WarpOperation : uint32_t {
  Sync,
  ShuffleUp,
  ShuffleDown,
  ShuffleXor,
  ShuffleIndex,
  VoteAll,
  VoteAny,
  VoteUniform,
  Ballot,
  Add,
  Min,
  Max,
  UnsignedMin,
  UnsignedMax,
  And,
  Or,
  Xor,
};

/// What threads of a block learn at a barrier: nothing, how many of them say
/// yes, and whether all or any do.
enum class BarrierOperation : uint32_t { Wait, Count, All, Any };

/// What threads do at the barrier of their cluster, one after the other.
enum class ClusterOperation : uint32_t { Arrive, Wait };

/// Functions that simulated code calls:
///   const SimulatedThread *thread()
///   uint64_t warp(WarpOperation, uint32_t mask, uint32_t value, uint32_t b,
///                 uint32_t c), the result and, from bit 32 on, the predicate;
///       b and c are operands of shuffles
///   uint32_t barrier(BarrierOperation, uint32_t id, uint32_t count,
///                    uint32_t predicate), count 0 being the whole block
///   void cluster(ClusterOperation)
///   uint64_t map(uint64_t address, uint32_t rank), the address in the shared
///       memory of the block of this rank that an address in one's own is
inline constexpr const char *kSimulatedThreadName = "act.simulated.thread";
inline constexpr const char *kSimulatedWarpName = "act.simulated.warp";
inline constexpr const char *kSimulatedBarrierName = "act.simulated.barrier";
inline constexpr const char *kSimulatedClusterName = "act.simulated.cluster";
inline constexpr const char *kSimulatedMapName = "act.simulated.map";

/// A kernel in the table that an object of simulated kernels holds.
struct SimulatedKernelEntry {
  const char *name;
  /// Runs one thread; the argument points to the value of each parameter.
  void (*run)(void *const *parameters);
  /// Shared memory that the module declares.
  uint64_t sharedBytes;
  /// Not 0 if threads may wait for one another.
  uint64_t waits;
  /// Not 0 if blocks of a cluster may wait for one another, or have to do with
  /// each other's memory.
  uint64_t joins;
  /// The largest block that the kernel says it is for; 0 where it says none.
  uint64_t maxThreads;
};

/// The table, which ends with an entry without a name.
inline constexpr const char *kSimulatedKernelsName = "act.simulated.kernels";

} // namespace act

#endif // ACT_SIMULATIONABI_H

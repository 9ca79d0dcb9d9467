//===- Simulation.h - GPU kernels run on the host ---------------*- C++ -*-===//
//
// Runs the kernels' own code thread by thread, for tests and for machines
// without a GPU. A block runs on one thread of the host, blocks one after
// another on each; the threads of a block take turns where they wait for one
// another, and so do those of all blocks of a cluster.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_RUNTIME_SIMULATION_H
#define ACT_RUNTIME_SIMULATION_H

#include "act/Runtime/GpuModule.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace act {

/// How far the instructions of NvHelpers.def are off, as a share of the largest
/// error that their rows state: by nothing, by all of it away from zero or
/// towards zero, or by a share that the operands and a seed give.
enum class SimulatedError { None, Largest, Smallest, Seeded };

struct SimulationOptions {
  SimulatedError error = SimulatedError::None;
  /// For SimulatedError::Seeded; equal seeds give equal results.
  uint64_t seed = 0;
  /// Threads of the host that a launch runs blocks on.
  unsigned hostThreads = 1;
  /// Runs blocks, and the threads of each, from the last to the first. Where
  /// results change, threads do not wait for one another as they must.
  bool reversed = false;
};

/// Loads an object of emitSimulated() (act/Codegen/Simulation.h), made for a
/// level that this machine runs. An error names a function that it calls and
/// nothing defines, such as that of an unknown helper.
///
/// A launch has run when it returns. Several may run at once, of one kernel or
/// of several. It is an error, which names the kernel and the thread, where
/// threads wait for what does not come, as hardware would for ever: at a
/// barrier for threads that wait elsewhere, or for a warp's lanes that never
/// reach the same instruction with the same mask. Threads that have ended are
/// waited for by nobody, but they do not count at a barrier with a count.
/// Blocks of a cluster whose kernel has barriers of clusters, or addresses in
/// another block's shared memory (mapa), run together. It is an error to wait
/// at the barrier of a cluster without having arrived there, to arrive twice,
/// to ask for the memory of a block that there is not, and to write into that
/// of one that has ended; what is written before a block has started is lost.
/// What a lane shuffles from one that does not take part is all ones, a NaN;
/// so is shared memory until it is written. Memory accesses are not checked.
/// Threads that wait for others in a loop over memory wait for ever.
///
/// The kernel runs in the default floating-point environment, whatever the
/// caller's is. Its functions must not need more than 32 KiB of stack.
llvm::Expected<std::unique_ptr<GpuModule>>
loadSimulated(std::unique_ptr<llvm::MemoryBuffer> object,
              const SimulationOptions &options = {});

} // namespace act

#endif // ACT_RUNTIME_SIMULATION_H

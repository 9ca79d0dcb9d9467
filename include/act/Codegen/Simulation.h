//===- Simulation.h - GPU kernels as code of the host -----------*- C++ -*-===//
#ifndef ACT_CODEGEN_SIMULATION_H
#define ACT_CODEGEN_SIMULATION_H

#include "act/Codegen/ObjectEmitter.h"

namespace act {

/// Machine code of a CPU level that does what each thread of the GPU kernels in
/// `module` does, as an object for loadSimulated() (act/Runtime/Simulation.h).
/// The module is that which PTX is made from, its act.nv.NAME calls being calls
/// still, and is spent by this. Kernels have the calling convention ptx_kernel
/// or the annotation "kernel". An error names the intrinsic, function or inline
/// PTX that has no simulation. Safe from several threads, on modules of
/// different contexts.
///
/// Simulated are registers that say where a thread is, barriers of clusters, of
/// blocks and of warps, shuffles, votes and reductions of warps, fences, atomic
/// operations, and shared memory, that of other blocks of the cluster included;
/// asynchronous copies, their barriers (mbarrier) and matrix instructions are
/// not.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
emitSimulated(llvm::Module &module, const CpuLevel &level);

} // namespace act

#endif // ACT_CODEGEN_SIMULATION_H

//===- WarpOperations.h - What lanes of a warp do together ------*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_WARPOPERATIONS_H
#define ACT_LIB_RUNTIME_WARPOPERATIONS_H

#include "act/SimulationABI.h"
#include "llvm/ADT/ArrayRef.h"

namespace act {

inline constexpr unsigned kWarpSize = 32;

/// An instruction as a lane executes it; see kSimulatedWarpName.
struct WarpRequest {
  WarpOperation operation;
  uint32_t mask;
  uint32_t value, b, c;
};

/// The instruction's name in PTX.
const char *nameOf(WarpOperation operation);

/// What `lane` receives, and from bit 32 on its predicate, where the lanes of
/// `present`, `lane` among them, execute the same instruction; `lanes` has
/// their requests. What comes from another lane is all ones. (PTX ISA 8.5,
/// 9.7.8.6 shfl.sync, 9.7.12 vote.sync and redux.sync.)
uint64_t warpResult(llvm::ArrayRef<WarpRequest> lanes, uint32_t present,
                    unsigned lane);

} // namespace act

#endif // ACT_LIB_RUNTIME_WARPOPERATIONS_H

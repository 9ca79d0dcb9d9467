//===- NvModels.h - GPU instructions on the host ----------------*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_NVMODELS_H
#define ACT_LIB_RUNTIME_NVMODELS_H

#include "act/Runtime/ObjectLoader.h"
#include "act/Runtime/Simulation.h"
#include "llvm/ADT/ArrayRef.h"

namespace act {

/// A function for each row of NvHelpers.def, by the name that kernels call it
/// by: the correctly rounded result times (1 + error * e), e from -1 to 1, with
/// subnormal operands and results being zeros where the PTX says .ftz.
/// Functions read the error from the thread that calls them. Constant data;
/// safe from any thread.
llvm::ArrayRef<HostFunction> nvModels();

/// The error that models apply on this thread of the host while it lives.
/// Those of one thread nest.
class AppliedError {
public:
  AppliedError(SimulatedError error, uint64_t seed);
  ~AppliedError();
  AppliedError(const AppliedError &) = delete;
  AppliedError &operator=(const AppliedError &) = delete;

private:
  SimulatedError errorBefore;
  uint64_t seedBefore;
};

} // namespace act

#endif // ACT_LIB_RUNTIME_NVMODELS_H

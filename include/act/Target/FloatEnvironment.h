//===- FloatEnvironment.h - What the thread does to numbers -----*- C++ -*-===//
//
// Kernels keep their bounds in the default floating-point environment: round
// to nearest, subnormal numbers kept. It belongs to the thread, and whoever
// runs a kernel may have changed it (-ffast-math does at program start).
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TARGET_FLOATENVIRONMENT_H
#define ACT_TARGET_FLOATENVIRONMENT_H

#include "llvm/Support/Error.h"

namespace act {

/// Reads the environment of the calling thread, which it leaves as it is. An
/// error names the flag that kernels cannot run with: a rounding mode other
/// than to nearest or, unless `flushes` (the kernel was compiled with `flush`),
/// flush-to-zero or denormals-are-zero. Safe from any thread.
llvm::Error checkFloatEnvironment(bool flushes);

/// Puts the calling thread into the default environment and restores what was
/// there. For arithmetic of the compiler, whose constants must not depend on
/// the thread; never around a run.
class DefaultFloatEnvironment {
public:
  DefaultFloatEnvironment();
  ~DefaultFloatEnvironment();
  DefaultFloatEnvironment(const DefaultFloatEnvironment &) = delete;
  DefaultFloatEnvironment &operator=(const DefaultFloatEnvironment &) = delete;

private:
  uint64_t saved;
};

} // namespace act

#endif // ACT_TARGET_FLOATENVIRONMENT_H

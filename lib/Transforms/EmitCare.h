//===- EmitCare.h - Patches and limits as IR --------------------*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_EMITCARE_H
#define ACT_LIB_TRANSFORMS_EMITCARE_H

#include "act/Transforms/Patches.h"
#include "act/Transforms/Real.h"

namespace act {

/// y, or what a patch or a limit gives instead of it, as a function of x.
Real emitCare(RealEmitter &real, const Care &care, mlir::Value x, Real y);

} // namespace act

#endif // ACT_LIB_TRANSFORMS_EMITCARE_H

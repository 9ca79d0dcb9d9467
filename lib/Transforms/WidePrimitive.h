//===- WidePrimitive.h - Primitives in f64 for narrower results -*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_WIDEPRIMITIVE_H
#define ACT_LIB_TRANSFORMS_WIDEPRIMITIVE_H

#include "act/Transforms/Emitter.h"

namespace act {

/// The primitive that `op` applies, of x, by Approximations/Wide.h; null for an
/// operation that has no form of its own there.
mlir::Value emitWidePrimitive(Emitter &emit, mlir::Operation &op,
                              mlir::Value x);

} // namespace act

#endif // ACT_LIB_TRANSFORMS_WIDEPRIMITIVE_H

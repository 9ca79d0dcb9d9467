//===- Composites.h - Approximations of whole functions ---------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_COMPOSITES_H
#define ACT_TRANSFORMS_COMPOSITES_H

#include "act/IR/Act.h"
#include "act/Transforms/Emitter.h"
#include <optional>

namespace act {

/// The value of a row of the function table, or of a derivative of it, at x,
/// emitted as one approximation of the whole function: right at signed zeros,
/// infinities and NaN, for every argument of the compute type. Nothing is
/// emitted, and nullopt returned, where there is none: for most rows, and for
/// parameters other than the defaults.
std::optional<mlir::Value> emitComposite(FnAttr function, Emitter &emit,
                                         mlir::Value x);

} // namespace act

#endif // ACT_TRANSFORMS_COMPOSITES_H

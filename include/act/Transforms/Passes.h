//===- Passes.h - Passes on act functions -----------------------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_PASSES_H
#define ACT_TRANSFORMS_PASSES_H

#include "act/IR/Act.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/Pass.h"
#include <memory>

namespace act {

#define GEN_PASS_DECL
#include "act/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "act/Transforms/Passes.h.inc"

} // namespace act

#endif // ACT_TRANSFORMS_PASSES_H

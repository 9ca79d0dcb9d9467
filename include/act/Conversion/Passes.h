//===- Passes.h - Passes that leave the act dialect -------------*- C++ -*-===//
#ifndef ACT_CONVERSION_PASSES_H
#define ACT_CONVERSION_PASSES_H

#include "act/IR/Act.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/Pass.h"
#include <memory>

namespace act {

/// Marks the loop over elements of a kernel.
inline constexpr llvm::StringLiteral kElementwiseAttr = "act.elementwise";

/// Marks a loop over the elements of a row: an array of the combiners
/// (act.row) of the values that the loop carries.
inline constexpr llvm::StringLiteral kRowAttr = "act.row";
/// Marks a loop over rows that stand side by side in memory.
inline constexpr llvm::StringLiteral kLanesAttr = "act.lanes";
/// On a loop over the elements of a row in one over rows: it reads or writes
/// arrays, and does so for one element of all rows after another. The attribute
/// is the number of rows at most.
inline constexpr llvm::StringLiteral kStripAttr = "act.strip";
/// On a loop over the elements of a row: results are lines of memory, which are
/// written around the caches.
inline constexpr llvm::StringLiteral kStreamAttr = "act.stream";
/// On an address in a loop over rows: of scratch memory, which each row has to
/// itself, up to a whole chunk.
inline constexpr llvm::StringLiteral kPrivateAttr = "act.private";
/// On a kernel of rows: values of the compute type that it keeps for each
/// element of a row in scratch memory, an i64.
inline constexpr llvm::StringLiteral kScratchAttr = "act.scratch";
/// The same for each block of a row; there if rows are read in blocks.
inline constexpr llvm::StringLiteral kBlockScratchAttr = "act.block_scratch";
/// The same for each row; there if a strip leaves its results to the next one.
inline constexpr llvm::StringLiteral kRowScratchAttr = "act.row_scratch";
/// On the module of GPU kernels: how many kernels split rows take, and the
/// values that they keep of each part, i64.
inline constexpr llvm::StringLiteral kSplitKernelsAttr = "act.split_kernels";
inline constexpr llvm::StringLiteral kSplitValuesAttr = "act.split_values";
/// There if they have a kernel for clusters of blocks, too.
inline constexpr llvm::StringLiteral kClusterKernelAttr = "act.cluster_kernel";

#define GEN_PASS_DECL
#include "act/Conversion/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "act/Conversion/Passes.h.inc"

} // namespace act

#endif // ACT_CONVERSION_PASSES_H

//===- SumTree.h - Sums of blocks, added in pairs ---------------*- C++ -*-===//
//
// The sum of a row is that of its blocks, two neighbours at a time: blocks 0
// and 1, 2 and 3, then both sums, and so on, whatever the vector width. The
// sum of 2^level blocks waits at `level` of a stack for its partner.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_CONVERSION_SUMTREE_H
#define ACT_LIB_CONVERSION_SUMTREE_H

#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace act {

/// Memory of a kernel for `count` values, which lasts as long as it runs.
mlir::Value allocateIn(mlir::FunctionOpInterface kernel, mlir::Type type,
                       int64_t count);

/// Emits the additions of one loop over blocks. Values are numbers or vectors.
class SumTree {
public:
  /// Combines two values of number `k`; the first is of earlier blocks.
  using Combine = llvm::function_ref<mlir::Value(
      unsigned k, mlir::Value, mlir::Value, mlir::OpBuilder &)>;

  SumTree(mlir::FunctionOpInterface kernel, mlir::TypeRange types);

  /// Takes the sums of the block that has this number, an i64.
  void add(llvm::ArrayRef<mlir::Value> sums, mlir::Value number,
           Combine combine, mlir::OpBuilder &builder);
  /// The sums of that many blocks, one at least.
  llvm::SmallVector<mlir::Value> total(mlir::Value blocks, Combine combine,
                                       mlir::OpBuilder &builder);

private:
  mlir::Value placeOf(unsigned k, mlir::Value level, mlir::OpBuilder &builder);
  /// Adds what waits to the sums, from level 0 on: where `bits` has a one, up
  /// to the first zero or, with `all`, to the last one. Gives the level that
  /// follows.
  mlir::Value merge(llvm::SmallVectorImpl<mlir::Value> &sums, mlir::Value bits,
                    bool all, Combine combine, mlir::OpBuilder &builder);

  mlir::Location loc;
  llvm::SmallVector<mlir::Type> types;
  llvm::SmallVector<mlir::Value> stacks;
};

} // namespace act

#endif // ACT_LIB_CONVERSION_SUMTREE_H

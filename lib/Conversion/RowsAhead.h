//===- RowsAhead.h - Rows fetched while others are computed -----*- C++ -*-===//
//
// A kernel of rows that lie side by side leaves memory idle while it computes.
// What the runtime names in RowsAhead of act/KernelABI.h is fetched meanwhile,
// a vector for each element of the longest loop.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_CONVERSION_ROWSAHEAD_H
#define ACT_LIB_CONVERSION_ROWSAHEAD_H

#include "KernelMemory.h"
#include "llvm/ADT/SmallVector.h"

namespace act {

class RowsAheadWriter {
public:
  /// An input with an element for each of a row.
  struct Input {
    unsigned number;
    mlir::Type memory;
  };

  /// Emits what is done once, at the builder's place.
  RowsAheadWriter(KernelMemory &memory, mlir::Value args,
                  llvm::ArrayRef<Input> inputs);

  /// Emits what is done at element `index` of a loop that becomes one over
  /// vectors.
  void write(mlir::Value index);

private:
  template <class Op> mlir::Value make(mlir::Value a, mlir::Value b) {
    return memory.builder.create<Op>(memory.loc, a, b);
  }
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value value) {
    return memory.builder.create<mlir::arith::CmpIOp>(memory.loc, predicate,
                                                      value, zero);
  }

  KernelMemory &memory;
  llvm::SmallVector<Input> inputs;
  mlir::Value zero, one, isThere, first, shift, mask, lanes;
  /// Of each of the inputs.
  llvm::SmallVector<mlir::Value> bases, strides;
};

} // namespace act

#endif // ACT_LIB_CONVERSION_ROWSAHEAD_H

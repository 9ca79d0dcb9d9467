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

  /// A strip of rows at `row`, of which `count` elements are computed. Where
  /// `isInside` is there and true, what follows are these places of the inputs,
  /// with these strides.
  struct Strip {
    mlir::Value row, count, isInside;
    llvm::SmallVector<mlir::Value> places, strides;
  };
  /// Emits, in front of a loop over those elements, where it is to fetch, and
  /// at its element `index` what it fetches; `isWhole` if each of its elements
  /// is one of all vectors of the strip. `beside` is given the element of all
  /// rows that is fetched, and what fetches it; what fetches one row of it is
  /// fetchRow().
  using Fetch = llvm::function_ref<void()>;
  using Beside = llvm::function_ref<void(mlir::Value element, Fetch fetch)>;
  void aim(const Strip &strip);
  void writeStrip(mlir::Value index, bool isWhole, Beside beside);
  void fetchRow(mlir::Value row);
  llvm::ArrayRef<Input> inputsRead() const { return inputs; }

private:
  /// Emits the fetches of an element of all vectors at its first number.
  void fetch(mlir::Value number, mlir::Value isAsked,
             llvm::ArrayRef<mlir::Value> from,
             llvm::ArrayRef<mlir::Value> steps, Beside beside);
  template <class Op> mlir::Value make(mlir::Value a, mlir::Value b) {
    return memory.builder.create<Op>(memory.loc, a, b);
  }
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value value) {
    return memory.builder.create<mlir::arith::CmpIOp>(memory.loc, predicate,
                                                      value, zero);
  }

  KernelMemory &memory;
  llvm::SmallVector<Input> inputs;
  mlir::Value zero, one, isThere, first, shift, mask, lanes, lanesShift;
  /// Of each of the inputs.
  llvm::SmallVector<mlir::Value> bases, strides;
  /// In strips: the same of what the loop in progress fetches.
  mlir::Value firstOfLoop, isAsked;
  llvm::SmallVector<mlir::Value> places, steps;
  /// Of the element that is fetched.
  llvm::SmallVector<mlir::Value> ofElement;
};

} // namespace act

#endif // ACT_LIB_CONVERSION_ROWSAHEAD_H

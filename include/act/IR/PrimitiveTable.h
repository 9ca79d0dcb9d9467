//===- PrimitiveTable.h - What is known of each primitive -------*- C++ -*-===//
//
// Rows of ActPrimitives.td. Everything here is constant data: no allocation to
// free, safe from any thread.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_IR_PRIMITIVETABLE_H
#define ACT_IR_PRIMITIVETABLE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace act {

/// One row of the table, as llvm-tblgen writes it.
struct PrimitiveInfo {
  const char *Name;
  const char *Op;
  const char *Operands;
  const char *Derivatives;
  const char *FromOutput;
  const char *Inverse;
  const char *Parity;
  const char *AtZero;
  const char *Cost;
};

/// Every row, in the order of the table.
llvm::ArrayRef<PrimitiveInfo> allPrimitives();

/// The row of this operation ("math.exp"); null if it has none.
const PrimitiveInfo *lookupPrimitiveOp(llvm::StringRef op);

/// The row of this name of the expression language; null if none.
const PrimitiveInfo *lookupPrimitive(llvm::StringRef name);

/// Names of the operands, in order.
llvm::ArrayRef<llvm::StringRef> operandsOf(const PrimitiveInfo &row);

/// Partial derivatives, one for each operand.
llvm::SmallVector<llvm::StringRef, 3> derivativesOf(const PrimitiveInfo &row);

} // namespace act

#endif // ACT_IR_PRIMITIVETABLE_H
